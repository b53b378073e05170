"""The schema keeps its promises: the contract's columns, and an index for every question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.event import AgentEvent
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_store import closing, writer
from fluxmirror_store.schema import LEGACY_COLUMNS

if TYPE_CHECKING:
    import sqlite3

CONTRACT = [
    "id",
    "ts",
    "agent",
    "session",
    "tool",
    "tool_canonical",
    "tool_class",
    "detail",
    "cwd",
    "host",
    "user",
    "schema_version",
    "raw_json",
]
MESSAGES = ["id", "ts_ms", "direction", "method", "message_json", "server_name"]


def columns(db: sqlite3.Connection, table: str) -> list[str]:
    """Names of a table's or view's columns, in order."""
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def plan(db: sqlite3.Connection, query: str, values: object = None) -> str:
    """How SQLite will answer."""
    found = db.execute(f"EXPLAIN QUERY PLAN {query}", values or ())  # type: ignore[arg-type]
    return "\n".join(row[3] for row in found)


def test_event_is_agent_event(db: sqlite3.Connection) -> None:
    """Table and record name the same things in the same order."""
    fields = list(AgentEvent._fields)
    kept_apart = {"input_json", "output_sha256", "output_text"}
    assert kept_apart < set(columns(db, "payload"))
    told = [name for name in fields if name not in kept_apart]
    assert [name for name in columns(db, "event") if name not in ("id", "ts_text")] == told
    assert columns(db, "event")[0] == "id"


def test_hours_of_usage_count_every_kind_of_token(db: sqlite3.Connection) -> None:
    """The table and what makes an hour stale are written out, as migrations stay what they are."""
    told = [f"{name}_tokens" for name in Tokens._fields]
    assert [name for name in columns(db, "usage_hour") if name.endswith("_tokens")] == told
    (trigger,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'response_changed'")
    watched = trigger[0].partition(" UPDATE OF ")[2].partition(" ON response")[0].split(", ")
    assert [name for name in watched if name.endswith("_tokens")] == told


@pytest.mark.parametrize("view", ["agent_events", "agent_timeline"])
def test_contract_columns_come_first(db: sqlite3.Connection, view: str) -> None:
    """Scripts that say `SELECT *` find what they always found; new columns come behind."""
    assert columns(db, view)[: len(CONTRACT)] == CONTRACT
    assert set(columns(db, view)) > set(CONTRACT)
    assert list(LEGACY_COLUMNS) == CONTRACT


def test_messages_have_exactly_the_contract_columns(db: sqlite3.Connection) -> None:
    """View `events` is what the older programs' table was."""
    assert columns(db, "events") == MESSAGES


def test_tables_take_only_what_their_columns_say(db: sqlite3.Connection) -> None:
    """SQLite would put anything anywhere; ours are strict."""
    strict = {
        name: sql.rstrip().endswith(("STRICT", "STRICT, WITHOUT ROWID"))
        for name, sql in db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if name in ("event", "payload", "tally")
    }
    assert strict == {"event": True, "payload": True, "tally": True}


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ("ts_ms >= 1 AND ts_ms < 2", "event_ts (ts_ms>? AND ts_ms<?)"),
        ("agent = 'a' AND ts_ms >= 1 AND ts_ms < 2", "event_agent (agent=? AND ts_ms>?"),
        ("session = 's' AND ts_ms >= 1", "event_session (session=? AND ts_ms>?"),
        ("tool_class = 'Write' AND ts_ms >= 1", "event_class (tool_class=? AND ts_ms>?"),
        ("path = '/a' AND ts_ms >= 1", "event_path (path=? AND ts_ms>?"),
        ("uid = x'00'", "sqlite_autoindex_event_1 (uid=?)"),
        ("twin_uid = x'00'", "event_twin (twin_uid=?)"),
        ("pair_key = x'00'", "event_pair (pair_key=?"),
    ],
)
def test_questions_use_their_index(db: sqlite3.Connection, where: str, index: str) -> None:
    """On an empty database too, where the planner knows nothing."""
    assert index in plan(db, f"SELECT kind FROM event WHERE {where}")
    if "ts_ms" in where:
        assert "TEMP B-TREE" not in plan(db, f"SELECT kind FROM event WHERE {where} ORDER BY ts_ms")


def test_windows_on_the_view_use_the_index(db: sqlite3.Connection) -> None:
    """Whoever queries the public view by `ts_ms` pays no scan."""
    asked = plan(db, "SELECT tool FROM agent_events WHERE ts_ms >= 1 AND ts_ms < 2")
    assert "event_ts (ts_ms>? AND ts_ms<?)" in asked


def test_writer_finds_halves_by_index(db: sqlite3.Connection) -> None:
    """Pairing costs the same on a database of any size."""
    asked = plan(db, writer._WAITING_HALVES, (b"k", 1, 0, 0))
    assert "event_pair (pair_key=?" in asked
    assert "event_twin (twin_uid=?" in plan(db, writer._KNOWN_TWIN, (b"t",))


@pytest.mark.parametrize("statement", closing.STATEMENTS)
def test_closing_walks_over_open_calls_alone(db: sqlite3.Connection, statement: str) -> None:
    """The end of a turn never looks at the calls that have ended."""
    values = {"session": "s", "ts_ms": 1, "subagent": None, "all": 0}
    asked = plan(db, statement, values)
    assert "event USING INDEX event_open (session=? AND ts_ms<?)" in asked
    assert "SCAN" not in asked
