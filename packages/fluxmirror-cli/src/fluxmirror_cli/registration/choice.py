"""Which agents a person means; and a person asked, where there is one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.agents import BY_ID as AGENTS
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message

from fluxmirror_cli.registration.agent_home import AGENT_HOMES, AgentHome
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.speech import say
from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.registration.agent_program import FoundAgent

_WORDS = {
    word.casefold(): agent
    for agent in AGENT_HOMES
    for word in (agent.id, agent.program, AGENTS[agent.id].name, *AGENTS[agent.id].kinds)
}
_YES_NO: Final = {"y": "yes", "yes": "yes", "n": "no", "no": "no"}
_EACH: Final = {**_YES_NO, "a": "all", "all": "all", "none": "none"}
_SAY_YES_NO: Final = message("registration.ask.say_yes_no")
_SAY_EACH: Final = message("registration.ask.say_each")


def named_agents(words: tuple[str, ...]) -> list[AgentHome]:
    """Give the agents that these words mean, each once.

    Raises:
        UsageError: a word means none.
    """
    named = {}
    for word in words:
        agent = _WORDS.get(word.casefold())
        if agent is None:
            offered = [agent.id for agent in AGENT_HOMES]
            everyone = message("registration.agents_are", agents=", ".join(offered))
            hint = did_you_mean(word, offered, otherwise=everyone)
            raise UsageError(message("registration.no_agent", word=repr(word)), hint=hint)
        named[agent.id] = agent
    return list(named.values())


def choose_agents(words: tuple[str, ...], found: list[FoundAgent]) -> list[FoundAgent]:
    """Give the agents on this machine that are meant: all of them without a word.

    Raises:
        UsageError: a word means no agent.
        RegistrationError: an agent that is meant is not here.
    """
    here = {agent.id: agent for agent in found}
    if not words:
        return found
    for agent in named_agents(words):
        if agent.id not in here:
            raise RegistrationError(
                message(
                    "registration.not_here",
                    agent=AGENTS[agent.id].name,
                    program=agent.program,
                ),
                hint=message("registration.see_found"),
            )
    return [here[agent.id] for agent in named_agents(words)]


def is_answered() -> bool:
    """Tell whether somebody is there to answer a question."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty())


class Asker:
    """Asks the same of one agent after another, until somebody says `all` or `none`."""

    def __init__(self, *, asks: bool) -> None:
        self._rest: bool | None = None if asks else True
        """What was said for all that come; None as long as each is asked about."""

    @property
    def asks(self) -> bool:
        """Whether the next is asked about."""
        return self._rest is None

    def wants(self, question: Sayable) -> bool:
        """Ask, where it is not clear already.

        Raises:
            KeyboardInterrupt: somebody would rather stop.
        """
        if self._rest is not None:
            return self._rest
        answer = _ask(f"{say(question)} [Y/n/all/none]", _EACH, _SAY_EACH)
        if answer in {"all", "none"}:
            self._rest = answer == "all"
        return answer in {"yes", "all"}


def agrees(question: Sayable) -> bool:
    """Ask for a yes or a no.

    Raises:
        KeyboardInterrupt: somebody would rather stop.
    """
    return _ask(f"{say(question)} [Y/n]", _YES_NO, _SAY_YES_NO) == "yes"


def confirms(question: Sayable, *, otherwise: Sayable) -> bool:
    """Ask for a yes to what cannot be undone: a bare return says no.

    Args:
        question: what is asked.
        otherwise: what is said to somebody who would rather stop.

    Raises:
        KeyboardInterrupt: somebody would rather stop.
    """
    try:
        return _ask(f"{say(question)} [y/N]", _YES_NO, _SAY_YES_NO, default="no") == "yes"
    except KeyboardInterrupt:
        raise KeyboardInterrupt(otherwise) from None


def read_answer(question: str) -> str:
    """Ask on stderr for a line; gives what was typed, empty for a bare return.

    UTF-8 is read as such where the locale knows no letters but its own.

    Raises:
        KeyboardInterrupt: somebody would rather stop.
    """
    try:
        typed = str(click.prompt(question, "", show_default=False, prompt_suffix=" ", err=True))
    except click.Abort:
        # Ctrl-C, or Ctrl-D: the cursor is still behind the question.
        click.echo(err=True)
        raise KeyboardInterrupt from None
    try:
        return typed.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        return typed  # what it is meant for says what is wrong with it


def _ask(
    question: str, answers: Mapping[str, str], otherwise: Sayable, default: str = "yes"
) -> str:
    """Ask on stderr until the answer is one of these; a bare return says the default.

    Args:
        question: what is asked.
        answers: what may be typed, and what it means.
        otherwise: what is said of everything else that is typed.
        default: what a bare return means.
    """
    while True:
        answer = answers.get(read_answer(question).strip().casefold() or default)
        if answer is not None:
            return answer
        click.echo(f"  {say(otherwise)}", err=True)
