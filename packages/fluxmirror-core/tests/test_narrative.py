"""What is said of days first: on how many there was work, and what sort of days they were."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.activity import Activity
from fluxmirror_core.analysis.themes import DayTheme, Theme, week_theme
from fluxmirror_core.analysis.usage import By, build_usage
from fluxmirror_core.analysis.work import AgentWork, PeriodUsage, Scope, build_work
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.period import days_period
from fluxmirror_core.report.narrative import span_narrative
from fluxmirror_core.report.voice import Voice

ZONE: Final = ZoneInfo("UTC")
MONDAY: Final = date(2026, 3, 2)
SATURDAY: Final = 5
NO_USAGE: Final = PeriodUsage(*(build_usage(by, []) for by in (By.AGENT, By.DAY)))
AGENT: Final = AgentWork("qwen-code", 1, 1.0, 1, 1, 1, 0, 0.0, 0, "shell", 0, 0, 1)
SIGNS: Final = {
    "b": Theme.BUILDING, "l": Theme.LIGHT, "p": Theme.POLISHING, "s": Theme.SHIPPING
}  # fmt: skip


def told(days: str, language: str = "en", first: int = 0) -> str:
    """Tell of days: a letter for the theme of each, `.` where there was no work."""
    begin = MONDAY + timedelta(first)
    themes = [
        DayTheme(begin + timedelta(at), int(sign in SIGNS), 0, 0, 1, SIGNS.get(sign, Theme.IDLE))
        for at, sign in enumerate(days)
    ]
    scope = Scope(days_period(themes[0].date, themes[-1].date, ZONE))
    work = build_work(scope, Activity(), NO_USAGE)
    work = work._replace(theme=week_theme(themes), agents=(AGENT,))
    section = span_narrative(work, None, is_part=False)
    return Voice(load_catalog(language), ZONE, "/home/mira").say(section.rows[0][0])


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("..p.", "There was work on one weekday, which went mostly into polishing."),
        ("lll", "There was work on 3 weekdays, each of which was light."),
        ("bpppblp", "There was steady work on 7 days, 4 of which went mostly into polishing."),
        ("bsbb..b", "There was steady work on 5 days, one of which shipped a lot."),
        ("lbll..l" + "." * 14, "There was work on 5 days, one of which went mostly into building."),
    ],
)
def test_the_theme_is_told_as_a_number_of_days(days: str, said: str) -> None:
    """So that no figure of the files of all days contradicts it."""
    assert told(days).startswith(said)


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        (
            "en",
            "There was work on one weekend day, which was light.",
            "There was work on 3 weekend days, each of which was light.",
        ),
        ("ko", "주말 하루 동안 작업했습니다.", "주말 3일 동안 작업했습니다."),
        ("ja", "週末の1日に作業しました。", "週末の3日間に作業しました。"),
        ("zh", "在周末工作了一天", "在周末工作了 3 天"),
    ],
)
def test_weekend_days_are_days_and_no_sprint(language: str, one: str, several: str) -> None:
    """Three of them may be months apart."""
    assert told("l.", language, SATURDAY).startswith(one)
    assert told("ll.....l", language, SATURDAY).startswith(several)


@pytest.mark.parametrize("language", ["en", "ko", "ja", "zh"])
def test_no_language_leaves_a_place_open(language: str) -> None:
    """Each pattern, with each way to tell a theme."""
    for days in ("s", "ss", "sb", "b", "bb", "bl", "p", "pp", "pb", "l", "ll", "b" * 7, "bb..b.b"):
        said = told(days, language)
        assert "{" not in said
        assert "narrative." not in said
