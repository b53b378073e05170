"""Observation: what one hook payload says of one event, before it is named, scrubbed and keyed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fluxmirror_core.event import Kind, Outcome

Message = dict[str, object]
"""A payload as JSON gives it; nothing about its members is certain."""


class Observation(NamedTuple):
    """One event in the words of no agent in particular."""

    kind: Kind
    hook_event: str
    part: int = 0
    """Its place among the events of one payload."""
    known: bool = True
    """False for a hook event the agent's row does not list: kept, and counted as format drift."""
    session: str | None = None
    cwd: str | None = None
    turn: str | None = None
    model: str | None = None
    subagent: str | None = None
    subagent_type: str | None = None
    detail: str = ""
    """For everything but tools; a tool's detail is found in its input."""
    prompt: str | None = None
    event_id: str | None = None
    """An identity the agent gave to this very event."""
    sent_ms: int | None = None
    """The payload's own time: it makes the payload's bytes an identity of the event."""
    phase: int = 0
    call_id: str | None = None
    tool: str | None = None
    mcp: tuple[str, str] | None = None
    tool_input: object = None
    output: object = None
    outcome: Outcome | None = None
    error: str | None = None
    exit_code: int | None = None
    duration_ms: int | None = None


def text(value: object) -> str | None:
    """Give a non-empty string, a number as one, and None for everything else."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def first_text(message: Message, *keys: str) -> str | None:
    """Give the first of `keys` that holds text."""
    for key in keys:
        if (found := text(message.get(key))) is not None:
            return found
    return None


def members(value: object) -> Message:
    """Give `value` when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def milliseconds(value: object) -> int | None:
    """Give a duration an agent told, in ms, unless it is no number or a negative one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 1 << 53 else None


def exit_status(value: object) -> int | None:
    """Give an exit status an agent told, unless it is none that a system has."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if -(1 << 31) <= value < 1 << 32 else None


def epoch_ms(value: object) -> int | None:
    """Give a time an agent told, as UTC milliseconds: epoch milliseconds, or ISO 8601 text."""
    if isinstance(value, str):
        try:
            return int(datetime.fromisoformat(value).timestamp() * 1000)
        except (ValueError, OverflowError, OSError):
            return None
    return milliseconds(value)
