"""The database changed by hand: nobody drains meanwhile, and everything happens or nothing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import StoreError
from fluxmirror_core.private import make_directory

from fluxmirror_store import lock
from fluxmirror_store.checkpoint import WAL_BYTES, checkpoint, wal_bytes
from fluxmirror_store.database import connect_to_write, empty, store_errors
from fluxmirror_store.statements import Limit
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CHANGING: Final = Limit(
    "it does more than `--write` allows",
    "rows, and tables of your own, can be changed; leave out BEGIN, COMMIT, PRAGMA and ATTACH:"
    " all statements are one transaction as it is",
)
_REFUSED: Final = (
    sqlite3.SQLITE_ATTACH,
    sqlite3.SQLITE_DETACH,
    sqlite3.SQLITE_PRAGMA,  # `writable_schema`, and what the next program relies on
    sqlite3.SQLITE_TRANSACTION,
)
_DROPS: Final = (
    sqlite3.SQLITE_DROP_INDEX,
    sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_DROP_VIEW,
)


@contextmanager
def changed_by_hand(
    path: str, spools: Iterable[str], wait_s: float
) -> Iterator[sqlite3.Connection]:
    """Open the database for one transaction of a person's own.

    It is rolled back when the block ends early, and committed else; a statement may change rows and
    add tables, and neither end the transaction nor reach for another file, a setting, or the
    tables that FluxMirror needs.

    Args:
        path: a database of ours, of this program's version.
        spools: directories whose drains write it; none of them drains meanwhile.
        wait_s: how long to wait for one that is draining, in seconds.

    Raises:
        StoreError: it is drained all the time, or cannot be written.
        KeyboardInterrupt: Ctrl-C was pressed in the block; it says that nothing was changed.
    """
    with ExitStack() as held:
        for spool in spools:
            held.enter_context(_undrained(spool, wait_s))
        db = held.enter_context(closing(connect_to_write(path)))
        try:
            with writing(db), _restricted(db):
                yield db
            if wal_bytes(path) > WAL_BYTES:
                checkpoint(path)
        except sqlite3.DatabaseError as error:
            # Only what SQLite says is the database's fault: not a full disk under the output.
            with store_errors(path):
                raise error from None


@contextmanager
def _undrained(spool: str, wait_s: float) -> Iterator[None]:
    with ExitStack() as held:
        with store_errors(spool, "the spool"):
            make_directory(spool)
            ours = held.enter_context(lock.held(os.path.join(spool, "drain.lock"), wait_s))
        if not ours:
            raise StoreError(
                "another process is draining the spool; nothing was changed",
                hint="try again in a moment",
            )
        yield


@contextmanager
def _restricted(db: sqlite3.Connection) -> Iterator[None]:
    db.set_authorizer(_authorizer())
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt("nothing was changed") from None
    finally:
        db.set_authorizer(None)


def _authorizer() -> Callable[..., int]:
    """Give what judges each action of a statement."""
    ours = _names_of_ours()

    def authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
        refused = (
            action in _REFUSED
            or (action in _DROPS and first in ours)
            or (action == sqlite3.SQLITE_ALTER_TABLE and second in ours)
            or (action == sqlite3.SQLITE_FUNCTION and second == "load_extension")
        )
        return sqlite3.SQLITE_DENY if refused else sqlite3.SQLITE_OK

    return authorize


def _names_of_ours() -> frozenset[str]:
    """Name the tables, indexes and views that every database of FluxMirror has."""
    with closing(empty()) as fresh:
        return frozenset(name for (name,) in fresh.execute("SELECT name FROM sqlite_master"))
