"""Doctor's questions are answered from indexes, and from few rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_store import health_queries
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.health_queries import (
    LastHeard,
    WaitingHours,
    crowded_ms,
    free_bytes,
    last_heard,
    waiting_hours,
)
from fluxmirror_store.summing import add_up

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

NOW = 1_000_000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty database."""
    connection = connect_to_write(str(tmp_path / "events.db"))
    yield connection
    connection.close()


def add(db: sqlite3.Connection, ts_ms: int, sources: str, ended_ms: int | None = None) -> None:
    """Add a call of Claude Code."""
    db.execute(
        "INSERT INTO event (uid, kind, ts_ms, ended_ms, agent, sources, schema_version)"
        " VALUES (randomblob(16), 'tool_call', ?, ?, 'claude-code', ?, 2)",
        (ts_ms, ended_ms, sources),
    )


def test_an_agent_that_was_never_heard_is_none(db: sqlite3.Connection) -> None:
    """What session files tell is not hearing."""
    add(db, 10, "transcript")
    assert last_heard(db, "claude-code", NOW) is None


def test_the_last_event_of_a_hook_is_found(db: sqlite3.Connection) -> None:
    """Behind newer ones of session files; its end counts, and nothing from the future does."""
    db.execute("INSERT INTO heard VALUES ('claude-code', 10)")
    add(db, 10, "hook")
    add(db, 20, "hook,transcript", ended_ms=25)
    add(db, 30, "transcript")
    add(db, NOW + 1, "hook")
    assert last_heard(db, "claude-code", NOW) == LastHeard(25, is_exact=True)


def test_a_hook_long_ago_is_told_as_such(
    db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than looked for in everything that came since."""
    monkeypatch.setattr(health_queries, "LOOKED_AT", 2)
    db.execute("INSERT INTO heard VALUES ('claude-code', 10)")
    add(db, 10, "hook")
    for ts_ms in (20, 30, 40):
        add(db, ts_ms, "transcript")
    assert last_heard(db, "claude-code", NOW) == LastHeard(30, is_exact=False)


def test_a_crowd_is_told_by_its_first(db: sqlite3.Connection) -> None:
    """None where there is no crowd."""
    for ts_ms in (10, 20, 30):
        add(db, ts_ms, "hook")
    assert crowded_ms(db, 31, 2) == 20
    assert crowded_ms(db, 30, 2) == 10
    assert crowded_ms(db, 31, 4) is None


def test_free_room_is_counted(db: sqlite3.Connection) -> None:
    """In bytes; a new database has none."""
    assert free_bytes(db) == 0
    db.execute("CREATE TABLE mine (n)")
    db.execute("INSERT INTO mine VALUES (zeroblob(100000))")
    db.execute("DROP TABLE mine")
    assert free_bytes(db) >= 100_000


@pytest.mark.parametrize("statement", health_queries.STATEMENTS)
def test_no_question_reads_the_whole_table(db: sqlite3.Connection, statement: str) -> None:
    """However much was recorded."""
    values = ["claude-code", 0, 0][: statement.count("?")]
    plan = db.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    assert all("USING" in detail and "TEMP" not in detail for *_, detail in plan)


def test_hours_wait_until_they_are_added_up(db: sqlite3.Connection) -> None:
    """However many calls they have, and the earliest tells how old what waits is."""
    hour_ms = 3_600_000
    assert waiting_hours(db) is None
    for ts_ms in (5 * hour_ms + 1, 5 * hour_ms + 2, 9 * hour_ms):
        add(db, ts_ms, "hook")
    assert waiting_hours(db) == WaitingHours(2, 5 * hour_ms)
    add_up(db)
    assert waiting_hours(db) is None
