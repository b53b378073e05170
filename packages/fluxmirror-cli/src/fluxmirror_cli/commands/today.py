"""`fluxmirror today`: what the agents did today, or on another date."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.agents import AGENTS
from fluxmirror_core.analysis.day import Elsewhen, build_day
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.paths import home
from fluxmirror_core.period import choose_zone, day_period, local_date, parse_date
from fluxmirror_core.report.as_text import one_line, render_text
from fluxmirror_core.report.day import build_day_report, no_activity
from fluxmirror_store import queries

from fluxmirror_cli.drained import drained_database
from fluxmirror_cli.options import Command, database_option, not_empty
from fluxmirror_cli.output import emit
from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    import sqlite3
    from datetime import date
    from zoneinfo import ZoneInfo

_AGENT_WORDS: Final = {
    # The one plugin registers this word in four agents; whoever types it means the first.
    "claude": "claude-code",
    **{word.casefold(): spec.id for spec in AGENTS for word in (spec.id, spec.name, *spec.kinds)},
}
_OFFERED: Final = tuple(spec.id for spec in AGENTS if spec.id != queries.SETUP_AGENT)


@click.command("today", cls=Command)
@click.option(
    "--date",
    "wanted",
    metavar="YYYY-MM-DD",
    callback=not_empty,
    help="Show this day instead of today.",
)
@click.option(
    "--tz",
    "zone_name",
    metavar="ZONE",
    callback=not_empty,
    help="Count days in this IANA time zone.",
)
@click.option(
    "--agent",
    metavar="NAME",
    callback=not_empty,
    help="Show one agent only, such as claude-code.",
)
@database_option
def command(
    wanted: str | None, zone_name: str | None, agent: str | None, database: str | None
) -> None:
    """What the agents did today: calls, files, commands, tools and hours."""
    zone = choose_zone(zone_name, os.environ)
    today = local_date(time.time_ns() // 1_000_000, zone)
    day = _date(wanted) if wanted else today
    with drained_database(database) as db:
        agent_id = _agent_id(db, agent) if agent else None
        emit(day_text(db, day, zone, agent_id, today=today))


def day_text(
    db: sqlite3.Connection, wanted: date, zone: ZoneInfo, agent: str | None, *, today: date
) -> str:
    """Write the report of a day, or the line that says there is nothing to report."""
    period = day_period(wanted, zone)
    window = queries.window(db, period, agent)
    day = build_day(period, agent, queries.count_day(db, window))
    catalog = load_catalog()
    if day.calls:
        report = build_day_report(day, catalog, today=today, home=home(os.environ))
        return render_text(report)
    lines = no_activity(day, catalog, _elsewhen(db, window, zone), today=today)
    return "".join(f"{one_line(line)}\n" for line in lines)


def _elsewhen(db: sqlite3.Connection, window: queries.Window, zone: ZoneInfo) -> Elsewhen:
    latest = queries.latest_call_before(db, window)
    earliest = queries.earliest_call_after(db, window)
    return Elsewhen(
        latest=None if latest is None else local_date(latest, zone),
        earliest=None if earliest is None else local_date(earliest, zone),
        any_recorded=latest is not None or earliest is not None or queries.has_any_call(db),
    )


def _date(wanted: str) -> date:
    day = parse_date(wanted)
    if day is None:
        raise UsageError(f"{wanted!r} is no date", hint="write it as YYYY-MM-DD")
    return day


def _agent_id(db: sqlite3.Connection, asked: str) -> str:
    """Give the id of the agent a person means: by id, by name, or as its hooks are registered."""
    known = _AGENT_WORDS.get(asked.casefold())
    if known is not None:
        return known
    if queries.has_agent(db, asked):
        return asked
    everyone = f"the agents are {', '.join(_OFFERED)}"
    hint = did_you_mean(asked.replace(" ", "-"), _OFFERED, otherwise=everyone)
    raise UsageError(f"there is no agent called {asked!r}", hint=hint)
