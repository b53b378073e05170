"""Opening the database: made when missing, refused when not ours, and private."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.errors import NoDataError, StoreError
from fluxmirror_store.database import (
    connect_to_read,
    connect_to_write,
    empty,
    is_outdated,
    is_there,
    newest_version,
    restrict_to_reading,
)
from fluxmirror_store.migrations import schema_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.paths import Places

OPEN_TO_WRITE = """
import sys
from fluxmirror_store.database import connect_to_write
sys.stdin.read()
connect_to_write(sys.argv[1]).close()
"""
FOREIGN = {
    "a table of its own": "CREATE TABLE bookmarks (url TEXT)",
    "a table with a name of ours": "CREATE TABLE events (id INTEGER PRIMARY KEY, title TEXT)",
    "all names of ours": """
        CREATE TABLE schema_meta (k TEXT); CREATE TABLE ai_cache (k TEXT);
        CREATE TABLE agent_events (k TEXT)""",
    "version 1": "CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 1",
    "our version": "CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 3",
    "a high version": "CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 70",
    "an application's": "PRAGMA application_id = 252006673; CREATE TABLE g (x)",
    "a table beside one of ours": """
        CREATE TABLE events (id INTEGER PRIMARY KEY, ts_ms INTEGER, title TEXT);
        CREATE TABLE bookmarks (url TEXT)""",
}


def make_newer(path: str) -> None:
    """A database as a later program might leave it."""
    with closing(connect_to_write(path)) as db:
        db.execute("ALTER TABLE event ADD COLUMN mood TEXT")
        db.execute(f"PRAGMA user_version = {newest_version() + 1}")


def files_of(places: Places) -> dict[str, bytes]:
    """Name → content of everything beside the database."""
    directory = Path(places.database).parent
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}


def test_new_database_has_the_newest_schema(places: Places) -> None:
    """Made with its directories; complete when it is there."""
    with closing(connect_to_write(places.database)) as db:
        assert schema_version(db) == newest_version()
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA synchronous").fetchone() == (1,)
        assert db.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert db.execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)
        assert db.execute("PRAGMA busy_timeout").fetchone() == (5000,)


@pytest.mark.usefixtures("no_umask")
def test_everything_made_is_private(places: Places) -> None:
    """Directories above it and SQLite's side files included."""
    with closing(connect_to_write(places.database)) as db:
        db.execute("CREATE TABLE own (x)")
        modes = {
            path.name: oct(stat.S_IMODE(path.stat().st_mode))
            for path in Path(places.database).parent.rglob("*")
        }
    assert stat.S_IMODE(Path(places.database).parent.stat().st_mode) == 0o700
    assert set(modes.values()) == {"0o600"}
    assert set(modes) == {"events.db", "events.db-wal", "events.db-shm"}


def test_second_open_adds_nothing(places: Places) -> None:
    """Not even to the record of versions."""
    connect_to_write(places.database).close()
    before = files_of(places)
    connect_to_write(places.database).close()
    assert files_of(places) == before


def test_missing_database_cannot_be_read(places: Places) -> None:
    """And reading makes none."""
    with pytest.raises(NoDataError, match="there is no database"):
        connect_to_read(places.database)
    assert not os.path.exists(os.path.dirname(places.database))
    assert not is_outdated(places.database)


def test_readers_cannot_write(places: Places) -> None:
    """The connection itself refuses."""
    connect_to_write(places.database).close()
    with (
        closing(connect_to_read(places.database)) as db,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        db.execute("DELETE FROM event")


def test_newer_database_is_read_and_not_written(places: Places) -> None:
    """The refusal says what to do, and leaves every byte."""
    make_newer(places.database)
    before = files_of(places)
    with pytest.raises(StoreError, match="written by a newer FluxMirror") as refused:
        connect_to_write(places.database)
    assert "pipx upgrade fluxmirror" in str(refused.value.hint)
    assert files_of(places) == before
    with closing(connect_to_read(places.database)) as db:
        assert db.execute("SELECT count(*) FROM agent_events").fetchone() == (0,)
    assert not is_outdated(places.database)


@pytest.mark.parametrize("schema", FOREIGN.values(), ids=FOREIGN)
def test_database_of_another_program_is_refused(
    places: Places, legacy: Callable[..., sqlite3.Connection], schema: str
) -> None:
    """Whatever it calls its tables and numbers its versions; not a byte of it changes."""
    legacy(schema).close()
    before = files_of(places)
    for connect in (connect_to_write, connect_to_read):
        with pytest.raises(StoreError, match="belongs to another program") as refused:
            connect(places.database)
        assert "FLUXMIRROR_DB" in str(refused.value.hint)
    assert not is_outdated(places.database)
    assert files_of(places) == before


@pytest.mark.parametrize("content", [b"no database, but as long as a header of one" * 5, b"x"])
def test_file_that_is_no_database_is_refused(places: Places, content: bytes) -> None:
    """With a sentence and a hint, and untouched."""
    Path(places.database).parent.mkdir()
    Path(places.database).write_bytes(content)
    for connect in (connect_to_write, connect_to_read):
        with pytest.raises(StoreError, match="not a database") as refused:
            connect(places.database)
        assert "name a database of FluxMirror" in str(refused.value.hint)
    assert not is_outdated(places.database)
    assert files_of(places) == {"events.db": content}


def test_older_database_is_not_read_before_it_is_upgraded(
    places: Places, legacy: Callable[..., sqlite3.Connection]
) -> None:
    """Whoever reports drains first, and the drain upgrades."""
    legacy().close()
    before = files_of(places)
    assert is_outdated(places.database)
    with pytest.raises(StoreError, match="older shape") as refused:
        connect_to_read(places.database)
    assert "fluxmirror drain" in str(refused.value.hint)
    assert files_of(places) == before
    connect_to_write(places.database).close()
    assert not is_outdated(places.database)
    connect_to_read(places.database).close()


def test_empty_file_becomes_a_database(places: Places) -> None:
    """A kill between making the file and making its tables leaves one."""
    Path(places.database).parent.mkdir()
    Path(places.database).touch()
    with closing(connect_to_write(places.database)) as db:
        assert schema_version(db) == newest_version()


def test_directory_in_the_way_is_a_sentence(places: Places) -> None:
    """Not a traceback."""
    os.makedirs(places.database)
    with pytest.raises(StoreError, match="cannot be opened"):
        connect_to_write(places.database)


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes that have names")
def test_what_is_no_file_is_left_as_it_is(places: Places) -> None:
    """A device would get other rights, and whoever waits at a pipe waits for ever."""
    os.makedirs(os.path.dirname(places.database))
    os.mkfifo(places.database)
    os.chmod(places.database, 0o644)
    for connect in (connect_to_write, connect_to_read):
        with pytest.raises(StoreError, match="cannot be opened: it is no file"):
            connect(places.database)
    assert not is_there(places.database)
    assert not is_outdated(places.database)
    assert stat.S_IMODE(os.stat(places.database).st_mode) == 0o644


@pytest.mark.parametrize("pragma", ["", "PRAGMA journal_mode = WAL"])
def test_a_file_that_nothing_was_written_into_is_no_older_database(
    places: Places, pragma: str
) -> None:
    """A full disk leaves one; the next drain makes a database of it."""
    os.makedirs(os.path.dirname(places.database))
    Path(places.database).touch()
    with closing(sqlite3.connect(places.database)) as db:
        db.execute(pragma)
    assert not is_there(places.database)
    with pytest.raises(NoDataError, match="there is nothing in the database"):
        connect_to_read(places.database)
    connect_to_write(places.database).close()
    assert is_there(places.database)
    connect_to_read(places.database).close()


def test_locked_database_is_a_sentence(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost: what could not be written waits in the spool."""
    monkeypatch.setattr("fluxmirror_store.database.BUSY_MS", 0)
    connect_to_write(places.database).close()
    with closing(sqlite3.connect(places.database, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked") as refused:
            connect_to_write(places.database)
    assert "try again" in str(refused.value.hint)


def test_database_on_a_read_only_medium_is_read(places: Places) -> None:
    """Without its side files SQLite can neither make them nor open it, but for one way."""
    connect_to_write(places.database).close()
    directory = os.path.dirname(places.database)
    Path(places.database).chmod(0o400)
    Path(directory).chmod(0o500)
    try:
        with closing(connect_to_read(places.database)) as db:
            assert db.execute("SELECT count(*) FROM event").fetchone() == (0,)
    finally:
        Path(directory).chmod(0o700)


@pytest.mark.parametrize("older", [False, True], ids=["no database", "an older one"])
def test_many_may_open_it_first(
    places: Places, legacy: Callable[..., sqlite3.Connection], *, older: bool
) -> None:
    """Sixteen processes at once: each gets a complete database, none an error."""
    if older:
        db = legacy()
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO agent_events (ts, agent, tool) VALUES (?, 'claude-code', 'Bash')",
            [("2026-01-01T12:00:00Z",)] * 5000,
        )
        db.execute("COMMIT")
        db.close()
    command = [sys.executable, "-c", OPEN_TO_WRITE, places.database]
    racers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(16)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.close()
        racer.stdin = None
    assert [racer.communicate()[1] for racer in racers] == [""] * 16
    with closing(connect_to_read(places.database)) as db:
        assert db.execute("SELECT count(*) FROM schema_meta").fetchone() == (newest_version(),)
        assert db.execute("SELECT count(*) FROM agent_events").fetchone() == (5000 * older,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("SELECT count(*) FROM agent_events", True),
        (
            "WITH RECURSIVE n(i) AS (VALUES (1) UNION SELECT i + 1 FROM n LIMIT 3) SELECT i FROM n",
            True,
        ),
        ("PRAGMA table_info(agent_events)", True),
        ("PRAGMA user_version", True),
        ("PRAGMA user_version = 9", False),
        ("PRAGMA journal_mode = delete", False),
        ("ATTACH 'other.db' AS other", False),
        ("VACUUM INTO 'copy.db'", False),
        ("CREATE TEMP TABLE t (x)", False),
        ("DELETE FROM event", False),
    ],
)
def test_restricted_connection_only_reads(
    places: Places, db: sqlite3.Connection, statement: str, *, allowed: bool
) -> None:
    """Read-only is about this database; a statement may not write another file either."""
    with closing(connect_to_read(places.database)) as reader:
        restrict_to_reading(reader)
        if allowed:
            reader.execute(statement).fetchall()
        else:
            with pytest.raises(sqlite3.DatabaseError, match="authori"):
                reader.execute(statement)


def test_empty_database_has_the_views_and_no_rows() -> None:
    """For where nothing was recorded yet."""
    with closing(empty()) as db:
        assert db.execute("SELECT count(*) FROM agent_timeline").fetchone() == (0,)
