"""What is older than the configuration wants it kept goes, once a day, and nobody has to ask."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal
from fluxmirror_core.errors import NoDataError

from fluxmirror_cli import background
from fluxmirror_cli.configured import own_zone

if TYPE_CHECKING:
    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.paths import Places

_MARK: Final = "retained"
"""A file of the spool; its time is when this was last done."""
_DAY_S: Final = 86_400


def retain_when_due(places: Places, settings: Settings) -> None:
    """Delete what is too old, unless that was done within a day; where somebody works, later.

    Nobody listens, so an error goes into the journal alone.
    """
    if not _is_due(places, settings):
        return
    try:
        _prune_copies(places, settings.archive_retention_days)
        if _is_busy(places, settings.storage_retention_days):
            return
    except Exception as error:  # noqa: BLE001 - the hook's agent must not notice anything
        journal.note(places.logs, "retention", type(error).__name__)
    with contextlib.suppress(OSError):  # then the next drain does it again
        _note_done(places)


def start_when_due(places: Places, settings: Settings) -> None:
    """Have it done behind a report."""
    if _is_due(places, settings):
        background.start("drain", "--quiet")


def _is_due(places: Places, settings: Settings) -> bool:
    days = (settings.storage_retention_days, settings.archive_retention_days)
    return days != (None, None) and not _was_done(places)


def _was_done(places: Places) -> bool:
    """Tell whether a day is not over yet, or there is nothing that could be old."""
    try:
        age_s = time.time() - os.stat(os.path.join(places.spool, _MARK)).st_mtime
    except FileNotFoundError:
        return not os.path.exists(places.database)
    except OSError:
        return True
    return 0 <= age_s < _DAY_S  # a clock that was set back must not stop it for years


def _prune_copies(places: Places, days: int | None) -> None:
    if days is None:
        return
    from fluxmirror_store.archiving.upkeep import prune_copies

    with contextlib.suppress(NoDataError):  # nothing was ever archived
        prune_copies(places, _since_ms(days))


def _is_busy(places: Places, days: int | None) -> bool:
    """Delete what is too old; tells whether another process was in the way."""
    if days is None:
        return False
    from fluxmirror_store.pruning import newest_ms, prune

    newest = newest_ms(places.database)
    if newest is None:
        return False
    # A clock that is ahead must not take what is new: of that nothing was recorded.
    return prune(places, min(_since_ms(days), newest - days * _DAY_S * 1000)).busy


def _since_ms(days: int) -> int:
    from fluxmirror_cli.kept_since import days_ago

    return days_ago(days, own_zone()).ms


def _note_done(places: Places) -> None:
    path = os.path.join(places.spool, _MARK)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    os.utime(path)
