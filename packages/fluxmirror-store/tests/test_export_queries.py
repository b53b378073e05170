"""Rows leave the database in the order of time, each as its view shows it."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.event import Kind
from fluxmirror_store.export_queries import ExportWindow, View, exported
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent

    Make = Callable[..., AgentEvent]
    Add = Callable[..., None]

NUMBER = count()


@pytest.fixture
def add(db: sqlite3.Connection, event: Make) -> Add:
    """Record one event."""

    def record(ts_ms: int | None, **changes: Any) -> None:  # noqa: ANN401 - the fields' own types
        with writing(db):
            write_events(db, [event(str(next(NUMBER)), ts_ms=ts_ms, **changes)])

    return record


def respond(db: sqlite3.Connection, ts_ms: int, agent: str = "claude-code") -> None:
    """Record a response."""
    source = "INSERT OR IGNORE INTO source (id, agent, path, seen_ms) VALUES (1, 'a', '/s', 0)"
    db.execute(source)
    db.execute(
        "INSERT INTO response (agent, key, ts_ms, input_tokens, output_tokens, cache_read_tokens,"
        " cache_write_5m_tokens, cache_write_1h_tokens, reasoning_tokens, tool_use_tokens,"
        " source_id, offset) VALUES (?, ?, ?, 1, 2, 3, 4, 5, 6, 7, 1, 0)",
        (agent, f"r{next(NUMBER)}", ts_ms),
    )


def times(db: sqlite3.Connection, view: View, wanted: ExportWindow) -> list[int | None]:
    """Give when each row was."""
    with exported(db, view, wanted) as found:
        at = found.columns.index("ts_ms")
        return [row[at] for row in found.rows]


def test_rows_come_in_the_order_of_time(db: sqlite3.Connection, add: Add) -> None:
    """Those without a readable one first: everything is everything."""
    for ts_ms in (30, 10, 20, None, 10):
        add(ts_ms)
    assert times(db, View.CALLS, ExportWindow()) == [None, 10, 10, 20, 30]


def test_a_time_is_from_its_first_millisecond_to_before_its_end(
    db: sqlite3.Connection, add: Add
) -> None:
    """Either bound may be left out."""
    for ts_ms in (10, 20, 30):
        add(ts_ms)
    assert times(db, View.CALLS, ExportWindow(10, 30)) == [10, 20]
    assert times(db, View.CALLS, ExportWindow(start_ms=20)) == [20, 30]
    assert times(db, View.CALLS, ExportWindow(end_ms=20)) == [10]


def test_each_view_has_its_own_rows(db: sqlite3.Connection, add: Add) -> None:
    """Calls alone, everything that happened, or what models answered."""
    add(10)
    add(20, kind=str(Kind.PROMPT))
    respond(db, 30)
    assert times(db, View.CALLS, ExportWindow()) == [10]
    assert times(db, View.EVENTS, ExportWindow()) == [10, 20]
    assert times(db, View.RESPONSES, ExportWindow()) == [30]


@pytest.mark.parametrize(
    ("view", "table"),
    [
        (View.CALLS, "agent_events"),
        (View.EVENTS, "agent_timeline"),
        (View.RESPONSES, "agent_responses"),
    ],
)
def test_the_columns_are_those_of_the_public_view(
    db: sqlite3.Connection, view: View, table: str
) -> None:
    """In its order, also where there is no row."""
    with exported(db, view, ExportWindow()) as found:
        assert list(found.columns) == [r[1] for r in db.execute(f"PRAGMA table_info({table})")]
        assert list(found.rows) == []


def test_an_agents_rows_are_its_own(db: sqlite3.Connection, add: Add) -> None:
    """Of every view."""
    add(10)
    add(20, agent="qwen-code")
    respond(db, 30, "qwen-code")
    respond(db, 40)
    wanted = ExportWindow(agent="qwen-code")
    assert times(db, View.EVENTS, wanted) == [20]
    assert times(db, View.RESPONSES, wanted) == [30]


def test_what_is_no_text_is_shown_all_the_same(db: sqlite3.Connection, add: Add) -> None:
    """Older programs stored whatever bytes they were given."""
    add(10)
    db.execute("UPDATE event SET detail = CAST(x'61ff' AS TEXT)")
    with exported(db, View.CALLS, ExportWindow()) as found:
        (row,) = found.rows
        assert row[found.columns.index("detail")] == "a\ufffd"


@pytest.mark.parametrize("analyzed", [False, True])
@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize(
    "wanted",
    [
        ExportWindow(),
        ExportWindow(1_000, 5_000),
        ExportWindow(agent="claude-code"),
        ExportWindow(1_000, 5_000, "claude-code"),
    ],
)
def test_rows_are_never_sorted(
    db: sqlite3.Connection,
    add: Add,
    view: View,
    wanted: ExportWindow,
    analyzed: bool,  # noqa: FBT001 - a table's column
) -> None:
    """They come out of an index in their order, so that the first is there at once."""
    for number in range(200):
        add(number * 100, agent=("claude-code", "qwen-code")[number % 2])
        respond(db, number * 100)
    if analyzed:
        db.execute("ANALYZE")
    seen: list[str] = []
    db.set_trace_callback(seen.append)
    times(db, view, wanted)
    db.set_trace_callback(None)
    (statement,) = [one for one in seen if "SELECT *" in one]
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert not any("TEMP B-TREE" in step for step in plan), plan
    if wanted.start_ms is not None:
        assert any("ts_ms>? AND ts_ms<?" in step for step in plan), plan
