"""opened_database: a database open for reading, with everything in it that happened up to now."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import ConfigError, NoDataError, StoreError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_store.database import (
    connect_to_read,
    empty,
    is_outdated,
    is_there,
    refuse_newer,
    store_errors,
)
from fluxmirror_store.summing import bring_up_to_date, is_stale

from fluxmirror_cli.configured import here, settings_to_capture
from fluxmirror_cli.daily_pruning import start_when_due
from fluxmirror_cli.imported import EVERYTHING, import_news
from fluxmirror_cli.output import complain
from fluxmirror_cli.progress import summing_progress, upgrade_progress

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
        except (sqlite3.DatabaseError, LookupError, TypeError, ValueError) as error:
            # Only what SQLite says is the database's fault: not a full disk under the output.
            with store_errors(path):
                if _is_of_shape(error):
                    refuse_newer(opened.db, path, error)
                if isinstance(error, sqlite3.DatabaseError):
                    raise error from None
            raise


def _is_of_shape(error: Exception) -> bool:
    """Tell whether a database may have another shape than was asked for: by what failed, or where.

    Whatever else fails while it is open has nothing to do with it.
    """
    if isinstance(error, sqlite3.DatabaseError):
        return str(error).startswith("no such ")
    frame = error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_globals.get("__name__", "").startswith("fluxmirror_store."):
            return True
        frame = frame.tb_next
    return False


def _open_usual(places: Places, needed: tuple[str, ...]) -> Opened:
    settings = _settings_or_warn(places)
    if settings is not None and (_is_waiting(places.spool) or is_outdated(places.database)):
        _drain_or_warn(places, settings)
    is_complete = settings is not None and _is_imported(places, settings, needed)
    if settings is not None:
        start_when_due(places, settings)
    try:
        return Opened(_open_summed(places), is_complete)
    except NoDataError:
        if is_complete:
            return Opened(empty(), is_complete)
        raise StoreError(message("reading.untold"), hint=message("reading.doctor")) from None


def _open_summed(places: Places) -> sqlite3.Connection:
    """Open the database, and have the hours added up in which something changed."""
    db = connect_to_read(places.database)
    is_summed = False
    try:
        with store_errors(places.database):
            is_summed = not is_stale(db)
    finally:
        # Whoever writes has to be the last to leave: then SQLite empties the log, which everybody
        # who opens the database would have to read otherwise.
        if not is_summed:
            db.close()
    if is_summed:
        return db
    bring_up_to_date(places, summing_progress())
    return connect_to_read(places.database)


def _open_other(path: str) -> sqlite3.Connection:
    if not os.path.exists(path):
        sentence = message("reading.no_database", path=path)
        raise NoDataError(sentence, hint=message("reading.check_path"))
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
        complain(error.sentence, error.hint)
        return None


def _drain_or_warn(places: Places, settings: Settings) -> None:
    from fluxmirror_store.drain import drain

    try:
        if drain(places, settings, wait_s=WAIT_S, progress=upgrade_progress()).busy:
            complain(message("reading.draining"))
    except StoreError as error:
        _refuse_nothing(places, error)
        complain(message("reading.undrained", reason=error.sentence), error.hint)


def _is_imported(places: Places, settings: Settings, needed: tuple[str, ...]) -> bool:
    try:
        return import_news(places, settings, needed)
    except StoreError as error:
        _refuse_nothing(places, error)
        complain(message("reading.unimported", reason=error.sentence), error.hint)
        return False


def _refuse_nothing(places: Places, error: StoreError) -> None:
    """Refuse a report of nothing: what was recorded could not be brought anywhere.

    Raises:
        StoreError: there is no database.
    """
    if not is_there(places.database):
        sentence = message("reading.untold_because", reason=error.sentence)
        raise StoreError(sentence, hint=error.hint) from error
