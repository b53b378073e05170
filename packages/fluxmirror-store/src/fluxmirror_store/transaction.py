"""One transaction that takes the write lock first, so that it never has to upgrade a read."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_STORABLE: Final = (
    OverflowError,
    ValueError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
"""What SQLite and its module say of a value that no column takes; never of a full disk."""


@contextmanager
def writing(db: sqlite3.Connection) -> Iterator[None]:
    """Run the block in `BEGIN IMMEDIATE` … `COMMIT`; everything or nothing of it happens."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk has ended it already
            db.execute("ROLLBACK")
        raise
