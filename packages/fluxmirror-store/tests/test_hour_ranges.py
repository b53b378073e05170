"""A period is cut into hours, and hours into parts where a day or the period ends in one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.period import Period, day_period, days_period, instants_period, local_days
from fluxmirror_store.hour_ranges import HourRanges, LocalDays, Range, hour_ranges
from fluxmirror_store.summing import CALLS, USAGE, add_up

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    Insert = Callable[..., int]

HOUR_MS = 3_600_000
NOTHING = HourRanges(0, 0, {})
UTC_ZONE = ZoneInfo("UTC")
ZONES = (
    ("UTC", date(2026, 3, 2)),
    ("Asia/Kolkata", date(2026, 3, 2)),
    ("Asia/Kathmandu", date(2026, 3, 2)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 29)),
    ("America/St_Johns", date(2006, 10, 29)),
    ("Africa/Monrovia", date(1960, 1, 1)),
)
"""Hours of any length of offset, days of 23, 25 and 24½ hours, and what clocks do at midnight."""


def at(*moment: int) -> int:
    """Give an instant of UTC in milliseconds."""
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type,misc]


def ranges(db: sqlite3.Connection, period: Period, what: str = CALLS) -> HourRanges:
    """Divide a period."""
    return hour_ranges(db, what, period.start_ms, period.end_ms, ZoneInfo(period.zone))


def around(db: sqlite3.Connection, insert: Insert, period: Period) -> None:
    """Record something well before a period and after it, added up."""
    insert(db, ts_ms=period.start_ms - 48 * HOUR_MS)
    insert(db, ts_ms=period.end_ms + 48 * HOUR_MS)
    add_up(db)


def test_nothing_recorded_is_nothing_to_divide(db: sqlite3.Connection) -> None:
    """However long the period is."""
    assert ranges(db, days_period(date(2, 1, 1), date(9998, 1, 1), UTC_ZONE)) == NOTHING


def test_a_period_is_no_longer_than_what_is_recorded(
    db: sqlite3.Connection, insert: Insert
) -> None:
    """Nobody walks through centuries of nothing; a period beside it all has no hours."""
    insert(db, ts_ms=at(2026, 3, 2, 5, 30))
    add_up(db)
    insert(db, ts_ms=at(2026, 3, 4, 5, 30))
    first, last = at(2026, 3, 2, 5) // HOUR_MS, at(2026, 3, 4, 5) // HOUR_MS
    found = ranges(db, days_period(date(2, 1, 1), date(9998, 1, 1), UTC_ZONE))
    assert (found.first, found.end, set(found.counted_anew)) == (first, last + 1, {last})
    for year in (2020, 2030):
        assert ranges(db, day_period(date(year, 1, 1), UTC_ZONE)) == NOTHING
    assert ranges(db, day_period(date(2026, 3, 2), UTC_ZONE), USAGE) == NOTHING


def test_what_is_stale_of_the_one_is_not_of_the_other(
    db: sqlite3.Connection, insert: Insert
) -> None:
    """Calls and usage are added up apart."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'claude-code', '/s', 1)")
    insert(db, ts_ms=at(2026, 3, 2, 5))
    insert(db, "response", ts_ms=at(2026, 3, 2, 7))
    day = day_period(date(2026, 3, 2), UTC_ZONE)
    assert list(ranges(db, day).counted_anew) == [at(2026, 3, 2, 5) // HOUR_MS]
    assert list(ranges(db, day, USAGE).counted_anew) == [at(2026, 3, 2, 7) // HOUR_MS]


def test_an_hour_that_the_period_begins_or_ends_in_is_cut(
    db: sqlite3.Connection, insert: Insert
) -> None:
    """Of its other part nothing counts."""
    start, end = at(2026, 3, 2, 5, 30), at(2026, 3, 2, 9) + 1
    period = instants_period(start, end, UTC_ZONE)
    around(db, insert, period)
    assert ranges(db, period) == HourRanges(
        start // HOUR_MS,
        at(2026, 3, 2, 10) // HOUR_MS,
        {
            start // HOUR_MS: (Range(start, at(2026, 3, 2, 6)),),
            end // HOUR_MS: (Range(at(2026, 3, 2, 9), end),),
        },
    )


def test_a_period_within_an_hour_is_one_part(db: sqlite3.Connection, insert: Insert) -> None:
    """It begins and ends in the same."""
    start, end = at(2026, 3, 2, 5, 30), at(2026, 3, 2, 5, 40)
    period = instants_period(start, end, UTC_ZONE)
    around(db, insert, period)
    hour = start // HOUR_MS
    assert ranges(db, period) == HourRanges(hour, hour + 1, {hour: (Range(start, end),)})


def test_a_midnight_within_an_hour_divides_it(db: sqlite3.Connection, insert: Insert) -> None:
    """India's days begin at half past the hour."""
    zone = ZoneInfo("Asia/Kolkata")
    period = days_period(date(2026, 3, 2), date(2026, 3, 3), zone)
    around(db, insert, period)
    midnight = at(2026, 3, 2, 18, 30)
    found = ranges(db, period).counted_anew
    assert found[midnight // HOUR_MS] == (
        Range(at(2026, 3, 2, 18), midnight),
        Range(midnight, at(2026, 3, 2, 19)),
    )
    assert len(found) == 3


@pytest.mark.parametrize(("name", "day"), ZONES)
def test_parts_and_hours_fill_the_period_and_each_is_of_one_day(
    db: sqlite3.Connection, insert: Insert, name: str, day: date
) -> None:
    """Nothing is counted twice or left out, whatever clocks do."""
    zone = ZoneInfo(name)
    period = days_period(day - timedelta(days=2), day + timedelta(days=2), zone)
    around(db, insert, period)
    found = ranges(db, period)
    pieces = [
        part
        for hour in range(found.first, found.end)
        for part in found.counted_anew.get(hour, (Range(hour * HOUR_MS, (hour + 1) * HOUR_MS),))
    ]
    assert pieces[0].start_ms == period.start_ms
    assert pieces[-1].end_ms == period.end_ms
    assert all(one.end_ms == other.start_ms for one, other in pairwise(pieces))
    days = LocalDays(zone)
    counted: dict[date, list[Range]] = {}
    for piece in pieces:
        assert days.of(piece.start_ms) == days.of(piece.end_ms - 1), piece
        counted.setdefault(days.of(piece.start_ms), []).append(piece)
    assert list(counted) == list(local_days(period, zone))
    for one, own in counted.items():
        whole = day_period(one, zone)
        assert (own[0].start_ms, own[-1].end_ms) == (whole.start_ms, whole.end_ms)


@pytest.mark.parametrize(("name", "day"), ZONES)
def test_days_are_found_in_any_order(name: str, day: date) -> None:
    """Those of `day_period`, which no clock that goes back over midnight tears apart."""
    zone = ZoneInfo(name)
    around_it = days_period(day - timedelta(days=1), day + timedelta(days=1), zone)
    moments = range(around_it.start_ms, around_it.end_ms, HOUR_MS // 60 * 7)
    expected = {
        moment: one
        for one in local_days(around_it, zone)
        for whole in (day_period(one, zone),)
        for moment in moments
        if whole.start_ms <= moment < whole.end_ms
    }
    for order in (moments, reversed(moments)):
        days = LocalDays(zone)
        assert {moment: days.of(moment) for moment in order} == expected
    assert LocalDays(zone).end_ms(around_it.start_ms) == day_period(around_it.first, zone).end_ms
