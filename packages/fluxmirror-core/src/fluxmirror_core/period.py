"""Period: "today" or a date, in a time zone → a half-open range of UTC milliseconds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

EVER_MS: Final = 253_402_128_000_000
"""The last days of the year 9999: no calendar shows what lies behind."""
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_DAY: Final = timedelta(days=1)
_INSIDE: Final = message("period.inside")


class Period(NamedTuple):
    """Local days as an instant-exact range: `start_ms <= ts_ms < end_ms`."""

    start_ms: int
    end_ms: int
    first: date
    last: date
    """The last local day that belongs to it."""
    zone: str
    """IANA name of the zone the days are of."""


def parse_date(text: str) -> date | None:
    """Read a date written as `2026-03-02`; None when it is none."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def local_date(ts_ms: int, zone: ZoneInfo) -> date:
    """Give the local date of an instant."""
    return datetime.fromtimestamp(ts_ms // 1000, zone).date()


def day_period(day: date, zone: ZoneInfo) -> Period:
    """Give the period of one local day, however many hours the zone gives it.

    Raises:
        UsageError: the zone skips the day, or the day is at the calendar's very end.
    """
    return days_period(day, day, zone)


def days_period(first: date, last: date, zone: ZoneInfo) -> Period:
    """Give the period of local days in a row, both of them included.

    Raises:
        UsageError: the zone skips all of them, or they are at the calendar's very end.
    """
    start_ms, end_ms = day_start_ms(first, zone), day_end_ms(last, zone)
    if start_ms == end_ms:
        raise UsageError(
            message("period.skipped", zone=zone.key, day=first),
            hint=message("period.beside_skipped"),
        )
    return Period(start_ms, end_ms, first, last, zone.key)


def instants_period(start_ms: int, end_ms: int, zone: ZoneInfo) -> Period:
    """Give the period from one instant to another, which is not included.

    Raises:
        UsageError: there is no time between them, or they are at the calendar's very end.
    """
    if start_ms >= end_ms:
        raise UsageError(message("period.backwards"), hint=message("period.later_end"))
    try:
        first, last = local_date(start_ms, zone), local_date(end_ms - 1, zone)
    except (OverflowError, ValueError) as error:
        raise UsageError(message("period.outside"), hint=_INSIDE) from error
    return Period(start_ms, end_ms, first, last, zone.key)


def day_start_ms(day: date, zone: ZoneInfo) -> int:
    """Give when a local day begins, in UTC milliseconds; of a skipped one, when the next does.

    Raises:
        UsageError: the day is at the calendar's very end.
    """
    try:
        return _first_second(day, zone) * 1000
    except OverflowError as error:
        raise _outside(day) from error


def day_end_ms(day: date, zone: ZoneInfo) -> int:
    """Give when a local day ends, in UTC milliseconds: when the next one begins.

    Raises:
        UsageError: the day is at the calendar's very end.
    """
    try:
        following = day + _DAY
    except OverflowError as error:
        raise _outside(day) from error
    return day_start_ms(following, zone)


def local_days(period: Period, zone: ZoneInfo) -> Iterator[date]:
    """Give each local day that a period has a part of; a day that the zone skipped is none.

    Args:
        period: which days.
        zone: that of the period.
    """
    day, start_ms = period.first, day_start_ms(period.first, zone)
    while start_ms < period.end_ms:
        end_ms = day_end_ms(day, zone)
        if start_ms < end_ms:
            yield day
        day, start_ms = day + _DAY, end_ms


def _outside(day: date) -> UsageError:
    return UsageError(message("period.day_outside", day=day), hint=_INSIDE)


def _first_second(day: date, zone: ZoneInfo) -> int:
    """Give the epoch second of local midnight: the earlier of two, or the first that follows it."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    # Reckoned with the offset before a change of the clocks, and with the one after it.
    before, after = (
        (midnight.replace(fold=fold) - _EPOCH) // timedelta(seconds=1) for fold in (0, 1)
    )
    if before <= after:
        return before
    low, high = after, before  # the clocks skip midnight somewhere in between
    while low + 1 < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).date() < day:
            low = middle
        else:
            high = middle
    return high
