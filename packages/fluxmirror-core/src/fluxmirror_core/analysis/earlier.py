"""Which time a period is compared with: as many days before, up to the same time of day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fluxmirror_core.errors import UsageError
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import Period, days_period, instants_period

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class Earlier(NamedTuple):
    """The period to compare another one with."""

    period: Period
    """Cut off at the time of day that the other one has come to."""
    until_ms: int | None
    """Up to when of the other period the two are compared; None where all of it is over."""


def earlier_period(period: Period, now_ms: int, zone: ZoneInfo, *, is_days: bool) -> Earlier | None:
    """Give the period before another one; None where a calendar has none, or nothing has begun.

    Args:
        period: the other one.
        now_ms: UTC milliseconds; a period that goes on is compared up to then.
        zone: of the period.
        is_days: whether it is made of whole local days, which may have 23 or 25 hours.
    """
    if now_ms <= period.start_ms:
        return None
    until_ms = now_ms if now_ms < period.end_ms else None
    try:
        if not is_days:
            before = _instants_before(period, until_ms, zone)
        else:
            before = _days_before(period, until_ms, zone)
    except (UsageError, OverflowError, ValueError):
        return None
    return Earlier(before, until_ms)


def same_part(period: Period, other: Period, now_ms: int, zone: ZoneInfo) -> Period:
    """Cut a period where another one of days has come to by now, if that goes on."""
    if not other.start_ms < now_ms < other.end_ms:
        return period
    try:
        end_ms = _at_same_time(now_ms, zone, period.first - other.first)
    except (OverflowError, ValueError):  # no calendar has that day
        return period
    if not period.start_ms < end_ms < period.end_ms:
        return period
    return instants_period(period.start_ms, end_ms, zone)


def _days_before(period: Period, until_ms: int | None, zone: ZoneInfo) -> Period:
    length = period.last - period.first + timedelta(days=1)
    whole = days_period(period.first - length, period.last - length, zone)
    if until_ms is None:
        return whole
    end_ms = _at_same_time(until_ms, zone, -length)
    return instants_period(whole.start_ms, min(max(end_ms, whole.start_ms + 1), whole.end_ms), zone)


def _instants_before(period: Period, until_ms: int | None, zone: ZoneInfo) -> Period:
    length_ms = period.end_ms - period.start_ms
    end_ms = period.end_ms if until_ms is None else until_ms
    return instants_period(period.start_ms - length_ms, end_ms - length_ms, zone)


def _at_same_time(ts_ms: int, zone: ZoneInfo, days: timedelta) -> int:
    """Give the instant whose local date is so many days off, and whose time of day is the same."""
    moment = datetime.fromtimestamp(ts_ms // 1000, zone) + days  # moves the clock's hands
    return int(moment.timestamp()) * 1000 + ts_ms % 1000
