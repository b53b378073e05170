"""`fluxmirror today`: what the agents did today, or on another date."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click
from fluxmirror_core.analysis.day import Elsewhen, build_day
from fluxmirror_core.analysis.usage import By, build_usage
from fluxmirror_core.paths import home
from fluxmirror_core.period import day_period, local_date
from fluxmirror_core.report.as_text import one_line, render_text
from fluxmirror_core.report.day import build_day_report, no_activity
from fluxmirror_core.report.usage import build_day_cost
from fluxmirror_store import queries
from fluxmirror_store.usage_queries import UsageWindow, count_usage

from fluxmirror_cli.asked import asked_agent, asked_date
from fluxmirror_cli.configured import chosen_catalog, chosen_zone
from fluxmirror_cli.covered import coverage_text, is_usual_database
from fluxmirror_cli.drained import drained_database
from fluxmirror_cli.options import (
    Command,
    agent_option,
    database_option,
    not_empty,
    zone_option,
)
from fluxmirror_cli.output import emit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from fluxmirror_core.messages import Catalog
    from fluxmirror_core.report.sections import Section


@click.command("today", cls=Command)
@click.option(
    "--date",
    "wanted",
    metavar="YYYY-MM-DD",
    callback=not_empty,
    help="Show this day instead of today.",
)
@zone_option
@agent_option
@database_option
def command(
    wanted: str | None, zone_name: str | None, agent: str | None, database: str | None
) -> None:
    """What the agents did today: calls, cost, files, commands, tools and hours."""
    zone = chosen_zone(zone_name)
    today = local_date(time.time_ns() // 1_000_000, zone)
    day = asked_date(wanted) if wanted else today
    with drained_database(database) as db:
        agent_id = asked_agent(db, agent) if agent else None
        text = day_text(db, day, zone, agent_id, today=today)
        period, is_usual = day_period(day, zone), is_usual_database(database)
        emit(text + coverage_text(db, period, agent_id, is_usual=is_usual))


def day_text(
    db: sqlite3.Connection, wanted: date, zone: ZoneInfo, agent: str | None, *, today: date
) -> str:
    """Write the report of a day, or the line that says there is nothing to report."""
    period = day_period(wanted, zone)
    window = queries.window(db, period, agent)
    day = build_day(period, agent, queries.count_day(db, window))
    catalog = chosen_catalog()
    cost = _cost(db, window, zone, catalog)
    if day.calls or cost:
        report = build_day_report(day, catalog, today=today, home=home(os.environ), cost=cost)
        return render_text(report)
    lines = no_activity(day, catalog, _elsewhen(db, window, zone), today=today)
    return "".join(f"{one_line(line)}\n" for line in lines)


def _cost(
    db: sqlite3.Connection, window: queries.Window, zone: ZoneInfo, catalog: Catalog
) -> Sequence[Section]:
    wanted = UsageWindow(window.start_ms, window.end_ms, window.agent)
    usage = build_usage(By.AGENT, *count_usage(db, wanted, By.AGENT, zone))
    return build_day_cost(usage, catalog)


def _elsewhen(db: sqlite3.Connection, window: queries.Window, zone: ZoneInfo) -> Elsewhen:
    latest = queries.latest_call_before(db, window)
    earliest = queries.earliest_call_after(db, window)
    return Elsewhen(
        latest=None if latest is None else local_date(latest, zone),
        earliest=None if earliest is None else local_date(earliest, zone),
        any_recorded=latest is not None or earliest is not None or queries.has_any_call(db),
    )
