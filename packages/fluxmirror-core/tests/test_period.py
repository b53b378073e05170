"""Local days are as long as the zone makes them, and meet without a gap or an overlap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.errors import UsageError
from fluxmirror_core.period import (
    day_period,
    day_start_ms,
    days_period,
    instants_period,
    local_date,
    local_days,
    parse_date,
)
from hypothesis import given, settings
from hypothesis import strategies as st

ZONES = (
    "UTC",
    "Asia/Seoul",
    "Asia/Kathmandu",
    "America/New_York",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Scoresbysund",
    "Africa/Cairo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
)


def utc(ms: int) -> str:
    """Write an instant as people read it."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("UTC", date(2026, 3, 2), "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"),
        ("Asia/Seoul", date(2026, 3, 2), "2026-03-01T15:00:00Z", "2026-03-02T15:00:00Z"),
        # 23 and 25 hours
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        ("America/New_York", date(2026, 11, 1), "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        # no midnight: 00:00 is 01:00
        ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"),
        # two midnights: 01:00 is 00:00 again, and the earlier one counts
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        # half an hour
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"),
        # no midnight within a gap that began before it: 23:30 was 00:30
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30:00Z", "1919-04-01T04:00:00Z"),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight_of_its_zone(
    zone: str, day: date, start: str, end: str
) -> None:
    """Bounds come from the zone, not from 24 hours."""
    found = day_period(day, ZoneInfo(zone))
    assert (utc(found.start_ms), utc(found.end_ms)) == (start, end)
    assert (found.first, found.last, found.zone) == (day, day, zone)


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(min_value=date(1971, 1, 1), max_value=date(2037, 12, 30)),
)
def test_days_meet_without_gap_or_overlap(zone: str, day: date) -> None:
    """Whatever the clocks do, the end of a day is the beginning of the next."""
    place = ZoneInfo(zone)
    found, following = (day_period(day + timedelta(days=n), place) for n in (0, 1))
    assert found.end_ms == following.start_ms
    assert local_date(found.start_ms, place) == day


def test_the_day_before_a_skipped_one_ends_where_the_one_after_begins() -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    before, after = (day_period(date(2011, 12, day), apia) for day in (29, 31))
    assert before.end_ms == after.start_ms
    with pytest.raises(UsageError, match="skipped that day"):
        day_period(date(2011, 12, 30), apia)


@pytest.mark.parametrize("day", [date.max, date.min])
def test_the_ends_of_the_calendar_are_no_crash(day: date) -> None:
    """The last date has no next midnight; the first one has a day like any other."""
    if day == date.max:
        with pytest.raises(UsageError, match="outside the calendar"):
            day_period(day, ZoneInfo("Asia/Seoul"))
    else:
        assert day_period(day, ZoneInfo("Asia/Seoul")).first == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("2028-02-29", date(2028, 2, 29)),
        ("2026-02-29", None),
        ("20260302", None),
        ("2026-W10-1", None),
        ("2026-03-02T00:00", None),
        ("\u0662\u0660\u0662\u0666-03-02", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_written_in_one_way(text: str, expected: date | None) -> None:
    """Year, month, day; what no calendar has is no date."""
    assert parse_date(text) == expected


def test_days_in_a_row_are_from_the_first_midnight_to_the_last() -> None:
    """A week with a change of the clocks has an hour less."""
    found = days_period(date(2026, 3, 2), date(2026, 3, 8), ZoneInfo("America/New_York"))
    assert (utc(found.start_ms), utc(found.end_ms)) == (
        "2026-03-02T05:00:00Z",
        "2026-03-09T04:00:00Z",
    )
    assert (found.first, found.last) == (date(2026, 3, 2), date(2026, 3, 8))


def test_days_in_a_row_may_hold_a_skipped_one() -> None:
    """At either end, too; only nothing but skipped days is no period."""
    apia = ZoneInfo("Pacific/Apia")
    around = days_period(date(2011, 12, 29), date(2011, 12, 31), apia)
    assert list(local_days(around, apia)) == [date(2011, 12, 29), date(2011, 12, 31)]
    until = days_period(date(2011, 12, 29), date(2011, 12, 30), apia)
    assert until.end_ms == day_start_ms(date(2011, 12, 31), apia)
    assert list(local_days(until, apia)) == [date(2011, 12, 29)]
    with pytest.raises(UsageError, match="skipped that day"):
        days_period(date(2011, 12, 30), date(2011, 12, 30), apia)


def test_instants_touch_the_days_they_are_in() -> None:
    """The end belongs to the day before when it is a midnight."""
    seoul = ZoneInfo("Asia/Seoul")
    noon, midnight = 1_772_420_400_000, 1_772_463_600_000  # 2 March 12:00, 3 March 00:00
    found = instants_period(noon, midnight, seoul)
    assert (found.first, found.last) == (date(2026, 3, 2), date(2026, 3, 2))
    assert list(local_days(found, seoul)) == [date(2026, 3, 2)]
    longer = instants_period(noon, midnight + 1, seoul)
    assert list(local_days(longer, seoul)) == [date(2026, 3, 2), date(2026, 3, 3)]


@pytest.mark.parametrize(("start_ms", "end_ms"), [(5, 5), (6, 5), (10**17, 10**17 + 1)])
def test_instants_that_make_no_period_are_refused(start_ms: int, end_ms: int) -> None:
    """Nothing between them, or nothing that a calendar shows."""
    with pytest.raises(UsageError) as caught:
        instants_period(start_ms, end_ms, ZoneInfo("UTC"))
    assert caught.value.hint
