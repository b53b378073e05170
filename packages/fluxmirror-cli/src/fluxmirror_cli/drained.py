"""opened_database: a database open for reading, with everything in it that happened up to now."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.errors import ConfigError, NoDataError, StoreError
from fluxmirror_store.database import connect_to_read, empty, is_outdated, store_errors

from fluxmirror_cli.configured import here, settings_to_capture
from fluxmirror_cli.imported import EVERYTHING, import_news
from fluxmirror_cli.output import complain
from fluxmirror_cli.progress import UpgradeProgress
from fluxmirror_cli.retained import start_when_due

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.paths import Places

WAIT_S: Final = 5.0
"""How long to wait for another drainer, in seconds: what it holds belongs into the report."""


class Opened(NamedTuple):
    """A database open for reading."""

    db: sqlite3.Connection
    is_complete: bool
    """Whether all that the session files tell of what was asked for is in it."""


@contextlib.contextmanager
def drained_database(
    asked: str | None, needed: tuple[str, ...] = EVERYTHING
) -> Iterator[sqlite3.Connection]:
    """Open the database that a reading command was asked for, as `opened_database` does."""
    with opened_database(asked, needed) as opened:
        yield opened.db


@contextlib.contextmanager
def opened_database(asked: str | None, needed: tuple[str, ...] = EVERYTHING) -> Iterator[Opened]:
    """Open the database that a reading command was asked for.

    The usual one is drained before, upgraded when it is old, and told what is new in the agents'
    session files; trouble with that is a warning, as reading may still do. Any other is read as it
    stands. No file is made by looking: a machine where nothing was captured yet, and that has no
    session files, has an empty database in memory.

    Args:
        asked: another database than the usual one; None for that.
        needed: what of the session files the command is about.

    Raises:
        NoDataError: there is no database where one was asked for.
        StoreError: the database cannot be read.
    """
    places = here()
    usual = asked is None or os.path.realpath(asked) == os.path.realpath(places.database)
    path = places.database if asked is None or usual else asked
    opened = _open_usual(places, needed) if usual else Opened(_open_other(path), is_complete=True)
    with contextlib.closing(opened.db):
        try:
            yield opened
        except sqlite3.DatabaseError as error:
            # Only what SQLite says is the database's fault: not a full disk under the output.
            with store_errors(path):
                raise error from None


def _open_usual(places: Places, needed: tuple[str, ...]) -> Opened:
    settings = _settings_or_warn()
    if settings is not None and (_is_waiting(places.spool) or is_outdated(places.database)):
        _drain_or_warn(places, settings)
    is_complete = settings is not None and import_news(places, settings, needed)
    if settings is not None:
        start_when_due(places, settings)
    there = os.path.exists(places.database)
    return Opened(connect_to_read(places.database) if there else empty(), is_complete)


def _open_other(path: str) -> sqlite3.Connection:
    if not os.path.exists(path):
        raise NoDataError(f"there is no database at {path}", hint="check the path")
    return connect_to_read(path)


def _is_waiting(spool: str) -> bool:
    try:
        with os.scandir(os.path.join(spool, "new")) as entries:
            return any(True for _ in entries)
    except FileNotFoundError:
        return False  # nothing was ever captured for this database
    except OSError:
        return True  # the drain says what is wrong with it


def _settings_or_warn() -> Settings | None:
    """Give what is to be kept; None, and a warning, where nobody can tell: then all waits."""
    try:
        return settings_to_capture()
    except ConfigError as error:
        complain(str(error), error.hint)
        return None


def _drain_or_warn(places: Places, settings: Settings) -> None:
    from fluxmirror_store.drain import drain

    try:
        if drain(places, settings, wait_s=WAIT_S, progress=UpgradeProgress()).busy:
            complain("another process is draining the spool; the newest events may be missing")
    except StoreError as error:
        if not os.path.exists(places.database):
            raise  # what was captured could not be brought anywhere
        complain(f"the spool was not drained: {error}", error.hint)
