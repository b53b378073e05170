"""What models used in a period, put together from hours, is what `cost` counts row by row."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.usage import By, Cost, ModelCount, Usage, build_usage
from fluxmirror_core.period import day_period, days_period, instants_period
from fluxmirror_store import queries
from fluxmirror_store.activity_queries import Projects
from fluxmirror_store.database import empty
from fluxmirror_store.summing import add_up
from fluxmirror_store.usage_hours import load_period_usage, load_total_usage
from fluxmirror_store.usage_queries import UsageWindow, count_usage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.analysis.usage import UsageRow
    from fluxmirror_core.analysis.work import PeriodUsage
    from fluxmirror_core.period import Period

    Insert = Callable[..., int]
    Check = Callable[..., None]

NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
HOUR_MS = 3_600_000
UTC_ZONE = ZoneInfo("UTC")
DAY = day_period(date(2026, 3, 2), UTC_ZONE)
PERIODS = (
    DAY,
    days_period(date(2026, 3, 1), date(2026, 3, 4), ZoneInfo("Asia/Kolkata")),
    days_period(date(2026, 3, 1), date(2026, 3, 4), ZoneInfo("Australia/Lord_Howe")),
    instants_period(NOON - HOUR_MS - 1, NOON + 2 * HOUR_MS + 7, ZoneInfo("Asia/Kathmandu")),
    days_period(date(1, 1, 2), date(9999, 12, 30), UTC_ZONE),
)


@pytest.fixture
def told(db: sqlite3.Connection, insert: Insert) -> sqlite3.Connection:
    """Give a database of responses of everything that is told apart, all over some days."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'claude-code', '/s', 1)")
    for number, currency in enumerate(("USD", "EUR"), 1):
        told = f'{{"currency": "{currency}"}}'
        db.execute("INSERT INTO price VALUES (?, ?, 1)", (number, told))
    for number in range(240):
        insert(
            db,
            "response",
            ts_ms=NOON + (number - 100) * HOUR_MS // 4,
            agent=("claude-code", "codex-cli")[number % 2],
            model=("opus", "gpt", None)[number % 3],
            project=("/r", "/clone/r", None, "/s")[number % 4],
            price_id=(1, 2, None, 1, 1)[number % 5],
            cost_pico=(number, 1_000 + number, None, 0, 7)[number % 5],
            output_tokens=number,
        )
    return db


def load(
    db: sqlite3.Connection,
    period: Period = DAY,
    agent: str | None = None,
    projects: Projects | None = None,
) -> PeriodUsage:
    """Put a period together."""
    with queries.snapshot(db):
        wanted = queries.window(db, period, agent)
        return load_period_usage(db, wanted, ZoneInfo(period.zone), projects)


def load_all(
    db: sqlite3.Connection,
    period: Period = DAY,
    agent: str | None = None,
    projects: Projects | None = None,
) -> UsageRow:
    """Add a period up."""
    with queries.snapshot(db):
        wanted = queries.window(db, period, agent)
        return load_total_usage(db, wanted, ZoneInfo(period.zone), projects)


def by_rows(db: sqlite3.Connection, by: By, period: Period, agent: str | None) -> Usage:
    """Count a period as `cost` does."""
    wanted = UsageWindow(period.start_ms, period.end_ms, agent)
    found = count_usage(db, wanted, by, ZoneInfo(period.zone))
    return build_usage(by, found.sums, found.unpriced if by is By.AGENT else ())


@pytest.mark.parametrize("agent", [None, "codex-cli", "nobody"])
@pytest.mark.parametrize("period", PERIODS)
def test_a_period_is_what_its_responses_are(
    told: sqlite3.Connection, period: Period, agent: str | None
) -> None:
    """By whatever it is told, to the last token and pico-unit, added up or not."""
    for _ in "stale", "added up":
        found = load(told, period, agent)
        assert found.by_agent == by_rows(told, By.AGENT, period, agent)
        assert found.by_day == by_rows(told, By.DAY, period, agent)
        assert found.total == load_all(told, period, agent) == found.by_agent.total
        add_up(told)


def test_projects_have_the_roots_that_are_asked_for(
    told: sqlite3.Connection, check_sums: Check
) -> None:
    """Responses without a project are nobody's, and may be asked for."""
    check_sums(told, (DAY,), (None, "codex-cli"), (None, frozenset(("/r", "")), frozenset()))
    of_rows = {row.key or "": row.responses for row in by_rows(told, By.PROJECT, DAY, None).rows}
    assert set(of_rows) == {"/r", "/clone/r", "", "/s"}
    for _ in "added up", "stale":
        for roots in ({"/s"}, {"/r", ""}, set[str]()):
            some = load_all(told, projects=Projects(frozenset(roots)))
            assert some.responses == sum(of_rows[root] for root in roots)
        told.execute("UPDATE response SET ts_ms = ts_ms")


def test_currencies_stay_apart_and_the_unpriced_are_named(
    db: sqlite3.Connection, insert: Insert
) -> None:
    """What nobody knows the price of is counted, and is not free."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'claude-code', '/s', 1)")
    db.execute('INSERT INTO price VALUES (1, \'{"currency": "USD"}\', 1)')
    db.execute('INSERT INTO price VALUES (2, \'{"currency": "EUR"}\', 1)')
    for price_id, pico in ((1, 5), (2, 9), (1, 5), (None, None)):
        insert(db, "response", ts_ms=NOON, model="m", price_id=price_id, cost_pico=pico)
    for _ in "stale", "added up":
        found = load(db)
        assert found.total.costs == (Cost("USD", 10), Cost("EUR", 9))
        assert (found.total.responses, found.total.unpriced) == (4, 1)
        assert found.by_agent.unpriced == (ModelCount("claude-code", "m", 1),)
        assert found.total.first_ms == found.total.last_ms == NOON
        add_up(db)


def test_nothing_was_used_where_nothing_is_recorded() -> None:
    """No row, and no cost: not a cost of nothing."""
    with closing(empty()) as db:
        found = load(db)
    assert (found.total.responses, found.total.costs, found.by_day.rows) == (0, (), ())
