"""How Codex CLI's tool calls ended: by what it did, or else by the text that the model got."""

from __future__ import annotations

import json
import re
from typing import Final

from fluxmirror_core.event import Outcome
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.transcripts.calls.codex_tools import PATCH, SHELL
from fluxmirror_core.wire import failure
from fluxmirror_core.wire.observation import (
    Message,
    epoch_ms,
    exit_status,
    first_text,
    members,
    milliseconds,
    text,
)

_STATUSES: Final = {
    "completed": Outcome.OK,
    "failed": Outcome.FAILED,
    "declined": Outcome.DENIED,
}
_BAD_ENDS: Final = (Outcome.FAILED, Outcome.DENIED, Outcome.REJECTED, Outcome.INTERRUPTED)
_KILLED: Final = -1
"""Stands for the exit code of a command that was stopped, when its session ended for one."""
_CODE: Final = re.compile(r"^(?:Process exited with code|Exit code:) (-?\d{1,10})$", re.MULTILINE)
_STARTS: Final = {
    "unsupported call: ": Outcome.REJECTED,
    "failed to parse function arguments": Outcome.REJECTED,
    "Command blocked by PreToolUse hook": Outcome.DENIED,
    "Tool call blocked by PreToolUse hook": Outcome.DENIED,
}
_ANSWERS: Final = ('{"', "Chunk ID: ", "Plan updated")
"""How tools of Codex's own begin to answer: they tell an error in plain words."""
_ABORTED: Final = re.compile(r"(?:Wall time: \S+ seconds\n)?aborted\b")
_RUNNING: Final = re.compile(r"^Process running with session ID ", re.MULTILINE)
_REFUSALS: Final = ("rejected by user", "rejected by the user")
_FAILURE: Final = re.compile(r"\w+ (?:verification )?failed\b")
_LOOK: Final = 400
"""How much of a text's beginning is asked: output that quotes a refusal is longer."""


class End(NamedTuple):
    """What one record tells of a call's end."""

    outcome: Outcome = Outcome.UNKNOWN
    error: str | None = None
    exit_code: int | None = None
    duration_ms: int | None = None
    output: object = None


def of_item(item: Message, event: Message) -> End:
    """Read the end of what Codex did.

    Args:
        item: what it did.
        event: the event that tells of it, with its times.
    """
    kind = item.get("type")
    duration_ms = _duration(item.get("duration"))
    if duration_ms is None:
        duration_ms = _elapsed(event)
    if kind == "CommandExecution":
        return _command(item)._replace(duration_ms=duration_ms)
    if kind == "McpToolCall":
        return _mcp(item)._replace(duration_ms=duration_ms)
    outcome = _status(item)
    if kind in ("ImageView", "SubAgentActivity"):
        outcome = Outcome.OK
    error = first_text(item, "stderr", "stdout") if outcome in _BAD_ENDS else None
    return End(outcome, error, None, duration_ms)


def of_output(tool: str, told: object) -> End | None:
    """Read the end out of what the model was given; None for a command that still runs."""
    given = _text(told)
    head, mark, rest = given.partition("\nOutput:\n")
    if tool not in (SHELL, PATCH):
        answers = given.startswith(_ANSWERS)
        return End(Outcome.OK, output=told) if answers else _of_text(given, told)
    if tool == SHELL and mark and _RUNNING.search(head):
        return None
    if given.startswith('{"'):
        return _of_json(tool, given)
    found = _CODE.search(head[:_LOOK])
    if found is None:
        return _of_text(given, told)
    return _of_code(tool, int(found[1]), rest if tool == SHELL else given)


def _of_text(given: str, told: object) -> End:
    outcome = _outcome(given)
    return End(outcome, given if outcome in _BAD_ENDS else None, output=told)


def _of_json(tool: str, given: str) -> End:
    """Read what older versions wrote: the output, and the exit code beside it."""
    try:
        told = members(json.loads(given))
    except (ValueError, RecursionError):
        return _of_text(given, given)
    code = exit_status(members(told.get("metadata")).get("exit_code"))
    if code is None:
        return _of_text(given, given)
    return _of_code(tool, code, text(told.get("output")) or "")


def _of_code(tool: str, code: int, output: str) -> End:
    outcome = failure.by_exit_code(code)
    error = output if outcome in _BAD_ENDS else None
    # A patch has none of its own: it is the program's that applied it.
    return End(outcome, error, code if tool == SHELL else None, output=output)


def _status(item: Message) -> Outcome:
    return _STATUSES.get(text(item.get("status")) or "", Outcome.UNKNOWN)


def _command(item: Message) -> End:
    code, output = exit_status(item.get("exit_code")), text(item.get("aggregated_output")) or ""
    outcome = _status(item)
    if code == _KILLED:
        outcome, code = Outcome.INTERRUPTED, None
    elif code is not None and outcome is not Outcome.DENIED:
        outcome = failure.by_exit_code(code)
    error = output if outcome in _BAD_ENDS else None
    return End(outcome, error, code, output=output)


def _mcp(item: Message) -> End:
    result = members(item.get("result"))
    outcome = Outcome.FAILED if result.get("isError") is True else _status(item)
    told = text(members(item.get("error")).get("message")) or _text(result.get("content"))
    return End(outcome, told if outcome in _BAD_ENDS else None, output=result or None)


def _duration(told: object) -> int | None:
    parts = members(told)
    seconds, nanos = milliseconds(parts.get("secs")), milliseconds(parts.get("nanos"))
    return None if seconds is None or nanos is None else seconds * 1_000 + nanos // 1_000_000


def _elapsed(event: Message) -> int | None:
    started, ended = epoch_ms(event.get("started_at_ms")), epoch_ms(event.get("completed_at_ms"))
    return None if started is None or ended is None else max(ended - started, 0)


def _text(told: object) -> str:
    """Give the text of an output: a string, content blocks, or an object that holds either."""
    if isinstance(told, list):
        return "\n".join(filter(None, (text(members(block).get("text")) for block in told)))
    if isinstance(told, dict):
        return text(told.get("content")) or ""
    return text(told) or ""


def _outcome(given: str) -> Outcome:
    start = given[:_LOOK]
    for opening, outcome in _STARTS.items():
        if start.startswith(opening):
            return outcome
    if any(words in start for words in _REFUSALS):
        return Outcome.DENIED
    if _ABORTED.match(start):
        return Outcome.INTERRUPTED
    return Outcome.FAILED if _FAILURE.match(start) else Outcome.UNKNOWN
