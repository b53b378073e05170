"""Days are counted one by one, each as long as its zone makes it."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.daily import DayFiles, DayTotal
from fluxmirror_core.period import days_period, instants_period
from fluxmirror_store.daily_queries import daily_files, daily_totals
from fluxmirror_store.queries import window
from fluxmirror_store.summing import add_up
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_store.queries import Window

    Make = Callable[..., AgentEvent]
    Add = Callable[..., None]

TABLES = re.compile("SCAN (event|activity_hour|file_sighting)")
UTC_ZONE = ZoneInfo("UTC")
HAVANA = ZoneInfo("America/Havana")
NUMBER = count()


def at(*moment: int) -> int:
    """Give an instant of UTC in milliseconds."""
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type,misc]


NOON = at(2026, 3, 2, 12)


@pytest.fixture
def add(db: sqlite3.Connection, event: Make) -> Add:
    """Record one event."""

    def record(ts_ms: int | None, **changes: Any) -> None:  # noqa: ANN401 - the fields' own types
        with writing(db):
            told = {"ts_ms": ts_ms, "outcome": "ok", **changes}
            write_events(db, [event(str(next(NUMBER)), **told)])

    return record


@pytest.fixture
def write(add: Add) -> Add:
    """Record that a tool touched a file."""

    def record(path: str | None, tool: str = "Edit", ts_ms: int = NOON, **changes: Any) -> None:  # noqa: ANN401 - the fields' own types
        tool_class = "Read" if tool == "Read" else "Write"
        usual = {"path": path, "detail": path, "tool": tool, "tool_canonical": tool}
        add(ts_ms, **{"tool_class": tool_class, **usual, **changes})

    return record


def march(db: sqlite3.Connection, zone: ZoneInfo = UTC_ZONE, agent: str | None = None) -> Window:
    """Choose the calls of March 2026."""
    return window(db, days_period(date(2026, 3, 1), date(2026, 3, 31), zone), agent)


def files(db: sqlite3.Connection, agent: str | None = None) -> list[tuple[int, int, int]]:
    """Give day, new files and edited files."""
    found = daily_files(db, march(db, agent=agent), UTC_ZONE)
    assert all(isinstance(one, DayFiles) for one in found)
    return [(one.date.day, one.new, one.edited) for one in found]


def test_a_day_has_its_calls_and_its_agents(db: sqlite3.Connection, add: Add) -> None:
    """The oldest day first, agents by name, empty days left out."""
    add(NOON, agent="qwen-code")
    add(NOON)
    add(at(2026, 3, 5))
    assert daily_totals(db, march(db), UTC_ZONE) == [
        DayTotal(date(2026, 3, 2), 2, ("claude-code", "qwen-code")),
        DayTotal(date(2026, 3, 5), 1, ("claude-code",)),
    ]
    assert daily_totals(db, march(db, agent="qwen-code"), UTC_ZONE) == [
        DayTotal(date(2026, 3, 2), 1, ("qwen-code",))
    ]


def test_days_without_a_midnight_and_with_two_are_whole(db: sqlite3.Connection, add: Add) -> None:
    """Havana's 8 March begins at one o'clock, and its 1 November has two midnights."""
    for moment in (at(2026, 3, 8, 4, 59), at(2026, 3, 8, 5), at(2026, 3, 9, 3, 59)):
        add(moment)
    for moment in (at(2026, 11, 1, 4), at(2026, 11, 1, 5, 30), at(2026, 11, 2, 4, 59)):
        add(moment)
    year = window(db, days_period(date(2026, 1, 1), date(2026, 12, 31), HAVANA))
    found = [(one.date.isoformat(), one.calls) for one in daily_totals(db, year, HAVANA)]
    assert found == [("2026-03-07", 1), ("2026-03-08", 2), ("2026-11-01", 3)]


def test_a_window_within_a_day_counts_its_own_part(db: sqlite3.Connection, add: Add) -> None:
    """From its first millisecond to the last one before its end."""
    for offset in (-1, 0, 99, 100):
        add(NOON + offset)
    part = window(db, instants_period(NOON, NOON + 100, UTC_ZONE))
    assert [one.calls for one in daily_totals(db, part, UTC_ZONE)] == [2]


def test_hidden_rows_and_rows_without_a_time_are_no_activity(
    db: sqlite3.Connection, add: Add
) -> None:
    """As in every report."""
    add(NOON, self_noise=1)
    add(NOON, kind="prompt")
    add(None)
    assert daily_totals(db, march(db), UTC_ZONE) == []


def test_a_file_first_seen_when_it_is_written_is_new(db: sqlite3.Connection, write: Add) -> None:
    """Changed on the same day it is edited as well; on the next it is no new one any more."""
    write("/a", "Write")
    write("/a", "Edit", NOON + 1)
    write("/a", "Write", at(2026, 3, 3))
    assert files(db) == [(2, 1, 1), (3, 0, 1)]


@pytest.mark.parametrize("tool", ["Read", "Edit", "NotebookEdit"])
def test_a_file_that_was_there_before_is_not_new(
    db: sqlite3.Connection, write: Add, tool: str
) -> None:
    """A tool that writes it as a whole writes over it, whenever it was seen."""
    write("/a", tool, at(2026, 1, 1))
    write("/a", "WriteFile")
    assert files(db) == [(2, 0, 1)]


def test_an_attempt_is_no_sight_of_a_file(db: sqlite3.Connection, write: Add) -> None:
    """An agent looks for a file, finds none, and makes it."""
    write("/a", "Read", NOON - 1, outcome="failed")
    write("/a", "Write", NOON - 1, outcome="denied")
    write("/a", "Write")
    write("/b", "Write", outcome="rejected")
    assert files(db) == [(2, 1, 0)]


def test_files_count_once_a_day(db: sqlite3.Connection, write: Add) -> None:
    """However often, and by whatever tool, they are changed; without a name they are none."""
    for path in ("/a", "/a", "/b", None, ""):
        write(path)
    write("/a", "Replace")
    write("/c", "Read")
    assert files(db) == [(2, 0, 2)]


def test_an_older_row_without_a_path_goes_by_its_tool(db: sqlite3.Connection, write: Add) -> None:
    """Nothing finds what happened to such a file before."""
    write(None, "Write", detail="a.txt")
    write(None, "EditFile", detail="b.txt")
    assert files(db) == [(2, 1, 1)]


def test_a_file_is_new_to_the_agent_that_made_it(db: sqlite3.Connection, write: Add) -> None:
    """Another one's writing over it is an edit."""
    write("/a", "Write", agent="qwen-code")
    write("/a", "Write", NOON + 1)
    assert files(db) == [(2, 1, 1)]
    assert files(db, "qwen-code") == [(2, 1, 0)]
    assert files(db, "claude-code") == [(2, 0, 1)]


def test_a_patch_makes_and_changes_many_files(db: sqlite3.Connection, write: Add) -> None:
    """Where its text was kept; its first file counts in any case."""
    patch = "*** Begin Patch\n*** Add File: new.py\n+x\n*** Update File: a.py\n*** End Patch"
    told = json.dumps({"input": patch})
    write("/p/new.py", "ApplyPatch", cwd="/p", input_json=told)
    write("/p/a.py", "Edit")
    assert files(db) == [(2, 1, 1)]
    write("/p/z.py", "ApplyPatch", at(2026, 3, 3), cwd="/p")
    assert files(db)[1:] == [(3, 0, 1)]


@pytest.mark.parametrize("analyzed", [False, True])
def test_no_question_walks_over_the_whole_table(
    db: sqlite3.Connection,
    write: Add,
    analyzed: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Every plan searches an index for its day, with SQLite's statistics and without."""
    for number in range(300):
        write(f"/f{number % 50}", ("Write", "Read", "ApplyPatch")[number % 3], NOON + number)
    if analyzed:
        db.execute("ANALYZE")
    seen: list[str] = []
    for is_added_up in (False, True):
        if is_added_up:
            add_up(db)
        db.set_trace_callback(seen.append)
        for agent in (None, "claude-code"):
            daily_totals(db, march(db, agent=agent), UTC_ZONE)
            daily_files(db, march(db, agent=agent), UTC_ZONE)
        db.set_trace_callback(None)
    asked = [one for one in dict.fromkeys(seen) if "SELECT" in one]
    assert len(asked) > 6
    for statement in asked:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [step for step in plan if TABLES.match(step)], (statement, plan)
