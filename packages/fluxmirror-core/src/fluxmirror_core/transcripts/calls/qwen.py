"""Qwen Code's chat files: the model's calls, their results, and the telemetry of both.

A subagent's calls are in a file of its own, and in the telemetry of its session's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import ANSWERED, ASKED, Kind, Outcome
from fluxmirror_core.transcripts.calls.content import blocks
from fluxmirror_core.transcripts.calls.unknown_record import count_unknown
from fluxmirror_core.transcripts.told_call import ToldCall
from fluxmirror_core.wire import failure
from fluxmirror_core.wire.observation import (
    Message,
    Observation,
    epoch_ms,
    exit_status,
    first_text,
    members,
    milliseconds,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Part

_SHELL: Final = "run_shell_command"
_RESPONDED: Final = "qwen-code.api_response"
_CALLED: Final = "qwen-code.tool_call"
_NOT_BEGUN: Final = "not_started"
_OUTCOMES: Final = {
    "success": Outcome.OK,
    "error": Outcome.FAILED,
    "cancelled": Outcome.DENIED,
}
_BAD_ENDS: Final = (Outcome.FAILED, Outcome.DENIED, Outcome.REJECTED)


def calls(part: Part) -> Iterator[ToldCall]:
    """Read the calls of a session's or a subagent's file."""
    for offset, row in part.lines():
        kind = text(row.get("type"))
        if kind == "assistant":
            yield from _asked(offset, row, part)
        elif kind == "tool_result":
            yield from _answered(offset, row)
        elif kind == "system":
            yield from _telemetry(offset, row, part)
        elif kind != "user":
            count_unknown(part, kind, row.get("version"))


def _asked(offset: int, row: Message, part: Part) -> Iterator[ToldCall]:
    response = _response_of(row, part)
    for block in blocks(members(row.get("message")).get("parts")):
        call = members(block.get("functionCall"))
        tool = text(call.get("name"))
        if tool is None:
            continue
        seen = _common(row)._replace(
            phase=ASKED,
            call_id=text(call.get("id")),
            tool=tool,
            tool_input=call.get("args"),
            outcome=Outcome.UNKNOWN,
            model=text(row.get("model")),
        )
        yield ToldCall(offset, epoch_ms(row.get("timestamp")), response, seen)


def _response_of(row: Message, part: Part) -> str | None:
    """Give the key of the response that the row before told of, if it is this row's."""
    last, before = members(part.memory.get("responded")), text(row.get("parentUuid"))
    return text(last.get("key")) if before and last.get("row") == before else None


def _answered(offset: int, row: Message) -> Iterator[ToldCall]:
    for block in blocks(members(row.get("message")).get("parts")):
        returned = members(block.get("functionResponse"))
        tool = text(returned.get("name"))
        if tool is None:
            continue
        call_id = text(returned.get("id"))
        seen = _ended(row, tool, call_id, members(returned.get("response")))
        yield ToldCall(offset, epoch_ms(row.get("timestamp")), None, seen)


def _ended(row: Message, tool: str, call_id: str | None, response: Message) -> Observation:
    result = members(row.get("toolCallResult"))
    if text(result.get("callId")) not in (None, call_id):
        result = {}
    told = first_text(response, "error", "output") or ""
    exit_code = _exit_code(tool, told, result.get("resultDisplay"))
    outcome = _outcome(result.get("status"), result.get("executionStatus"), told)
    if "status" not in result:
        outcome = _subagents_outcome(response, exit_code)
    return _common(row)._replace(
        phase=ANSWERED,
        call_id=call_id,
        tool=tool,
        output=told,
        outcome=outcome,
        error=told if outcome in _BAD_ENDS else None,
        exit_code=exit_code,
        duration_ms=milliseconds(result.get("durationMs")),
    )


def _subagents_outcome(response: Message, exit_code: int | None) -> Outcome:
    """Say how a call ended whose row has no status.

    Whether a call with an error was begun at all, the session's telemetry tells.
    """
    if exit_code:
        return Outcome.FAILED
    return Outcome.OK if "output" in response else Outcome.UNKNOWN


def _telemetry(offset: int, row: Message, part: Part) -> Iterator[ToldCall]:
    told = members(members(row.get("systemPayload")).get("uiEvent"))
    event = told.get("event.name")
    if event == _RESPONDED and "subagent_id" not in told:
        responded = {"row": text(row.get("uuid")), "key": text(told.get("response_id"))}
        part.memory["responded"] = responded
    elif event == _CALLED and text(told.get("function_name")):
        response = text(told.get("response_id"))
        yield ToldCall(offset, epoch_ms(row.get("timestamp")), response, _measured(row, told))


def _measured(row: Message, told: Message) -> Observation:
    base = _common(row)
    subagent = _subagent(told.get("prompt_id"), base.session)
    tool, error = text(told.get("function_name")), text(told.get("error"))
    outcome = _outcome(told.get("status"), told.get("execution_status"), error or "")
    return base._replace(
        hook_event=_CALLED,
        phase=ANSWERED,
        # A subagent's hooks tell the prompt of its session.
        turn=None if subagent else text(told.get("prompt_id")),
        subagent=subagent,
        call_id=text(told.get("call_id")),
        tool=tool,
        tool_input=told.get("function_args"),
        outcome=outcome,
        error=error if outcome in _BAD_ENDS else None,
        exit_code=_exit_code(tool, error or "", None),
        duration_ms=_lasted(told),
    )


def _lasted(told: Message) -> int | None:
    """Give how long a call took; it is 0 for one that was not begun."""
    begun = told.get("execution_status") != _NOT_BEGUN
    return milliseconds(told.get("duration_ms")) if begun else None


def _subagent(prompt_id: object, session: str | None) -> str | None:
    """Give the subagent out of `<session>#<subagent>#<number>`; the session's own have none."""
    prompt, _, _ = (text(prompt_id) or "").rpartition("#")
    own = f"{session}#"
    return prompt[len(own) :].strip("#") or None if prompt.startswith(own) else None


def _outcome(status: object, execution: object, told: str) -> Outcome:
    """Say how a call ended, as the hook's batch does."""
    outcome = _OUTCOMES.get(text(status) or "", Outcome.UNKNOWN)
    if outcome is Outcome.OK:
        return outcome
    if failure.told_outcome(told) is Outcome.DENIED:
        return Outcome.DENIED
    return Outcome.REJECTED if execution == _NOT_BEGUN else outcome


def _exit_code(tool: str | None, told: str, display: object) -> int | None:
    """Give a shell command's exit code; the text of another tool may only quote one."""
    if tool != _SHELL:
        return None
    code = exit_status(members(display).get("exitCode"))
    return failure.exit_code(told) if code is None else code


def _common(row: Message) -> Observation:
    return Observation(
        Kind.TOOL_CALL,
        hook_event=text(row.get("type")) or "",
        session=text(row.get("sessionId")),
        cwd=text(row.get("cwd")),
        subagent=text(row.get("agentId")),
        subagent_type=text(row.get("agentName")),
    )
