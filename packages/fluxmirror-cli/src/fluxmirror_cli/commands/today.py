"""`fluxmirror today`: what the agents did today, or on another date."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

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

from fluxmirror_cli.asked import asked_agent
from fluxmirror_cli.asked_period import asked_date, today_in
from fluxmirror_cli.configured import chosen_catalog, chosen_zone
from fluxmirror_cli.covered import coverage_text, covered
from fluxmirror_cli.drained import drained_database, is_usual_database
from fluxmirror_cli.options import (
    Command,
    agent_option,
    database_option,
    date_option,
    json_option,
    language_option,
    zone_option,
)
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.results.day_facts import day_facts
from fluxmirror_cli.results.kept_days import first_day_kept

if TYPE_CHECKING:
    import sqlite3
    from datetime import date
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.day import Day
    from fluxmirror_core.analysis.usage import Usage
    from fluxmirror_core.messages import Catalog


class _Found(NamedTuple):
    """What a day's report is made of."""

    window: queries.Window
    day: Day
    usage: Usage


@click.command(
    "today",
    cls=Command,
    examples=(
        "fluxmirror today",
        "fluxmirror today --date yesterday --agent claude-code",
        "fluxmirror today --date 2026-03-02 --tz Asia/Seoul --json",
    ),
)
@date_option
@zone_option
@agent_option
@language_option
@database_option
@json_option
def command(  # noqa: PLR0913 - an argument for each option
    *,
    day: str | None,
    zone_name: str | None,
    agent: str | None,
    language: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """What the agents did today: calls, cost, files, commands, tools and hours."""
    zone = chosen_zone(zone_name)
    today = today_in(zone)
    wanted = asked_date(day, today) if day else today
    period, is_usual = day_period(wanted, zone), is_usual_database(database)
    with drained_database(database) as db:
        agent_id = asked_agent(db, agent) if agent else None

        def facts() -> dict[str, object]:
            found = _find(db, wanted, zone, agent_id)
            coverage = covered(db, period, agent_id, is_usual=is_usual)
            return day_facts(found.day, found.usage, coverage)

        def text() -> str:
            catalog = chosen_catalog(language)
            told = day_text(db, wanted, zone, agent_id, today=today, catalog=catalog)
            return told + coverage_text(db, period, agent_id, catalog, is_usual=is_usual)

        show(Result(facts, text), as_json=as_json)


def day_text(  # noqa: PLR0913 - what to report, and how
    db: sqlite3.Connection,
    wanted: date,
    zone: ZoneInfo,
    agent: str | None,
    *,
    today: date,
    catalog: Catalog,
) -> str:
    """Write the report of a day, or the line that says there is nothing to report."""
    window, day, usage = _find(db, wanted, zone, agent)
    cost = build_day_cost(usage, catalog)
    if day.calls or cost:
        report = build_day_report(day, catalog, today=today, home=home(os.environ), cost=cost)
        return render_text(report)
    lines = no_activity(day, catalog, _elsewhen(db, window, zone), today=today)
    return "".join(f"{one_line(line)}\n" for line in lines)


def _find(db: sqlite3.Connection, wanted: date, zone: ZoneInfo, agent: str | None) -> _Found:
    period = day_period(wanted, zone)
    window = queries.window(db, period, agent)
    day = build_day(period, agent, queries.count_day(db, window))
    used = UsageWindow(window.start_ms, window.end_ms, window.agent)
    return _Found(window, day, build_usage(By.AGENT, *count_usage(db, used, By.AGENT, zone)))


def _elsewhen(db: sqlite3.Connection, window: queries.Window, zone: ZoneInfo) -> Elsewhen:
    latest = queries.latest_call_before(db, window)
    earliest = queries.earliest_call_after(db, window)
    return Elsewhen(
        latest=None if latest is None else local_date(latest, zone),
        earliest=None if earliest is None else local_date(earliest, zone),
        any_recorded=latest is not None or earliest is not None or queries.has_any_call(db),
        kept_since=first_day_kept(db, zone),
    )
