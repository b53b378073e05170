"""`fluxmirror uninstall`: take our hooks out of the agents again."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click
from fluxmirror_core.errors import ExitCode, UsageError
from fluxmirror_core.paths import here

from fluxmirror_cli.commands.install import describe_outcome
from fluxmirror_cli.options import Command
from fluxmirror_cli.output import emit
from fluxmirror_cli.registration.agent_home import AGENT_HOMES, name_of
from fluxmirror_cli.registration.agent_program import find_program
from fluxmirror_cli.registration.change import render_diff
from fluxmirror_cli.registration.choice import is_answered, named_agents
from fluxmirror_cli.registration.installation import ABSENT, FAILED, Outcome
from fluxmirror_cli.registration.removal import (
    carry_out_removal,
    plan_removal,
    remove_everything,
)
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import Situation, survey

if TYPE_CHECKING:
    from fluxmirror_cli.registration.agent_home import AgentHome


@click.command("uninstall", cls=Command)
@click.argument("agents", nargs=-1, metavar="[AGENT]...")
@click.option("--all", "everyone", is_flag=True, help="Every agent, unasked.")
@click.option("--dry-run", is_flag=True, help="Show what would be run and changed; change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Answer every question with yes.")
@click.pass_context
def command(
    context: click.Context, *, agents: tuple[str, ...], everyone: bool, dry_run: bool, yes: bool
) -> None:
    """Take our hooks out of the AGENTs named, or of all; what was recorded stays."""
    situation = survey(os.environ, sys.platform)
    chosen = named_agents(agents) if agents else list(AGENT_HOMES)
    if dry_run:
        planned = "".join(_preview(situation, agent) for agent in chosen)
        if not agents and os.path.isdir(situation.packages):
            planned += f"remove {situation.packages}\n"
        emit(planned or "nothing is registered\n")
        return
    unasked = bool(agents) or everyone or yes
    if not unasked and not is_answered():
        raise UsageError(
            "nobody is there to be asked, so nothing was done",
            hint="name the agents, or add --all or --yes",
        )
    outcomes = [
        outcome for agent in chosen if (outcome := _remove(situation, agent, unasked=unasked))
    ]
    shown = [one for one in outcomes if one.state != ABSENT or agents]
    emit("".join(map(describe_outcome, shown)) or "nothing is registered\n")
    _end(situation)
    if not all(outcome.is_fine for outcome in outcomes):
        context.exit(ExitCode.WARNING)


def _remove(situation: Situation, agent: AgentHome, *, unasked: bool) -> Outcome | None:
    """Take it out of one agent; None when a person would rather not."""
    try:
        removal = plan_removal(situation, agent, find_program(agent, situation.env))
        question = f"Stop recording what {name_of(agent.id)} does?"
        if removal.is_any and not unasked and not click.confirm(question, default=True, err=True):
            return None
        return carry_out_removal(situation, removal)
    except RegistrationError as error:
        return Outcome(agent.id, FAILED, str(error), error.hint)


def _end(situation: Situation) -> None:
    """Remove what served all agents when none is left, and say what stays."""
    if any(
        agent.id in situation.record or situation.standing(agent).registered != "no"
        for agent in AGENT_HOMES
    ):
        return
    for path in remove_everything(situation):
        emit(f"removed {path}\n")
    kept = [path for path in (here().database, here().spool) if os.path.exists(path)]
    for path in kept:
        emit(f"kept {path}: what was recorded is yours\n")


def _preview(situation: Situation, agent: AgentHome) -> str:
    try:
        removal = plan_removal(situation, agent, find_program(agent, situation.env))
    except RegistrationError as error:
        return f"{name_of(agent.id)}: {error}\n"
    if not removal.is_any:
        return ""
    program = removal.program or agent.program
    lines = [f"{name_of(agent.id)}:\n"]
    lines += [f"  run {' '.join([program, *words])}\n" for words in removal.commands]
    return "".join([*lines, *map(render_diff, removal.changes)])
