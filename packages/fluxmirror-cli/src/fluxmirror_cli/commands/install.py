"""`fluxmirror install`: put our hooks into the agents on this machine."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import ExitCode, UsageError
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import complain, emit
from fluxmirror_cli.registration.agent_home import CODEX, name_of
from fluxmirror_cli.registration.agent_program import find_agents
from fluxmirror_cli.registration.change import render_diff
from fluxmirror_cli.registration.choice import choose_agents, is_answered
from fluxmirror_cli.registration.foundation import (
    describe_foundation,
    lay_foundation,
    plan_foundation,
)
from fluxmirror_cli.registration.installation import (
    FAILED,
    Outcome,
    Plan,
    carry_out,
    plan_installation,
)
from fluxmirror_cli.registration.leftovers import Leftover, clean_up, find_leftovers
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import Situation, survey
from fluxmirror_cli.registration.trusting import settle_trust

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.registration.agent_program import FoundAgent
    from fluxmirror_cli.registration.codex_trust import CodexHook

_PASSING: Final = (
    "this program runs from a place that will be gone, so its path is not written down"
)
_TO_STAY: Final = "`pipx install fluxmirror`, or `uv tool install fluxmirror`"


class _Wishes:
    """What the command line asked for, and what is asked while it runs."""

    def __init__(
        self, *, everyone: bool, named: bool, yes: bool, trust: bool | None, quiet: bool
    ) -> None:
        self.asks = is_answered() and not (everyone or named or yes)
        self._yes = yes
        self._trust = trust
        self._quiet = quiet

    def wants(self, question: str) -> bool:
        """Ask, where somebody is there who did not say already."""
        return not self.asks or click.confirm(question, default=True, err=True)

    def agrees_to_trust(self, hooks: list[CodexHook]) -> bool:
        """Show what Codex would trust, and ask for it.

        Where nobody can answer, who named the agents wants them recorded.
        """
        if not self._quiet:
            emit("Codex runs a hook only when it is trusted. These are ours:\n")
            emit("".join(f"  {hook.event}: {one_line(hook.command)}\n" for hook in hooks))
        if self._trust is not None:
            return self._trust
        if self._yes or not is_answered():
            return True
        return click.confirm("Trust them?", default=True, err=True)


@click.command("install", cls=Command)
@click.argument("agents", nargs=-1, metavar="[AGENT]...")
@click.option("--all", "everyone", is_flag=True, help="Every agent that is found, unasked.")
@click.option("--dry-run", is_flag=True, help="Show what would be run and changed; change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Answer every question with yes.")
@click.option(
    "--trust/--no-trust", default=None, help="Have Codex trust our hooks, or not, unasked."
)
@click.option("--settings", is_flag=True, help="Use the agents' settings files, not their plugins.")
@click.option("--clean", is_flag=True, help="Remove what older versions left, and hooks too many.")
@json_option
@click.pass_context
def command(  # noqa: PLR0913 - one argument per option
    context: click.Context,
    *,
    agents: tuple[str, ...],
    everyone: bool,
    dry_run: bool,
    yes: bool,
    trust: bool | None,
    settings: bool,
    clean: bool,
    as_json: bool,
) -> None:
    """Put our hooks into the AGENTs named, or into all that are found.

    Installing twice is fine. `fluxmirror uninstall` takes everything out again.
    """
    situation = survey(os.environ, sys.platform)
    found = find_agents(os.environ)
    chosen = choose_agents(agents, found)
    if not chosen and not agents:
        raise RegistrationError(
            "no agent was found on this machine",
            hint="`fluxmirror agents list` names those that are looked for",
        )
    wishes = _Wishes(everyone=everyone, named=bool(agents), yes=yes, trust=trust, quiet=as_json)
    if dry_run:
        emit(_preview(situation, chosen, into_settings=settings, clean=clean))
        return
    if not (agents or everyone or yes or is_answered()):
        emit(_preview(situation, chosen, into_settings=settings, clean=clean))
        raise UsageError(
            "nobody is there to be asked, so nothing was done",
            hint="name the agents, or add --all or --yes",
        )
    outcomes = []
    for outcome in _install(situation, chosen, wishes, into_settings=settings):
        outcomes.append(outcome)
        if not as_json:
            emit(describe_outcome(outcome))
    leftovers = _clean(situation, wishes, clean=clean)
    emit(_as_json(outcomes, leftovers) if as_json else _leftover_lines(leftovers))
    if not all(outcome.is_fine for outcome in outcomes):
        context.exit(ExitCode.WARNING)


def describe_outcome(outcome: Outcome) -> str:
    """Write what came of one agent, in a line, and a hint below it."""
    line = f"{name_of(outcome.agent)}: {outcome.state}; {one_line(outcome.sentence)}\n"
    return line + (f"  → {one_line(outcome.hint)}\n" if outcome.hint else "")


def _install(
    situation: Situation, chosen: list[FoundAgent], wishes: _Wishes, *, into_settings: bool
) -> Iterator[Outcome]:
    foundation = plan_foundation(situation)
    if foundation.is_passing:
        complain(_PASSING, _TO_STAY)
    for agent in chosen:
        try:
            plan = plan_installation(situation, agent, into_settings=into_settings)
            changes = bool(plan.commands or plan.changes)
            if changes and not wishes.wants(f"Record what {name_of(agent.id)} does?"):
                continue
            lay_foundation(situation, foundation)
            outcome = carry_out(situation, plan)
            if agent.id == CODEX:
                outcome = settle_trust(situation, agent, outcome, wishes.agrees_to_trust)
        except RegistrationError as error:
            outcome = Outcome(agent.id, FAILED, str(error), error.hint)
        yield outcome


def _clean(situation: Situation, wishes: _Wishes, *, clean: bool) -> list[Leftover]:
    """Remove what may be removed; gives what is left."""
    left = []
    for leftover in find_leftovers(situation):
        try:
            if clean or (wishes.asks and wishes.wants(f"Remove {leftover.sentence}?")):
                clean_up(leftover)
                continue
        except RegistrationError as error:
            left.append(leftover._replace(sentence=str(error)))
            continue
        left.append(leftover)
    return left


def _preview(
    situation: Situation, chosen: list[FoundAgent], *, into_settings: bool, clean: bool
) -> str:
    parts = [f"{line}\n" for line in describe_foundation(situation, plan_foundation(situation))]
    for agent in chosen:
        try:
            plan = plan_installation(situation, agent, into_settings=into_settings)
        except RegistrationError as error:
            parts.append(f"{name_of(agent.id)}: {error}\n")
            continue
        parts.append(_preview_plan(plan))
    for leftover in find_leftovers(situation):
        parts.append(f"{'remove' if clean else 'with --clean, remove'} {leftover.sentence}\n")
        if leftover.change is not None:
            parts.append(render_diff(leftover.change))
    return "".join(parts)


def _preview_plan(plan: Plan) -> str:
    name = name_of(plan.agent.id)
    if not plan.commands and not plan.changes:
        return f"{name}: {plan.sentence}\n"
    lines = [f"{name}:\n"]
    lines += [f"  run {' '.join([plan.agent.program, *words])}\n" for words in plan.commands]
    if plan.agent.id == CODEX:
        lines.append("  ask Codex, by `codex app-server`, to trust these hooks\n")
    return "".join([*lines, *map(render_diff, plan.changes)])


def _leftover_lines(leftovers: list[Leftover]) -> str:
    lines = [f"left over: {one_line(leftover.sentence)}\n" for leftover in leftovers]
    if lines:
        lines.append("  → `fluxmirror install --clean` removes it\n")
    return "".join(lines)


def _as_json(outcomes: list[Outcome], leftovers: list[Leftover]) -> str:
    told = {
        "version": 1,
        "agents": [outcome._asdict() for outcome in outcomes],
        "leftovers": [leftover.sentence for leftover in leftovers],
    }
    return json.dumps(told, indent=2) + "\n"
