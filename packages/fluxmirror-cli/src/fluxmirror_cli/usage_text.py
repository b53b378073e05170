"""What there is to say where no response is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.messages import load_catalog
from fluxmirror_core.period import local_date
from fluxmirror_core.report.as_text import one_line
from fluxmirror_core.report.usage import no_usage
from fluxmirror_store.usage_queries import response_times

if TYPE_CHECKING:
    import sqlite3
    from zoneinfo import ZoneInfo


def nothing_text(db: sqlite3.Connection, zone: ZoneInfo) -> str:
    """Say that nothing was used in the time that was asked for, and when there was something."""
    times = response_times(db)
    recorded = (local_date(times[0], zone), local_date(times[1], zone)) if times else None
    return "".join(f"{one_line(line)}\n" for line in no_usage(load_catalog(), recorded))
