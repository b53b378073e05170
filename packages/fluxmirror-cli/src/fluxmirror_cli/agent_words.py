"""Which agent a person means: by id, by name, or as its hooks are registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core import phrases
from fluxmirror_core.agents import AGENTS
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message

from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message

SETUP_AGENT: Final = "setup"
_WORDS: Final = {
    # The one plugin registers this word in four agents; whoever types it means the first.
    "claude": "claude-code",
    **{word.casefold(): spec.id for spec in AGENTS for word in (spec.id, spec.name, *spec.kinds)},
}
_NEAR: Final = 0.75
"""How alike a mistyped word and a known one are at least, of 1."""
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


def everyone() -> Message:
    """Say which agents there are."""
    return message("usage_error.agents", names=phrases.listed(_OFFERED))


def no_agent(asked: str) -> UsageError:
    """Say that nobody is called so."""
    from difflib import get_close_matches

    # Whoever mistypes a short word means the agent that it stands for.
    meant = get_close_matches(asked.casefold(), _WORDS, n=1, cutoff=_NEAR)
    guess = phrases.did_you_mean([_WORDS[meant[0]]]) if meant else everyone()
    hint = did_you_mean(asked.replace(" ", "-"), _OFFERED, otherwise=guess)
    return UsageError(message("usage_error.no_agent", name=repr(asked)), hint=hint)
