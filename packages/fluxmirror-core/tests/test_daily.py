"""Days in a row are told one by one, the empty ones too."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from fluxmirror_core.analysis.daily import DayTotal, build_daily_totals
from fluxmirror_core.period import days_period


def test_an_empty_day_is_a_day() -> None:
    """It counts as one without activity, and the order is that of time."""
    period = days_period(date(2026, 3, 2), date(2026, 3, 4), ZoneInfo("UTC"))
    busy = DayTotal(date(2026, 3, 3), 5, ("claude-code",))
    totals = build_daily_totals(period, [busy])
    assert totals.days == (DayTotal(date(2026, 3, 2)), busy, DayTotal(date(2026, 3, 4)))
    assert (totals.calls, totals.active_days) == (5, 1)


def test_a_day_that_a_zone_skipped_is_none() -> None:
    """Samoa had no 30th of December 2011."""
    period = days_period(date(2011, 12, 29), date(2011, 12, 31), ZoneInfo("Pacific/Apia"))
    days = build_daily_totals(period, []).days
    assert [one.date.day for one in days] == [29, 31]
