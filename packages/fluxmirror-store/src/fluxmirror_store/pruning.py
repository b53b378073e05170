"""prune: what was recorded before a moment is deleted, and its space given back."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import NoDataError, UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.private import make_directory

from fluxmirror_store import lock
from fluxmirror_store.checkpoint import checkpoint, shorten_log
from fluxmirror_store.database import connect_to_read, connect_to_write, spool_errors, store_errors
from fluxmirror_store.importing.waiting import LOCK as IMPORT_LOCK
from fluxmirror_store.projects import forget_projects
from fluxmirror_store.retention import raise_mark, remove_mark
from fluxmirror_store.summing import add_up
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

PORTION_ROWS: Final = 5_000
"""So many rows are deleted in one transaction."""
PORTION_PAGES: Final = 2_000
"""So many pages are given back in one transaction."""
_TABLES: Final = ("event", "response", "mcp_message")
"""In the order of `Rows`; payloads and records go with the rows they belong to."""
_INCREMENTAL: Final = 2
"""What `PRAGMA auto_vacuum` says of a file that can give pages back one by one."""


class Rows(NamedTuple):
    """Rows by what they tell of."""

    events: int = 0
    responses: int = 0
    mcp_messages: int = 0


class Pruned(NamedTuple):
    """What a pruning did."""

    rows: Rows = Rows()
    """Deleted ones."""
    freed_bytes: int = 0
    """By how much the database became smaller."""
    trouble: str = ""
    """Why the space could not be given back; the database uses it again then."""
    busy: bool = False
    """Another process was draining or importing, and nothing was done."""


def count_before(db: sqlite3.Connection, before_ms: int) -> Rows:
    """Count what was recorded before a moment, UTC milliseconds."""
    return Rows(*(_count(db, f"{table} WHERE ts_ms < ?", before_ms) for table in _TABLES))


def count_timeless(db: sqlite3.Connection) -> int:
    """Count events whose time cannot be read: nobody knows how old they are, so they stay."""
    return _count(db, "event WHERE ts_ms IS NULL")


def newest_ms(path: str) -> int | None:
    """Give the time of the newest event, in UTC milliseconds; None when there is none.

    Raises:
        StoreError: the database cannot be read.
    """
    if not os.path.exists(path):
        return None
    with closing(connect_to_read(path)) as db, store_errors(path):
        newest: int | None = db.execute("SELECT max(ts_ms) FROM event").fetchone()[0]
    return newest


def prune(places: Places, before_ms: int, *, wait_s: float = 0.0) -> Pruned:
    """Delete what was recorded before a moment, and have no import bring it back.

    How far session files were read stays known. A kill at any moment leaves a consistent database,
    and the next pruning goes on there.

    Args:
        places: where the database is.
        before_ms: the moment, in UTC milliseconds; not one to come.
        wait_s: how long to wait for a drain or an import, in seconds.

    Raises:
        UsageError: the moment has not come yet.
        NoDataError: there is no database.
        StoreError: it cannot be written.
    """
    now_ms = time.time_ns() // 1_000_000
    if before_ms > now_ms:
        raise UsageError(message("database_file.to_come"), hint=message("database_file.only_past"))
    with _alone(places, wait_s) as db:
        if db is None:
            return Pruned(busy=True)
        # What was deleted is written over where its page stays in use.
        db.execute("PRAGMA secure_delete = FAST")
        with writing(db):
            raise_mark(db, before_ms, now_ms)
        before = _pages(db)
        rows = Rows(*(_delete(places, db, table, before_ms) for table in _TABLES))
        # What was added up of the deleted rows names their files and programs.
        add_up(db)
        with writing(db):
            forget_projects(db)
        trouble = _give_back(places, db, is_worth_it=any(rows))
        return Pruned(rows, max(before - _pages(db), 0) * _page_bytes(db), trouble)


def take_older_again(places: Places, *, wait_s: float = 0.0) -> bool:
    """Let what is older than the last pruning be taken again; tells whether nobody was in the way.

    Raises:
        NoDataError: there is no database.
        StoreError: it cannot be written.
    """
    with _alone(places, wait_s) as db:
        if db is not None:
            with writing(db):
                remove_mark(db)
        return db is not None


@contextmanager
def _alone(places: Places, wait_s: float) -> Iterator[sqlite3.Connection | None]:
    """Open the database while nobody drains or imports; gives None when somebody does."""
    if not os.path.exists(places.database):
        hint = message("database_file.not_there", path=places.database)
        raise NoDataError(message("database_file.nothing_recorded"), hint=hint)
    with spool_errors(places.spool):
        make_directory(places.spool)
        with (
            lock.held(os.path.join(places.spool, lock.DRAIN), wait_s) as not_draining,
            lock.held(os.path.join(places.spool, IMPORT_LOCK), wait_s) as not_importing,
        ):
            if not (not_draining and not_importing):
                yield None
                return
            with closing(connect_to_write(places.database)) as db, store_errors(places.database):
                yield db


def _delete(places: Places, db: sqlite3.Connection, table: str, before_ms: int) -> int:
    """Delete portion by portion, the oldest first; gives the number of rows."""
    oldest = f"SELECT id FROM {table} WHERE ts_ms < ? ORDER BY ts_ms LIMIT {PORTION_ROWS}"
    total = 0
    while True:
        with writing(db):
            gone = db.execute(f"DELETE FROM {table} WHERE id IN ({oldest})", (before_ms,)).rowcount
        shorten_log(places.database)
        total += gone
        if gone < PORTION_ROWS:
            return total


def _give_back(places: Places, db: sqlite3.Connection, *, is_worth_it: bool) -> str:
    """Give free pages back to the system; says why when it cannot be done.

    A database that an older program made gives back only as a whole, once, which copies all of it,
    so that has to be worth it.
    """
    try:
        if _pragma(db, "auto_vacuum") == _INCREMENTAL:
            _give_pages_back(places, db)
        elif is_worth_it:
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("VACUUM")
        checkpoint(places.database)
    except sqlite3.OperationalError as error:  # a full disk, or somebody else at work
        return str(error)
    return ""


def _give_pages_back(places: Places, db: sqlite3.Connection) -> None:
    free = _pragma(db, "freelist_count")
    while free:
        # `execute` would free a single page: the statement gives a row for each, without a column.
        db.executescript(f"PRAGMA incremental_vacuum({PORTION_PAGES})")
        shorten_log(places.database)
        before, free = free, _pragma(db, "freelist_count")
        if free >= before:
            return


def _count(db: sqlite3.Connection, where: str, *values: int) -> int:
    number: int = db.execute(f"SELECT count(*) FROM {where}", values).fetchone()[0]
    return number


def _pages(db: sqlite3.Connection) -> int:
    return _pragma(db, "page_count")


def _page_bytes(db: sqlite3.Connection) -> int:
    return _pragma(db, "page_size")


def _pragma(db: sqlite3.Connection, name: str) -> int:
    value: int = db.execute(f"PRAGMA {name}").fetchone()[0]
    return value
