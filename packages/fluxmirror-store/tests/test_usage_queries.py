"""What models used, added up in a real database: exact, whatever the zone and the price."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.usage import TIMES, By, ModelCount, Usage, build_usage
from fluxmirror_core.event import AFTER, AgentEvent
from fluxmirror_core.pricing import Price, Rates
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.importing.response_rows import Record, ResponseRow, write_responses
from fluxmirror_store.transaction import writing
from fluxmirror_store.usage_queries import (
    UsageWindow,
    count_usage,
    recorded_models,
    response_times,
    unpriced_models,
    usage_by,
)
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
HOUR = 3_600_000
UTC_ZONE = ZoneInfo("UTC")
ALL = UsageWindow()
NUMBER = count()
TOKENS = Tokens(1, 2, 3, 4, 5, 6, 7)
COUNT_DAYS = """
import sys
from contextlib import closing
from zoneinfo import ZoneInfo
from fluxmirror_core.analysis.usage import By
from fluxmirror_store.database import connect_to_read
from fluxmirror_store.usage_queries import UsageWindow, usage_by
with closing(connect_to_read(sys.argv[1])) as db:
    for one in usage_by(db, UsageWindow(), By.DAY, ZoneInfo(sys.argv[2])):
        print(one.key, one.responses)
"""
NEVER_SAID = AgentEvent(*(None,) * len(AgentEvent._fields))  # type: ignore[arg-type]


class Book:
    """An output token costs one; some models are free, and some nobody knows."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> Price | None:  # noqa: ARG002 - a PriceBook
        """Give the price of a model."""
        if model is None or model.startswith("unknown"):
            return None
        currency = "EUR" if model == "european" else "USD"
        rate = 0 if model == "free" else 1
        return Price("own", model, currency, "test", None, Rates(0, rate, 0, 0, 0))


def response(**fields: Any) -> ResponseRow:  # noqa: ANN401 - the fields' own types
    """Make a response at noon; two tokens of output are what it costs."""
    usual = ResponseRow(
        agent="claude-code",
        key=f"msg_{next(NUMBER)}",
        ts_ms=NOON,
        path="/p",
        source_id=1,
        offset=0,
        session="s",
        subagent=None,
        model="m",
        project="/app",
        tokens=TOKENS,
        record=Record("/p", 1, 0, "{}", 0),
    )
    return usual._replace(**fields)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty database that knows one session file."""
    with closing(connect_to_write(str(tmp_path / "events.db"))) as db:
        db.execute("INSERT INTO source (agent, path, seen_ms) VALUES ('claude-code', '/p', 0)")
        yield db


def add(db: sqlite3.Connection, *responses: ResponseRow) -> None:
    """Record responses, priced."""
    with writing(db):
        write_responses(db, responses, Book(), NOON)


def usage(
    db: sqlite3.Connection, by: By, wanted: UsageWindow = ALL, zone: ZoneInfo = UTC_ZONE
) -> Usage:
    """Add up, as reports do."""
    return build_usage(by, *count_usage(db, wanted, by, zone))


def rows(used: Usage) -> list[tuple[str | None, int]]:
    """Give each row's key, and how many responses are in it."""
    return [(row.key, row.responses) for row in used.rows]


def test_counts_and_costs_are_added_up(db: sqlite3.Connection) -> None:
    """Kind by kind; what has no price is counted beside it."""
    add(db, response(), response(model="m2"), response(model="unknown"))
    (row,) = usage(db, By.AGENT).rows
    assert row.tokens == Tokens(3, 6, 9, 12, 15, 18, 21)
    assert row.cost == ("USD", 4)
    assert (row.responses, row.unpriced) == (3, 1)


def test_what_is_free_has_a_price(db: sqlite3.Connection) -> None:
    """Nothing is not the same as unknown."""
    add(db, response(model="free"))
    used = usage(db, By.AGENT)
    assert used.total.cost == ("USD", 0)
    assert used.unpriced == ()


def test_currencies_stay_apart(db: sqlite3.Connection) -> None:
    """Each response has that of its price."""
    add(db, response(), response(model="european"), response(model="european"))
    assert usage(db, By.AGENT).total.costs == (("EUR", 4), ("USD", 2))


def test_huge_sums_are_exact(db: sqlite3.Connection) -> None:
    """Beyond what a float holds."""
    add(db, *(response(tokens=Tokens(output=(1 << 50) - 1)) for _ in range(15)))
    assert usage(db, By.AGENT).total.cost == ("USD", 15 * ((1 << 50) - 1))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (By.AGENT, [("claude-code", 3), ("codex-cli", 1)]),
        (By.MODEL, [("m", 3), (None, 1)]),
        (By.PROJECT, [("/app", 3), (None, 1)]),
        (By.SESSION, [("s", 2), ("t", 1), (None, 1)]),
        (By.SUBAGENT, [("main", 2), ("a1", 1), ("a1", 1)]),
    ],
)
def test_responses_are_added_up_by(
    db: sqlite3.Connection, by: By, expected: list[tuple[str | None, int]]
) -> None:
    """Whatever is asked for; what nobody told is unknown, not left out."""
    add(
        db,
        response(),
        response(subagent="a1"),
        response(session="t", subagent="a1"),
        response(agent="codex-cli", session=None, model=None, project=None),
    )
    assert rows(usage(db, by)) == expected


def test_a_session_tells_whose_it_is(db: sqlite3.Connection) -> None:
    """Its agent, where it worked, and from when to when."""
    add(db, response(project=None, ts_ms=NOON - 5), response(ts_ms=NOON + 5))
    (row,) = usage(db, By.SESSION).rows
    assert (row.agent, row.project) == ("claude-code", "/app")
    assert (row.first_ms, row.last_ms) == (NOON - 5, NOON + 5)


def test_days_are_those_of_the_zone(db: sqlite3.Connection) -> None:
    """Noon in Greenwich is another day on Kiritimati; hours without responses cost nothing."""
    add(db, response(), response(ts_ms=NOON + 11 * HOUR), response(ts_ms=NOON + 24 * 40 * HOUR))
    assert rows(usage(db, By.DAY)) == [("2026-03-02", 2), ("2026-04-11", 1)]
    kiritimati = usage(db, By.DAY, zone=ZoneInfo("Pacific/Kiritimati"))
    assert rows(kiritimati) == [("2026-03-03", 2), ("2026-04-12", 1)]


def test_a_day_has_the_hours_its_clock_shows(db: sqlite3.Connection) -> None:
    """23 when clocks go forward, 25 when they go back; half past midnight belongs to the day."""
    zone = ZoneInfo("Europe/Madrid")
    for day, hours in (
        (datetime(2026, 3, 29, tzinfo=zone), 23),
        (datetime(2026, 10, 25, tzinfo=zone), 25),
    ):
        start = int(day.timestamp() * 1000)
        add(db, response(ts_ms=start - 1), response(ts_ms=start))
        add(db, response(ts_ms=start + hours * HOUR - 1), response(ts_ms=start + hours * HOUR))
    assert rows(usage(db, By.DAY, zone=zone)) == [
        ("2026-03-28", 1),
        ("2026-03-29", 2),
        ("2026-03-30", 1),
        ("2026-10-24", 1),
        ("2026-10-25", 2),
        ("2026-10-26", 1),
    ]


def test_an_hour_that_is_shown_again_over_midnight_is_the_next_days(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    """At one past midnight clocks went back an hour: the day before does not begin once more."""
    midnight = int(datetime(2006, 10, 29, 2, 30, tzinfo=UTC).timestamp() * 1000)
    moments = (midnight - 1, midnight + HOUR // 60, midnight + HOUR, midnight + 2 * HOUR)
    add(db, *(response(ts_ms=moment) for moment in moments))
    # In a process of its own: whoever takes the hour for the day before never comes to an end.
    words = [sys.executable, "-c", COUNT_DAYS, str(tmp_path / "events.db"), "America/St_Johns"]
    told = subprocess.run(words, capture_output=True, check=True, text=True, timeout=60).stdout
    assert told.splitlines() == ["2006-10-28 1", "2006-10-29 3"]


def test_a_clock_that_jumped_does_no_harm(db: sqlite3.Connection) -> None:
    """Years without anything between the first response and the last are not walked through."""
    add(db, response(ts_ms=0), response(), response(ts_ms=200_000_000_000_000))
    assert rows(usage(db, By.DAY)) == [("1970-01-01", 1), ("2026-03-02", 1), ("8307-10-01", 1)]


@pytest.mark.parametrize("by", list(By))
def test_a_window_begins_and_ends_to_the_millisecond(db: sqlite3.Connection, by: By) -> None:
    """Half-open; also in the middle of a day."""
    add(db, *(response(ts_ms=NOON + n) for n in (-1, 0, 1, 2)))
    assert usage(db, by, UsageWindow(NOON, NOON + 2)).total.responses == 2


@pytest.mark.parametrize("by", [By.DAY, By.AGENT])
@pytest.mark.parametrize(
    "only",
    [{"agent": "codex-cli"}, {"model": "m2"}, {"project": "/b"}, {"session": "t"}],
    ids=str,
)
def test_a_window_may_be_of_one_thing(db: sqlite3.Connection, by: By, only: dict[str, str]) -> None:
    """One agent's responses, one model's, one project's, one session's."""
    add(db, response(), response(model=None, project=None, session=None))
    add(db, response(agent="codex-cli", model="m2", project="/b", session="t"))
    assert usage(db, by, UsageWindow(**only)).total.responses == 1  # type: ignore[arg-type]


def test_tools_are_those_that_a_response_asked_for(db: sqlite3.Connection) -> None:
    """Each response counts once, under all its tools; a name may hold anything."""
    asked = {"1": ("Read", "Edit", "Read"), "2": ("Edit", "Read"), "3": ("a,b",), "4": (None,)}
    add(db, *(response(key=key) for key in asked), response(key="5"), response(key="6"))
    events = [
        NEVER_SAID._replace(
            uid=next(NUMBER).to_bytes(16), kind="tool_call", ts_ms=NOON, agent=agent,
            tool_canonical=tool, sources="transcript", self_noise=0, phases=AFTER,
            schema_version=2, response_key=key, call_id=str(next(NUMBER)),
        )
        for agent, key, tools in (
            *(("claude-code", *one) for one in asked.items()),
            ("codex-cli", "5", ("Bash",)),
        )
        for tool in tools
    ]  # fmt: skip
    with writing(db):
        write_events(db, events)
    assert sorted(rows(usage(db, By.TOOL))) == [("Edit + Read", 2), ("a,b", 1), ("none", 3)]


def test_models_without_a_price_are_listed(db: sqlite3.Connection) -> None:
    """Most responses first, then by name; inside the window alone."""
    add(db, response(), response(model="unknown-1"), response(model=None))
    add(db, response(model="unknown-2"), response(model="unknown-2"))
    add(db, response(model="unknown-3", ts_ms=NOON + 1))
    assert unpriced_models(db, UsageWindow(NOON, NOON + 1)) == [
        ModelCount("claude-code", "unknown-2", 2),
        ModelCount("claude-code", None, 1),
        ModelCount("claude-code", "unknown-1", 1),
    ]


def test_models_that_were_used_are_listed(db: sqlite3.Connection) -> None:
    """With when it was last."""
    add(db, response(), response(ts_ms=NOON + 1), response(agent="opencode", model=None))
    assert recorded_models(db) == [
        ("claude-code", "m", 2, NOON + 1),
        ("opencode", None, 1, NOON),
    ]


def test_an_empty_database_has_nothing(db: sqlite3.Connection) -> None:
    """No sums, no models, no times."""
    assert all(usage(db, by).rows == () for by in By)
    assert response_times(db) is None
    add(db, response(), response(ts_ms=NOON + 9))
    assert response_times(db) == (NOON, NOON + 9)


@pytest.mark.parametrize("analyzed", [False, True])
def test_a_window_is_found_by_its_index(db: sqlite3.Connection, analyzed: bool) -> None:  # noqa: FBT001 - a table's column
    """A day's report does not read the years before it."""
    add(db, *(response(ts_ms=NOON + n * HOUR) for n in range(500)))
    if analyzed:
        db.execute("ANALYZE")
    seen: list[str] = []
    db.set_trace_callback(seen.append)
    for by in By:
        usage_by(db, UsageWindow(NOON, NOON + 24 * HOUR), by, UTC_ZONE)
    unpriced_models(db, UsageWindow(NOON, NOON + 24 * HOUR))
    db.set_trace_callback(None)
    asked = [one for one in dict.fromkeys(seen) if "FROM response" in one]
    assert len(asked) >= len(By) - len(TIMES) + 3
    for statement in asked:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert any("response_ts (ts_ms>? AND ts_ms<?)" in step for step in plan), (statement, plan)
        assert not any(step.startswith(("SCAN r", "SCAN e")) for step in plan), (statement, plan)
