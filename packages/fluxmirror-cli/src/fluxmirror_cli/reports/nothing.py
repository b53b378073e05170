"""What a report says that has nothing to report; loaded only then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.analysis.day import Elsewhen
from fluxmirror_core.period import EVER_MS, local_date
from fluxmirror_core.report.nothing import build_empty_report, no_activity
from fluxmirror_store import project_calls, queries

from fluxmirror_cli.asked_period import today_in
from fluxmirror_cli.results.kept_days import first_day_kept

if TYPE_CHECKING:
    import sqlite3
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.work import Summary
    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.report.sections import Report
    from fluxmirror_store.queries import Window

    from fluxmirror_cli.reports.scope import Asked


def report_nothing(  # noqa: PLR0913 - what a report is made of, each of its own kind
    db: sqlite3.Connection,
    about: Asked,
    summary: Summary,
    zone: ZoneInfo,
    title: Sayable,
    *,
    asked_by: str = "--date",
) -> Report:
    """Say that nothing happened, and when something did.

    Args:
        db: open for reading.
        about: what was asked for.
        summary: the period's figures, all of them nothing.
        zone: whose days to name.
        title: of the report.
        asked_by: what a command line has before the date that it asks for.
    """
    wanted = queries.window(db, summary.scope.period, about.agent)
    with queries.snapshot(db):
        elsewhen = _find_elsewhen(db, wanted, about.projects.roots, zone)
    lines = no_activity(summary.scope, elsewhen, today=today_in(zone), asked_by=asked_by)
    return build_empty_report(title, summary, lines)


def _find_elsewhen(
    db: sqlite3.Connection, wanted: Window, roots: frozenset[str] | None, zone: ZoneInfo
) -> Elsewhen:
    """Look for activity at other times, in one project or all."""
    if roots is None:
        latest = queries.latest_call_before(db, wanted)
        earliest = queries.earliest_call_after(db, wanted)
    else:
        latest = project_calls.latest_call_before(db, wanted, roots)
        earliest = project_calls.earliest_call_after(db, wanted, roots)
    found = Elsewhen(
        latest=None if latest is None else local_date(latest, zone),
        earliest=None if earliest is None else local_date(earliest, zone),
        any_recorded=True,
        kept_since=first_day_kept(db, zone),
    )
    if latest is not None or earliest is not None:
        return found
    ever = wanted._replace(start_ms=EVER_MS)
    return found._replace(
        any_recorded=queries.has_any_call(db),
        in_other_projects=roots is not None and queries.latest_call_before(db, ever) is not None,
    )
