"""`fluxmirror uninstall`: take our hooks out of the agents again."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import click
from fluxmirror_core.errors import ExitCode, UsageError
from fluxmirror_store.archiving.names import archive_directory

from fluxmirror_cli.configured import here
from fluxmirror_cli.health_row import size
from fluxmirror_cli.options import Command
from fluxmirror_cli.output import emit
from fluxmirror_cli.prices.overlay import overlay_path
from fluxmirror_cli.prices.price_list import downloaded_path
from fluxmirror_cli.registration.account import Account
from fluxmirror_cli.registration.agent_home import AGENT_HOMES, name_of
from fluxmirror_cli.registration.agent_program import find_program
from fluxmirror_cli.registration.choice import Asker, is_answered, named_agents
from fluxmirror_cli.registration.installation import ABSENT, FAILED, Outcome
from fluxmirror_cli.registration.leftovers import set_aside_directory
from fluxmirror_cli.registration.packages import listed_files
from fluxmirror_cli.registration.removal import (
    Removal,
    carry_out_removal,
    plan_removal,
    remove_everything,
)
from fluxmirror_cli.registration.screens import (
    DECLINED,
    describe_outcome,
    outline,
    preview,
    steps_of_removal,
)
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import Situation, survey
from fluxmirror_cli.registration.turn import one_at_a_time

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    if not dry_run:
        context.with_resource(one_at_a_time(os.environ))
    situation = survey(os.environ, sys.platform)
    chosen = named_agents(agents) if agents else list(AGENT_HOMES)
    removals = [_plan(situation, agent) for agent in chosen]
    shown = [one for one in removals if agents or isinstance(one, Outcome) or one.is_any]
    if dry_run:
        emit(_preview(situation, shown, everyone=not agents))
        return
    asks = bool(shown) and not (agents or everyone or yes)
    if asks and not is_answered():
        raise UsageError(
            "nobody is there to be asked, so nothing was done",
            hint="name the agents, or add --all or --yes",
        )
    if asks:
        outlines = [outline(steps_of_removal(one), situation.env) for one in shown]
        click.echo("".join(outlines), err=True)
    account = Account()
    with account.told_when_stopped():
        for outcome in _carry_out(situation, removals, Asker(asks=asks), account):
            if outcome.state != ABSENT or agents:
                emit(describe_outcome(outcome))
        if not agents and all(outcome.state == ABSENT for outcome in account.outcomes):
            emit("nothing is registered\n")
        _end(situation)
    if not all(outcome.is_fine for outcome in account.outcomes):
        context.exit(ExitCode.WARNING)


def _preview(situation: Situation, shown: list[Removal | Outcome], *, everyone: bool) -> str:
    """Word what would be done, and what would stay."""
    planned = "".join(preview(steps_of_removal(one), installing=False) for one in shown)
    if not everyone:
        return planned or "nothing is registered\n"
    if listed_files(situation.packages) is not None:
        planned += f"remove {situation.packages}\n"
    return (planned or "nothing is registered\n") + "".join(_kept(situation))


def _plan(situation: Situation, agent: AgentHome) -> Removal | Outcome:
    try:
        return plan_removal(situation, agent, find_program(agent, situation.env))
    except RegistrationError as error:
        return Outcome(agent.id, FAILED, str(error), error.hint)


def _carry_out(
    situation: Situation, removals: list[Removal | Outcome], asker: Asker, account: Account
) -> Iterator[Outcome]:
    """Take it out, agent by agent; where a person would rather not, it stays."""
    for removal in removals:
        if isinstance(removal, Outcome):
            outcome = removal
        elif removal.is_any and not asker.wants(f"Stop recording what {_name(removal)} does?"):
            outcome = Outcome(removal.home.id, DECLINED, "left as it is")
        else:
            account.begin(removal.home.id)
            outcome = _take_out(situation, removal)
        account.add(outcome)
        yield outcome


def _take_out(situation: Situation, removal: Removal) -> Outcome:
    try:
        return carry_out_removal(situation, removal)
    except RegistrationError as error:
        return Outcome(removal.home.id, FAILED, str(error), error.hint)


def _name(removal: Removal) -> str:
    return name_of(removal.home.id)


def _end(situation: Situation) -> None:
    """Remove what served all agents when none is left, and say what stays."""
    if any(
        agent.id in situation.record or situation.standing(agent).registered != "no"
        for agent in AGENT_HOMES
    ):
        return
    for path in remove_everything(situation):
        emit(f"removed {path}\n")
    emit("".join(_kept(situation)))


def _kept(situation: Situation) -> Iterator[str]:
    """Name all that is ours and stays, each on a line with what it is."""
    places = here()
    archive = archive_directory(places)
    copies = f"copies of session files, {size(_stored_bytes(archive))}, are yours"
    for path, what in (
        (places.database, "what was recorded is yours"),
        (places.spool, "what was recorded is yours"),
        (archive, copies),
        (
            set_aside_directory(situation.data),
            "what `install --clean` took out of the way is yours",
        ),
        (overlay_path(places), "your own prices are yours"),
        (downloaded_path(places), "a price list; delete it as you like"),
        (places.cache, "it saves time; delete it as you like"),
        (places.logs, "it tells what went wrong; delete it as you like"),
    ):
        if os.path.exists(path):
            yield f"kept {path}: {what}\n"


def _stored_bytes(directory: str) -> int:
    """Add up what the files below a directory take; those that vanish meanwhile are left out."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(folder, name)).st_size
    return total
