"""`fluxmirror cost`: what the models used, and what it cost."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

import click
from click.core import ParameterSource
from fluxmirror_core.analysis.usage import By, Usage, build_usage
from fluxmirror_core.errors import UsageError
from fluxmirror_core.paths import home
from fluxmirror_core.period import Period, local_date
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.usage import build_usage_report
from fluxmirror_store.usage_queries import count_usage

from fluxmirror_cli.asked import Limits, asked_agent, asked_limits, asked_window
from fluxmirror_cli.configured import chosen_catalog, chosen_zone
from fluxmirror_cli.drained import opened_database
from fluxmirror_cli.imported import EVERYTHING, USAGE
from fluxmirror_cli.options import (
    Group,
    agent_option,
    database_option,
    json_option,
    not_empty,
    zone_option,
)
from fluxmirror_cli.output import emit
from fluxmirror_cli.usage_facts import usage_csv, usage_json
from fluxmirror_cli.usage_text import nothing_text, terminal_width

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from fluxmirror_store.usage_queries import UsageWindow


class _Group(Group):
    """`cost` and what is below it, which takes longer to load."""

    modules: ClassVar = {"explain": "fluxmirror_cli.commands.cost_explain"}


@click.group("cost", cls=_Group, invoke_without_command=True, no_args_is_help=False)
@click.option(
    "--by",
    type=click.Choice([str(by) for by in By]),
    default=str(By.DAY),
    show_default=True,
    help="What to add up by. By tool: by the set of tools that a response asked for.",
)
@click.option(
    "--since", metavar="YYYY-MM-DD", callback=not_empty, help="Leave out what was before this day."
)
@click.option(
    "--until", metavar="YYYY-MM-DD", callback=not_empty, help="Leave out what was after this day."
)
@click.option(
    "--date", "wanted", metavar="YYYY-MM-DD", callback=not_empty, help="Show this day only."
)
@agent_option
@zone_option
@database_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: the rows, without their total.")
@click.pass_context
def command(  # noqa: PLR0913 - an argument for each option
    context: click.Context,
    *,
    by: str,
    since: str | None,
    until: str | None,
    wanted: str | None,
    agent: str | None,
    zone_name: str | None,
    database: str | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """What the models used, and what it cost by the providers' list prices."""
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    if as_json and as_csv:
        raise UsageError("--json and --csv are two formats", hint="leave one out")
    limits = _limits(since, until, wanted)
    zone = chosen_zone(zone_name)
    needed = EVERYTHING if By(by) is By.TOOL else USAGE
    with opened_database(database, needed) as (db, is_complete):
        agent_id = asked_agent(db, agent) if agent else None
        window = asked_window(limits, zone, agent_id)
        counted = count_usage(db, window, By(by), zone)
        usage = build_usage(By(by), *counted)
        if as_json:
            emit(usage_json(usage, is_complete=is_complete))
        elif as_csv:
            emit(usage_csv(usage))
        elif usage.rows:
            emit(_text(usage, window, limits, zone))
        else:
            emit(nothing_text(db, zone, database))


def _refuse_options(context: click.Context) -> None:
    """Refuse options that would be forgotten: a command below has its own."""
    for parameter in context.command.params:
        source = parameter.name and context.get_parameter_source(parameter.name)
        if source is ParameterSource.COMMANDLINE:
            sub = context.invoked_subcommand
            raise UsageError(
                f"{parameter.opts[0]} stands before `{sub}`", hint=f"`cost {sub} --help`"
            )


def _limits(since: str | None, until: str | None, wanted: str | None) -> Limits:
    if wanted is None:
        return asked_limits(since, until)
    if since is not None or until is not None:
        hint = "leave --date out, or --since and --until"
        raise UsageError("--date is one day, --since and --until are many", hint=hint)
    return asked_limits(wanted, wanted)


def _text(usage: Usage, window: UsageWindow, limits: Limits, zone: ZoneInfo) -> str:
    # Where no limit was asked for, what there is begins and ends it.
    start_ms = usage.total.first_ms or window.start_ms
    end_ms = usage.total.last_ms or window.end_ms
    first = limits.first or local_date(start_ms, zone)
    last = limits.last or local_date(end_ms, zone)
    report = build_usage_report(
        usage,
        chosen_catalog(),
        period=Period(window.start_ms, window.end_ms, first, last, zone.key),
        agent=window.agent,
        home=home(os.environ),
        terminal=terminal_width(),
    )
    return render_text(report)
