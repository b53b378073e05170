"""`fluxmirror init`: the first run, from the first question to the first thing to try."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import ExitCode, FluxMirrorError
from fluxmirror_core.messages import message
from fluxmirror_core.paths import places

from fluxmirror_cli.configured import here
from fluxmirror_cli.first_run.defaults import AGENT_KEYS
from fluxmirror_cli.first_run.demo_row import describe_removal, remove_demo_row
from fluxmirror_cli.first_run.set_up import Done, SetUp
from fluxmirror_cli.first_run.summary import (
    describe_end,
    describe_plan,
    describe_step,
    done_facts,
    plan_facts,
    suggestions,
)
from fluxmirror_cli.first_run.traces import own_directories_missing
from fluxmirror_cli.first_run.wishes import Wishes, choose_manner, given_agents, given_values
from fluxmirror_cli.health.examination import examine
from fluxmirror_cli.health.table import doctor_result
from fluxmirror_cli.options import Command, json_option, not_empty
from fluxmirror_cli.output import Result, complain, emit, show
from fluxmirror_cli.registration.account import Account
from fluxmirror_cli.registration.situation import survey
from fluxmirror_cli.registration.turn import one_at_a_time
from fluxmirror_cli.registration.work import PASSING, TO_STAY
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from fluxmirror_cli.first_run.set_up import Planned

_AGENTS: Final = f"Names with commas between them, `all` or `none`: {', '.join(AGENT_KEYS)}."


@click.command(
    "init",
    cls=Command,
    examples=(
        "fluxmirror init",
        "fluxmirror init --yes --dry-run",
        "fluxmirror init --language korean --timezone Asia/Seoul --agents all --import",
    ),
)
@click.option("--language", metavar="LANGUAGE", callback=not_empty, help="Language of reports.")
@click.option(
    "--timezone", metavar="ZONE", callback=not_empty, help="Time zone that days are counted in."
)
@click.option(
    "--payloads",
    metavar="none|input|full",
    callback=not_empty,
    help="What is kept of a call's texts.",
)
@click.option(
    "--retention-days",
    metavar="DAYS",
    callback=not_empty,
    help="How long what was recorded is kept: a number, or `forever`.",
)
@click.option(
    "--record",
    metavar="AGENTS",
    callback=not_empty,
    help="Agents that are recorded at all. Written as for --agents.",
)
@click.option(
    "--agents",
    metavar="AGENTS",
    callback=not_empty,
    help=f"Agents that our hooks are put into. {_AGENTS}",
)
@click.option("--settings", is_flag=True, help="Use the agents' settings files, not their plugins.")
@click.option(
    "--trust/--no-trust", default=None, help="Have Codex trust our hooks, or not, unasked."
)
@click.option(
    "--import/--no-import",
    "imports",
    default=None,
    help="Read the session files that are here, or not, unasked.",
)
@click.option("--advanced", is_flag=True, help="Ask also what is kept, how long, of whom.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing; every answer is the default.")
@click.option("--non-interactive", is_flag=True, help="Ask nothing; do what the options say alone.")
@click.option("--dry-run", is_flag=True, help="Show every file and command; change nothing.")
@click.option("--demo-row", is_flag=True, help="Write a row of the set-up's own, to look at.")
@click.option("--remove-demo", is_flag=True, help="Take that row out again, and do nothing else.")
@json_option
@click.pass_context
def command(  # noqa: PLR0913 - one argument per option
    context: click.Context,
    *,
    language: str | None,
    timezone: str | None,
    payloads: str | None,
    retention_days: str | None,
    record: str | None,
    agents: str | None,
    settings: bool,
    trust: bool | None,
    imports: bool | None,
    advanced: bool,
    yes: bool,
    non_interactive: bool,
    dry_run: bool,
    demo_row: bool,
    remove_demo: bool,
    as_json: bool,
) -> None:
    """Set FluxMirror up: language, time zone, agents, and what they left here so far.

    At a terminal each question shows its default and what tells it; an option answers it
    beforehand. Without a terminal nothing is asked, and nothing done but what the options say.
    What is configured already stays. `fluxmirror uninstall` takes everything out again.
    """
    if remove_demo:
        _remove_demo(as_json=as_json)
        return
    missing = own_directories_missing(places(os.environ, sys.platform))
    given = given_values(language, timezone, payloads, retention_days, record)
    manner = choose_manner(yes=yes, silent=non_interactive, dry_run=dry_run)
    wishes = Wishes(given, given_agents(agents), imports, trust, settings, advanced, manner)
    if not dry_run:
        context.with_resource(one_at_a_time(os.environ))
    set_up = SetUp(survey(os.environ, sys.platform), wishes, missing)
    with Account().told_when_stopped():
        planned = set_up.plan(demo_row=demo_row)
    if not (planned.is_any or manner.asks or manner.takes_defaults or non_interactive):
        complain(message("init.nobody_asked"))
    files = set_up.files(planned)
    if dry_run:
        facts = plan_facts(planned, files)
        show(Result(lambda: facts, lambda: describe_plan(planned)), as_json=as_json)
        return
    try:
        done = _carry_out(set_up, planned, as_json=as_json)
    except FluxMirrorError:
        if not as_json:
            emit(f"{doctor_result(examine(here())).text()}\n")  # then what went wrong
        raise
    show(_summary(done, planned, files, asks=manner.asks), as_json=as_json)
    if not all(outcome.is_fine for outcome in done.outcomes):
        context.exit(ExitCode.WARNING)


def _carry_out(set_up: SetUp, planned: Planned, *, as_json: bool) -> Done:
    """Do it, and tell each step as soon as it is done."""
    if planned.agents and planned.work.foundation.is_passing:
        complain(PASSING, TO_STAY)
    done = Done()
    with planned.work.account.told_when_stopped():
        for done in set_up.carry_out(planned):
            if not as_json:
                emit(describe_step(done, planned))
    return done


def _summary(done: Done, planned: Planned, files: list[str], *, asks: bool) -> Result:
    """Say how things stand; the text is what follows the questions and the steps' own lines."""
    rows = examine(here())
    has_data = os.path.exists(here().database)

    def facts() -> dict[str, object]:
        commands = [command for command, _ in suggestions(has_data=has_data)]
        return {**done_facts(done, planned, files, rows), "try": commands}

    def text() -> str:
        said = asks or done != Done()
        end = describe_end(rows, planned, was_anything_said=said, has_data=has_data)
        return "".join(end)

    return Result(facts, text)


def _remove_demo(*, as_json: bool) -> None:
    rows = remove_demo_row(here())
    result = Result(lambda: {"removed": rows}, lambda: f"{say(describe_removal(rows))}\n")
    show(result, as_json=as_json)
