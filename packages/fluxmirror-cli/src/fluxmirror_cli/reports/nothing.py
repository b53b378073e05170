"""What a report says that has nothing to report; loaded only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.analysis.day import Elsewhen
from fluxmirror_core.period import EVER_MS, local_date
from fluxmirror_core.report.nothing import build_empty_report, no_activity, what_next
from fluxmirror_store import queries
from fluxmirror_store.nearest_activity import earliest_after, latest_before

from fluxmirror_cli.asked_period import today_in
from fluxmirror_cli.results.kept_days import first_day_kept

if TYPE_CHECKING:
    import sqlite3
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.work import Scope, Summary
    from fluxmirror_core.messages import Message, Sayable
    from fluxmirror_core.report.sections import Report
    from fluxmirror_store.queries import Window

    from fluxmirror_cli.reports.scope import Asked


def report_nothing(
    db: sqlite3.Connection, about: Asked, summary: Summary, zone: ZoneInfo, title: Sayable
) -> Report:
    """Say that nothing happened, and when something did.

    Args:
        db: open for reading.
        about: what was asked for.
        summary: the period's figures, all of them nothing.
        zone: whose days to name.
        title: of the report.
    """
    elsewhen = _find_elsewhen(db, about, summary.scope, zone)
    lines = no_activity(summary.scope, elsewhen, today=today_in(zone))
    return build_empty_report(title, summary, lines)


def say_what_next(
    db: sqlite3.Connection, about: Asked, scope: Scope, zone: ZoneInfo, asked_by: str
) -> Message:
    """Say when something did happen, for a report that says itself that nothing did.

    Args:
        db: open for reading.
        about: what was asked for.
        scope: in which nothing happened.
        zone: whose days to name.
        asked_by: what a command line has before the date that it asks for.
    """
    return what_next(scope, _find_elsewhen(db, about, scope, zone), asked_by)


def _find_elsewhen(db: sqlite3.Connection, about: Asked, scope: Scope, zone: ZoneInfo) -> Elsewhen:
    wanted = queries.window(db, scope.period, about.agent)
    with queries.snapshot(db):
        return _look(db, wanted, about.projects.roots, zone)


def _look(
    db: sqlite3.Connection, wanted: Window, roots: frozenset[str] | None, zone: ZoneInfo
) -> Elsewhen:
    """Look for activity at other times, in one project or all."""
    latest = latest_before(db, wanted, roots)
    earliest = earliest_after(db, wanted, roots)
    found = Elsewhen(
        latest=None if latest is None else local_date(latest, zone),
        earliest=None if earliest is None else local_date(earliest, zone),
        any_recorded=True,
        kept_since=first_day_kept(db, zone),
    )
    if latest is not None or earliest is not None:
        return found
    ever = wanted._replace(start_ms=EVER_MS)
    always = wanted._replace(end_ms=0, agent=None)
    return found._replace(
        any_recorded=queries.has_any_call(db) or earliest_after(db, always, None) is not None,
        in_other_projects=roots is not None and latest_before(db, ever, None) is not None,
    )
