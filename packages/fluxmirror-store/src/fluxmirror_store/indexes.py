"""Indexes that another program took away, or made otherwise: some are named in questions."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from fluxmirror_store.database import connect_to_write, empty, store_errors
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    import sqlite3


def missing_indexes(db: sqlite3.Connection) -> dict[str, str]:
    """Compare a database of the newest schema with a new one.

    Returns:
        Statements that make what it lacks, or has in another shape, by index.

    Raises:
        sqlite3.Error: the database cannot be read.
    """
    there = _indexes(db)
    with closing(empty()) as new:
        return {name: made for name, made in _indexes(new).items() if there.get(name) != made}


def make_missing_indexes(path: str) -> None:
    """Make whatever indexes a database lacks.

    Raises:
        StoreError: it cannot be written.
    """
    with store_errors(path), closing(connect_to_write(path)) as db, writing(db):
        for name, statement in missing_indexes(db).items():
            db.execute(f"DROP INDEX IF EXISTS {name}")
            db.execute(statement)


def _indexes(db: sqlite3.Connection) -> dict[str, str]:
    """Give what made each index, in one line."""
    rows = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    )
    return {name: " ".join(made.split()) for name, made in rows}
