"""What there is to say where no response is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.period import local_date
from fluxmirror_core.report.as_text import one_line
from fluxmirror_core.report.usage import AskedDays, no_usage
from fluxmirror_store.usage_queries import response_times

from fluxmirror_cli.results.kept_days import first_day_kept

if TYPE_CHECKING:
    import sqlite3
    from zoneinfo import ZoneInfo

    from fluxmirror_core.messages import Catalog

    from fluxmirror_cli.asked_period import Limits


def nothing_text(
    db: sqlite3.Connection,
    zone: ZoneInfo,
    catalog: Catalog,
    database: str | None,
    asked: Limits,
) -> str:
    """Say that nothing was used in the time that was asked for, and when there was something.

    Args:
        db: where nothing was found.
        zone: whose days to tell.
        catalog: the words.
        database: what the command line asks for; nothing is imported into another one.
        asked: the days that are asked for.
    """
    from fluxmirror_cli.drained import is_usual_database

    times = response_times(db)
    recorded = (local_date(times[0], zone), local_date(times[1], zone)) if times else None
    first, last = asked
    lines = no_usage(
        catalog,
        recorded,
        asked=None if first is None or last is None else AskedDays(first, last, zone.key),
        kept_since=first_day_kept(db, zone),
        is_usual=is_usual_database(database),
    )
    return "".join(f"{one_line(line)}\n" for line in lines)
