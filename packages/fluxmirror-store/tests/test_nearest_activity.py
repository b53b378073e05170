"""The nearest activity outside a window, with hours that are added up and without."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.period import day_period
from fluxmirror_store import queries
from fluxmirror_store.nearest_activity import earliest_after, latest_before
from fluxmirror_store.summing import add_up

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    Insert = Callable[..., int]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
WEB, API = "/r/web", "/r/api"
SCANS = re.compile("SCAN (event|activity_hour)(?! USING COVERING)")


def nearest(
    db: sqlite3.Connection, *roots: str, agent: str | None = None, zone: str = "UTC"
) -> tuple[int | None, int | None]:
    """Give the last call before the second of March, and the first one after it."""
    wanted = queries.window(db, day_period(date(2026, 3, 2), ZoneInfo(zone)), agent)
    asked = frozenset(roots) or None
    return latest_before(db, wanted, asked), earliest_after(db, wanted, asked)


def test_calls_of_other_projects_and_agents_are_passed_over(
    db: sqlite3.Connection, insert: Insert
) -> None:
    """Whoever asks for one project is told when that one was worked in."""
    before, after = NOON - 9 * DAY_MS, NOON + 7 * DAY_MS
    insert(db, ts_ms=before, repo=WEB, agent="codex-cli")
    insert(db, ts_ms=before + HOUR_MS, repo=WEB)
    insert(db, ts_ms=NOON, repo=WEB)
    insert(db, ts_ms=after, repo=WEB)
    for at_ms in (NOON - DAY_MS, NOON + DAY_MS):
        insert(db, ts_ms=at_ms, repo=API, agent="codex-cli")
        insert(db, ts_ms=at_ms, repo=WEB, self_noise=1)
        insert(db, ts_ms=at_ms, repo=WEB, kind="prompt")
    for _ in "not added up", "added up":
        assert nearest(db, WEB) == (before + HOUR_MS, after)
        assert nearest(db, WEB, agent="codex-cli") == (before, None)
        assert nearest(db, WEB, API) == (NOON - DAY_MS, NOON + DAY_MS)
        assert nearest(db, "/r/none") == (None, None)
        assert nearest(db, API, agent="claude-code") == (None, None)
        add_up(db)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu"])
def test_an_hour_that_two_days_share_is_divided(
    db: sqlite3.Connection, insert: Insert, zone: str
) -> None:
    """Some zones begin their days within an hour of the table."""
    day = day_period(date(2026, 3, 2), ZoneInfo(zone))
    for at_ms in (day.start_ms - 1, day.start_ms, day.end_ms - 1, day.end_ms):
        insert(db, ts_ms=at_ms, repo=WEB)
    insert(db, ts_ms=day.start_ms - 1, repo=API)
    insert(db, ts_ms=day.end_ms - 1, repo=API)
    for _ in "not added up", "added up":
        assert nearest(db, WEB, zone=zone) == (day.start_ms - 1, day.end_ms)
        assert nearest(db, API, zone=zone) == (day.start_ms - 1, None)
        add_up(db)


def test_responses_are_activity_too(db: sqlite3.Connection, insert: Insert) -> None:
    """A day may have cost something without any call."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'x', '/s.jsonl', 0)")
    for day, agent, project in ((-3, "codex-cli", WEB), (-1, "qwen-code", API), (2, "x", None)):
        key, at_ms = str(day), NOON + day * DAY_MS
        insert(db, "response", agent=agent, key=key, ts_ms=at_ms, project=project)
    for _ in "not added up", "added up":
        assert nearest(db) == (NOON - DAY_MS, NOON + 2 * DAY_MS)
        assert nearest(db, agent="codex-cli") == (NOON - 3 * DAY_MS, None)
        assert nearest(db, WEB) == (NOON - 3 * DAY_MS, None)
        assert nearest(db, API, agent="codex-cli") == (None, None)
        add_up(db)


def test_nothing_recorded_is_nothing_found(db: sqlite3.Connection) -> None:
    """Neither before nor after."""
    assert nearest(db, WEB) == (None, None)


@pytest.mark.parametrize("analyzed", [False, True])
def test_no_question_walks_over_a_whole_table(
    db: sqlite3.Connection,
    insert: Insert,
    analyzed: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Every plan searches, with SQLite's statistics and without."""
    for number in range(400):
        insert(db, ts_ms=NOON + (number - 200) * HOUR_MS // 4, repo=f"/r/{number % 7}")
    add_up(db)
    if analyzed:
        db.execute("ANALYZE")
    seen: list[str] = []
    db.set_trace_callback(seen.append)
    for agent in (None, "claude-code"):
        assert None not in nearest(db, "/r/1", agent=agent)
    db.set_trace_callback(None)
    asked = {one for one in seen if "SELECT" in one}
    assert len(asked) > 5
    for statement in asked:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [step for step in plan if SCANS.match(step)], (statement, plan)
