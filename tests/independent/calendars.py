"""Local days: when they begin, by what a zone's clock shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_STEP = 900
"""Seconds; no clock is changed twice within so many."""


@cache
def local(ts_ms: int, zone: str) -> datetime:
    """Tell what the zone's clock shows at an instant, to the second."""
    return datetime.fromtimestamp(ts_ms // 1000, ZoneInfo(zone))


@cache
def first_second(day: date, zone: str) -> int | None:
    """Find the first second at which the zone's clock shows a date; None where it never does."""
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    for second in range(noon - 40 * 3600, noon + 40 * 3600, _STEP):
        if local(second * 1000, zone).date() == day:
            return next(
                one
                for one in range(second - _STEP, second + 1)
                if local(one * 1000, zone).date() == day
            )
    return None


def bounds_ms(first: date, last: date, zone: str) -> tuple[int, int]:
    """Give the bounds of days in a row, the end not included."""
    return _begins_ms(first, zone), _begins_ms(last + timedelta(days=1), zone)


def _begins_ms(day: date, zone: str) -> int:
    """Tell when a day begins, or the first behind it that was not skipped."""
    while (second := first_second(day, zone)) is None:
        day += timedelta(days=1)
    return second * 1000


def days_between(first: date, last: date, zone: str) -> list[date]:
    """List the days from one to another that the zone has."""
    count = (last - first).days + 1
    days = [first + timedelta(days=number) for number in range(count)]
    return [day for day in days if first_second(day, zone) is not None]
