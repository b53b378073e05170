"""What a report says of a time that has nothing."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.activity import Activity
from fluxmirror_core.analysis.day import Elsewhen
from fluxmirror_core.analysis.usage import By, build_usage
from fluxmirror_core.analysis.work import Scope, build_summary
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.period import day_period, days_period
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.nothing import build_empty_report, no_activity
from fluxmirror_core.report.voice import Voice

DATE = date(2026, 3, 2)
DAY_BEFORE = date(2026, 3, 1)
LATER = date(2026, 3, 5)
SEOUL = ZoneInfo("Asia/Seoul")
BEFORE = Elsewhen(date(2026, 2, 27), None, any_recorded=True)
AROUND = BEFORE._replace(earliest=date(2026, 3, 9))
AFTER = Elsewhen(None, date(2026, 3, 9), any_recorded=True)
HIDDEN = Elsewhen(None, None, any_recorded=True)
ELSEWHERE = HIDDEN._replace(in_other_projects=True)
NOTHING = Elsewhen(None, None, any_recorded=False)
PRUNED = NOTHING._replace(kept_since=DATE)
TODAY = "No agent activity today."
LAST = "The last day with activity is 2026-02-27 (`--date 2026-02-27`)."
FIRST = "The first day with activity is 2026-03-09 (`--date 2026-03-09`)."
BOTH = (
    "The last day with activity before then is 2026-02-27 (`--date 2026-02-27`), the next one"
    " 2026-03-09 (`--date 2026-03-09`)."
)
NEVER = "Nothing of Qwen Code was recorded yet; `fluxmirror agents` shows all agents."


def rendered(scope: Scope, elsewhen: Elsewhen, today: date) -> str:
    """Give the report of a time without calls, as text."""
    nothing = build_summary(scope, Activity(), build_usage(By.AGENT, []).total)
    report = build_empty_report("t", nothing, no_activity(scope, elsewhen, today=today))
    return render_text(report, Voice(load_catalog(), SEOUL, "/home/mira"))


@pytest.mark.parametrize(
    ("agent", "today", "elsewhen", "said", "following"),
    [
        (None, DATE, BEFORE, TODAY, LAST),
        (None, LATER, AROUND, "No agent activity.", BOTH),
        (None, LATER, AFTER, "No agent activity.", FIRST),
        ("qwen-code", DATE, AFTER, "No activity of Qwen Code today.", "The first day"),
        ("qwen-code", LATER, HIDDEN, "No activity of Qwen Code.", NEVER),
        (None, DATE, HIDDEN, TODAY, "What was recorded is hidden from reports"),
        (None, DATE, NOTHING, TODAY, "Nothing was recorded yet"),
        (
            None,
            DATE,
            PRUNED,
            TODAY,
            "Nothing from before 2026-03-02 is kept, and nothing was recorded since.",
        ),
        (None, DAY_BEFORE, BEFORE, "This time has not begun yet.", LAST),
    ],
)
def test_a_day_without_calls_says_what_to_do_next(
    agent: str | None, today: date, elsewhen: Elsewhen, said: str, following: str
) -> None:
    """What there is before and after; and `nothing yet` only when there is nothing at all."""
    told = rendered(Scope(day_period(DATE, SEOUL), agent), elsewhen, today)
    assert told.startswith(f"# t\n\nMonday, 2 March 2026 · Asia/Seoul\n\n{said}\n\n{following}")


def test_days_that_have_begun_are_not_today() -> None:
    """Though today is among them."""
    scope = Scope(days_period(DATE, LATER, SEOUL))
    assert "\n\nNo agent activity.\n\n" in rendered(scope, BEFORE, DATE)


@pytest.mark.parametrize(
    ("elsewhen", "said"),
    [(ELSEWHERE, "without `--project` all projects are shown."), (HIDDEN, NEVER)],
)
def test_an_agent_may_have_worked_in_other_projects(elsewhen: Elsewhen, said: str) -> None:
    """Then it is the project that is to be left out."""
    scope = Scope(day_period(DATE, SEOUL), "qwen-code", "web")
    told = rendered(scope, elsewhen, DATE)
    assert said in told
    assert ("was recorded yet" in told) == (elsewhen is HIDDEN)
