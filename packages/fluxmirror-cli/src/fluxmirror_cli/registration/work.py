"""Work: our hooks into several agents, all of it planned, shown as it is, and done as shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message

from fluxmirror_cli.registration.account import Account
from fluxmirror_cli.registration.agent_home import CODEX
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
from fluxmirror_cli.registration.screens import (
    DECLINED,
    from_home,
    outline,
    preview,
    steps_of_plan,
    wrapped,
)
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.trusting import settle_trust
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fluxmirror_core.messages import Message

    from fluxmirror_cli.registration.agent_program import FoundAgent
    from fluxmirror_cli.registration.codex_trust import CodexHook
    from fluxmirror_cli.registration.foundation import Foundation
    from fluxmirror_cli.registration.situation import Situation

    AgreeToTrust = Callable[[list[CodexHook]], bool]

PASSING: Final = message("install.passing")
TO_STAY: Final = message("install.to_stay")
"""What to say, and to advise, where the foundation is a passing one."""
THEN: Final = message("install.then")
"""What to say where an agent has our hooks now and had not before."""


class Work:
    """Everything that was planned for these agents.

    Args:
        situation: this machine.
        chosen: the agents.
        into_settings: use their settings files, even where their own commands could do it.
    """

    def __init__(
        self, situation: Situation, chosen: Sequence[FoundAgent], *, into_settings: bool = False
    ) -> None:
        self.situation: Final = situation
        self.foundation: Final[Foundation] = plan_foundation(situation)
        self.plans: Final = [
            _plan(situation, agent, into_settings=into_settings) for agent in chosen
        ]
        self.account: Final = Account()

    @property
    def is_any(self) -> bool:
        """Whether anything is to be done to an agent."""
        return any(steps_of_plan(plan).is_any for plan in self.plans)

    @property
    def sentences(self) -> list[Message]:
        """What would be written into our own directory, a sentence each."""
        return describe_foundation(self.situation, self.foundation)

    def outline(self) -> str:
        """Say in short what would be done."""
        env = self.situation.env
        lines = (from_home(say(one), env) for one in self.sentences)
        parts = [f"{wrapped(line, following='    ')}\n" for line in lines]
        return "".join([*parts, *(outline(steps_of_plan(plan), env) for plan in self.plans)])

    def preview(self) -> str:
        """Show in full what would be done."""
        parts = [f"{say(one)}\n" for one in self.sentences]
        parts += [preview(steps_of_plan(plan), installing=True) for plan in self.plans]
        return "".join(parts)

    def carry_out(
        self, is_wanted: Callable[[str], bool], agrees_to_trust: AgreeToTrust
    ) -> Iterator[Outcome]:
        """Do it, agent by agent.

        Args:
            is_wanted: asked with the id of each agent that something is to be done to.
            agrees_to_trust: asked with the hooks that Codex does not trust as they are.

        Raises:
            RegistrationError: our own directory could not be written: no agent can go on.
        """
        is_laid = False
        for plan in self.plans:
            if isinstance(plan, Outcome):
                outcome = plan
            elif steps_of_plan(plan).is_any and not is_wanted(plan.agent.id):
                outcome = Outcome(plan.agent.id, DECLINED, message("registration.left_as_is"))
            else:
                if not is_laid:
                    lay_foundation(self.situation, self.foundation)
                    is_laid = True
                self.account.begin(plan.agent.id)
                outcome = _carry_out(self.situation, plan, agrees_to_trust)
            self.account.add(outcome)
            yield outcome


def _plan(situation: Situation, agent: FoundAgent, *, into_settings: bool) -> Plan | Outcome:
    try:
        return plan_installation(situation, agent, into_settings=into_settings)
    except RegistrationError as error:
        return Outcome(agent.id, FAILED, error.sentence, error.hint)


def _carry_out(situation: Situation, plan: Plan, agrees_to_trust: AgreeToTrust) -> Outcome:
    agent = plan.agent
    try:
        outcome = carry_out(situation, plan)
        if agent.id == CODEX:
            outcome = settle_trust(situation, agent, outcome, agrees_to_trust)
    except RegistrationError as error:
        return Outcome(agent.id, FAILED, error.sentence, error.hint)
    standing = situation.standing(agent.home)
    if outcome.state in {INSTALLED, UPDATED} and standing.registered == "settings":
        sentence = message("install.no_slash_commands", outcome=outcome.sentence)
        return outcome._replace(sentence=sentence)
    return outcome
