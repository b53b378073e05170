"""`fluxmirror cost`: what the models used, and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import click
from fluxmirror_core.analysis.usage import By, Usage, build_usage
from fluxmirror_core.period import Period, local_date
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.usage import build_usage_report
from fluxmirror_store.usage_queries import count_usage

from fluxmirror_cli.asked import asked_agent, asked_window
from fluxmirror_cli.asked_period import asked_limits
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.drained import opened_database
from fluxmirror_cli.imported import EVERYTHING, USAGE
from fluxmirror_cli.options import (
    Group,
    agent_option,
    database_option,
    json_option,
    language_option,
    one_format,
    period_options,
    refuse_options,
    zone_option,
)
from fluxmirror_cli.output import Result, emit, show, terminal_room
from fluxmirror_cli.results.usage_facts import usage_csv, usage_facts
from fluxmirror_cli.results.usage_text import nothing_text
from fluxmirror_cli.voice import own_voice

if TYPE_CHECKING:
    from fluxmirror_core.report.voice import Voice
    from fluxmirror_store.usage_queries import UsageWindow

    from fluxmirror_cli.asked_period import Limits, PeriodWish


class _Group(Group):
    """`cost` and what is below it, which takes longer to load."""

    modules: ClassVar = {"explain": "fluxmirror_cli.commands.cost_explain"}


@click.group(
    "cost",
    cls=_Group,
    invoke_without_command=True,
    no_args_is_help=False,
    examples=(
        "fluxmirror cost",
        "fluxmirror cost --by model --month 2026-03",
        "fluxmirror cost --by project --last 14d --json",
        "fluxmirror cost explain yesterday",
    ),
)
@click.option(
    "--by",
    type=click.Choice([str(by) for by in By]),
    default=str(By.DAY),
    show_default=True,
    help="What to add up by. By tool: by the set of tools that a response asked for.",
)
@period_options
@agent_option
@zone_option
@language_option
@database_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: the rows, without their total.")
@one_format
@click.pass_context
def command(  # noqa: PLR0913 - an argument for each option
    context: click.Context,
    *,
    by: str,
    wish: PeriodWish,
    agent: str | None,
    zone_name: str | None,
    language: str | None,
    database: str | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """What the models used, and what it cost by the providers' list prices."""
    if context.invoked_subcommand is not None:
        refuse_options(context)
        return
    zone = chosen_zone(zone_name)
    limits = asked_limits(wish, zone)
    needed = EVERYTHING if By(by) is By.TOOL else USAGE
    with opened_database(database, needed) as (db, is_complete):
        agent_id = asked_agent(db, agent) if agent else None
        window = asked_window(limits, zone, agent_id)
        counted = count_usage(db, window, By(by), zone)
        usage = build_usage(By(by), *counted)
        if as_csv:
            emit(usage_csv(usage))
            return

        def text() -> str:
            voice = own_voice(language, zone)
            if not usage.rows:
                return nothing_text(db, zone, voice.catalog, database, limits)
            return _text(usage, window, limits, voice)

        show(Result(lambda: usage_facts(usage, is_complete=is_complete), text), as_json=as_json)


def _text(usage: Usage, window: UsageWindow, limits: Limits, voice: Voice) -> str:
    zone = voice.zone
    # Where no limit was asked for, what there is begins and ends it.
    start_ms = usage.total.first_ms or window.start_ms
    end_ms = usage.total.last_ms or window.end_ms
    first = limits.first or local_date(start_ms, zone)
    last = limits.last or local_date(end_ms, zone)
    room = terminal_room()
    report = build_usage_report(
        usage,
        voice.catalog,
        period=Period(window.start_ms, window.end_ms, first, last, zone.key),
        agent=window.agent,
        home=voice.home,
        terminal=room,
    )
    return render_text(report, voice, room)
