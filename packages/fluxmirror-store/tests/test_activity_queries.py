"""A period's calls, put together from hours that are added up and from hours that are not."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.day import ShellCommand
from fluxmirror_core.period import day_period, days_period, instants_period
from fluxmirror_store import queries
from fluxmirror_store.activity_queries import (
    Projects,
    latest_commands,
    load_activity,
    recorded_roots,
)
from fluxmirror_store.database import connect_to_read, empty
from fluxmirror_store.summing import add_up
from fluxmirror_store.usage_hours import load_period_usage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.analysis.activity import Activity
    from fluxmirror_core.paths import Places
    from fluxmirror_core.period import Period

    Insert = Callable[..., int]
    Check = Callable[..., None]

HOUR_MS = 3_600_000
UTC_ZONE = ZoneInfo("UTC")
DAY = day_period(date(2026, 3, 2), UTC_ZONE)
NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
READ = {"tool": "Read", "tool_canonical": "Read", "tool_class": "Read"}
EDIT = {"tool": "Edit", "tool_canonical": "Edit", "tool_class": "Write"}
WRITE = {"tool": "Write", "tool_canonical": "Write", "tool_class": "Write"}
SCANS = re.compile(
    "SCAN (event|response|activity_hour|usage_hour|file_sighting)(?! USING COVERING)"
)
ODD = (
    "x" * 1_048_576,
    "/" + "é" * 600_000,
    "a|b\nc\r\td",
    "a\0b",
    '{"a": [1, null]}',
    '["',
    "\\\"'; DROP TABLE event; --",
    "%s %d {0}",
    "\u202e\u2028\ufeff\U0001f389",
    "",
    " ",
)
"""What nobody expects in a column of text."""
TEXTS = (
    *("agent", "session", "tool", "tool_canonical", "tool_class", "mcp_server", "mcp_tool"),
    *("detail", "cwd", "project", "repo", "path", "outcome"),
)
ZONED = (
    ("Asia/Kolkata", date(2026, 3, 2)),
    ("Asia/Kathmandu", date(2026, 3, 2)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/St_Johns", date(2006, 10, 29)),
    ("Pacific/Apia", date(2011, 12, 29)),
    ("Africa/Monrovia", date(1965, 1, 1)),
)


def load(
    db: sqlite3.Connection,
    period: Period = DAY,
    agent: str | None = None,
    projects: Projects | None = None,
) -> Activity:
    """Put a period together."""
    with queries.snapshot(db):
        wanted = queries.window(db, period, agent)
        return load_activity(db, wanted, ZoneInfo(period.zone), projects)


def test_an_empty_database_has_no_activity() -> None:
    """Neither in the past nor in what is to come."""
    with closing(empty()) as db:
        for year in (1960, 2026, 9000):
            found = load(db, day_period(date(year, 1, 1), UTC_ZONE))
            assert (found.total.calls, found.days, found.minutes) == (0, {}, {})
        assert latest_commands(db, queries.window(db, DAY), 5) == ()
        assert recorded_roots(db) == []


def test_a_day_to_come_has_no_activity(db: sqlite3.Connection, insert: Insert) -> None:
    """Though there is some today, added up or not."""
    insert(db, ts_ms=NOON)
    for _ in "before", "after":
        assert load(db, day_period(date(2026, 3, 3), UTC_ZONE)).days == {}
        assert load(db, days_period(date(2026, 3, 2), date(2027, 3, 2), UTC_ZONE)).total.calls == 1
        add_up(db)


def test_minutes_are_those_of_the_clock_before_1970_too(
    db: sqlite3.Connection, insert: Insert, check_sums: Check
) -> None:
    """Times before are negative, and round down like all others."""
    insert(db, ts_ms=-1)
    insert(db, ts_ms=-60_001)
    insert(db, ts_ms=0)
    check_sums(db)
    found = load(db, days_period(date(1969, 12, 31), date(1970, 1, 1), UTC_ZONE))
    assert sorted(found.minutes) == [-2, -1, 0]
    assert {day: count.calls for day, count in found.days.items()} == {
        date(1969, 12, 31): 2,
        date(1970, 1, 1): 1,
    }


@pytest.mark.parametrize(("name", "day"), ZONED)
def test_each_day_has_its_own_calls_whatever_its_zone_does(
    db: sqlite3.Connection, insert: Insert, check_sums: Check, name: str, day: date
) -> None:
    """Half hours, quarter hours, days of any length, one that was skipped."""
    zone = ZoneInfo(name)
    days = days_period(day - timedelta(days=1), day + timedelta(days=2), zone)
    for at_ms in range(days.start_ms, days.end_ms, HOUR_MS // 4):
        number = at_ms // 900_000 % 7
        insert(db, ts_ms=at_ms, path=f"/r/{number}", **(WRITE, READ, EDIT)[number % 3])
    inside = instants_period(days.start_ms + HOUR_MS + 1, days.end_ms - HOUR_MS - 1, zone)
    check_sums(db, (days, inside, day_period(day, zone)))
    found = load(db, days)
    for one, count in found.days.items():
        own = day_period(one, zone)
        assert count.calls == -(-(own.end_ms - own.start_ms) // 900_000)
    assert found.total.calls == sum(count.calls for count in found.days.values())
    assert set(found.day_files) == set(found.days)


def test_only_what_is_asked_for_counts(
    db: sqlite3.Connection, insert: Insert, check_sums: Check
) -> None:
    """One agent's calls, the calls of some projects, or both; and what no agent is asked for."""
    for agent in ("claude-code", "codex-cli"):
        for root in ("/r", "/s", None):
            insert(db, ts_ms=NOON, agent=agent, repo=root, session="a", path=f"{root}/x", **EDIT)
    roots = frozenset(("/s", ""))
    check_sums(db, (DAY,), (None, "codex-cli", "nobody"), (None, roots, frozenset()))
    for _ in "added up", "stale":
        found = load(db, DAY, "codex-cli", Projects(roots))
        assert (found.total.calls, found.roots) == (2, {"/s": 1, "": 1})
        assert found.writes == {"/s/x": 1, "None/x": 1}
        assert load(db, DAY, "nobody").total.calls == 0
        assert load(db, DAY, None, Projects(frozenset())).total.calls == 0
        db.execute("UPDATE event SET ts_ms = ts_ms")


def test_two_roots_of_one_name_are_one_project(db: sqlite3.Connection, insert: Insert) -> None:
    """Clones and worktrees are; their minutes are too."""
    for root, calls in (("/r", 2), ("/clone/r", 3), ("/s", 1)):
        for _ in range(calls):
            insert(db, ts_ms=NOON, repo=root, session="a")
    add_up(db)
    found = load(db, DAY, projects=Projects(name_of=lambda root: root.rpartition("/")[2]))
    assert {name: count.calls for name, count in found.projects.items()} == {"r": 5, "s": 1}
    assert len(found.projects["r"].sessions) == 1
    assert found.roots == {"/r": 2, "/clone/r": 3, "/s": 1}
    assert found.minutes == {NOON // 60_000: {"r": 5, "s": 1}}


def test_the_set_ups_row_is_in_the_sums_and_hidden_from_reports(
    db: sqlite3.Connection, insert: Insert, check_sums: Check
) -> None:
    """It counts as long as it is alone, or when it is asked for."""
    insert(db, ts_ms=NOON, agent="setup")
    check_sums(db, (DAY,), (None, "setup"))
    assert load(db).total.calls == 1
    insert(db, ts_ms=DAY.start_ms - 1)
    check_sums(db, (DAY,), (None, "setup"))
    assert load(db).total.calls == 0
    assert load(db, agent="setup").total.calls == 1


def test_a_file_that_was_made_before_the_period_is_not_made_in_it(
    db: sqlite3.Connection, insert: Insert, check_sums: Check
) -> None:
    """Not even where that was on the same day."""
    insert(db, ts_ms=NOON, path="/a", **WRITE)
    insert(db, ts_ms=NOON + HOUR_MS + 5, path="/a", **WRITE)
    later = instants_period(NOON + HOUR_MS, NOON + 2 * HOUR_MS, UTC_ZONE)
    check_sums(db, (DAY, later))
    assert load(db, later).day_files[date(2026, 3, 2)] == (frozenset(), frozenset(("/a",)))
    assert load(db).day_files[date(2026, 3, 2)] == (frozenset(("/a",)), frozenset(("/a",)))


@pytest.mark.parametrize("path", ["/" + "a" * 5_000, "/a\0b"])
def test_a_path_that_is_cut_has_no_history(
    db: sqlite3.Connection,
    insert: Insert,
    check_sums: Check,
    counted: Callable[..., Any],
    path: str,
) -> None:
    """No file has such a name; what is left of it would be another file's."""
    insert(db, ts_ms=NOON, path=path, **READ)
    insert(db, ts_ms=NOON + 1, path=path, **WRITE)
    insert(db, ts_ms=NOON + HOUR_MS, path=path + "x", **WRITE)
    before = counted(db)
    add_up(db)
    assert counted(db) == before
    assert db.execute("SELECT count(*) FROM file_sighting").fetchone() == (0,)


@pytest.mark.parametrize("column", TEXTS)
def test_any_text_is_counted_as_it_is(
    db: sqlite3.Connection, insert: Insert, counted: Callable[..., Any], column: str
) -> None:
    """Long, with signs that mean something elsewhere, and none at all."""
    usual = {"session": "s", "cwd": "/w", "repo": "/r", "detail": "make", **EDIT, "path": "/r/a"}
    for text in ODD:
        insert(db, **{"ts_ms": NOON, **usual, column: text})
        if column in ("mcp_server", "mcp_tool"):
            insert(db, **{"ts_ms": NOON, **usual, "mcp_server": text, "mcp_tool": text})
    before = counted(db)
    assert before["activity"]["total"]["calls"] >= len(ODD)
    add_up(db)
    assert counted(db) == before
    longest = max(
        len(text) for row in db.execute("SELECT files FROM activity_hour") for text in row
    )
    assert longest < 100_000


def test_bytes_that_are_no_text_keep_nothing_from_being_counted(
    places: Places, db: sqlite3.Connection, insert: Insert, counted: Callable[..., Any]
) -> None:
    """What an older program wrote, half of a character for one; each has a sign in its place."""
    for column in TEXTS:
        number = insert(db, ts_ms=NOON, session="s", cwd="/w", **EDIT)
        broken = "CAST(X'61EDA08062' AS TEXT)"
        db.execute(f"UPDATE event SET {column} = {broken} WHERE id = ?", (number,))
    insert(db, ts_ms=NOON + HOUR_MS)
    with closing(connect_to_read(places.database)) as reader:
        before = counted(reader)
        assert before["activity"]["total"]["calls"] == len(TEXTS) + 1
        assert "a\ufffd\ufffd\ufffdb" in before["activity"]["agents"]
        assert latest_commands(reader, queries.window(reader, DAY), 5)
        add_up(db)
        assert counted(reader) == before
        assert recorded_roots(reader)


def test_the_last_commands_come_in_the_order_of_time(
    db: sqlite3.Connection, insert: Insert
) -> None:
    """So many as are asked for, of the same millisecond in the order they were recorded in."""
    for number in range(4):
        insert(db, ts_ms=NOON + number // 2, detail=str(number))
    insert(db, ts_ms=NOON - 1, detail="x" * 1_000_000, outcome=None, agent="codex-cli", repo="/r")
    insert(db, ts_ms=NOON + 9, detail="hidden", self_noise=1)
    insert(db, ts_ms=NOON + 9, detail="prompt", kind="prompt")
    insert(db, ts_ms=NOON + 9, detail="/no/command", **READ)
    insert(db, ts_ms=None, detail="never")
    wanted = queries.window(db, DAY)
    assert [one.command for one in latest_commands(db, wanted, 3)] == ["1", "2", "3"]
    assert latest_commands(db, wanted, 9)[0] == ShellCommand(NOON - 1, "x" * 200, "unknown")
    assert len(latest_commands(db, wanted, 9)) == 5
    assert len(latest_commands(db, wanted, 9, frozenset(("/r",)))) == 1
    assert len(latest_commands(db, wanted, 9, frozenset(("",)))) == 4
    assert len(latest_commands(db, queries.window(db, DAY, "codex-cli"), 9)) == 1
    assert latest_commands(db, wanted, 0) == ()


def test_roots_are_listed_by_their_calls(db: sqlite3.Connection, insert: Insert) -> None:
    """Each call once, whether its hour is added up, stale, or was never counted."""
    for number, root in enumerate(("/r", "/r", "/s", "/s", "/s", "/a", "/b", None)):
        insert(db, ts_ms=NOON + number % 3 * HOUR_MS, repo=root, cwd=None)
    insert(db, repo="/hidden", self_noise=1)
    expected = ["/s", "/r", "", "/a", "/b"]
    assert recorded_roots(db) == expected
    add_up(db)
    assert recorded_roots(db) == expected
    db.execute("UPDATE event SET outcome = 'failed' WHERE repo = '/r'")
    assert recorded_roots(db) == expected
    db.execute("DELETE FROM event WHERE repo = '/r'")
    assert recorded_roots(db) == ["/s", "", "/a", "/b"]


def statements(db: sqlite3.Connection) -> set[str]:
    """List what a report asks of a day, with its values filled in."""
    seen: list[str] = []
    db.set_trace_callback(seen.append)
    half = instants_period(DAY.start_ms + 1, DAY.end_ms - 1, ZoneInfo("Asia/Kolkata"))
    for period in (DAY, half):
        for agent in (None, "claude-code"):
            for roots in (None, frozenset(("/r",))):
                wanted = queries.window(db, period, agent)
                with queries.snapshot(db):
                    load_activity(db, wanted, ZoneInfo(period.zone), Projects(roots))
                    load_period_usage(db, wanted, ZoneInfo(period.zone), Projects(roots))
                latest_commands(db, wanted, 5, roots)
                queries.latest_call_before(db, wanted)
                queries.earliest_call_after(db, wanted)
    queries.has_agent(db, "claude-code")
    recorded_roots(db)
    db.set_trace_callback(None)
    return {one for one in seen if "SELECT" in one}


@pytest.mark.parametrize("analyzed", [False, True])
def test_no_question_walks_over_a_whole_table(
    db: sqlite3.Connection,
    insert: Insert,
    analyzed: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Every plan searches, with SQLite's statistics and without, added up and not.

    The roots of all projects are in an index of their own.
    """
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'claude-code', '/s', 1)")
    for number in range(400):
        at_ms = NOON + (number - 200) * HOUR_MS // 4
        insert(db, ts_ms=at_ms, path=f"/r/{number % 50}", **(WRITE, READ, {})[number % 3])
        insert(db, "response", ts_ms=at_ms)
    asked: set[str] = set()
    for _ in "not added up", "added up":
        if analyzed:
            db.execute("ANALYZE")
        asked |= statements(db)
        add_up(db)
    asked |= statements(db)
    assert len(asked) > 20
    for statement in asked:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [step for step in plan if SCANS.match(step)], (statement, plan)
