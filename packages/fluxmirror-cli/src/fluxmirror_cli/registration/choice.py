"""Which agents a person means, and whether there is a person to ask."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fluxmirror_core.agents import BY_ID as AGENTS
from fluxmirror_core.errors import UsageError

from fluxmirror_cli.registration.agent_home import AGENT_HOMES, AgentHome
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    from fluxmirror_cli.registration.agent_program import FoundAgent

_WORDS = {
    word.casefold(): agent
    for agent in AGENT_HOMES
    for word in (agent.id, agent.program, AGENTS[agent.id].name, *AGENTS[agent.id].kinds)
}


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
            everyone = f"the agents are {', '.join(offered)}"
            hint = did_you_mean(word, offered, otherwise=everyone)
            raise UsageError(f"there is no agent called {word!r}", hint=hint)
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
                f"{AGENTS[agent.id].name} was not found: no `{agent.program}` on PATH",
                hint="`fluxmirror agents list` shows what was found",
            )
    return [here[agent.id] for agent in named_agents(words)]


def is_answered() -> bool:
    """Tell whether somebody is there to answer a question."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty())
