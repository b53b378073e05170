"""Which changes are worth a sentence, and which are not."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.activity import Activity
from fluxmirror_core.analysis.usage import By, build_usage
from fluxmirror_core.analysis.work import Scope, Summary, build_summary
from fluxmirror_core.messages import languages, load_catalog
from fluxmirror_core.period import days_period
from fluxmirror_core.report.largest_changes import largest_changes
from fluxmirror_core.report.voice import Voice

ZONE: Final = ZoneInfo("UTC")
SCOPE: Final = Scope(days_period(date(2026, 3, 2), date(2026, 3, 8), ZONE))
EMPTY: Final = build_summary(SCOPE, Activity(), build_usage(By.AGENT, []).total)


def summary(calls: int, **totals: Any) -> Summary:  # noqa: ANN401 - the fields' own types
    """Make the figures of a week of which little else is known."""
    return EMPTY._replace(totals=EMPTY.totals._replace(calls=calls, **totals))


def told(now: Summary, before: Summary, language: str = "en") -> list[str]:
    """Say what changed most."""
    voice = Voice(load_catalog(language), ZONE, "/home/mira")
    return [voice.say(one) for one in largest_changes(now, before)]


def test_the_largest_changes_are_named_the_largest_first() -> None:
    """With both values: whoever reads a percentage asks of what."""
    now = summary(124, failed=50, sessions=5, shells=200, mcp_calls=30)
    before = summary(100, failed=40, sessions=20, shells=100, mcp_calls=10)
    assert told(now, before) == [
        "Sessions fell by 75%, from 20 to 5.",
        "MCP calls rose by 200%, from 10 to 30.",
        "Shell commands rose by 100%, from 100 to 200.",
    ]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({"failed": 2}, {"failed": 1}),
        ({"failed": 6}, {"failed": 4}),
        ({"failed": 50}, {"failed": 48}),
        ({"active_minutes": 20}, {"active_minutes": 5}),
        ({"reads": 0}, {"reads": 0}),
    ],
)
def test_little_and_small_is_not_worth_a_word(now: dict[str, int], before: dict[str, int]) -> None:
    """From one to two is twice as much, and nothing."""
    assert told(summary(100, **now), summary(100, **before)) == []


def test_what_changed_as_the_calls_did_says_nothing_new() -> None:
    """Twice the calls are twice the reads."""
    assert told(summary(200, reads=100, writes=90), summary(100, reads=50, writes=46)) == []


def test_what_there_was_none_of_has_no_percentage() -> None:
    """And what there is none of any more has one."""
    now, before = summary(15, failed=12, writes=0), summary(15, failed=0, writes=12)
    assert told(now, before) == [
        "Failed calls rose from 0 to 12.",
        "Writes fell by 100%, from 12 to 0.",
    ]


def rated(failed: int, calls: int, **totals: Any) -> Summary:  # noqa: ANN401 - the fields' own
    """Make the figures of a week some of whose calls failed."""
    return summary(calls, failed=failed, **totals)


def test_the_failure_rate_comes_before_what_changed_more() -> None:
    """How the work goes matters more than how much there is; the failed calls are the same once."""
    now, before = rated(118, 1000, sessions=5), rated(35, 1000, sessions=20)
    assert told(now, before) == [
        "The failure rate rose from 3.5% to 11.8%.",
        "Sessions fell by 75%, from 20 to 5.",
    ]
    assert told(before, now)[0] == "The failure rate fell from 11.8% to 3.5%."


def test_the_failure_rate_is_one_of_three_sentences() -> None:
    """A page has no room for four."""
    now = rated(118, 1000, sessions=5, shells=200, mcp_calls=30)
    before = rated(35, 1000, sessions=20, shells=100, mcp_calls=10)
    assert [line.split(" ")[0] for line in told(now, before)] == ["The", "Sessions", "MCP"]


@pytest.mark.parametrize(
    ("now", "before", "is_named"),
    [
        (rated(15, 100), rated(12, 100), True),
        (rated(149, 1000), rated(120, 1000), False),
        (rated(3, 20), rated(0, 20), True),
        (rated(3, 19), rated(0, 20), False),
        (rated(3, 20), rated(0, 19), False),
        (rated(3, 40, unknown=10, stopped=10), rated(0, 20), True),
        (rated(3, 40, unknown=11, stopped=10), rated(0, 20), False),
    ],
)
def test_the_failure_rate_is_named_from_three_points_of_twenty_calls_on(
    now: Summary,
    before: Summary,
    is_named: bool,  # noqa: FBT001 - a case
) -> None:
    """Three points as a person subtracts them; calls without a known end are in no rate."""
    for one, other in ((now, before), (before, now)):
        assert any("failure rate" in line for line in told(one, other)) == is_named


@pytest.mark.parametrize("language", languages())
def test_every_language_gives_both_values(language: str) -> None:
    """In whatever order its sentence has them."""
    (line,) = told(summary(100, active_minutes=95), summary(100, active_minutes=30), language)
    voice = Voice(load_catalog(language), ZONE, "/home/mira")
    for minutes in (95, 30):
        assert voice.write("minutes", minutes) in line
    assert "217%" in line
