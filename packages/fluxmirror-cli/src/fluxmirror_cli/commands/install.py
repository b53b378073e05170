"""`fluxmirror install`: put our hooks into the agents on this machine."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click
from fluxmirror_core.errors import ExitCode, UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, complain, emit, show
from fluxmirror_cli.registration.agent_home import name_of
from fluxmirror_cli.registration.agent_program import find_agents
from fluxmirror_cli.registration.choice import Asker, agrees, choose_agents, is_answered
from fluxmirror_cli.registration.facts import outcome_facts, steps_facts
from fluxmirror_cli.registration.leftovers import Leftover, clean_up, find_leftovers
from fluxmirror_cli.registration.screens import (
    DECLINED,
    describe_hooks,
    describe_outcome,
    fitted,
    preview_change,
    steps_of_plan,
)
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import Situation, survey
from fluxmirror_cli.registration.turn import one_at_a_time
from fluxmirror_cli.registration.typed_ahead import forget_typed_ahead
from fluxmirror_cli.registration.work import PASSING, THEN, TO_STAY, Work
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.registration.codex_trust import CodexHook


class _Wishes:
    """What the command line asked for, and what is asked while it runs."""

    def __init__(self, *, unasked: bool, yes: bool, trust: bool | None) -> None:
        self.asks = is_answered() and not unasked
        self._agents = Asker(asks=self.asks)
        self._yes = yes
        self._trust = trust

    def wants(self, agent: str) -> bool:
        """Ask whether an agent is to be recorded, where it is not clear already."""
        if self._agents.asks:
            forget_typed_ahead()  # the one before took its time
        return self._agents.wants(message("install.ask.record", agent=name_of(agent)))

    def agrees_to_trust(self, hooks: list[CodexHook]) -> bool:
        """Show what Codex would trust, and ask for it.

        Where nobody can answer, who named the agents wants them recorded.
        """
        if self._trust is False:
            return False
        click.echo(describe_hooks(hooks), nl=False, err=True)
        if self._trust or self._yes or not is_answered():
            return True
        forget_typed_ahead()
        return agrees(message("trust.ask_you"))

    def cleans_up(self, leftover: Leftover) -> bool:
        """Ask whether something is to be taken out of the way, where somebody can answer."""
        if not self.asks:
            return False
        forget_typed_ahead()
        return agrees(one_line(say(message("install.ask.clean_up", what=leftover.sentence))))


@click.command(
    "install",
    cls=Command,
    examples=(
        "fluxmirror install",
        "fluxmirror install claude-code gemini-cli",
        "fluxmirror install --all --dry-run",
    ),
)
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
        raise RegistrationError(message("install.no_agent"), hint=message("install.see_agents"))
    work = Work(situation, chosen, into_settings=settings)
    meant = {agent.id for agent in chosen} if agents else None
    unasked = bool(agents) or everyone or yes
    if dry_run or not (unasked or is_answered()):
        show(_planned(work, _find_leftovers(situation, meant), clean=clean), as_json=as_json)
        if dry_run:
            return
        raise UsageError(
            message("registration.ask.nobody"), hint=message("registration.ask.name_agents")
        )
    wishes = _Wishes(unasked=unasked, yes=yes, trust=trust)
    with work.account.told_when_stopped():
        _do(work, wishes, meant, clean=clean, as_json=as_json)
    if not all(outcome.is_fine for outcome in work.account.outcomes):
        context.exit(ExitCode.WARNING)


def _do(work: Work, wishes: _Wishes, meant: set[str] | None, *, clean: bool, as_json: bool) -> None:
    """Install, clean up, and say what came of it."""
    if work.foundation.is_passing:
        complain(PASSING, TO_STAY)
    if wishes.asks and work.is_any:
        click.echo(work.outline(), err=True)
    for outcome in work.carry_out(wishes.wants, wishes.agrees_to_trust):
        if not as_json:
            emit(describe_outcome(outcome))  # an agent may take seconds: each is told at once
    cleaned, left = _clean(work.situation, wishes, meant, clean=clean)
    show(_done(work, cleaned, left), as_json=as_json)


def _done(work: Work, cleaned: list[Sayable], left: list[Leftover]) -> Result:
    """Say what came of it; the text is what follows the agents' own lines."""
    outcomes = work.account.outcomes

    def facts() -> dict[str, object]:
        return {
            "agents": [outcome_facts(outcome) for outcome in outcomes],
            "cleaned": [str(one) for one in cleaned],
            "leftovers": [str(leftover.sentence) for leftover in left],
        }

    def text() -> str:
        lines = [fitted(message("install.cleaned_up", what=one)) for one in cleaned]
        lines.append(_leftover_lines(left))
        if work.account.is_any_new:
            lines.append(fitted(THEN))
        elif any(outcome.state == DECLINED for outcome in outcomes) and not cleaned:
            lines.append(f"{say(message('phrase.nothing_changed'))}\n")
        return "".join(lines)

    return Result(facts, text)


def _planned(work: Work, leftovers: list[Leftover], *, clean: bool) -> Result:
    """Say what would be done."""

    def facts() -> dict[str, object]:
        return {
            "dry_run": True,
            "foundation": [str(one) for one in work.sentences],
            "agents": [steps_facts(steps_of_plan(plan)) for plan in work.plans],
            "leftovers": [str(leftover.sentence) for leftover in leftovers],
        }

    return Result(facts, lambda: work.preview() + _preview_leftovers(leftovers, clean=clean))


def _find_leftovers(situation: Situation, meant: set[str] | None) -> list[Leftover]:
    """Find those of the agents that are meant; None means all, whether they are here or not."""
    found = find_leftovers(situation)
    return [one for one in found if meant is None or one.agent in meant]


def _clean(
    situation: Situation, wishes: _Wishes, meant: set[str] | None, *, clean: bool
) -> tuple[list[Sayable], list[Leftover]]:
    """Clean up what may be; gives a sentence for each that was, and what is left."""
    cleaned: list[Sayable] = []
    left: list[Leftover] = []
    for leftover in _find_leftovers(situation, meant):
        try:
            if clean or wishes.cleans_up(leftover):
                cleaned.append(_cleaned(leftover, clean_up(leftover, situation.data)))
                continue
        except RegistrationError as error:
            left.append(leftover._replace(sentence=error.sentence))
            continue
        left.append(leftover)
    return cleaned, left


def _cleaned(leftover: Leftover, aside: str) -> Sayable:
    """Say what was cleaned up, and where it is now."""
    if not aside:
        return leftover.sentence
    return message("install.kept_aside", what=leftover.sentence, path=aside)


def _preview_leftovers(leftovers: list[Leftover], *, clean: bool) -> str:
    parts = []
    for leftover in leftovers:
        words = "install.clean_up" if clean else "install.with_clean"
        parts.append(f"{one_line(say(message(words, what=leftover.sentence)))}\n")
        if leftover.change is not None:
            parts.append(preview_change(leftover.change))
    return "".join(parts)


def _leftover_lines(leftovers: list[Leftover]) -> str:
    lines = [fitted(message("install.left_over", what=one.sentence)) for one in leftovers]
    if lines:
        lines.append(fitted(f"  → {say(message('install.clean'))}"))
    return "".join(lines)
