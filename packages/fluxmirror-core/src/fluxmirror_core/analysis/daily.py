"""Calls of days in a row, the empty ones included."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import local_days

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from fluxmirror_core.period import Period


class DayTotal(NamedTuple):
    """What happened on one local day."""

    date: date
    calls: int = 0
    agents: tuple[str, ...] = ()
    """Ids of those that called anything, by name."""


class DailyTotals(NamedTuple):
    """Days in a row, and what they add up to."""

    days: tuple[DayTotal, ...]
    calls: int
    active_days: int
    """Those with a call."""


class DayFiles(NamedTuple):
    """How many files a local day made and changed; one may be both."""

    date: date
    new: int
    edited: int


def build_daily_totals(period: Period, counted: Iterable[DayTotal]) -> DailyTotals:
    """Put the days of a period together.

    Args:
        period: which days; one that the zone skipped is left out.
        counted: the days that have calls.
    """
    known = {one.date: one for one in counted}
    days = local_days(period, ZoneInfo(period.zone))
    totals = tuple(known.get(day, DayTotal(day)) for day in days)
    return DailyTotals(
        totals, sum(one.calls for one in totals), sum(one.calls > 0 for one in totals)
    )
