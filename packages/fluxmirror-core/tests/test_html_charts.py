"""What a page draws, where it stands, and what is left of it on paper."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.messages import load_catalog, message
from fluxmirror_core.report import sections as s
from fluxmirror_core.report.as_html import render_html
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.html_axis import axis_labels
from fluxmirror_core.report.sections import Change, Column, Figure, Report, Section, Shown
from fluxmirror_core.report.voice import Voice

FIRST: Final = date(2025, 11, 20)
SIZE: Final = 860
TOOLS: Final = (
    Column("Tool", s.NAME),
    Column("Calls", s.NUMBER),
    Column("Failed", s.NUMBER),
    Column("Rate", s.SHARE),
)


def voice(language: str = "en") -> Voice:
    """Make a voice."""
    return Voice(load_catalog(language), ZoneInfo("UTC"), "/home/mira")


def page(*sections: Section, language: str = "en") -> str:
    """Write a page of these sections."""
    report = Report("A title", sections, message("work.title.agents"))
    return render_html(report, voice(language), "")


def text(section: Section) -> list[str]:
    """Write the text of a section; gives the lines of its chart."""
    lines = render_text(Report("T", (section,)), voice()).splitlines()
    return lines[lines.index("```text") + 1 : lines.index("```")]


def ranking(number: int, shown: int) -> Section:
    """Make a table of so many rows, of which so many are shown."""
    rows = tuple((f"tool-{n:02}", 100 - n, 0, 0.0) for n in range(number))
    return Section("S", "bars", TOOLS, rows, key="tools", shown=shown)


def axis(days: list[date], language: str = "en") -> list[str]:
    """Give what stands below the columns of these days."""
    columns = (Column("Day", s.DATE), Column("Calls", s.NUMBER))
    section = Section("S", "trend", columns, tuple((day, 1) for day in days))
    return axis_labels(section, voice(language), SIZE, is_wide=True)


def in_row(number: int, first: date = FIRST) -> list[date]:
    """Give so many days in a row."""
    return [first + timedelta(days=n) for n in range(number)]


def test_a_bar_stands_behind_the_number_that_it_draws() -> None:
    """In the cell of that number; behind another one it would be read as that one's."""
    html = page(ranking(2, 8))
    cells = re.findall(r'<td class="b">([\d,]+)<svg[^>]*><rect width="([\d.]+)"', html)
    assert cells == [("100", "100.0"), ("99", "99.0")]
    assert '<th scope="col" class="b">Calls</th>' in html


def test_a_bar_stands_behind_its_number_in_a_text_too() -> None:
    """The other numbers come behind it, each below its name."""
    assert text(ranking(2, 8)) == [
        "Tool     Calls                Failed  Rate",
        "tool-00    100  ████████████       0    0%",
        "tool-01     99  ███████████        0    0%",
    ]


def test_an_hour_without_calls_has_its_row_among_others() -> None:
    """A clock that jumps from four to six is misread; nobody misses the night around."""
    rows = tuple((hour, {4: 3, 6: 1}.get(hour, 0)) for hour in range(24))
    columns = (Column("Hour", s.HOUR, "hour"), Column("Calls", s.NUMBER, "calls"))
    section = Section("S", "strip", columns, rows, key="hours")
    assert [line.split()[0] for line in text(section)] == ["04:00", "05:00", "06:00"]
    assert re.findall(r"\d\d:00(?=</th>)", page(section)) == ["04:00", "05:00", "06:00"]


def test_days_of_one_month_are_numbered() -> None:
    """The title of a month says which one."""
    labels = axis(in_row(30, date(2026, 11, 1)))
    assert [label for label in labels if label] == ["1", "6", "11", "16", "21", "26"]


def test_days_of_several_months_name_them() -> None:
    """A month at its first day, and a year where it changes."""
    labels = axis(in_row(60))
    assert labels[0] == "Nov 2025"
    assert labels[(date(2025, 12, 1) - FIRST).days] == "Dec"
    assert labels[(date(2026, 1, 1) - FIRST).days] == "Jan 2026"


def test_days_with_gaps_name_month_and_year() -> None:
    """Whoever asked for two years does not know which of them a `9` is of."""
    days = [*in_row(4), *in_row(10, FIRST + timedelta(days=5))]
    assert axis(days)[0] == "Nov 2025"
    assert axis(days, "ko")[0] == "2025년 11월"


@pytest.mark.parametrize("number", [8, 31, 62, 100, 400, 730])
@pytest.mark.parametrize("language", ["en", "ko", "ja", "zh"])
def test_labels_of_an_axis_have_room(number: int, language: str) -> None:
    """However many there would be: fewer are named, and the first always."""
    labels = axis(in_row(number), language)
    named = [place for place, label in enumerate(labels) if label]
    step = SIZE / number
    assert named[0] == 0
    for one, other in pairwise(named):
        assert (other - one) * step > 7 * len(labels[other])


def test_paper_has_the_top_of_a_ranking_and_says_how_many_more() -> None:
    """One sheet holds a week, and nothing is left out without a word."""
    html = page(ranking(20, 8))
    assert '<section class="lone p2 top">' in html
    assert '<p class="note on-screen">… and 12 more</p>' in html
    assert '<p class="note on-paper">… and 15 more</p>' in html


def test_paper_has_all_of_a_short_table() -> None:
    """To leave out one row would take as much room as the row."""
    html = page(ranking(6, 8))
    assert '<section class="lone p2">' in html
    assert "more</p>" not in html


def test_paper_says_a_note_once() -> None:
    """Tables of one sheet need not repeat what a rate is of."""
    noted = ranking(2, 8)._replace(note=message("work.rate"))
    html = page(noted, noted)
    assert html.count('<p class="note">Failure rate') == 1
    assert html.count('<p class="note on-screen">Failure rate') == 1


def test_a_title_names_what_the_page_is_of() -> None:
    """A tab, and a file that somebody forwards, tells the period."""
    assert "<title>A title · The agents beside each other</title>" in page(ranking(2, 8))


def test_what_a_text_has_as_code_is_code_on_a_page() -> None:
    """Paths below the home are; names that Markdown lets alone are not, nor are numbers of ours."""
    told = [
        Shown(s.PATH, "/home/mira/a.py"),
        Shown(s.BASE, s.PathEnd("/home/mira/Chart.tsx")),
        Shown(s.SHARE, 0.001),
    ]
    rows = tuple((message("clause.about", what="x", told=one),) for one in told)
    section = Section("S", "points", rows=rows)
    html = page(section)
    lines = render_text(Report("T", (section,)), voice()).splitlines()[-3:]
    assert [re.findall("`(.*?)`", line) for line in lines] == [["~/a.py"], [], []]
    assert re.findall("<code>(.*?)</code>", html) == ["~/a.py"]
    assert "&lt;1%" in html


def test_a_value_before_is_not_broken_within() -> None:
    """A line of a narrow tile ends behind the time that it is of."""
    figure = Figure("active", "Active", s.MINUTES, 366, 292, Change(366, 292))
    html = page(Section("S", "figures", figures=(figure,)))
    assert "Before: 4\u00a0h\u00a052\u00a0min" in html
