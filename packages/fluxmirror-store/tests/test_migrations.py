"""Every shape a database ever had becomes the newest one, without a row lost or doubled."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_store import legacy as legacy_rows
from fluxmirror_store import migrations
from fluxmirror_store.database import connect_to_read, connect_to_write, newest_version
from fluxmirror_store.schema import LEGACY_COLUMNS
from fluxmirror_store.summing import add_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.paths import Places

COLUMNS = ", ".join(LEGACY_COLUMNS)
EIGHT = """
CREATE TABLE agent_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT NOT NULL, agent TEXT NOT NULL, session TEXT,
    tool TEXT, detail TEXT, cwd TEXT, raw_json TEXT);
"""
ROW = "INSERT INTO agent_events (ts, agent, tool, raw_json) VALUES ('2026-03-02T12:00:00Z',"
PARTIAL = f"""
CREATE TABLE agent_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT NOT NULL, agent TEXT NOT NULL, session TEXT,
    tool TEXT, tool_canonical TEXT, detail TEXT, cwd TEXT, host TEXT, raw_json TEXT);
{ROW} 'claude-code', 'Read', '{{}}');
"""
MESSAGES = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ts_ms INTEGER NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('c2s','s2c')), method TEXT,
    message_json TEXT NOT NULL, server_name TEXT NOT NULL);
CREATE INDEX idx_events_ts ON events(ts_ms);
INSERT INTO events (ts_ms, direction, method, message_json, server_name)
VALUES (1, 'c2s', 'initialize', '{}', 'github'), (2, 's2c', NULL, '{broken', 'github');
"""
SHAPES = {
    "nothing": ("", 0, 0),
    "eight columns, no rows": (EIGHT, 0, 0),
    "eight columns": (f"{EIGHT}{ROW} 'claude-code', 'Read', '{{}}');", 1, 0),
    "some of the columns": (PARTIAL, 1, 0),
    "messages alone": (MESSAGES, 0, 2),
    "messages and calls": (PARTIAL + MESSAGES, 1, 2),
    "the record of versions alone": (
        "CREATE TABLE schema_meta (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)",
        0,
        0,
    ),
    "version 1, no rows": (None, 0, 0),
}


def fill(db: sqlite3.Connection, count: int) -> None:
    """Put `count` calls into an older database."""
    db.execute("BEGIN")
    db.executemany(
        "INSERT INTO agent_events (ts, agent, session, tool, detail, raw_json) VALUES"
        " ('2026-03-02T12:00:00Z', 'claude-code', 's', 'Read', ?, '{}')",
        ((f"/srv/{number}",) for number in range(count)),
    )
    db.execute("COMMIT")


def dump(path: str) -> list[str]:
    """Everything in a database, as statements."""
    with closing(sqlite3.connect(path)) as db:
        return list(db.iterdump())


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_every_shape_becomes_the_newest(
    places: Places,
    legacy: Callable[..., sqlite3.Connection],
    shape: tuple[str | None, int, int],
) -> None:
    """The schema is the one of a new database; rows are what they were; again changes nothing."""
    schema, calls, messages = shape
    legacy(schema).close()
    with closing(connect_to_write(places.database)) as db:
        assert db.execute("SELECT count(*) FROM agent_events").fetchone() == (calls,)
        assert db.execute("SELECT count(*) FROM events").fetchone() == (messages,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if calls:
            found = db.execute(
                "SELECT ts, agent, tool, tool_canonical, tool_class, schema_version, raw_json"
                " FROM agent_events"
            )
            read = ("2026-03-02T12:00:00Z", "claude-code", "Read", "Read", "Read", 1, "{}")
            assert found.fetchall() == [read]
    before = dump(places.database)
    connect_to_write(places.database).close()
    assert dump(places.database) == before


def test_table_that_asked_for_nothing_is_upgraded_too(
    places: Places, legacy: Callable[..., sqlite3.Connection]
) -> None:
    """Made by hand, without types and with nothing in it but an id."""
    legacy("CREATE TABLE agent_events (id INTEGER PRIMARY KEY, ts, agent)").execute(
        "INSERT INTO agent_events VALUES (4, NULL, NULL), (5, 1.5, x'ff')"
    )
    with closing(connect_to_write(places.database)) as db:
        found = db.execute("SELECT id, ts, agent, tool, ts_ms FROM agent_events ORDER BY id")
        assert found.fetchall() == [(4, None, "", None, None), (5, "1.5", "\ufffd", None, None)]


def test_versions_are_recorded_once(
    places: Places, legacy: Callable[..., sqlite3.Connection]
) -> None:
    """The older record stays as it was; every step adds a line of its own."""
    legacy().close()
    for _ in range(2):
        connect_to_write(places.database).close()
    with closing(connect_to_read(places.database)) as db:
        found = db.execute("SELECT version, applied_at FROM schema_meta ORDER BY 1").fetchall()
    assert [version for version, _ in found] == list(range(1, 11))
    assert found[0] == (1, "2025-11-02T10:00:00Z")


def test_upgraded_schema_is_that_of_a_new_database(
    places: Places, legacy: Callable[..., sqlite3.Connection], tmp_path: Path
) -> None:
    """But for what the older programs left: their cache, and their index."""
    legacy().close()
    upgraded, new = places.database, str(tmp_path / "new.db")
    names = []
    for path in (upgraded, new):
        with closing(connect_to_write(path)) as db:
            names.append({name for (name,) in db.execute("SELECT name FROM sqlite_master")})
    left = {"ai_cache", "idx_ai_cache_created_at", "idx_events_ts", "sqlite_autoindex_ai_cache_1"}
    assert names[0] - names[1] == left
    assert names[1] - names[0] == set()


def test_numbers_go_on_where_the_older_program_stopped(
    places: Places, legacy: Callable[..., sqlite3.Connection]
) -> None:
    """An id that was given once is never given again."""
    with closing(legacy()) as db:
        fill(db, 5)
        db.execute("DELETE FROM agent_events WHERE id > 3")
    with closing(connect_to_write(places.database)) as db:
        found = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
    assert found == (5,)


def test_view_of_the_user_goes_on_working(
    places: Places, legacy: Callable[..., sqlite3.Connection]
) -> None:
    """Scripts and views written against the older table find the new view under its name."""
    with closing(legacy()) as db:
        fill(db, 3)
        db.execute("CREATE VIEW my_reads AS SELECT detail FROM agent_events WHERE tool = 'Read'")
    with closing(connect_to_write(places.database)) as db:
        assert db.execute("SELECT count(*) FROM my_reads").fetchone() == (3,)


def test_readers_see_every_row_once_while_rows_move(
    places: Places,
    legacy: Callable[..., sqlite3.Connection],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At every moment between two batches, with the very columns and values."""
    monkeypatch.setattr(legacy_rows, "BATCH_ROWS", 7)
    with closing(legacy()) as db:
        fill(db, 50)
        before = db.execute(f"SELECT {COLUMNS} FROM agent_events ORDER BY id").fetchall()
    filled = [(*row[:5], "Read", "Read", *row[7:]) for row in before]
    moments = []

    def look(done: int, total: int) -> None:
        with closing(sqlite3.connect(f"file:{places.database}?mode=ro", uri=True)) as reader:
            found = reader.execute(f"SELECT {COLUMNS} FROM agent_events ORDER BY id").fetchall()
        assert found == filled[:done] + before[done:]
        moments.append((done, total))

    connect_to_write(places.database, look).close()
    assert moments == [(done, 50) for done in (7, 14, 21, 28, 35, 42, 49, 50)]


def test_upgrade_goes_on_where_it_was_stopped(
    places: Places,
    legacy: Callable[..., sqlite3.Connection],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Progress counts what is still to do."""
    monkeypatch.setattr(legacy_rows, "BATCH_ROWS", 10)
    with closing(legacy()) as db:
        fill(db, 30)

    def stop(done: int, total: int) -> None:
        if (done, total) == (20, 30):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        connect_to_write(places.database, stop)
    seen: list[tuple[int, int]] = []
    connect_to_write(places.database, lambda done, total: seen.append((done, total))).close()
    assert seen == [(10, 10)]
    with closing(connect_to_read(places.database)) as db:
        assert db.execute("SELECT count(*), count(DISTINCT id) FROM event").fetchone() == (30, 30)


def test_an_upgraded_database_has_all_its_hours_to_be_added_up(
    places: Places, legacy: Callable[..., sqlite3.Connection], insert: Callable[..., int]
) -> None:
    """Nothing was added up before; times that no period has, and other kinds, have no hour."""
    with closing(legacy("")) as db:
        for step in migrations.STEPS[:8]:
            step(db, lambda _done, _total: None)
        db.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'x', '/s', 1)")
        for ts_ms in (-1, 0, 1, 3_600_000, None, -(1 << 62), 1 << 62):
            insert(db, ts_ms=ts_ms)
        insert(db, ts_ms=9 * 3_600_000, kind="prompt")
        insert(db, "response", ts_ms=7_200_001)
        insert(db, "response", ts_ms=1 << 62)
    with closing(connect_to_write(places.database)) as db:
        stale = db.execute("SELECT what, hour FROM stale_hour ORDER BY what, hour").fetchall()
        assert stale == [("calls", -1), ("calls", 0), ("calls", 1), ("usage", 2)]
        assert db.execute("SELECT count(*) FROM event").fetchone() == (8,)


def test_hours_of_the_older_table_are_added_up_once_more(
    places: Places, legacy: Callable[..., sqlite3.Connection], insert: Callable[..., int]
) -> None:
    """Into the new one; what was stale before stays so, once."""
    with closing(legacy("")) as db:
        for step in migrations.STEPS[:9]:
            step(db, lambda _done, _total: None)
        db.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID}")
        for ts_ms in (0, 3_600_000):
            insert(db, ts_ms=ts_ms)
        db.execute("DELETE FROM stale_hour WHERE hour = 0")
        names = [name for _, name, *_ in db.execute("PRAGMA table_info(activity_hour)")]
        for hour in (0, 1):
            values = (hour, "claude-code", "/r", 1, *["{}"] * (len(names) - 4))
            db.execute(f"INSERT INTO activity_hour VALUES ({', '.join('?' * len(names))})", values)
    with closing(connect_to_write(places.database)) as db:
        assert db.execute("SELECT hour FROM stale_hour ORDER BY 1").fetchall() == [(0,), (1,)]
        assert add_up(db) == 2
        found = db.execute("SELECT hour, calls FROM activity_hour ORDER BY 1").fetchall()
        assert found == [(0, 1), (1, 1)]


def test_steps_are_as_many_as_versions() -> None:
    """A step is never taken back."""
    assert [step.__name__[:4] for step in migrations.STEPS] == [
        "m001",
        "m002",
        "m003",
        "m004",
        "m005",
        "m006",
        "m007",
        "m008",
        "m009",
        "m010",
    ]
    assert newest_version() == 10
