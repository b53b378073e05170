"""A period as JSON tells it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fluxmirror_core.period import Period


def period_facts(period: Period) -> dict[str, Any]:
    """Tell a period: its local days, and its bounds, the end of which is not included."""
    return {
        "first": str(period.first),
        "last": str(period.last),
        "timezone": period.zone,
        "start": utc_time(period.start_ms),
        "end": utc_time(period.end_ms),
        "start_ms": period.start_ms,
        "end_ms": period.end_ms,
    }


def utc_time(ts_ms: int) -> str:
    """Write an instant as `2026-03-02T15:00:00Z`; a fraction of a second is left out."""
    moment = time.gmtime(ts_ms // 1000)
    # Not `%Y`, which on some systems writes no noughts before a year.
    return f"{moment.tm_year:04}{time.strftime('-%m-%dT%H:%M:%SZ', moment)}"
