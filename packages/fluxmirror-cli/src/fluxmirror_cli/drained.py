"""opened_database: a database open for reading, with everything in it that happened up to now."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.errors import ConfigError, NoDataError, StoreError
from fluxmirror_store.database import (
    connect_to_read,
    empty,
    is_outdated,
    is_there,
    store_errors,
)

from fluxmirror_cli.configured import here, settings_to_capture
from fluxmirror_cli.daily_pruning import start_when_due
from fluxmirror_cli.imported import EVERYTHING, import_news
from fluxmirror_cli.output import complain
from fluxmirror_cli.progress import UpgradeProgress

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


def is_usual_database(asked: str | None) -> bool:
    """Tell whether the database that a command line asks for is the usual one."""
    return asked is None or os.path.realpath(asked) == os.path.realpath(here().database)


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
    session files, has an empty database in memory. Where there is no database, and what there is
    could not be brought into one, nobody can tell what happened: that is an error.

    Args:
        asked: another database than the usual one; None for that.
        needed: what of the session files the command is about.

    Raises:
        ConfigError: nobody can tell what is to be kept, and nothing was kept before.
        NoDataError: there is no database where one was asked for.
        StoreError: the database cannot be read, or not be made.
    """
    places = here()
    if asked is None or is_usual_database(asked):
        path, opened = places.database, _open_usual(places, needed)
    else:
        path, opened = asked, Opened(_open_other(asked), is_complete=True)
    with contextlib.closing(opened.db):
        try:
            yield opened
        except sqlite3.DatabaseError as error:
            # Only what SQLite says is the database's fault: not a full disk under the output.
            with store_errors(path):
                raise error from None


def _open_usual(places: Places, needed: tuple[str, ...]) -> Opened:
    settings = _settings_or_warn(places)
    if settings is not None and (_is_waiting(places.spool) or is_outdated(places.database)):
        _drain_or_warn(places, settings)
    is_complete = settings is not None and _is_imported(places, settings, needed)
    if settings is not None:
        start_when_due(places, settings)
    try:
        return Opened(connect_to_read(places.database), is_complete)
    except NoDataError:
        if is_complete:
            return Opened(empty(), is_complete)
        sentence = "cannot tell what happened: nothing that was recorded could be read yet"
        raise StoreError(sentence, hint="`fluxmirror doctor` tells more") from None


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


def _settings_or_warn(places: Places) -> Settings | None:
    """Give what is to be kept; None, and a warning, where nobody can tell: then all waits."""
    try:
        return settings_to_capture()
    except ConfigError as error:
        if not is_there(places.database):
            raise
        complain(str(error), error.hint)
        return None


def _drain_or_warn(places: Places, settings: Settings) -> None:
    from fluxmirror_store.drain import drain

    try:
        if drain(places, settings, wait_s=WAIT_S, progress=UpgradeProgress()).busy:
            complain("another process is draining the spool; the newest events may be missing")
    except StoreError as error:
        _warn(places, "the spool was not drained", error)


def _is_imported(places: Places, settings: Settings, needed: tuple[str, ...]) -> bool:
    try:
        return import_news(places, settings, needed)
    except StoreError as error:
        _warn(places, "the session files were not read", error)
        return False


def _warn(places: Places, what: str, error: StoreError) -> None:
    """Say what is missing from a report.

    Raises:
        StoreError: everything is: what was recorded could not be brought anywhere.
    """
    if not is_there(places.database):
        raise StoreError(f"cannot tell what happened: {error}", hint=error.hint) from error
    complain(f"{what}: {error}", error.hint)
