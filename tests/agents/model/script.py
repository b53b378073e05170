"""What the scripted model says: a prompt names its script, the conversation tells how far it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAMED: Final = re.compile(r"\[script:([a-z_]+)\]")
FAREWELL: Final = "All done."
"""What the model says when a script is over, or when it is asked for something else."""


class Call(NamedTuple):
    """One call of a tool, as the agent's own model would make it."""

    tool: str
    arguments: dict[str, Any] | str
    """An object, or the text of a tool that takes free text."""
    namespace: str | None = None
    """Where the protocol keeps a tool's family apart from its name."""


Script = tuple[tuple[Call, ...], ...]
"""Answers in their order, each the calls that it makes at once."""


class Turn(NamedTuple):
    """One part of a conversation, in whatever protocol it was told."""

    role: str
    """`user`, `model` or `tool`."""
    text: str = ""
    calls: int = 0
    """How many tools the model called in it."""


class Request(NamedTuple):
    """What an agent asked the model."""

    turns: tuple[Turn, ...]
    has_tools: bool
    """Without tools it is a side question: a title, a summary."""
    streams: bool

    @property
    def results(self) -> list[str]:
        """What the tools gave, in the order of the conversation."""
        return [turn.text for turn in self.turns if turn.role == "tool"]


def prompt(script: str) -> str:
    """Give a prompt that names `script`."""
    return f"Please do this for me. [script:{script}]"


def answer(scripts: Mapping[str, Script], request: Request) -> Sequence[Call]:
    """Choose the calls of the next answer; none when there is nothing left to call."""
    if not request.has_tools:
        return ()
    name, made = _position(request.turns)
    for calls in scripts.get(name, ()):
        if made <= 0:
            return calls
        made -= len(calls)
    return ()


def _position(turns: Sequence[Turn]) -> tuple[str, int]:
    """Give the script that the last prompt named, and how many calls were made since."""
    made = 0
    for turn in reversed(turns):
        named = _NAMED.findall(turn.text) if turn.role == "user" else []
        if named:
            return named[-1], made
        made += turn.calls
    return "", 0
