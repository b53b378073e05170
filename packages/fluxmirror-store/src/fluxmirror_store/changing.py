"""The database changed by hand: nobody drains meanwhile, and everything happens or nothing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import StoreError, UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.private import make_directory

from fluxmirror_store import lock
from fluxmirror_store.checkpoint import shorten_log
from fluxmirror_store.database import connect_to_write, empty, spool_errors, store_errors
from fluxmirror_store.statements import Limit
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CHANGING: Final = Limit(
    message("statement.changes_only"),
    message("statement.change_rows"),
)
_REFUSED: Final = (
    sqlite3.SQLITE_ANALYZE,  # its numbers decide how every report searches
    sqlite3.SQLITE_ATTACH,
    sqlite3.SQLITE_DETACH,
    sqlite3.SQLITE_PRAGMA,  # `writable_schema`, and what the next program relies on
    sqlite3.SQLITE_TRANSACTION,
)
_DROPS: Final = (
    sqlite3.SQLITE_DROP_INDEX,
    sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_DROP_TRIGGER,
    sqlite3.SQLITE_DROP_VIEW,
)
_ADDITIONS: Final = (sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_CREATE_TRIGGER)
"""To a table, and any of them may refuse its next row, or do what nobody expects with it."""
_CHANGES: Final = (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE)
_WORKED_OUT: Final = ("activity_hour", "usage_hour", "file_sighting", "stale_hour", "project")
"""Tables that follow from others, by our own triggers and sums: no statement changes them."""
_ROW_CHANGES: Final = (*_CHANGES, sqlite3.SQLITE_DELETE)
_ROW_NUMBERS: Final = ("id", "ROWID")
_MOST_ROWS: Final = 1 << 53
"""No table of ours will ever number a row so high by itself."""
_NUMBERED: Final = "SELECT name, seq FROM sqlite_sequence"
_REFERENCES: Final = """
SELECT m.name, k."table" FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS k
WHERE m.type = 'table' AND k.on_delete NOT IN ('CASCADE', 'SET NULL')
"""


@contextmanager
def changed_by_hand(
    path: str, spools: Iterable[str], wait_s: float
) -> Iterator[sqlite3.Connection]:
    """Open the database for one transaction of a person's own.

    It is rolled back when the block ends early, and committed else; a statement may change rows and
    add tables, and neither end the transaction nor reach for another file or a setting, nor change
    the tables that FluxMirror needs, or put something into their way.

    Args:
        path: a database of ours, of this program's version.
        spools: directories whose drains write it; none of them drains meanwhile.
        wait_s: how long to wait for one that is draining, in seconds.

    Raises:
        UsageError: nothing could be recorded any more, or not be deleted, so it is rolled back.
        StoreError: it is drained all the time, or cannot be written.
        KeyboardInterrupt: Ctrl-C was pressed in the block; it says that nothing was changed.
    """
    with ExitStack() as held:
        for spool in spools:
            held.enter_context(_undrained(spool, wait_s))
        db = held.enter_context(closing(connect_to_write(path)))
        try:
            with writing(db), _unobstructed(db), _restricted(db):
                yield db
            shorten_log(path)
        except sqlite3.DatabaseError as error:
            # Only what SQLite says is the database's fault: not a full disk under the output.
            with store_errors(path):
                raise error from None


@contextmanager
def _undrained(spool: str, wait_s: float) -> Iterator[None]:

    with ExitStack() as held:
        with spool_errors(spool):
            make_directory(spool)
            ours = held.enter_context(lock.held(os.path.join(spool, lock.DRAIN), wait_s))
        if not ours:
            raise StoreError(
                message("database_file.drained"),
                hint=message("database_file.in_a_moment"),
            )
        yield


@contextmanager
def _restricted(db: sqlite3.Connection) -> Iterator[None]:
    judge = _Judge()
    db.set_authorizer(judge)
    try:
        yield
    except KeyboardInterrupt:
        raise _interruption() from None
    except UsageError as error:
        if _is_denied(error.__cause__) and not judge.has_refused:
            raise _interruption() from None
        if judge.has_refused_sums:
            hint = message("statement.sums_follow", tables=", ".join(_WORKED_OUT))
            raise UsageError(error.sentence, hint=hint) from error.__cause__
        raise
    finally:
        db.set_authorizer(None)


def _interruption() -> KeyboardInterrupt:
    return KeyboardInterrupt(message("phrase.nothing_changed"))


def _is_denied(error: BaseException | None) -> bool:
    """Tell whether SQLite was told to refuse: by the judge, or by Ctrl-C while it judged."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_AUTH


@contextmanager
def _unobstructed(db: sqlite3.Connection) -> Iterator[None]:
    """Refuse, when all is done, what no single statement shows.

    Whoever deletes or renames a table of their own changes `sqlite_sequence` as well.
    """
    ours = _names_of_ours()
    before = dict(db.execute(_NUMBERED))
    yield
    now = dict(db.execute(_NUMBERED))
    tables = ours & (before.keys() | now.keys())
    if not all(before.get(table, 0) <= now.get(table, 0) < _MOST_ROWS for table in tables):
        raise UsageError(
            message("database_file.no_number"),
            hint=message("database_file.leave_numbers"),
        )
    for table, other in db.execute(_REFERENCES):
        if table not in ours and other.lower() in ours:
            raise UsageError(
                message("database_file.kept_rows", table=table, other=other),
                hint=message("database_file.cascade"),
            )


class _Judge:
    """Judges each action of a statement; SQLite calls it, and drops what it raises."""

    def __init__(self) -> None:
        self._ours = _names_of_ours()
        self.has_refused = False
        self.has_refused_sums = False

    def __call__(
        self,
        action: int,
        first: str | None,
        second: str | None,
        _database: str | None,
        trigger: str | None,
    ) -> int:
        if action in _ROW_CHANGES and first in _WORKED_OUT and trigger not in self._ours:
            self.has_refused_sums = True
        elif self._is_allowed(action, first, second):
            return sqlite3.SQLITE_OK
        self.has_refused = True
        return sqlite3.SQLITE_DENY

    def _is_allowed(self, action: int, first: str | None, second: str | None) -> bool:
        return not (
            action in _REFUSED
            or (action in _DROPS and first in self._ours)
            or (action in _ADDITIONS and second in self._ours)
            or (action == sqlite3.SQLITE_ALTER_TABLE and second in self._ours)
            or (action in _CHANGES and _is_sqlites(first or "", second))
            or (action == sqlite3.SQLITE_UPDATE and first in self._ours and second in _ROW_NUMBERS)
            or (action == sqlite3.SQLITE_FUNCTION and second == "load_extension")
        )


def _is_sqlites(table: str, column: str | None) -> bool:
    """Tell whether a table is one of SQLite's own; to rename any table it changes a name itself."""
    return table.startswith("sqlite_stat") or (table == "sqlite_sequence" and column != "name")


def _names_of_ours() -> frozenset[str]:
    """Name the tables, indexes and views that every database of FluxMirror has."""
    with closing(empty()) as fresh:
        return frozenset(name for (name,) in fresh.execute("SELECT name FROM sqlite_master"))
