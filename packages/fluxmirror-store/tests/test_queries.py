"""What a day's report is built from, counted in a real database, added up or not."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.day import ShellCommand
from fluxmirror_core.analysis.work import NameCount, Scope, WrittenFile, build_work
from fluxmirror_core.event import AFTER, AgentEvent
from fluxmirror_core.period import day_period
from fluxmirror_store import queries
from fluxmirror_store.activity_queries import latest_commands, load_activity
from fluxmirror_store.database import connect_to_read, connect_to_write
from fluxmirror_store.summing import add_up
from fluxmirror_store.transaction import writing
from fluxmirror_store.usage_hours import load_period_usage
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from fluxmirror_core.analysis.work import Work

UTC_ZONE = ZoneInfo("UTC")
DAY = day_period(date(2026, 3, 2), UTC_ZONE)
NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
NUMBER = count()
NEVER_SAID = AgentEvent(*(None,) * len(AgentEvent._fields))  # type: ignore[arg-type]


def call(**fields: Any) -> AgentEvent:  # noqa: ANN401 - the fields' own types
    """Make a tool call at noon; nothing is known of it but what the test says."""
    number = next(NUMBER)
    return NEVER_SAID._replace(
        uid=number.to_bytes(16),
        kind="tool_call",
        ts_ms=NOON + number,
        agent="claude-code",
        evidence="default",
        hook_event="PostToolUse",
        tool="Bash",
        tool_class="Shell",
        detail="",
        outcome="ok",
        sources="hook",
        self_noise=0,
        phases=AFTER,
        schema_version=2,
    )._replace(**fields)


def read(path: str | None, **fields: Any) -> AgentEvent:  # noqa: ANN401 - the fields' own types
    """Make a call that reads a file."""
    return call(tool="Read", tool_class="Read", path=path, detail=path)._replace(**fields)


def edit(path: str | None, **fields: Any) -> AgentEvent:  # noqa: ANN401 - the fields' own types
    """Make a call that edits a file."""
    return call(tool="Edit", tool_class="Write", path=path, detail=path)._replace(**fields)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty database."""
    with closing(connect_to_write(str(tmp_path / "events.db"))) as db:
        yield db


def add(db: sqlite3.Connection, *events: AgentEvent) -> None:
    """Record events."""
    with writing(db):
        write_events(db, events)


def count_now(db: sqlite3.Connection, agent: str | None = None) -> Work:
    """Count the day as it stands."""
    with queries.snapshot(db):
        wanted = queries.window(db, DAY, agent)
        activity = load_activity(db, wanted, UTC_ZONE)
        return build_work(Scope(DAY, agent), activity, load_period_usage(db, wanted, UTC_ZONE))


def count_day(db: sqlite3.Connection, agent: str | None = None) -> Work:
    """Count the day, which says the same before it is added up and after."""
    before = count_now(db, agent)
    add_up(db)
    assert count_now(db, agent) == before
    return before


def commands(db: sqlite3.Connection, agent: str | None = None) -> list[ShellCommand]:
    """List the day's shell commands."""
    return list(latest_commands(db, queries.window(db, DAY, agent), 1_000))


def test_calls_sessions_failures_and_unknowns_are_counted(db: sqlite3.Connection) -> None:
    """Unknown is neither failure nor success, no session is none; most calls first, ties by id."""
    add(
        db,
        call(agent="qwen-code", session="q"),
        call(agent="codex-cli", session="c", outcome="unknown"),
        call(session="a", outcome="failed"),
        call(session="b", outcome="denied"),
        call(session="b", outcome="interrupted"),
        call(session=""),
        call(outcome=None),
    )
    work = count_day(db)
    assert [
        (one.agent, one.calls, one.sessions, one.failed, one.unknown) for one in work.agents
    ] == [
        ("claude-code", 5, 2, 1, 1),
        ("codex-cli", 1, 1, 0, 1),
        ("qwen-code", 1, 1, 0, 0),
    ]
    totals = work.summary.totals
    assert (totals.calls, totals.sessions, totals.failed, totals.unknown) == (7, 4, 1, 2)
    assert (totals.stopped, totals.failure_rate) == (2, 1 / 3)


def test_a_session_is_one_agents(db: sqlite3.Connection) -> None:
    """Two agents that name theirs alike have two."""
    add(db, call(session="a"), call(session="a"), call(session="a", agent="qwen-code"))
    assert count_day(db).summary.totals.sessions == 2


def test_only_calls_of_the_window_that_count_are_counted(db: sqlite3.Connection) -> None:
    """Half-open in time; no noise, no other kinds, nothing without a readable time."""
    add(
        db,
        call(ts_ms=DAY.start_ms),
        call(ts_ms=DAY.end_ms - 1),
        call(ts_ms=DAY.start_ms - 1),
        call(ts_ms=DAY.end_ms),
        call(self_noise=1),
        call(kind="prompt"),
        call(ts_ms=None),
    )
    work = count_day(db)
    assert [one.calls for one in work.agents] == [2]
    assert [one.ts_ms for one in commands(db)] == [DAY.start_ms, DAY.end_ms - 1]
    assert [hour for hour, calls in enumerate(work.hours) if calls] == [0, 23]
    assert work.summary.totals.active_minutes == 2
    assert [(one.name, one.calls) for one in work.tools] == [("Bash", 2)]
    assert queries.event_count(db) == 7


def test_only_one_agents_calls_are_counted_when_it_is_named(db: sqlite3.Connection) -> None:
    """The filter holds for every question."""
    add(db, read("/a"), edit("/a", agent="qwen-code"), call(agent="qwen-code", cwd="/w"))
    work = count_day(db, "claude-code")
    assert [one.agent for one in work.agents] == ["claude-code"]
    assert (work.read, work.written) == ((NameCount("/a", 1),), ())
    assert (commands(db, "claude-code"), work.directories) == ([], ())
    assert [one.command for one in commands(db, "qwen-code")] == [""]


def test_writes_are_counted_by_the_absolute_path_of_a_file(db: sqlite3.Connection) -> None:
    """Rows of older programs know no path: then what they showed stands for it."""
    add(
        db,
        edit("/b"),
        edit("/b"),
        edit("/b", tool="Write"),
        edit("/a", detail="a"),
        edit(None, detail="old.py"),
        edit(None, detail=None),
        edit(None, detail=""),
    )
    assert count_day(db).written == (
        WrittenFile("/b", 3, is_new=False),
        WrittenFile("/a", 1, is_new=False),
        WrittenFile("old.py", 1, is_new=False),
    )


def test_a_file_that_was_edited_is_not_only_read(db: sqlite3.Connection) -> None:
    """Unless the edit never happened; and an edit on another day is another day's."""
    add(
        db,
        read("/edited"),
        edit("/edited"),
        read("/refused"),
        edit("/refused", outcome="denied"),
        edit("/refused", outcome="failed"),
        edit("/refused", outcome="rejected"),
        read("/yesterday"),
        edit("/yesterday", ts_ms=DAY.start_ms - 1),
        read("/read", outcome="unknown"),
        read("/read"),
        read("/missing", outcome="failed"),
    )
    work = count_day(db)
    expected = (NameCount("/read", 2), NameCount("/refused", 1), NameCount("/yesterday", 1))
    assert work.read == expected
    assert work.written == (WrittenFile("/edited", 1, is_new=False),)
    assert (work.summary.totals.files.only_read, work.summary.totals.files.written) == (3, 1)


def test_what_was_interrupted_or_has_no_outcome_touched_its_file(db: sqlite3.Connection) -> None:
    """Nothing says that it did not get at it."""
    add(db, edit("/a", outcome="interrupted"), edit("/a", outcome=None), read("/b", outcome=None))
    work = count_day(db)
    assert work.written == (WrittenFile("/a", 2, is_new=False),)
    assert work.read == (NameCount("/b", 1),)


def test_shell_commands_come_in_the_order_of_time(db: sqlite3.Connection) -> None:
    """All of them, empty ones too; of older programs' endless ones the beginning."""
    add(
        db,
        call(ts_ms=NOON + 2_000_000, detail="second", outcome="failed"),
        call(ts_ms=NOON + 1_000_000, detail="x" * 1_000_000, outcome=None),
        call(ts_ms=NOON + 3_000_000, detail=None),
        read("/no/command"),
    )
    assert commands(db) == [
        ShellCommand(NOON + 1_000_000, "x" * 200, "unknown"),
        ShellCommand(NOON + 2_000_000, "second", "failed"),
        ShellCommand(NOON + 3_000_000, "", "ok"),
    ]
    assert count_day(db).summary.totals.shells == 3


def test_an_mcp_tool_is_named_with_its_server(db: sqlite3.Connection) -> None:
    """Whatever an agent makes of the two names; calls without any tool are left out."""
    mcp = {"mcp_server": "github", "mcp_tool": "get_issue", "tool_class": "MCP"}
    add(
        db,
        call(tool="mcp__github__get_issue", **mcp),
        call(tool="github-get_issue", **mcp),
        call(),
        call(tool=None),
        call(tool=""),
    )
    work = count_day(db)
    assert [(one.name, one.calls) for one in work.tools] == [("github/get_issue", 2), ("Bash", 1)]
    assert [(one.name, one.calls) for one in work.servers] == [("github", 2)]
    assert (work.summary.totals.mcp_calls, work.summary.totals.calls) == (2, 5)


def test_directories_are_counted_where_there_is_one(db: sqlite3.Connection) -> None:
    """Most calls first, ties by path."""
    add(db, call(cwd="/b"), call(cwd="/a"), call(cwd="/c"), call(cwd="/c"), call(cwd=""), call())
    work = count_day(db)
    assert work.directories == (NameCount("/c", 2), NameCount("/a", 1), NameCount("/b", 1))
    assert work.summary.totals.directories == 3


def test_the_set_ups_row_counts_only_as_long_as_it_is_alone(db: sqlite3.Connection) -> None:
    """The first real event hides it, unless it is asked for by name."""
    add(db, call(agent="setup", tool="Init"))
    assert [one.agent for one in count_day(db).agents] == ["setup"]
    add(db, call(ts_ms=DAY.start_ms - 1))
    work = count_day(db)
    assert (work.agents, work.summary.totals.calls, commands(db)) == ((), 0, [])
    assert [one.calls for one in count_day(db, "setup").agents] == [1]
    assert len(commands(db, "setup")) == 1


def test_a_row_of_which_next_to_nothing_is_known_is_a_call(db: sqlite3.Connection) -> None:
    """As older programs left them: neither tool nor place nor outcome."""
    blank = dict.fromkeys(("tool", "tool_class", "detail", "cwd", "session", "outcome"))
    add(db, call(**blank))
    work = count_day(db)
    assert (
        work.summary.totals.calls,
        work.summary.totals.unknown,
        work.summary.totals.failure_rate,
    ) == (1, 1, None)
    assert (
        work.summary.totals.sessions,
        work.summary.totals.projects,
        work.summary.totals.directories,
    ) == (0, 0, 0)
    assert (work.tools, work.programs, work.written, work.read) == ((), (), (), ())
    assert [(one.name, one.calls) for one in work.projects] == [("", 1)]


def test_a_project_is_a_repository_or_else_a_directory(db: sqlite3.Connection) -> None:
    """The first that is told; most calls first, ties by name."""
    add(
        db,
        call(repo="/r", project="/p", cwd="/c"),
        call(repo="", project="/p", cwd="/c"),
        call(project="/p", cwd="/c"),
        call(repo="", project="", cwd="/c"),
        call(),
    )
    found = [(one.name, one.calls) for one in count_day(db).projects]
    assert found == [("/p", 2), ("", 1), ("/c", 1), ("/r", 1)]


def test_the_latest_call_before_a_window_is_found(db: sqlite3.Connection) -> None:
    """Of the agent that is asked for, and not the set-up's."""
    add(
        db,
        call(ts_ms=DAY.start_ms - 5, agent="qwen-code"),
        call(ts_ms=DAY.start_ms - 3),
        call(ts_ms=DAY.start_ms - 2, agent="setup"),
        call(ts_ms=DAY.start_ms),
        call(ts_ms=-(10**15)),
    )
    assert queries.latest_call_before(db, queries.window(db, DAY)) == DAY.start_ms - 3
    assert queries.latest_call_before(db, queries.window(db, DAY, "qwen-code")) == DAY.start_ms - 5
    assert queries.latest_call_before(db, queries.window(db, DAY, "codex-cli")) is None
    assert queries.has_agent(db, "qwen-code")
    assert not queries.has_agent(db, "codex-cli")


def test_the_first_call_after_a_window_is_found(db: sqlite3.Connection) -> None:
    """Of the agent that is asked for; a time that no calendar has is no day to name."""
    add(
        db,
        call(ts_ms=DAY.end_ms - 1),
        call(ts_ms=DAY.end_ms + 7, agent="qwen-code"),
        call(ts_ms=DAY.end_ms + 9),
        call(ts_ms=1 << 60, agent="gemini-cli"),
    )
    assert queries.earliest_call_after(db, queries.window(db, DAY)) == DAY.end_ms + 7
    assert queries.earliest_call_after(db, queries.window(db, DAY, "claude-code")) == DAY.end_ms + 9
    assert queries.earliest_call_after(db, queries.window(db, DAY, "gemini-cli")) is None


def test_a_call_that_no_report_counts_is_still_a_call(db: sqlite3.Connection) -> None:
    """A prompt is none; one that is hidden or without a time is one."""
    add(db, call(kind="prompt"))
    assert queries.has_any_call(db) is False
    add(db, call(self_noise=1, ts_ms=None))
    assert queries.has_any_call(db) is True


def test_a_day_is_read_from_one_state_of_the_database(tmp_path: Path) -> None:
    """A reader of a read-only connection can ask, and leaves no transaction open."""
    path = str(tmp_path / "events.db")
    with closing(connect_to_write(path)) as db:
        add(db, call())
        with closing(connect_to_read(path)) as reader:
            with queries.snapshot(reader):
                assert load_activity(reader, queries.window(reader, DAY), UTC_ZONE).total.calls == 1
                add(db, call())
                add_up(db)
                assert load_activity(reader, queries.window(reader, DAY), UTC_ZONE).total.calls == 1
            assert not reader.in_transaction
            assert count_now(reader).summary.totals.calls == 2


def statements(db: sqlite3.Connection) -> list[str]:
    """List the statements that ask for other times, with their values filled in."""
    seen: list[str] = []
    db.set_trace_callback(seen.append)
    for agent in (None, "claude-code"):
        wanted = queries.window(db, DAY, agent)
        queries.latest_call_before(db, wanted)
        queries.earliest_call_after(db, wanted)
    queries.has_agent(db, "claude-code")
    db.set_trace_callback(None)
    return [one for one in dict.fromkeys(seen) if "SELECT" in one]


@pytest.mark.parametrize("analyzed", [False, True])
def test_no_question_walks_over_the_whole_table(db: sqlite3.Connection, analyzed: bool) -> None:  # noqa: FBT001 - a table's column
    """Every plan searches an index for its window, with SQLite's statistics and without."""
    add(db, *(call(ts_ms=NOON + n * 60_000, session=str(n % 7)) for n in range(500)))
    if analyzed:
        db.execute("ANALYZE")
    asked = statements(db)
    assert len(asked) > 5
    for statement in asked:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert any(step.startswith("SEARCH event") for step in plan), (statement, plan)
        assert not any(step.startswith("SCAN event") for step in plan), (statement, plan)
