"""`fluxmirror uninstall`: take our hooks out of the agents again, and all else that is ours."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

import click
from fluxmirror_core.errors import ExitCode, UsageError
from fluxmirror_core.messages import message

from fluxmirror_cli.configured import here, settings
from fluxmirror_cli.leaving.asking import choose_what_stays
from fluxmirror_cli.leaving.everything import Everything, take_out_everything
from fluxmirror_cli.leaving.screens import (
    describe_everything,
    describe_kept,
    describe_needed,
    describe_removed,
    describe_toll,
    everything_facts,
    kept_facts,
    needed_facts,
    recorded_facts,
)
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, emit, show
from fluxmirror_cli.registration.account import Account
from fluxmirror_cli.registration.agent_home import AGENT_HOMES
from fluxmirror_cli.registration.agent_program import find_program
from fluxmirror_cli.registration.choice import named_agents
from fluxmirror_cli.registration.facts import outcome_facts, steps_facts
from fluxmirror_cli.registration.installation import ABSENT, FAILED, Outcome
from fluxmirror_cli.registration.removal import (
    Removal,
    carry_out_removal,
    plan_removal,
    remove_everything,
)
from fluxmirror_cli.registration.screens import (
    DECLINED,
    describe_outcome,
    fitted,
    preview,
    steps_of_removal,
)
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import Situation, survey
from fluxmirror_cli.registration.turn import one_at_a_time
from fluxmirror_cli.speech import own_catalog, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.registration.agent_home import AgentHome


@click.command(
    "uninstall",
    cls=Command,
    examples=(
        "fluxmirror uninstall",
        "fluxmirror uninstall claude-code",
        "fluxmirror uninstall --purge --dry-run",
    ),
)
@click.argument("agents", nargs=-1, metavar="[AGENT]...")
@click.option("--all", "everyone", is_flag=True, help="Every agent, unasked.")
@click.option("--purge", is_flag=True, help="Delete what was recorded as well, and all settings.")
@click.option("--dry-run", is_flag=True, help="Show what would be run and changed; change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Answer every question with yes.")
@json_option
@click.pass_context
def command(  # noqa: PLR0913 - one argument per option
    context: click.Context,
    *,
    agents: tuple[str, ...],
    everyone: bool,
    purge: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Take our hooks out of the AGENTs named, or of all; what was recorded stays.

    Without a name everything goes that `init`, `install` and `completion install` made, and other
    programs' settings are as they were before, byte for byte. What was recorded, and what you
    changed since, stays and is named; --purge deletes it for good.
    """
    if purge and agents:
        raise UsageError(message("uninstall.purge_all"), hint=message("uninstall.purge_all_hint"))
    if not dry_run:
        context.with_resource(one_at_a_time(os.environ))
    own_catalog()  # what tells the language goes, and the last word is said after that
    situation = survey(os.environ, sys.platform)
    ours = Everything(situation, here(), settings().mirror)
    chosen = named_agents(agents) if agents else list(AGENT_HOMES)
    removals = [_plan(situation, agent) for agent in chosen]
    shown = [one for one in removals if agents or isinstance(one, Outcome) or one.is_any]
    if dry_run:
        show(_planned(ours, shown, everyone=not agents, purging=purge), as_json=as_json)
        return
    undone = [] if agents else ours.undone
    asks = bool(shown or undone) and not (agents or everyone or yes)
    left = frozenset[str]() if yes or not (asks or purge) else None
    if left is None:
        left = choose_what_stays(ours, shown, undone, purging=purge)
    if left is None:
        emit(f"{say(message('phrase.nothing_changed'))}\n")
        return
    work = _Work(ours, whole=not agents, purging=purge)
    with work.account.told_when_stopped():
        for outcome in _carry_out(situation, removals, left, work.account):
            if not as_json and (outcome.state != ABSENT or agents):
                emit(describe_outcome(outcome))
        work.end()
        show(work.result(), as_json=as_json)
    if not all(outcome.is_fine for outcome in work.account.outcomes):
        context.exit(ExitCode.WARNING)


class _Work:
    """One `uninstall`: what came of the agents, and what went with the last of them."""

    def __init__(self, ours: Everything, *, whole: bool, purging: bool) -> None:
        self.account = Account()
        self._ours = ours
        self._whole = whole
        self._purging = purging
        self._before = recorded_facts(ours) if purging else None
        self._edited = frozenset(ours.edited)
        self._removed: list[str] = []
        self._recorded: list[str] = []
        """The agents that our hooks are still in."""

    def end(self) -> None:
        """Remove what served all agents when none is left, and all else when all was meant.

        Raises:
            RegistrationError: something could not be removed.
        """
        situation = self._ours.situation
        self._recorded = [
            agent.id
            for agent in AGENT_HOMES
            if agent.id in situation.record or situation.standing(agent).registered != "no"
        ]
        if self._recorded:
            return
        if self._whole:
            self._removed = take_out_everything(self._ours, purging=self._purging)
        else:
            self._removed = remove_everything(situation)

    def result(self) -> Result:
        """Say what came of it; the text is what follows the agents' own lines."""
        return Result(self._facts, self._text)

    def _facts(self) -> dict[str, object]:
        return {
            "dry_run": False,
            "agents": [outcome_facts(one) for one in self.account.outcomes],
            "removed": [path for path in self._removed if path not in self._edited],
            "taken_out_of": [path for path in self._removed if path in self._edited],
            "purged": None if self._recorded else self._before,
            "kept": self._kept(),
        }

    def _kept(self) -> list[dict[str, object]]:
        if not self._recorded:
            return kept_facts(self._ours)
        return needed_facts(self._ours, self._recorded) if self._whole else []

    def _text(self) -> str:
        nothing = self._whole and all(one.state == ABSENT for one in self.account.outcomes)
        first = _nothing() if nothing else ""
        if not self._recorded:
            removed = describe_removed(self._removed, self._edited)
            return first + removed + describe_kept(self._ours)
        left = f"{say(message('uninstall.not_purged'))}\n"
        needed = describe_needed(self._ours, self._recorded) if self._whole else ""
        return first + needed + (left if self._purging else "")


def _planned(
    ours: Everything, shown: list[Removal | Outcome], *, everyone: bool, purging: bool
) -> Result:
    """Say what would be done, and what would stay."""
    steps = [steps_of_removal(one) for one in shown]
    own = partial(describe_everything, ours, purging=purging)

    def facts() -> dict[str, object]:
        agents: list[object] = [steps_facts(one) for one in steps]
        told = everything_facts(ours, purging=purging) if everyone else {}
        return {"dry_run": True, "agents": agents, **told}

    def text() -> str:
        planned = "".join(preview(one, installing=False) for one in steps)
        if everyone:
            planned += own()
        if purging:
            planned += fitted(describe_toll(ours))
        kept = describe_kept(ours, purging=purging) if everyone else ""
        return (planned or _nothing()) + kept

    return Result(facts, text)


def _nothing() -> str:
    return f"{say(message('uninstall.nothing_registered'))}\n"


def _plan(situation: Situation, agent: AgentHome) -> Removal | Outcome:
    try:
        return plan_removal(situation, agent, find_program(agent, situation.env))
    except RegistrationError as error:
        return Outcome(agent.id, FAILED, error.sentence, error.hint)


def _carry_out(
    situation: Situation,
    removals: list[Removal | Outcome],
    left: frozenset[str],
    account: Account,
) -> Iterator[Outcome]:
    """Take it out, agent by agent, but for those that are left as they are."""
    for removal in removals:
        if isinstance(removal, Outcome):
            outcome = removal
        elif removal.home.id in left:
            outcome = Outcome(removal.home.id, DECLINED, message("registration.left_as_is"))
        else:
            account.begin(removal.home.id)
            outcome = _take_out(situation, removal)
        account.add(outcome)
        yield outcome


def _take_out(situation: Situation, removal: Removal) -> Outcome:
    try:
        return carry_out_removal(situation, removal)
    except RegistrationError as error:
        return Outcome(removal.home.id, FAILED, error.sentence, error.hint)
