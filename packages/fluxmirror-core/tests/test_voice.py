"""Every kind of cell reads as people of each language write it, and is rounded as they round."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.usage import Cost
from fluxmirror_core.messages import languages, load_catalog, message
from fluxmirror_core.report import sections as s
from fluxmirror_core.report.dates import date_range, long_date
from fluxmirror_core.report.sections import Change, Money, PathEnd, Shown
from fluxmirror_core.report.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = date(2026, 11, 16)
DOLLAR = 10**12


def voice(language: str = "en", mask: Callable[[str], str] | None = None) -> Voice:
    """Make the voice of somebody in Seoul."""
    return Voice(load_catalog(language), ZoneInfo("Asia/Seoul"), "/home/mira", mask)


@pytest.mark.parametrize(
    ("kind", "cell", "shown"),
    [
        (s.NUMBER, 1_234_567, "1,234,567"),
        (s.NUMBER, "1.20K", "1.20K"),
        (s.SHARE, 0, "0%"),
        (s.SHARE, 0.0001, "<1%"),
        (s.SHARE, 0.00499, "<1%"),
        (s.SHARE, 0.005, "1%"),
        (s.SHARE, 29 / 200, "15%"),
        (s.SHARE, 0.145, "15%"),
        (s.SHARE, 0.1449, "14%"),
        (s.SHARE, 2 / 3, "67%"),
        (s.SHARE, 0.9949, "99%"),
        (s.SHARE, 0.995, ">99%"),
        (s.SHARE, 0.9999, ">99%"),
        (s.SHARE, 1, "100%"),
        (s.SHARE, None, "\u2013"),
        (s.DECIMAL, 12.0, "12.00"),
        (s.DECIMAL, 2.5, "2.50"),
        (s.DECIMAL, 1.005, "1.01"),
        (s.DECIMAL, 1_234.5678, "1,234.57"),
        (s.DECIMAL, None, "\u2013"),
        (s.MINUTES, 0, "0 min"),
        (s.MINUTES, 45, "45 min"),
        (s.MINUTES, 80, "1 h 20 min"),
        (s.MINUTES, 180, "3 h"),
        (s.MINUTES, 60_061, "1,001 h 1 min"),
        (s.HOUR, 7, "07:00"),
        (s.WEEKDAY, 6, "Sun"),
        (s.DATE, DAY, "Mon 16 Nov"),
        (s.CLOCK, int(datetime(2026, 11, 16, 5, 7, 59, tzinfo=UTC).timestamp() * 1000), "14:07"),
        (s.AGENT, "claude-code", "Claude Code"),
        (s.AGENT, "my-own", "my-own"),
        (s.PATH, "/home/mira/a.py", "~/a.py"),
        (s.PATH, "/home/miranda/a.py", "/home/miranda/a.py"),
        (s.COMMAND, "", "(not told)"),
        (s.COMMAND, "x" * 90, "x" * 79 + "…"),
        (s.NAME, "x" * 90, "x" * 59 + "…"),
        (s.WORD, message("outcome.failed"), "failed"),
        (s.MONEY, None, "\u2013"),
        (s.MONEY, Money((Cost("USD", 5 * DOLLAR // 4),)), "$1.25"),
        (s.MONEY, Money((Cost("USD", DOLLAR), Cost("EUR", DOLLAR)), 2), "$1.00 + €1.00+?"),
        (s.MONEY, Money((), 2), "unknown"),
        (s.MONEY, Money(()), "\u2013"),
        (s.CHANGE, Change(120, 100), "+20%"),
        (s.CHANGE, Change(40, 100), "-60% ↓"),
        (s.CHANGE, Change(150, 100), "+50% ↑"),
        (s.CHANGE, Change(149, 100), "+49%"),
        (s.CHANGE, Change(1_125, 1_000), "+13%"),
        (s.CHANGE, Change(875, 1_000), "-13%"),
        (s.CHANGE, Change(1_001, 1_000), "0%"),
        (s.CHANGE, Change(0, 0), "0%"),
        (s.CHANGE, Change(5, 0), "n/a"),
        (s.CHANGE, Change(0, 5), "-100% ↓"),
        (s.CHANGE, Change(1_300, 1), "+129,900% ↑"),
        (s.CHANGE, None, "\u2013"),
    ],
)
def test_a_cell_reads_as_people_write_it(kind: s.Kind, cell: Any, shown: str) -> None:  # noqa: ANN401 - of every kind
    """Rounded half up, and nothing that is there becomes nothing, nor a part the whole."""
    assert voice().write(kind, cell) == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["Mon 16 Nov", "Monday, 16 November 2026", "Mon", "1 h 20 min", "n/a"]),
        ("ko", ["11월 16일 (월)", "2026년 11월 16일 월요일", "월", "1시간 20분", "비교 불가"]),
        (
            "ja",
            [
                "11月16日\uff08月\uff09",
                "2026年11月16日\uff08月曜日\uff09",
                "月",
                "1時間20分",
                "比較不可",
            ],
        ),
        (
            "zh",
            [
                "11 月 16 日\uff08周一\uff09",
                "2026 年 11 月 16 日\uff08星期一\uff09",
                "周一",
                "1 小时 20 分钟",
                "无法比较",
            ],
        ),
    ],
)
def test_days_and_durations_read_right_in_each_language(language: str, shown: list[str]) -> None:
    """Each has its own order, its own counters and its own spaces."""
    told = voice(language)
    assert [
        told.write(s.DATE, DAY),
        told.say(long_date(DAY)),
        told.write(s.WEEKDAY, 0),
        told.write(s.MINUTES, 80),
        told.write(s.CHANGE, Change(1, 0)),
    ] == shown


@pytest.mark.parametrize(
    ("first", "last", "english", "korean"),
    [
        (DAY, DAY, "Monday, 16 November 2026", "2026년 11월 16일 월요일"),
        (DAY, date(2026, 11, 22), "16\u201322 November 2026", "2026년 11월 16일\u201322일"),
        (date(2026, 11, 1), date(2026, 11, 30), "November 2026", "2026년 11월"),
        (date(2024, 2, 1), date(2024, 2, 29), "February 2024", "2024년 2월"),
        (
            date(2024, 2, 1),
            date(2024, 2, 28),
            "1\u201328 February 2024",
            "2024년 2월 1일\u201328일",
        ),
        (
            date(2026, 11, 30),
            date(2026, 12, 6),
            "30 November \u2013 6 December 2026",
            "2026년 11월 30일\u201312월 6일",
        ),
        (
            date(2026, 12, 28),
            date(2027, 1, 3),
            "28 December 2026 \u2013 3 January 2027",
            "2026년 12월 28일\u20132027년 1월 3일",
        ),
        (date(9999, 12, 1), date(9999, 12, 31), "December 9999", "9999년 12월"),
    ],
)
def test_days_in_a_row_say_nothing_twice(
    first: date, last: date, english: str, korean: str
) -> None:
    """A month or a year that both ends have is said once."""
    assert voice().say(date_range(first, last)) == english
    assert voice("ko").say(date_range(first, last)) == korean


@pytest.mark.parametrize("language", languages())
def test_the_year_is_shown_where_several_meet(language: str) -> None:
    """Otherwise the title has it."""
    told = voice(language)
    alone = told.write_column(s.DATE, (DAY, None))
    both = told.write_column(s.DATE, (DAY, date(2025, 12, 31)))
    assert "2026" not in alone[0]
    assert "2026" in both[0]
    assert "2025" in both[1]


def test_amounts_of_a_column_have_as_many_decimals() -> None:
    """Four where parts of a cent matter, and then for all."""
    cells = [Money((Cost("USD", DOLLAR // 2_000),)), None, Money((Cost("USD", DOLLAR // 4),))]
    assert voice().write_column(s.MONEY, cells) == ["$0.0005", "\u2013", "$0.2500"]


def test_what_was_recorded_is_told_from_our_words() -> None:
    """So that markup can show the one, and obey the other."""
    told = voice().spans(message("coverage.remedy.half_hooks", agent="`x`"))
    assert told[0] == ("code", "fluxmirror install `x`")
    assert told[1][0] == "prose"
    outer = message("clause.about", what=message("card.before"), told="__x__")
    assert voice().spans(outer) == [("prose", "Before: "), ("recorded", "__x__")]
    assert voice().spans("a `b`") == [("recorded", "a `b`")]


def test_what_has_no_name_is_called_in_our_words() -> None:
    """Among recorded names, which are masked."""
    told = voice(mask=lambda text: text.removeprefix("secret "))
    names = ["secret api", message("project.none")]
    assert told.write_column(s.NAME, names) == ["api", "(no project)"]


def test_a_secret_is_masked_whole_in_every_kind() -> None:
    """Cut first, nothing would know it any more."""
    secret = "sk-" + "a" * 200
    told = voice(mask=lambda text: text.replace(secret, "***"))
    for kind in (s.TEXT, s.NAME, s.AGENT, s.PATH, s.COMMAND):
        assert told.write(kind, f"x {secret}") == "x ***"
    assert told.say(message("complaint.hint", hint=message("complaint.hint", hint=secret))) == (
        "hint: hint: ***"
    )
    assert told.in_language(load_catalog("ko")).say(secret) == "***"


@pytest.mark.parametrize(
    ("kind", "path", "shown"),
    [
        (s.BASE, PathEnd("/srv/app/a.py"), "a.py"),
        (s.BASE, PathEnd("C:\\app\\a.py"), "a.py"),
        (s.BASE, PathEnd("a.py"), "a.py"),
        (s.BASE, PathEnd("/srv/app/"), "/srv/app/"),
        (s.BASE, PathEnd("/srv/acme/plan.md"), "[REDACTED]"),
        (s.BASE, PathEnd("/srv/acme"), "[REDACTED]"),
        (s.BASE, PathEnd("/srv/app/a.py", 2), "app/a.py"),
        (s.BASE, PathEnd("C:\\app\\a.py", 2), "app\\a.py"),
        (s.BASE, PathEnd("/a.py", 2), "/a.py"),
        (s.BASE, PathEnd("app/a.py", 2), "app/a.py"),
        (s.BASE, PathEnd("/srv/acme/plan.md", 2), "[REDACTED]"),
        (s.BASE, PathEnd("/srv/acme/deep/plan.md", 3), "[REDACTED]/deep/plan.md"),
        (s.FOLDER, "/home/mira/app/a.py", "~/app"),
        (s.FOLDER, "C:\\app\\a.py", "C:\\app"),
        (s.FOLDER, "a.py", "."),
        (s.FOLDER, "/srv/acme/plan.md", "[REDACTED]"),
        (s.FOLDER, "/srv/acme/deep/plan.md", "[REDACTED]/deep"),
    ],
)
def test_a_part_of_a_path_is_masked_with_the_whole(
    kind: s.Kind, path: str | PathEnd, shown: str
) -> None:
    """A pattern of the whole path fits none of its parts."""
    told = voice(mask=lambda text: re.sub(r"/srv/acme(/plan[.]md)?", "[REDACTED]", text))
    assert told.write(kind, path) == shown
    assert told.say(message("clause.about", what="x", told=Shown(kind, path))) == f"x: {shown}"
