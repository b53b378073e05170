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
from fluxmirror_cli.registration.account import Account
from fluxmirror_cli.registration.agent_home import CODEX, name_of
from fluxmirror_cli.registration.agent_program import find_agents
from fluxmirror_cli.registration.choice import Asker, agrees, choose_agents, is_answered
from fluxmirror_cli.registration.foundation import (
    describe_foundation,
    lay_foundation,
    plan_foundation,
)
from fluxmirror_cli.registration.installation import (
    FAILED,
    INSTALLED,
    UPDATED,
    Outcome,
    Plan,
    carry_out,
    plan_installation,
)
from fluxmirror_cli.registration.leftovers import Leftover, clean_up, find_leftovers
from fluxmirror_cli.registration.screens import (
    DECLINED,
    describe_hooks,
    describe_outcome,
    fitted,
    from_home,
    outline,
    preview,
    preview_change,
    steps_of_plan,
    wrapped,
)
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import Situation, survey
from fluxmirror_cli.registration.trusting import settle_trust
from fluxmirror_cli.registration.turn import one_at_a_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.registration.agent_program import FoundAgent
    from fluxmirror_cli.registration.codex_trust import CodexHook
    from fluxmirror_cli.registration.foundation import Foundation

_PASSING: Final = (
    "this program runs from a place that will be gone, so its path is not written down"
)
_TO_STAY: Final = "`pipx install fluxmirror`, or `uv tool install fluxmirror`"
_THEN: Final = "→ start these agents anew; what they do then is in `fluxmirror today`"


class _Wishes:
    """What the command line asked for, and what is asked while it runs."""

    def __init__(self, *, unasked: bool, yes: bool, trust: bool | None) -> None:
        self.asks = is_answered() and not unasked
        self.agents = Asker(asks=self.asks)
        self._yes = yes
        self._trust = trust

    def agrees_to_trust(self, hooks: list[CodexHook]) -> bool:
        """Show what Codex would trust, and ask for it.

        Where nobody can answer, who named the agents wants them recorded.
        """
        if self._trust is False:
            return False
        click.echo(describe_hooks(hooks), nl=False, err=True)
        return self._trust or self._yes or not is_answered() or agrees("Trust them?")


class _Work:
    """One `install`: everything that was planned, shown as it is and done as it was shown."""

    def __init__(
        self, situation: Situation, chosen: list[FoundAgent], *, into_settings: bool
    ) -> None:
        self.situation = situation
        self.foundation: Foundation = plan_foundation(situation)
        self.plans = [_plan(situation, agent, into_settings=into_settings) for agent in chosen]
        self.account = Account()

    @property
    def is_any(self) -> bool:
        """Whether anything is to be done to an agent."""
        return any(steps_of_plan(plan).is_any for plan in self.plans)

    def outline(self) -> str:
        """Say in short what would be done."""
        env = self.situation.env
        foundation = describe_foundation(self.situation, self.foundation)
        parts = [f"{wrapped(from_home(one, env), following='    ')}\n" for one in foundation]
        return "".join([*parts, *(outline(steps_of_plan(plan), env) for plan in self.plans)])

    def preview(self) -> str:
        """Show in full what would be done."""
        parts = [f"{one}\n" for one in describe_foundation(self.situation, self.foundation)]
        parts += [preview(steps_of_plan(plan), installing=True) for plan in self.plans]
        return "".join(parts)

    def carry_out(self, wishes: _Wishes) -> Iterator[Outcome]:
        """Do it, agent by agent.

        Raises:
            RegistrationError: our own directory could not be written: no agent can go on.
        """
        is_laid = False
        for plan in self.plans:
            if isinstance(plan, Outcome):
                outcome = plan
            elif not self._is_wanted(plan, wishes):
                outcome = Outcome(plan.agent.id, DECLINED, "left as it is")
            else:
                if not is_laid:
                    lay_foundation(self.situation, self.foundation)
                    is_laid = True
                self.account.begin(plan.agent.id)
                outcome = _carry_out(self.situation, plan, wishes)
            self.account.add(outcome)
            yield outcome

    def _is_wanted(self, plan: Plan, wishes: _Wishes) -> bool:
        question = f"Record what {name_of(plan.agent.id)} does?"
        return not steps_of_plan(plan).is_any or wishes.agents.wants(question)


@click.command("install", cls=Command)
@click.argument("agents", nargs=-1, metavar="[AGENT]...")
@click.option("--all", "everyone", is_flag=True, help="Every agent that is found, unasked.")
@click.option("--dry-run", is_flag=True, help="Show what would be run and changed; change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Answer every question with yes.")
@click.option(
    "--trust/--no-trust", default=None, help="Have Codex trust our hooks, or not, unasked."
)
@click.option("--settings", is_flag=True, help="Use the agents' settings files, not their plugins.")
@click.option(
    "--clean", is_flag=True, help="Set aside what older versions left, and hooks too many."
)
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

    Codex runs no hook that is not trusted. At a terminal you are asked; without one, naming the
    agents, --all or --yes has it trust ours, and says on stderr what they run. --no-trust leaves
    that to you.
    """
    if not dry_run:
        context.with_resource(one_at_a_time(os.environ))
    situation = survey(os.environ, sys.platform)
    chosen = choose_agents(agents, find_agents(os.environ))
    if not chosen:
        raise RegistrationError(
            "no agent was found on this machine",
            hint="`fluxmirror agents list` names those that are looked for",
        )
    work = _Work(situation, chosen, into_settings=settings)
    meant = {agent.id for agent in chosen} if agents else None
    unasked = bool(agents) or everyone or yes
    if dry_run or not (unasked or is_answered()):
        emit(work.preview() + _preview_leftovers(situation, meant, clean=clean))
        if dry_run:
            return
        raise UsageError(
            "nobody is there to be asked, so nothing was done",
            hint="name the agents, or add --all or --yes",
        )
    wishes = _Wishes(unasked=unasked, yes=yes, trust=trust)
    with work.account.told_when_stopped():
        _do(work, wishes, meant, clean=clean, as_json=as_json)
    if not all(outcome.is_fine for outcome in work.account.outcomes):
        context.exit(ExitCode.WARNING)


def _do(
    work: _Work, wishes: _Wishes, meant: set[str] | None, *, clean: bool, as_json: bool
) -> None:
    """Install, clean up, and say what came of it."""
    if work.foundation.is_passing:
        complain(_PASSING, _TO_STAY)
    if wishes.asks and work.is_any:
        click.echo(work.outline(), err=True)
    for outcome in work.carry_out(wishes):
        if not as_json:
            emit(describe_outcome(outcome))
    cleaned, left = _clean(work.situation, wishes, meant, clean=clean)
    outcomes = work.account.outcomes
    if as_json:
        emit(_as_json(outcomes, cleaned, left))
        return
    emit("".join(fitted(f"cleaned up: {sentence}") for sentence in cleaned))
    emit(_leftover_lines(left))
    if any(outcome.state in {INSTALLED, UPDATED} for outcome in outcomes):
        emit(fitted(_THEN))
    elif any(outcome.state == DECLINED for outcome in outcomes) and not cleaned:
        emit("nothing was changed\n")


def _plan(situation: Situation, agent: FoundAgent, *, into_settings: bool) -> Plan | Outcome:
    try:
        return plan_installation(situation, agent, into_settings=into_settings)
    except RegistrationError as error:
        return Outcome(agent.id, FAILED, str(error), error.hint)


def _carry_out(situation: Situation, plan: Plan, wishes: _Wishes) -> Outcome:
    agent = plan.agent
    try:
        outcome = carry_out(situation, plan)
        if agent.id == CODEX:
            outcome = settle_trust(situation, agent, outcome, wishes.agrees_to_trust)
    except RegistrationError as error:
        return Outcome(agent.id, FAILED, str(error), error.hint)
    standing = situation.standing(agent.home)
    if outcome.state in {INSTALLED, UPDATED} and standing.registered == "settings":
        sentence = f"{outcome.sentence}; without the plugin it has no slash commands"
        return outcome._replace(sentence=sentence)
    return outcome


def _find_leftovers(situation: Situation, meant: set[str] | None) -> list[Leftover]:
    """Find those of the agents that are meant; None means all, whether they are here or not."""
    found = find_leftovers(situation)
    return [one for one in found if meant is None or one.agent in meant]


def _clean(
    situation: Situation, wishes: _Wishes, meant: set[str] | None, *, clean: bool
) -> tuple[list[str], list[Leftover]]:
    """Clean up what may be; gives a sentence for each that was, and what is left."""
    cleaned, left = [], []
    for leftover in _find_leftovers(situation, meant):
        try:
            if clean or (wishes.asks and agrees(f"Clean up {one_line(leftover.sentence)}?")):
                aside = clean_up(leftover, situation.data)
                cleaned.append(leftover.sentence + (f"; kept in {aside}" if aside else ""))
                continue
        except RegistrationError as error:
            left.append(leftover._replace(sentence=str(error)))
            continue
        left.append(leftover)
    return cleaned, left


def _preview_leftovers(situation: Situation, meant: set[str] | None, *, clean: bool) -> str:
    parts = []
    for leftover in _find_leftovers(situation, meant):
        words = "clean up" if clean else "with --clean, clean up"
        parts.append(f"{words} {one_line(leftover.sentence)}\n")
        if leftover.change is not None:
            parts.append(preview_change(leftover.change))
    return "".join(parts)


def _leftover_lines(leftovers: list[Leftover]) -> str:
    lines = [fitted(f"left over: {leftover.sentence}") for leftover in leftovers]
    if lines:
        lines.append("  → `fluxmirror install --clean` takes it out of the way\n")
    return "".join(lines)


def _as_json(outcomes: list[Outcome], cleaned: list[str], left: list[Leftover]) -> str:
    told = {
        "version": 1,
        "agents": [outcome._asdict() for outcome in outcomes],
        "cleaned": cleaned,
        "leftovers": [leftover.sentence for leftover in left],
    }
    return json.dumps(told, indent=2) + "\n"
