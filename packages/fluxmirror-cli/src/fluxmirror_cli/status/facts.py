"""What happened today, in the few figures of `status`, and the cache that a prompt shows."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal
from fluxmirror_core.analysis.usage import billed
from fluxmirror_core.analysis.work import build_totals
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import day_period, local_date
from fluxmirror_core.report.as_text import one_line
from fluxmirror_core.report.cells import money, short_count
from fluxmirror_store import queries
from fluxmirror_store.activity_queries import load_activity
from fluxmirror_store.status_queries import last_event
from fluxmirror_store.usage_hours import load_total_usage

from fluxmirror_cli.configured import chosen_catalog, chosen_zone, here
from fluxmirror_cli.drained import drained_database
from fluxmirror_cli.results.kept_days import first_day_kept
from fluxmirror_cli.status import line as status_line

if TYPE_CHECKING:
    import sqlite3
    from datetime import date
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.usage import UsageRow
    from fluxmirror_core.messages import Catalog
    from fluxmirror_core.paths import Places
    from fluxmirror_core.period import Period
    from fluxmirror_store.status_queries import LastEvent

_UNKNOWN: Final = "?"
_UNKNOWN_PART: Final = "+?"
_NO_CURRENCY: Final = "USD"
"""What nothing at all cost is written in."""


class Status(NamedTuple):
    """A day in a few figures."""

    day: Period
    calls: int
    sessions: int
    """With at least one call."""
    failed: int
    """Calls that failed."""
    usage: UsageRow
    last: LastEvent | None
    """The last event, of whatever day."""
    kept_since: date | None
    """The day before which nothing is kept; None where nothing was ever deleted."""


def read_status(db: sqlite3.Connection, zone: ZoneInfo, now_ms: int) -> Status:
    """Count the day that `now_ms` is in."""
    day = day_period(local_date(now_ms, zone), zone)
    with queries.snapshot(db):
        wanted = queries.window(db, day)
        totals = build_totals(load_activity(db, wanted, zone))
        usage = load_total_usage(db, wanted, zone)
        last = last_event(db, wanted)
    return Status(
        day=day,
        calls=totals.calls,
        sessions=totals.sessions,
        failed=totals.failed,
        usage=usage,
        last=last,
        kept_since=first_day_kept(db, zone),
    )


def cost_text(usage: UsageRow, catalog: Catalog) -> str:
    """Write what was used in money; `$1.20+?` where a part is unknown, `?` where all of it is."""
    if not usage.responses:
        return money(catalog, _NO_CURRENCY, 0)
    known = " + ".join(money(catalog, *one) for one in usage.costs)
    return f"{known}{_UNKNOWN_PART if usage.unpriced else ''}" if known else _UNKNOWN


def refresh_quietly() -> None:
    """Work the figures out anew and write the cache; nobody listens, so an error is noted."""
    try:
        places = here()
        with drained_database(None) as db:
            # Noted before the figures are read: what comes in meanwhile makes them old.
            marks = status_line.change_marks(places.database, places.spool)
            status = read_status(db, chosen_zone(), time.time_ns() // 1_000_000)
        _write(places, status, marks)
    except Exception as error:  # noqa: BLE001 - nobody would see it
        journal.note(here().logs, "status", type(error).__name__)


def keep_cache(status: Status, marks: str) -> None:
    """Write the cache where there is one: a prompt then need not have the same worked out again.

    Args:
        status: of the usual database, in the usual zone.
        marks: what `change_marks` said before it was read.
    """
    places = here()
    if not os.path.exists(status_line.cache_path(places)):
        return
    with contextlib.suppress(OSError, ValueError):  # the next prompt sees to it
        _write(places, status, marks)


def _write(places: Places, status: Status, marks: str) -> None:
    cache = status_line.Cache(
        until_ms=status.day.end_ms,
        last_ms=status.last.ts_ms if status.last else 0,
        calls=short_count(status.calls),
        tokens=short_count(billed(status.usage.tokens)),
        cost=one_line(cost_text(status.usage, chosen_catalog())),
        database=os.path.abspath(places.database),
        spool=os.path.abspath(places.spool),
        marks=marks,
    )
    status_line.write_cache(places, cache)
