"""What a change is called, how it is drawn, and what the two times are called."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.messages import languages, load_catalog
from fluxmirror_core.period import Period, days_period
from fluxmirror_core.report.changes import written_change, written_value
from fluxmirror_core.report.dates import short_range
from fluxmirror_core.report.html_charts import change_bar
from fluxmirror_core.report.sections import (
    DECIMAL,
    MONEY,
    NUMBER,
    SHARE,
    Change,
    Figure,
    Money,
)
from fluxmirror_core.report.titles import period_names
from fluxmirror_core.report.voice import Voice

ZONE: Final = ZoneInfo("Asia/Seoul")


def voice(language: str = "en") -> Voice:
    """Make a voice."""
    return Voice(load_catalog(language), ZONE, "/home/mira")


def days(first: str, last: str) -> Period:
    """Make a period of whole days."""
    return days_period(date.fromisoformat(first), date.fromisoformat(last), ZONE)


def share(now: float | None, before: float | None) -> Figure:
    """Make a figure that is a part of a whole."""
    return Figure("rate", "Rate", SHARE, now, before)


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        (Figure("calls", "Calls", NUMBER, 12, 8, Change(12, 8)), "+50% ↑"),
        (Figure("calls", "Calls", NUMBER, 12, 0, Change(12, 0)), "n/a"),
        (Figure("rate", "Rate", DECIMAL, 1.3, 0.62), "+0.68"),
        (Figure("rate", "Rate", DECIMAL, 2.5, 3.0), "-0.50"),
        (Figure("rate", "Rate", DECIMAL, 0.5, 0.5), "0.00"),
        (Figure("rate", "Rate", DECIMAL, 0.5, None), "n/a"),
        (Figure("cost", "Cost", MONEY, Money((), 2), None), "n/a"),
        (share(0.0486, 0.0444), "+0.5 pp"),
        (share(0.1, 0.25), "-15.0 pp"),
        (share(0.0005, 0.0), "+0.1 pp"),
        (share(0.3, 0.3), "0.0 pp"),
        (share(1.0, 0.0), "+100.0 pp"),
        (share(0.3, None), "n/a"),
        (share(None, 0.3), "n/a"),
    ],
)
def test_a_change_is_of_what_was_before_and_that_of_a_share_in_points(
    figure: Figure, told: str
) -> None:
    """Percent of percent would be read as points; what has no change never leaves a blank."""
    assert written_change(figure, voice()) == told


def test_numbers_of_one_row_have_equally_many_decimals() -> None:
    """Whoever reads them below or beside each other sees at once which is greater."""
    rate = Figure("rate", "Rate", DECIMAL, 8.5, 12)
    assert written_value(rate, rate.value, voice()) == "8.50"
    assert written_value(rate, rate.before, voice()) == "12.00"
    assert written_change(rate, voice()) == "-3.50"


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (0.0, "0%"),
        (0.0004, "<0.1%"),
        (0.0005, "0.1%"),
        (0.03, "3.0%"),
        (0.0455, "4.6%"),
        (0.9994, "99.9%"),
        (0.9996, ">99.9%"),
        (1.0, "100%"),
    ],
)
def test_a_share_that_is_compared_has_a_decimal(part: float, told: str) -> None:
    """Alone it has none; without a value there is nothing to compare."""
    compared = share(part, 0.2)
    assert written_value(compared, compared.value, voice()) == told
    assert written_value(compared, compared.before, voice()) == "20.0%"
    assert written_value(share(0.0455, None), 0.0455, voice()) == "5%"


@pytest.mark.parametrize(("now", "before"), [(0.0486, 0.0444), (0.0364, 0.0446), (0.2, 0.19999)])
def test_who_subtracts_two_shares_gets_their_change(now: float, before: float) -> None:
    """As they are shown."""
    compared = share(now, before)
    one, other = (
        float(written_value(compared, cell, voice()).strip("%")) for cell in (now, before)
    )
    told = written_change(compared, voice()).removesuffix(" pp")
    assert float(told) == pytest.approx(one - other)


@pytest.mark.parametrize(
    ("now", "before", "x", "width"),
    [
        (15, 10, 50, 25),
        (5, 10, 25, 25),
        (20, 10, 50, 50),
        (400, 10, 50, 50),
        (0, 10, 0, 50),
        (10, 10, 50, 0),
        (10, 0, 50, 0),
    ],
)
def test_a_bar_goes_to_the_side_of_its_change_and_not_beyond_its_drawing(
    now: int, before: int, x: float, width: float
) -> None:
    """From the middle; of nothing before there is none."""
    bar = change_bar(Figure("calls", "Calls", NUMBER, now, before, Change(now, before)))
    assert bar == {"x": x, "width": width}


def test_a_figure_that_is_not_compared_has_no_bar() -> None:
    """Its two values stand beside each other."""
    assert change_bar(share(0.2, 0.1))["width"] == 0


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        (("2026-11-22", "2026-11-22"), ("2026-11-21", "2026-11-21"), ("Sun 22 Nov", "Sat 21 Nov")),
        (("2026-11-22", "2026-11-22"), ("2026-11-15", "2026-11-15"), ("Sun 22 Nov", "Sun 15 Nov")),
        (
            ("2026-11-16", "2026-11-22"),
            ("2026-11-09", "2026-11-15"),
            ("16\u201322 Nov", "9\u201315 Nov"),
        ),
        (("2026-11-01", "2026-11-30"), ("2026-10-01", "2026-10-31"), ("Nov", "Oct")),
        (("2026-01-01", "2026-01-31"), ("2025-12-01", "2025-12-31"), ("Jan 2026", "Dec 2025")),
        (
            ("2026-11-30", "2026-12-06"),
            ("2026-11-23", "2026-11-29"),
            ("30 Nov \u2013 6 Dec", "23\u201329 Nov"),
        ),
        (
            ("2025-12-29", "2026-01-04"),
            ("2025-12-22", "2025-12-28"),
            ("29 Dec 2025 \u2013 4 Jan 2026", "22\u201328 Dec 2025"),
        ),
    ],
)
def test_two_times_are_called_by_their_days(
    one: tuple[str, str], other: tuple[str, str], names: tuple[str, str]
) -> None:
    """Today too, which is none tomorrow; a year is named where several meet."""
    told = period_names(days(*one), days(*other))
    assert tuple(voice().say(name) for name in told) == names


@pytest.mark.parametrize("language", languages())
def test_a_short_range_says_its_year_only_where_it_is_asked_to(language: str) -> None:
    """A table's title has it already."""
    first, last = date(2026, 11, 9), date(2026, 11, 15)
    told = voice(language)
    assert "2026" not in told.say(short_range(first, last))
    assert "2026" in told.say(short_range(first, last, with_year=True))


def test_a_day_that_is_cut_is_called_as_the_whole_one() -> None:
    """Its title says up to when."""
    noon = int(datetime(2026, 11, 21, 3, tzinfo=UTC).timestamp() * 1000)
    today = days("2026-11-22", "2026-11-22")
    cut = days("2026-11-21", "2026-11-21")._replace(end_ms=noon)
    assert voice().say(period_names(today, cut)[1]) == "Sat 21 Nov"
