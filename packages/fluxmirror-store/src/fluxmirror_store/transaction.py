"""One transaction that takes the write lock first, so that it never has to upgrade a read."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


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
