"""`fluxmirror coverage`: which calls were seen by hooks, by session files, by both, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.report.as_text import one_line, render_text
from fluxmirror_core.report.coverage import build_coverage_report, no_calls

from fluxmirror_cli.asked import asked_agent
from fluxmirror_cli.asked_period import asked_period
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.covered import covered
from fluxmirror_cli.drained import drained_database, is_usual_database
from fluxmirror_cli.options import (
    Command,
    agent_option,
    database_option,
    json_option,
    language_option,
    period_options,
    zone_option,
)
from fluxmirror_cli.output import Result, show, terminal_room
from fluxmirror_cli.results.coverage_facts import coverage_facts
from fluxmirror_cli.voice import own_voice

if TYPE_CHECKING:
    from fluxmirror_core.analysis.coverage import Coverage
    from fluxmirror_core.report.voice import Voice

    from fluxmirror_cli.asked_period import PeriodWish

_DAYS: Final = 7
"""Shown when nothing else is asked for."""


@click.command(
    "coverage",
    cls=Command,
    examples=(
        "fluxmirror coverage",
        "fluxmirror coverage --last 30d --agent claude-code",
        "fluxmirror coverage --date yesterday --json",
    ),
)
@period_options
@agent_option
@zone_option
@language_option
@database_option
@json_option
def command(  # noqa: PLR0913 - an argument for each option
    *,
    wish: PeriodWish,
    agent: str | None,
    zone_name: str | None,
    language: str | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Who saw which calls: hooks, session files, both; what is explained, and what is lost.

    Of the last seven days, unless others are asked for.
    """
    zone = chosen_zone(zone_name)
    period = asked_period(wish, zone, _DAYS)
    voice = own_voice(language, zone)
    with drained_database(database) as db:
        agent_id = asked_agent(db, agent) if agent else None
        coverage = covered(db, period, agent_id, is_usual=is_usual_database(database))
    result = Result(
        lambda: coverage_facts(coverage, load_catalog()), lambda: _text(coverage, agent_id, voice)
    )
    show(result, as_json=as_json)


def _text(coverage: Coverage, agent: str | None, voice: Voice) -> str:
    if not coverage.total.calls:
        return f"{one_line(no_calls(coverage, voice.catalog))}\n"
    report = build_coverage_report(coverage, voice.catalog, agent=agent)
    return render_text(report, voice, terminal_room())
