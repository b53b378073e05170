"""`fluxmirror coverage`: which calls were seen by hooks, by session files, by both, and why."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import UsageError
from fluxmirror_core.period import Period, day_period, local_date
from fluxmirror_core.report.as_text import one_line, render_text
from fluxmirror_core.report.coverage import build_coverage_report, no_calls

from fluxmirror_cli.asked import asked_agent, asked_date
from fluxmirror_cli.configured import chosen_catalog, chosen_zone
from fluxmirror_cli.coverage_facts import coverage_json
from fluxmirror_cli.covered import covered, is_usual_database
from fluxmirror_cli.drained import drained_database
from fluxmirror_cli.options import (
    Command,
    agent_option,
    database_option,
    json_option,
    not_empty,
    zone_option,
)
from fluxmirror_cli.output import emit

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.coverage import Coverage

_DAYS: Final = 7
"""Shown when nothing else is asked for."""


@click.command("coverage", cls=Command)
@click.option(
    "--since",
    metavar="YYYY-MM-DD",
    callback=not_empty,
    help="Begin with this day instead of six days before the last one.",
)
@click.option(
    "--until", metavar="YYYY-MM-DD", callback=not_empty, help="End with this day instead of today."
)
@click.option(
    "--date", "wanted", metavar="YYYY-MM-DD", callback=not_empty, help="Show this day only."
)
@agent_option
@zone_option
@database_option
@json_option
def command(  # noqa: PLR0913 - an argument for each option
    *,
    since: str | None,
    until: str | None,
    wanted: str | None,
    agent: str | None,
    zone_name: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Who saw which calls: hooks, session files, both; what is explained, and what is lost."""
    period = _period(since, until, wanted, chosen_zone(zone_name))
    with drained_database(database) as db:
        agent_id = asked_agent(db, agent) if agent else None
        coverage = covered(db, period, agent_id, is_usual=is_usual_database(database))
    emit(coverage_json(coverage, chosen_catalog()) if as_json else _text(coverage, agent_id))


def _text(coverage: Coverage, agent: str | None) -> str:
    catalog = chosen_catalog()
    if not coverage.total.calls:
        return f"{one_line(no_calls(coverage, catalog))}\n"
    return render_text(build_coverage_report(coverage, catalog, agent=agent))


def _period(since: str | None, until: str | None, wanted: str | None, zone: ZoneInfo) -> Period:
    if wanted is not None:
        if since is not None or until is not None:
            hint = "leave --date out, or --since and --until"
            raise UsageError("--date is one day, --since and --until are many", hint=hint)
        return day_period(asked_date(wanted), zone)
    last = asked_date(until) if until else local_date(time.time_ns() // 1_000_000, zone)
    first = asked_date(since) if since else last - timedelta(days=_DAYS - 1)
    if first > last:
        raise UsageError(f"{first} is after {last}", hint="ask for an earlier --since")
    start, end = day_period(first, zone), day_period(last, zone)
    return Period(start.start_ms, end.end_ms, first, last, zone.key)
