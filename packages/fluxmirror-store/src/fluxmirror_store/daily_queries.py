"""Named questions on each local day of a window, from day to day with something in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.analysis.daily import DayFiles, DayTotal

from fluxmirror_store.activity_queries import load_activity
from fluxmirror_store.queries import snapshot

if TYPE_CHECKING:
    import sqlite3
    from zoneinfo import ZoneInfo

    from fluxmirror_store.queries import Window


def daily_totals(db: sqlite3.Connection, wanted: Window, zone: ZoneInfo) -> list[DayTotal]:
    """Count the calls of each local day that has any, the oldest first, of one state."""
    with snapshot(db):
        days = load_activity(db, wanted, zone).days
    return [DayTotal(day, count.calls, tuple(sorted(count.agents))) for day, count in days.items()]


def daily_files(db: sqlite3.Connection, wanted: Window, zone: ZoneInfo) -> list[DayFiles]:
    """Count the files of each local day on which any was written, the oldest first, of one state.

    A call that failed, was denied or rejected wrote nothing.
    """
    with snapshot(db):
        files = load_activity(db, wanted, zone).day_files
    return [DayFiles(day, len(one.new), len(one.edited)) for day, one in files.items()]
