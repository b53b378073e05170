"""A pruning may die at any moment: the database is whole, and the next one goes on there."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_store.database import connect_to_write

from tests.e2e.kill_before import runs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")

KEPT_MS = 1_770_000_000_000
ROWS = 9
EVENT = """
INSERT INTO event (uid, kind, ts_ms, agent, sources, schema_version)
VALUES (?, 'tool_call', ?, 'claude-code', 'hook', 2)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of old rows and new ones, each of the old ones as long as a page."""
    path = tmp_path_factory.mktemp("made") / "events.db"
    with closing(connect_to_write(str(path))) as db:
        db.execute("INSERT INTO source (agent, path, seen_ms) VALUES ('claude-code', '/a', 1)")
        for number in range(ROWS):
            for age, ts_ms in (("old", KEPT_MS - 1 - number), ("new", KEPT_MS + number)):
                fill(db, f"{age}{number}", ts_ms)
    return path


def fill(db: sqlite3.Connection, name: str, ts_ms: int) -> None:
    """Make a row of everything that is recorded."""
    event_id = db.execute(EVENT, (name.encode(), ts_ms)).lastrowid
    db.execute("INSERT INTO payload (event_id, input_json) VALUES (?, ?)", (event_id, "x" * 5_000))
    values: dict[str, Any] = dict.fromkeys(
        (column[1] for column in db.execute("PRAGMA table_info(response)")), 0
    )
    values |= {"id": event_id, "agent": "claude-code", "key": name, "ts_ms": ts_ms}
    values |= {"cost_pico": None, "price_id": None, "source_id": 1}
    marks = ", ".join("?" * len(values))
    db.execute(f"INSERT INTO response VALUES ({marks})", tuple(values.values()))
    db.execute("INSERT INTO record VALUES (?, 1, 0, '{}', 0)", (event_id,))
    db.execute("INSERT INTO mcp_message VALUES (?, ?, 'c2s', NULL, '{}', 'x')", (event_id, ts_ms))


@pytest.fixture
def killer(tmp_path: Path) -> Iterator[Callable[[int], str]]:
    """Prune `tmp_path`, killed before the n-th step; what it died of."""
    with runs_of("killing_prune", str(tmp_path / "flux"), str(KEPT_MS)) as kill_before:
        yield kill_before


def restore(made: Path, home: Path) -> None:
    """Begin anew."""
    shutil.rmtree(home / "flux", ignore_errors=True)
    (home / "flux").mkdir()
    shutil.copy(made, home / "flux" / "events.db")


def look(home: Path) -> dict[str, int]:
    """Say what there is; every row has what belongs to it, whatever happened."""
    with closing(sqlite3.connect(home / "flux" / "events.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        tables = ("event", "payload", "response", "record", "mcp_message")
        numbers = {name: _count(db, name) for name in tables}
        for table in ("event", "response", "mcp_message"):
            assert _count(db, f"{table} WHERE ts_ms >= {KEPT_MS}") == ROWS
    assert numbers["event"] == numbers["payload"]
    assert numbers["response"] == numbers["record"]
    return numbers


def _count(db: sqlite3.Connection, what: str) -> int:
    number: int = db.execute(f"SELECT count(*) FROM {what}").fetchone()[0]
    return number


def test_kill_between_any_two_steps_leaves_a_whole_database(
    made: Path, tmp_path: Path, killer: Callable[[int], str]
) -> None:
    """Before each statement, one after the other; what is kept is always there, all of it."""
    died_before: list[str] = []
    while not died_before or died_before[-1].startswith("killed"):
        restore(made, tmp_path)
        died_before.append(killer(len(died_before) + 1))
        look(tmp_path)
        assert killer(-1) == "done 0"
        assert set(look(tmp_path).values()) == {ROWS}, died_before[-1]
        with closing(sqlite3.connect(tmp_path / "flux" / "events.db")) as db:
            assert db.execute("PRAGMA freelist_count").fetchone() == (0,)
    assert died_before.pop() == "done 0"
    steps = [died.removeprefix("killed before ") for died in died_before]
    assert steps.count("COMMIT") >= 10
    assert steps.count("DELETE FROM event") >= 3
    assert steps.count("PRAGMA incremental_vacuum(2)") >= 3
