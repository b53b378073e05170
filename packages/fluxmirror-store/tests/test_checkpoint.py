"""The checkpoint: pages of the log go back into the database, and nobody notices."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.errors import StoreError
from fluxmirror_store import database
from fluxmirror_store.checkpoint import checkpoint, wal_bytes
from fluxmirror_store.database import connect_to_read, connect_to_write
from fluxmirror_store.tally import Tally, tallied

if TYPE_CHECKING:
    from fluxmirror_core.paths import Places


def write(db: sqlite3.Connection) -> None:
    """Change a page."""
    batch = Tally()
    batch.add("bad")
    batch.flush(db, 1000)


def in_main_file(places: Places, tmp_path: Path) -> int:
    """How often was counted, as the database tells without its log."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(Path(places.database).read_bytes())
    with closing(sqlite3.connect(copy)) as db:
        return sum(line.times for line in tallied(db))


def test_log_goes_into_the_database(places: Places, db: sqlite3.Connection, tmp_path: Path) -> None:
    """Nothing goes by itself; everything goes when it is told to."""
    checkpoint(places.database)
    for _ in range(3):
        write(db)
    assert wal_bytes(places.database) > 0
    assert in_main_file(places, tmp_path) == 0
    checkpoint(places.database)
    assert in_main_file(places, tmp_path) == 3
    write(db)
    assert sum(line.times for line in tallied(db)) == 4


def test_reader_in_the_middle_keeps_its_state(places: Places, db: sqlite3.Connection) -> None:
    """A report that runs meanwhile sees the moment it began in."""
    write(db)
    with closing(connect_to_read(places.database)) as reader:
        reader.execute("BEGIN")
        assert len(tallied(reader)) == 1
        write(db)
        checkpoint(places.database)
        assert tallied(reader)[0].times == 1
        reader.execute("COMMIT")
        assert tallied(reader)[0].times == 2


def test_writers_are_held_off(
    places: Places, db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process writes there is no checkpoint, and no harm."""
    monkeypatch.setattr("fluxmirror_store.checkpoint.BUSY_MS", 0)
    with database.store_errors(places.database):
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            checkpoint(places.database)
        db.execute("ROLLBACK")
    checkpoint(places.database)


def test_log_of_nothing_is_empty(tmp_path: Path) -> None:
    """No database, no log."""
    assert wal_bytes(str(tmp_path / "none.db")) == 0


def test_last_to_close_leaves_one_file(places: Places) -> None:
    """The log is for those who are at work."""
    with closing(connect_to_write(places.database)) as db:
        write(db)
    names = [path.name for path in Path(places.database).parent.iterdir()]
    assert names == [Path(places.database).name]


def test_damaged_database_is_a_sentence(places: Places) -> None:
    """Not a traceback of the database module."""
    Path(places.database).parent.mkdir(parents=True)
    Path(places.database).write_bytes(b"no database at all, but long enough to be looked at" * 9)
    with pytest.raises(StoreError, match="not a database"), database.store_errors("x"):
        checkpoint(places.database)
