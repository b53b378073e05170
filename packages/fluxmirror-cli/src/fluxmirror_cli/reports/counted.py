"""What happened in a period, counted: by itself, and beside the time before it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fluxmirror_core.analysis.earlier import earlier_period
from fluxmirror_core.analysis.work import build_summary, build_work
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_store import queries
from fluxmirror_store.activity_queries import load_activity
from fluxmirror_store.hour_rows import SUMMARY_FACETS
from fluxmirror_store.usage_hours import load_period_usage, load_total_usage

if TYPE_CHECKING:
    import sqlite3
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.earlier import Earlier
    from fluxmirror_core.analysis.work import Scope, Summary, Work
    from fluxmirror_core.period import Period
    from fluxmirror_store.activity_queries import Projects

    from fluxmirror_cli.reports.scope import Asked


class Beside(NamedTuple):
    """A period's figures, and those of the time before it."""

    work: Work
    earlier: Earlier | None
    before: Summary | None


def count_work(db: sqlite3.Connection, scope: Scope, projects: Projects, zone: ZoneInfo) -> Work:
    """Count a period; `db` is in a transaction."""
    wanted = queries.window(db, scope.period, scope.agent)
    activity = load_activity(db, wanted, zone, projects)
    return build_work(scope, activity, load_period_usage(db, wanted, zone, projects))


def count_summary(
    db: sqlite3.Connection, scope: Scope, projects: Projects, zone: ZoneInfo
) -> Summary:
    """Count the figures of a period alone; `db` is in a transaction."""
    wanted = queries.window(db, scope.period, scope.agent)
    activity = load_activity(db, wanted, zone, projects, SUMMARY_FACETS)
    return build_summary(scope, activity, load_total_usage(db, wanted, zone, projects))


def count_beside(
    db: sqlite3.Connection, asked: Asked, period: Period, zone: ZoneInfo, *, is_days: bool = True
) -> Beside:
    """Count a period and the one before it; `db` is in a transaction."""
    earlier = earlier_period(period, now_ms(), zone, is_days=is_days)
    work = count_work(db, asked.scope(period), asked.projects, zone)
    before = None
    if earlier is not None:
        before = count_summary(db, asked.scope(earlier.period), asked.projects, zone)
    return Beside(work, earlier, before)


def now_ms() -> int:
    """Give the time, in UTC milliseconds."""
    return time.time_ns() // 1_000_000
