"""What to say of days that were deleted: they are no days on which nothing happened."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fluxmirror_core.period import local_date
from fluxmirror_store.retention import pruned_before

if TYPE_CHECKING:
    import sqlite3
    from datetime import date
    from zoneinfo import ZoneInfo


def first_day_kept(db: sqlite3.Connection, zone: ZoneInfo) -> date | None:
    """Give the day before which nothing is kept; None where nothing was ever deleted."""
    before_ms = pruned_before(db, time.time_ns() // 1_000_000)
    return None if before_ms is None else local_date(before_ms, zone)
