"""Gemini CLI's chat files: a model's row is written again when the results of its calls arrive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import ANSWERED, ASKED, Kind, Outcome
from fluxmirror_core.transcripts import gemini_chat
from fluxmirror_core.transcripts.calls.content import blocks
from fluxmirror_core.transcripts.calls.unknown_record import count_unknown
from fluxmirror_core.transcripts.told_call import ToldCall
from fluxmirror_core.wire import failure
from fluxmirror_core.wire.observation import (
    Message,
    Observation,
    epoch_ms,
    first_text,
    members,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Part

_SHELL: Final = "run_shell_command"
_ENDS: Final = ("success", "error", "cancelled")
_OTHERS: Final = ("user", "info", "error", "warning")
"""Types of messages that tell of no call."""
_MCP: Final = re.compile(r"(.+) \((.+) MCP Server\)")
_DENIED: Final = re.compile(
    r"(\[Operation Cancelled\] (Reason: )?)?"
    r"(User denied execution|User did not allow tool call|Tool execution denied by policy)"
)
_REJECTED: Final = re.compile(r'Tool "[^"]*" not found|params(/\S*)? must ')
"""What a call is answered that is not run: its tool is not there, or its input is wrong."""


def calls(part: Part) -> Iterator[ToldCall]:
    """Read the calls of a session's file, or of a subagent's in the session's folder."""
    for offset, row in part.lines():
        if gemini_chat.is_header(row):
            part.memory.update(gemini_chat.owner(row, part.path))
            _notice_directory(row, part)
        elif "$rewindTo" not in row:
            for message in gemini_chat.messages(row):
                yield from _told(offset, message, part)


def _told(offset: int, message: Message, part: Part) -> Iterator[ToldCall]:
    kind = text(message.get("type"))
    if kind == "gemini":
        key, ts_ms = text(message.get("id")), epoch_ms(message.get("timestamp"))
        for call in blocks(message.get("toolCalls")):
            if tool := text(call.get("name")):
                yield ToldCall(offset, ts_ms, key, _seen(tool, call, message, part))
    elif kind == "user":
        _notice_directory(message, part)
    elif kind not in _OTHERS:
        count_unknown(part, kind, None)


def _notice_directory(row: Message, part: Part) -> None:
    if "cwd" not in part.memory and (found := gemini_chat.directory(row)):
        part.memory["cwd"] = found


def _seen(tool: str, call: Message, message: Message, part: Part) -> Observation:
    asked = Observation(
        Kind.TOOL_CALL,
        hook_event="gemini",
        session=part.memory.get("session"),
        subagent=part.memory.get("subagent"),
        cwd=part.memory.get("cwd"),
        model=text(message.get("model")),
        phase=ASKED,
        call_id=text(call.get("id")),
        tool=tool,
        mcp=_mcp(tool, call.get("displayName")),
        tool_input=call.get("args"),
        outcome=Outcome.UNKNOWN,
    )
    return _ended(call, asked) if call.get("status") in _ENDS else asked


def _mcp(tool: str, shown: object) -> tuple[str, str] | None:
    """Find server and tool apart in the name that people are shown, if the raw one agrees."""
    names = _MCP.fullmatch(text(shown) or "")
    if names is None or tool != f"mcp_{names[2]}_{names[1]}":
        return None
    return names[2], names[1]


def _ended(call: Message, asked: Observation) -> Observation:
    told = _result(call.get("result"))
    exit_code = failure.exit_code(told) if asked.tool == _SHELL else None
    outcome = _outcome(call.get("status"), told, exit_code)
    return asked._replace(
        phase=ASKED | ANSWERED,
        output=told,
        outcome=outcome,
        error=told if outcome is not Outcome.OK else None,
        exit_code=exit_code,
    )


def _result(result: object) -> str:
    """Give the text that the model was given."""
    returned = (members(block.get("functionResponse")) for block in blocks(result))
    answers = (members(response.get("response")) for response in returned)
    return "\n".join(filter(None, (first_text(answer, "error", "output") for answer in answers)))


def _outcome(status: object, told: str, exit_code: int | None) -> Outcome:
    if status == "success":
        return failure.by_exit_code(exit_code)
    if _DENIED.match(told):
        return Outcome.DENIED
    if status == "cancelled":
        return Outcome.INTERRUPTED
    return Outcome.REJECTED if _REJECTED.match(told) else Outcome.FAILED
