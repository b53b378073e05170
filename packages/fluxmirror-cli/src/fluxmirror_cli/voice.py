"""The voice that a command reports in."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from fluxmirror_core.errors import ConfigError
from fluxmirror_core.paths import home
from fluxmirror_core.report.voice import Voice

from fluxmirror_cli.configured import (
    chosen_catalog,
    chosen_report_catalog,
    here,
    patterns_to_show,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo


def own_voice(language: str | None, zone: ZoneInfo) -> Voice:
    """Make the voice of a report.

    Args:
        language: what the command line asks for; None for the one of this run.
        zone: whose clock to tell times by.

    Raises:
        UsageError: there is no such language.
    """
    return Voice(chosen_catalog(language), zone, home(os.environ))


def masked_voice(language: str | None, zone: ZoneInfo) -> Voice:
    """Make the voice of a report that may be forwarded: whatever was recorded is masked anew.

    Args:
        language: as `own_voice` has it.
        zone: as `own_voice` has it.

    Raises:
        UsageError: there is no such language.
    """
    return Voice(chosen_report_catalog(language), zone, home(os.environ), forwarding_mask())


def forwarding_mask() -> Callable[[str], str]:
    """Give what masks all that was recorded, in a report that may be forwarded.

    Older programs masked less, and a pattern may be newer than what it matches. Where
    nobody can tell the user's patterns, what every installation masks is masked all the same.
    """
    try:
        patterns = patterns_to_show()
    except ConfigError:
        # Nobody can tell the patterns now; the built-in rules hold whatever they are.
        patterns = ()
    return _mask(here().spool, patterns)


def are_tags_lasting() -> bool:
    """Tell whether equal secrets have equal tags in every run: by a key of this installation."""
    from fluxmirror_store.tag_key import read_key

    try:
        return read_key(here().spool) is not None
    except OSError:
        return False


@lru_cache(maxsize=1)
def _mask(spool: str, patterns: tuple[str, ...]) -> Callable[[str], str]:
    """Make the one mask of a run: without a key each would tag equal secrets in its own way."""
    from fluxmirror_store.masking import redactor_to_show

    from fluxmirror_cli.masking import Mask

    return Mask(redactor_to_show(spool, patterns)).text
