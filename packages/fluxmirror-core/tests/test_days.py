"""Words for a time mean what a person means by them, and nothing else means anything."""

from __future__ import annotations

from datetime import date

import pytest
from fluxmirror_core.days import (
    Span,
    last_days,
    parse_day,
    parse_instant,
    parse_length,
    parse_month,
    parse_span,
    parse_week,
)

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", TODAY),
        ("Yesterday", date(2026, 2, 28)),
        ("2026-11-21", date(2026, 11, 21)),
        ("2026-02-29", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_a_day_is_a_date_or_a_word(text: str, expected: date | None) -> None:
    """Today and yesterday, in whatever case."""
    assert parse_day(text, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-W10", Span(date(2026, 3, 2), date(2026, 3, 8))),
        ("2026-w01", Span(date(2025, 12, 29), date(2026, 1, 4))),
        ("2026-W53", Span(date(2026, 12, 28), date(2027, 1, 3))),
        ("2025-W53", None),
        ("2026-W00", None),
        ("2026-W1", None),
        ("9999-W52", None),
        ("2026-10", None),
    ],
)
def test_a_week_is_from_monday_to_sunday(text: str, expected: Span | None) -> None:
    """By ISO 8601, so that the first days of a year may be of the last week before."""
    assert parse_week(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03", Span(date(2026, 3, 1), date(2026, 3, 31))),
        ("2028-02", Span(date(2028, 2, 1), date(2028, 2, 29))),
        ("2026-12", Span(date(2026, 12, 1), date(2026, 12, 31))),
        ("2026-13", None),
        ("2026-00", None),
        ("9999-12", None),
        ("2026-3", None),
    ],
)
def test_a_month_has_its_own_length(text: str, expected: Span | None) -> None:
    """And the calendar's last one, whose end nobody can tell, is none."""
    assert parse_month(text) == expected


@pytest.mark.parametrize(
    ("text", "days"),
    [("14d", 14), ("2w", 14), ("1D", 1), (" 3w ", 21), ("0d", None), ("14", None), ("3m", None)],
)
def test_a_length_is_of_days_or_weeks(text: str, days: int | None) -> None:
    """A month is no length, and `m` might be minutes."""
    assert parse_length(text) == days


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("today", (2026, 3, 1), (2026, 3, 1)),
        (" Yesterday ", (2026, 2, 28), (2026, 2, 28)),
        ("2026-01-31", (2026, 1, 31), (2026, 1, 31)),
        ("week", (2026, 2, 23), (2026, 3, 1)),
        ("7d", (2026, 2, 23), (2026, 3, 1)),
        ("1W", (2026, 2, 23), (2026, 3, 1)),
        ("1d", (2026, 3, 1), (2026, 3, 1)),
        ("LAST-WEEK", (2026, 2, 16), (2026, 2, 22)),
        ("month", (2026, 3, 1), (2026, 3, 31)),
        ("last-month", (2026, 2, 1), (2026, 2, 28)),
        ("2026-W10", (2026, 3, 2), (2026, 3, 8)),
        ("2026-w10", (2026, 3, 2), (2026, 3, 8)),
        ("2024-02", (2024, 2, 1), (2024, 2, 29)),
    ],
)
def test_a_span_is_whatever_names_days_in_a_row(
    text: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    """A day is one as well; a week is the seven days that end today."""
    assert parse_span(text, TODAY) == Span(date(*first), date(*last))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0d",
        "9999999d",
        "d",
        "-3d",
        "3 d",
        "3m",
        "2026-13",
        "2026-W54",
        "2026-02-30",
        "lastweek",
    ],
)
def test_a_span_is_nothing_else(text: str) -> None:
    """Nor days that no calendar has."""
    assert parse_span(text, TODAY) is None


def test_a_span_ends_where_the_calendar_does() -> None:
    """There is no week before the first one, and no month before the first month."""
    assert parse_span("week", date(1, 1, 6)) is None
    assert parse_span("week", date(1, 1, 7)) == Span(date(1, 1, 1), date(1, 1, 7))
    assert parse_span("last-month", date(1, 1, 31)) is None
    assert parse_span("last-week", date(1, 1, 13)) is None
    assert parse_span("yesterday", date(1, 1, 1)) is None


@pytest.mark.parametrize(
    ("today", "first", "last"),
    [
        (date(2026, 1, 31), date(2025, 12, 1), date(2025, 12, 31)),
        (date(2024, 3, 31), date(2024, 2, 1), date(2024, 2, 29)),
        (date(2026, 5, 31), date(2026, 4, 1), date(2026, 4, 30)),
    ],
)
def test_last_month_is_the_month_before_whatever_their_lengths(
    today: date, first: date, last: date
) -> None:
    """From its first day to its last."""
    assert parse_span("last-month", today) == Span(first, last)


def test_the_last_days_end_with_today() -> None:
    """One day is today itself; before the calendar there are none."""
    assert last_days(1, TODAY) == Span(TODAY, TODAY)
    assert last_days(7, TODAY) == Span(date(2026, 2, 23), TODAY)
    with pytest.raises(OverflowError):
        last_days(10**6, TODAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:01z", 1_000),
        ("1970-01-01 09:00:00+09:00", 0),
        ("1970-01-01T00:00:00.5Z", 500),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1970-01-01T00:00:00.0010001Z", 2),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T00:00:00.9999Z", 1_000),
        ("1969-12-31T23:59:59.9Z", -100),
        ("1970-01-01T00:00:00", None),
        ("1970-01-01", None),
        ("1970-01-01T24:00:00Z", None),
        ("1970-02-30T00:00:00Z", None),
        ("19700101T000000Z", None),
    ],
)
def test_an_instant_is_one_of_rfc_3339(text: str, expected: int | None) -> None:
    """With an offset, and with as many digits as anybody writes, rounded up."""
    assert parse_instant(text) == expected
