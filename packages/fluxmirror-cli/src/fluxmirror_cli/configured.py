"""The configuration as commands ask for it: settings, places, zone, catalogue."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from fluxmirror_core.config.inputs import older_path, user_path
from fluxmirror_core.config.languages import LANGUAGES, NATIVE, find_language
from fluxmirror_core.config.load import load
from fluxmirror_core.errors import ConfigError
from fluxmirror_core.messages import ENGLISH, load_catalog
from fluxmirror_core.paths import Places, places
from fluxmirror_core.zones import find_zone

from fluxmirror_cli.output import can_write, complain

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from fluxmirror_core.config.resolution import Problem, Resolution
    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.messages import Catalog

_told: set[Problem] = set()
"""Problems that this process has complained of."""


def resolution() -> Resolution:
    """Give what every layer of the configuration says, the project's file of this directory too."""
    _take_over()
    return load(os.environ, _own_places(), _directory())


def settings() -> Settings:
    """Give the value of every key, here and now; what is wrong is said once, on stderr."""
    found = resolution()
    for problem in found.problems:
        if problem not in _told:
            _told.add(problem)
            complain(problem.sentence, problem.hint)
    return found.settings(os.environ)


def settings_to_capture() -> Settings:
    """Give what holds for everything that is recorded, in whatever directory it happened.

    Raises:
        ConfigError: nobody can tell what its owner wants kept: what waits has to wait.
    """
    _take_over()
    found = load(os.environ, _own_places(), None)
    if found.unknown:
        first = found.problems[0] if found.problems else None
        _told.update(found.problems[:1])
        reason = f": {first.sentence}" if first else ""
        raise ConfigError(
            f"nothing is recorded until the configuration is mended{reason}",
            hint=f"what happens meanwhile waits; mend {user_path(_own_places())}",
        )
    return found.settings(os.environ)


def here() -> Places:
    """Say where everything lies: as the environment says, with the database of `storage.path`."""
    own = _own_places()
    if os.environ.get("FLUXMIRROR_DB"):
        return own
    path = load(os.environ, own, None).settings(os.environ).storage_path
    return own if path is None else own.with_database(path)


def chosen_zone(asked: str | None = None) -> ZoneInfo:
    """Give the zone to count days in.

    Args:
        asked: what the command line says, or None.

    Raises:
        UsageError: a zone that was asked for by name does not exist.
    """
    return find_zone(asked or settings().timezone)


def chosen_catalog(asked: str | None = None) -> Catalog:
    """Give the texts of the language to report in: English where the output cannot write it.

    Args:
        asked: what the command line says, or None.

    Raises:
        UsageError: there is no such language.
    """
    name = find_language(asked) if asked else settings().language
    return load_catalog(LANGUAGES[name] if can_write(NATIVE[name]) else ENGLISH)


def _own_places() -> Places:
    return places(os.environ, sys.platform)


def _directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was deleted under us
        return None


def _take_over() -> None:
    """Make a `config.toml` of the file of an older installation, once."""
    own = _own_places()
    if os.path.exists(older_path(own)) and not os.path.lexists(user_path(own)):
        from fluxmirror_cli.config_file import take_over

        take_over(own)
