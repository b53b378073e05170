"""The figures of a period, as every report of it shows them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.activity import Activity, DayPart, build_activity
from fluxmirror_core.analysis.hour import HOUR_MS, Call, build_hour
from fluxmirror_core.analysis.themes import Theme
from fluxmirror_core.analysis.usage import By, build_usage
from fluxmirror_core.analysis.work import (
    NameCount,
    PeriodUsage,
    Scope,
    Work,
    WrittenFile,
    build_heat,
    build_hours,
    build_totals,
    build_work,
)
from fluxmirror_core.period import days_period, local_date

if TYPE_CHECKING:
    from collections.abc import Iterable

ZONE = ZoneInfo("UTC")
NO_USAGE = PeriodUsage(*(build_usage(by, []) for by in (By.AGENT, By.DAY)))
EDIT = {"tool": "Edit", "tool_class": "Write", "canonical": "Edit", "is_absolute": True}
READ = {"tool": "Read", "tool_class": "Read", "canonical": "Read", "is_absolute": True}


def at(*moment: int) -> int:
    """Give an instant of UTC in milliseconds."""
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type,misc]


NOON = at(2026, 3, 2, 12)


def call(**told: Any) -> Call:  # noqa: ANN401 - the fields' own types
    """Make a shell call of which nothing else is known."""
    usual: dict[str, Any] = {
        **dict.fromkeys(Call._fields, ""),
        "ts_ms": NOON,
        "agent": "a",
        "outcome": "ok",
        "tool": "Bash",
        "tool_class": "Shell",
        "is_absolute": False,
        "phases": 3,
        "base": None,
        "input_json": None,
    }
    return Call(**{**usual, **told})


def activity(*calls: Call, zone: ZoneInfo = ZONE) -> Activity:
    """Put calls together whose days begin with an hour."""
    days: dict[date, dict[int, list[Call]]] = {}
    for one in sorted(calls, key=lambda one: one.ts_ms):
        hours = days.setdefault(local_date(one.ts_ms, zone), {})
        hours.setdefault(one.ts_ms // HOUR_MS, []).append(one)
    return build_activity(
        (DayPart(day, _hours(hours.items())) for day, hours in days.items()), {}, str
    )


def _hours(hours: Iterable[tuple[int, list[Call]]]) -> Any:  # noqa: ANN401 - as `DayPart` has it
    return ((hour, one) for hour, calls in hours for one in build_hour(calls).activities)


def work(*calls: Call, last: date = date(2026, 3, 2)) -> Work:
    """Count the days from 2 March 2026 on."""
    scope = Scope(days_period(date(2026, 3, 2), last, ZONE))
    return build_work(scope, activity(*calls), NO_USAGE)


def test_nothing_is_counted_where_nothing_happened() -> None:
    """All figures are there, and a rate of nothing is none; every day has its row."""
    found = work(last=date(2026, 3, 4))
    assert found.summary.totals == build_totals(Activity())
    assert (found.summary.totals.calls, found.summary.totals.failure_rate) == (0, None)
    assert [(day.date.day, day.calls, day.theme) for day in found.days] == [
        (2, 0, Theme.IDLE),
        (3, 0, Theme.IDLE),
        (4, 0, Theme.IDLE),
    ]
    assert (found.agents, found.projects, found.tools, found.thread) == ((), (), (), None)
    assert (sum(found.hours), len(found.hours), len(found.heat)) == (0, 24, 7)


def test_lists_have_the_most_first_and_equals_by_name() -> None:
    """So that a report of the same data is the same."""
    calls = []
    for name in ("b", "c", "c", "a"):
        told = {"tool": name, "server": name, "detail": f"{name}x", "cwd": name, "root": name}
        calls.append(call(agent=name, **told))
        calls.append(call(**{**EDIT, "agent": name, "file": f"/{name}", "tool": name}))
        calls.append(call(**{**READ, "agent": name, "file": f"/r/{name}", "tool": name}))
    found = work(*calls)
    for rows in (found.agents,):
        assert [one.agent for one in rows] == ["c", "a", "b"]
    for named in (found.tools, found.servers, found.programs):
        assert [one.name[0] for one in named] == ["c", "a", "b"]
    assert [one.name for one in found.projects] == ["", "c", "a", "b"]
    assert found.roots == (NameCount("c", 2), NameCount("a", 1), NameCount("b", 1))
    assert found.directories == found.roots
    assert found.written == tuple(
        WrittenFile(path, writes, is_new=False)
        for path, writes in (("/c", 2), ("/a", 1), ("/b", 1))
    )
    assert [one.name for one in found.read] == ["/r/c", "/r/a", "/r/b"]


def test_agents_have_their_own_figures() -> None:
    """Shares are of all calls; rates of those that are known to have ended."""
    found = work(
        call(session="s", **{**EDIT, "file": "/a"}),
        call(session="s", outcome="failed", ts_ms=NOON + 60_000),
        call(session="t", outcome="unknown", ts_ms=NOON + 61_000),
        call(agent="b", root="/r"),
        last=date(2026, 3, 3),
    )
    one, other = found.agents
    assert (one.calls, one.share, one.sessions, one.active_days) == (3, 0.75, 2, 1)
    assert (one.active_minutes, one.failed, one.failure_rate, one.unknown) == (2, 1, 0.5, 1)
    assert (one.top_tool, one.reads, one.writes, one.shells) == ("Bash", 0, 1, 2)
    assert (other.calls, other.share, other.sessions, other.active_minutes) == (1, 0.25, 0, 1)
    assert (found.summary.totals.active_minutes, found.summary.totals.projects) == (2, 1)


def test_an_agents_minutes_are_not_the_projects() -> None:
    """A minute in two projects is one minute; one of two agents is each one's."""
    found = work(call(root="/r"), call(root="/s"), call(agent="b", root="/s"))
    assert [(one.agent, one.active_minutes) for one in found.agents] == [("a", 1), ("b", 1)]
    assert found.summary.totals.active_minutes == 1


def test_a_tool_without_a_name_is_no_top_tool() -> None:
    """Nothing tells which it was."""
    assert work(call(tool="")).agents[0].top_tool == ""


@pytest.mark.parametrize(
    ("zone", "moment", "weekday", "hour"),
    [
        ("UTC", (2026, 3, 2, 12, 59), 0, 12),
        ("Asia/Kolkata", (2026, 3, 1, 18, 29), 6, 23),
        ("Asia/Kolkata", (2026, 3, 1, 18, 30), 0, 0),
        ("Asia/Kathmandu", (2026, 3, 1, 18, 14), 6, 23),
        ("Asia/Kathmandu", (2026, 3, 1, 18, 15), 0, 0),
        ("Europe/Berlin", (2026, 3, 29, 1, 0), 6, 3),
        ("Europe/Berlin", (2026, 10, 25, 0, 30), 6, 2),
        ("Europe/Berlin", (2026, 10, 25, 1, 30), 6, 2),
        ("UTC", (1969, 12, 31, 23, 59), 2, 23),
    ],
)
def test_a_call_is_in_the_hour_that_the_clock_shows(
    zone: str, moment: tuple[int, ...], weekday: int, hour: int
) -> None:
    """To the minute, where hours begin at a quarter or at half past; twice where it does."""
    info = ZoneInfo(zone)
    heat = build_heat(activity(call(ts_ms=at(*moment)), zone=info), info)
    found = [(day, hour) for day, row in enumerate(heat) for hour, calls in enumerate(row) if calls]
    assert found == [(weekday, hour)]
    assert build_hours(heat)[hour] == 1


def test_all_calls_are_in_the_hours() -> None:
    """As many as there are, whatever the weekday."""
    calls = [call(ts_ms=NOON + n * 7 * HOUR_MS // 5) for n in range(200)]
    found = build_heat(activity(*calls), ZONE)
    assert sum(map(sum, found)) == sum(build_hours(found)) == 200
