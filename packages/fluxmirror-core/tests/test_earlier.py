"""A period is compared with as many days before it, up to the same time of day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.earlier import earlier_period, same_part
from fluxmirror_core.period import Period, day_period, days_period, instants_period
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from fluxmirror_core.analysis.earlier import Earlier

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")
HOUR_MS = 3_600_000


def at(text: str, zone: ZoneInfo = UTC) -> int:
    """Give a local time in UTC milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def before(period: Period, now: int, zone: ZoneInfo = UTC, *, is_days: bool = True) -> Earlier:
    """Give the earlier period, which there is."""
    found = earlier_period(period, now, zone, is_days=is_days)
    assert found is not None
    return found


def days(first: str, last: str, zone: ZoneInfo = UTC) -> Period:
    """Give local days in a row."""
    return days_period(date.fromisoformat(first), date.fromisoformat(last), zone)


def test_a_period_that_is_over_is_compared_with_as_many_whole_days() -> None:
    """Right before it, all of them."""
    found = before(days("2026-03-09", "2026-03-15"), at("2026-03-16T00:00"))
    assert found == (days("2026-03-02", "2026-03-08"), None)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-03-01", "2026-03-31", ("2026-01-29", "2026-02-28")),
        ("2026-02-01", "2026-02-28", ("2026-01-04", "2026-01-31")),
        ("2028-02-29", "2028-02-29", ("2028-02-28", "2028-02-28")),
        ("2026-01-01", "2026-01-01", ("2025-12-31", "2025-12-31")),
    ],
)
def test_a_month_is_compared_with_as_many_days_as_it_has(
    first: str, last: str, expected: tuple[str, str]
) -> None:
    """A rise must not come from a longer month."""
    assert before(days(first, last), at("2030-01-01T00:00")).period == days(*expected)


def test_a_period_that_goes_on_is_compared_up_to_the_same_time_of_day() -> None:
    """To the millisecond."""
    now = at("2026-03-11T15:30") + 123
    found = before(days("2026-03-09", "2026-03-15"), now)
    assert (found.period.start_ms, found.period.end_ms) == (
        at("2026-03-02T00:00"),
        at("2026-03-04T15:30") + 123,
    )
    assert (found.period.first, found.period.last) == (date(2026, 3, 2), date(2026, 3, 4))
    assert found.until_ms == now


@pytest.mark.parametrize("now", ["2026-03-08T00:00", "2026-03-09T00:00"])
def test_what_has_not_begun_is_compared_with_nothing(now: str) -> None:
    """Nor what begins this very moment."""
    period = days("2026-03-09", "2026-03-15")
    assert earlier_period(period, at(now), UTC, is_days=True) is None


def test_the_first_millisecond_of_a_day_is_compared_with_that_of_the_day_before() -> None:
    """However short: a period is never empty."""
    today = days("2026-03-09", "2026-03-09")
    found = before(today, today.start_ms + 1)
    assert (found.period.start_ms, found.period.end_ms) == (
        today.start_ms - 24 * HOUR_MS,
        today.start_ms - 24 * HOUR_MS + 1,
    )


@pytest.mark.parametrize(
    ("today", "now", "expected"),
    [
        ("2026-03-30", "2026-03-30T15:00", "2026-03-29T15:00"),
        ("2026-03-29", "2026-03-29T15:00", "2026-03-28T15:00"),
        ("2026-03-30", "2026-03-30T02:30", "2026-03-29T03:30"),
        ("2026-10-25", "2026-10-25T15:00", "2026-10-24T15:00"),
        ("2026-10-26", "2026-10-26T15:00", "2026-10-25T15:00"),
        ("2026-10-26", "2026-10-26T02:30", "2026-10-25T02:30"),
    ],
)
def test_the_time_of_day_is_what_a_clock_shows(today: str, now: str, expected: str) -> None:
    """On days of 23 and 25 hours; a time that the clock skipped is the one it showed instead."""
    found = before(days(today, today, BERLIN), at(now, BERLIN), BERLIN)
    assert found.period.end_ms == at(expected, BERLIN)


def test_half_hours_of_summer_time_are_kept_apart() -> None:
    """Lord Howe Island sets its clocks by half an hour."""
    found = before(
        days("2026-04-05", "2026-04-05", LORD_HOWE), at("2026-04-05T12:00", LORD_HOWE), LORD_HOWE
    )
    assert found.period.end_ms == at("2026-04-04T12:00", LORD_HOWE)
    assert at("2026-04-05T12:00", LORD_HOWE) - found.period.end_ms == 24.5 * HOUR_MS


def test_a_day_that_was_skipped_is_nothing_to_compare_with() -> None:
    """Samoa had no 30 December 2011; a week over it has a day less."""
    now = at("2012-02-01T00:00")
    assert earlier_period(day_period(date(2011, 12, 31), APIA), now, APIA, is_days=True) is None
    found = before(days("2012-01-01", "2012-01-07", APIA), now, APIA)
    assert found.period.end_ms - found.period.start_ms == 6 * 24 * HOUR_MS


@pytest.mark.parametrize(
    ("first", "last"), [("0001-01-01", "0001-01-02"), ("0001-01-05", "0001-01-12")]
)
def test_a_calendar_has_a_beginning(first: str, last: str) -> None:
    """There is nothing before the year 1."""
    period = days(first, last)
    assert earlier_period(period, at("2026-01-01T00:00"), UTC, is_days=True) is None
    assert earlier_period(period, at("2026-01-01T00:00"), UTC, is_days=False) is None


def test_instants_are_compared_with_as_much_time() -> None:
    """Whatever clocks do meanwhile; up to now, if it goes on."""
    start, end = at("2026-03-29T00:00", BERLIN), at("2026-03-29T12:00", BERLIN)
    period = instants_period(start, end, BERLIN)
    whole = before(period, end, BERLIN, is_days=False)
    assert (whole.period.start_ms, whole.period.end_ms) == (start - 11 * HOUR_MS, start)
    assert whole.until_ms is None
    part = before(period, start + 7, BERLIN, is_days=False)
    assert (part.period.start_ms, part.period.end_ms) == (
        start - 11 * HOUR_MS,
        start - 11 * HOUR_MS + 7,
    )
    assert part.until_ms == start + 7


@given(
    day=st.dates(date(1990, 1, 1), date(2035, 1, 1)),
    length=st.integers(1, 40),
    part=st.floats(0, 1.2),
    zone=st.sampled_from(("UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana")),
)
def test_the_earlier_period_ends_where_the_other_begins_or_before(
    day: date, length: int, part: float, zone: str
) -> None:
    """It has its days and never more; and there is always one."""
    info = ZoneInfo(zone)
    last = date.fromordinal(day.toordinal() + length - 1)
    period = days_period(day, last, info)
    now = period.start_ms + 1 + int((period.end_ms - period.start_ms) * part)
    found = before(period, now, info)
    whole = days_period(
        date.fromordinal(day.toordinal() - length), date.fromordinal(day.toordinal() - 1), info
    )
    assert found.period.start_ms == whole.start_ms < found.period.end_ms <= whole.end_ms
    assert whole.end_ms == period.start_ms
    assert (found.until_ms is None) == (now >= period.end_ms)
    if found.until_ms is None:
        assert found.period == whole


def test_a_period_is_cut_where_another_has_come_to() -> None:
    """`compare today with a day` compares mornings with mornings."""
    now = at("2026-03-11T09:15")
    today, week = days("2026-03-11", "2026-03-11"), days("2026-03-09", "2026-03-15")
    assert same_part(days("2026-01-05", "2026-01-05"), today, now, UTC) == instants_period(
        at("2026-01-05T00:00"), at("2026-01-05T09:15"), UTC
    )
    assert same_part(days("2026-01-05", "2026-01-11"), week, now, UTC) == instants_period(
        at("2026-01-05T00:00"), at("2026-01-07T09:15"), UTC
    )


def test_a_period_is_whole_beside_one_that_is_over_or_has_not_begun() -> None:
    """And where it is the shorter one."""
    now, whole = at("2026-03-11T09:15"), days("2026-01-05", "2026-01-05")
    for other in (
        days("2026-03-10", "2026-03-10"),
        days("2026-03-12", "2026-03-12"),
        days("2026-03-09", "2026-03-15"),
    ):
        assert same_part(whole, other, now, UTC) == whole


def test_a_period_at_the_calendars_end_is_not_cut() -> None:
    """The day that it would be cut in is in no calendar."""
    last = days("9999-12-28", "9999-12-29")
    other = days("2026-03-01", "2026-03-31")
    assert same_part(last, other, at("2026-03-20T09:15"), UTC) == last
