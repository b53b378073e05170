"""One transaction: everything or nothing, and the first thing that went wrong is what is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def table(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A table of unique numbers."""
    with closing(sqlite3.connect(tmp_path / "t.db", isolation_level=None, timeout=0)) as db:
        db.execute("CREATE TABLE t (n INTEGER UNIQUE)")
        yield db


def numbers(db: sqlite3.Connection) -> list[int]:
    """What is committed and visible."""
    return [n for (n,) in db.execute("SELECT n FROM t ORDER BY n")]


def insert_and_fail(db: sqlite3.Connection, error: type[BaseException]) -> None:
    """Insert a row, then end the block early."""
    with writing(db):
        db.execute("INSERT INTO t VALUES (1)")
        raise error


def test_block_is_committed_as_one(table: sqlite3.Connection) -> None:
    """Both rows are there when the block has ended."""
    with writing(table):
        table.execute("INSERT INTO t VALUES (1)")
        table.execute("INSERT INTO t VALUES (2)")
    assert numbers(table) == [1, 2]
    assert not table.in_transaction


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_of_a_failed_block_happens(
    table: sqlite3.Connection, error: type[BaseException]
) -> None:
    """Whatever ends the block early, Ctrl-C included."""
    with pytest.raises(error):
        insert_and_fail(table, error)
    assert numbers(table) == []
    assert not table.in_transaction


def test_write_lock_is_taken_first(table: sqlite3.Connection, tmp_path: Path) -> None:
    """A second writer waits at its beginning, not in its middle."""
    with (
        closing(sqlite3.connect(tmp_path / "t.db", isolation_level=None, timeout=0)) as other,
        writing(table),
        pytest.raises(sqlite3.OperationalError, match="locked"),
        writing(other),
    ):
        pytest.fail("two writers at once")


def test_first_error_is_told_when_sqlite_rolled_back_by_itself(table: sqlite3.Connection) -> None:
    """A full disk ends the transaction before we do: the reason must not be lost."""
    table.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"), writing(table):
        table.execute("INSERT OR ROLLBACK INTO t VALUES (1)")
    assert not table.in_transaction
