"""`fluxmirror compare` names its two times, and says what of them it has."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent

    Run = Callable[..., Any]
    Record = Callable[..., str]
    Call = Callable[..., AgentEvent]

DAY_MS: Final = 86_400_000
MONDAY: Final = 1_740_960_000_000
"""2025-03-03 in UTC."""


def told(run_here: Run, *periods: str, form: str = "text") -> str:
    """Give what is said of two periods."""
    done = run_here("compare", *periods, "--tz", "UTC", "--format", form, "--out", "-")
    assert (done.err, done.code) == ("", 0)
    return str(done.out)


def test_what_is_over_is_named_by_its_days(record: Record, call: Call, run_here: Run) -> None:
    """Neither of two past weeks is now, nor is the later one before anything but the reader."""
    record([call(MONDAY + hour * 3_600_000) for hour in range(3)])
    text = told(run_here, "2025-W10", "2025-W09")
    assert "| Figure        | 24 Feb \u2013 2 Mar | 3\u20139 Mar | Change |" in text
    page = told(run_here, "2025-W10", "2025-W09", form="html")
    assert '<th scope="col">24 Feb \u2013 2 Mar</th><th scope="col">3\u20139 Mar</th>' in page
    assert "24 Feb \u2013 2 Mar: 0" in page
    assert "Value" not in text + page


def test_up_to_is_said_of_what_was_cut_alone(record: Record, call: Call, run_here: Run) -> None:
    """Yesterday is cut beside today; beside the last 30 days it is whole."""
    now_ms = time.time_ns() // 1_000_000
    record([call(now_ms - 1), call(now_ms - DAY_MS)])
    beside_today = told(run_here, "today", "yesterday")
    assert " up to " in beside_today
    assert "| Yesterday | Today | Change |" in beside_today
    assert " up to " not in told(run_here, "30d", "yesterday")
    assert " up to " not in told(run_here, "2025-W10", "2025-W09")


def test_times_of_two_lengths_are_both_whole(record: Record, call: Call, run_here: Run) -> None:
    """Whether one of them goes on or not, and whether it is a part of the other."""
    now_ms = time.time_ns() // 1_000_000
    record([call(now_ms - 1), *(call(now_ms - day * DAY_MS) for day in range(1, 14))])
    for periods in (("week", "today"), ("today", "week")):
        assert "| Tool calls    |" in told(run_here, *periods)
        facts = json.loads(told(run_here, *periods, form="json"))
        calls = facts["figures"]["calls"]
        assert (calls["before"], calls["value"]) == (7, 1)
    text = told(run_here, "14d", "7d")
    assert " up to " not in text
    facts = json.loads(told(run_here, "14d", "7d", form="json"))
    assert facts["figures"]["calls"]["before"] == 14


def test_a_time_that_has_not_begun_is_compared_with_none(
    record: Record, call: Call, run_here: Run
) -> None:
    """Nobody was idle on it yet."""
    record([call(MONDAY)])
    for periods in (("today", "9998-01-01"), ("9998-01-01", "today")):
        done = run_here("compare", *periods)
        assert (done.out, done.code) == ("", 2)
        assert "has not begun" in done.err


def test_the_later_is_compared_with_the_earlier(record: Record, call: Call, run_here: Run) -> None:
    """Whichever is named first."""
    record([call(MONDAY), call(MONDAY - 7 * DAY_MS), call(MONDAY + 1)])
    assert told(run_here, "2025-W09", "2025-W10") == told(run_here, "2025-W10", "2025-W09")
    assert "Calls rose by 100%" in told(run_here, "2025-W09", "2025-W10")


def test_where_only_one_has_calls_its_days_are_named(
    record: Record, call: Call, run_here: Run
) -> None:
    """Whichever column it stands in."""
    record([call(MONDAY), call(MONDAY + 1)])
    line = "Only 3\u20139 March 2025 has calls: 2."
    assert line in told(run_here, "2025-W10", "2025-W09")
    assert line in told(run_here, "2025-W09", "2025-W10")


def test_few_figures_are_tiles_and_the_others_one_table(
    record: Record, call: Call, run_here: Run, read_page: Callable[[str], list[Any]]
) -> None:
    """What matters is seen first."""
    record([call(MONDAY), call(MONDAY - 7 * DAY_MS)])
    head, others, *_ = read_page(told(run_here, "2025-W10", "2025-W09", form="html"))
    assert [title for title, *_ in head.figures] == [
        "Tool calls",
        "Files written",
        "Sessions",
        "Failure rate",
        "Cost",
    ]
    assert others.rows[0] == ["Writes", "0", "0", "0%", ""]
    assert len(others.rows) == 18
