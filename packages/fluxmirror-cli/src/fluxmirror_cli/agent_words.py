"""Which agent a person means: by id, by name, or as its hooks are registered."""

from __future__ import annotations

from typing import Final

from fluxmirror_core.agents import AGENTS
from fluxmirror_core.errors import UsageError

from fluxmirror_cli.wording import did_you_mean

SETUP_AGENT: Final = "setup"
_WORDS: Final = {
    # The one plugin registers this word in four agents; whoever types it means the first.
    "claude": "claude-code",
    **{word.casefold(): spec.id for spec in AGENTS for word in (spec.id, spec.name, *spec.kinds)},
}
_OFFERED: Final = tuple(spec.id for spec in AGENTS if spec.id != SETUP_AGENT)


def known_agent(asked: str) -> str | None:
    """Give the id of the agent that a word means; None when it means none."""
    return _WORDS.get(asked.casefold())


def agent_named(asked: str) -> str:
    """Give the id of the agent that a word means.

    Raises:
        UsageError: it means none; the hint tells which there are.
    """
    known = known_agent(asked)
    if known is None:
        raise no_agent(asked)
    return known


def no_agent(asked: str) -> UsageError:
    """Say that nobody is called so."""
    everyone = f"the agents are {', '.join(_OFFERED)}"
    hint = did_you_mean(asked.replace(" ", "-"), _OFFERED, otherwise=everyone)
    return UsageError(f"there is no agent called {asked!r}", hint=hint)
