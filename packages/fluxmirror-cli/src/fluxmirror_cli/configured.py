"""The configuration as commands ask for it: settings, places, zone, catalogue."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from fluxmirror_core.config.languages import LANGUAGES, find_language
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.paths import Places, places
from fluxmirror_core.period import choose_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from fluxmirror_core.messages import Catalog


def settings() -> Settings:
    """Give the value of every key, here and now."""
    return Settings()


def here() -> Places:
    """Say where everything lies: as the environment says, with the database of `storage.path`."""
    return places(os.environ, sys.platform)


def chosen_zone(asked: str | None = None) -> ZoneInfo:
    """Give the zone to count days in.

    Args:
        asked: what the command line says, or None.

    Raises:
        UsageError: a zone that was asked for by name does not exist.
    """
    return choose_zone(asked, os.environ)


def chosen_catalog(asked: str | None = None) -> Catalog:
    """Give the texts of the language to report in.

    Args:
        asked: what the command line says, or None.

    Raises:
        UsageError: there is no such language.
    """
    name = find_language(asked) if asked else settings().language
    return load_catalog(LANGUAGES[name])
