"""Claude Code's session files: a row per call, and a user's row with what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import ANSWERED, ASKED, Kind, Outcome
from fluxmirror_core.transcripts.calls.content import blocks, told_text
from fluxmirror_core.transcripts.calls.open_calls import OpenCalls
from fluxmirror_core.transcripts.calls.unknown_record import count_unknown
from fluxmirror_core.transcripts.told_call import ToldCall
from fluxmirror_core.wire import failure
from fluxmirror_core.wire.observation import (
    Message,
    Observation,
    epoch_ms,
    members,
    milliseconds,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Part

_SYNTHETIC: Final = "<synthetic>"
"""The model of rows that Claude Code writes itself."""
_SHELLS: Final = ("Bash", "PowerShell")
_INTERRUPTED: Final = "[Request interrupted by user"
_DENIALS: Final = {
    "user-rejected": Outcome.DENIED,
    "permission-rule": Outcome.DENIED,
    "cancelled": Outcome.INTERRUPTED,
    "interrupted": Outcome.INTERRUPTED,
}
"""By the `toolDenialKind` of the result's row."""
_OTHERS: Final = frozenset(
    (
        "agent-color",
        "agent-name",
        "agent-setting",
        "ai-title",
        "api-request",
        "api-request-blob",
        "api-request-resumed",
        "api-request-shape",
        "artifact-autoreact-ledger",
        "artifact-comment-monitor",
        "atis-latch",
        "attachment",
        "attribution-snapshot",
        "bridge-session",
        "content-replacement",
        "continued-in",
        "cost-state",
        "custom-title",
        "data-flow-incomplete",
        "data-flow-records",
        "derived-from",
        "dev-mods",
        "ended-by-model",
        "file-history-delta",
        "file-history-snapshot",
        "fork-context-ref",
        "frame-link",
        "history-suppression",
        "hybrid-organization",
        "isolation-latch",
        "last-prompt",
        "memory-mode",
        "mode",
        "observer-ref",
        "permission-mode",
        "pr-link",
        "progress",
        "queue-operation",
        "relocated",
        "repl-mode",
        "resume-head-vouch",
        "session-owner",
        "summary",
        "system",
        "tag",
        "tools-used",
        "worktree-state",
    )
)
"""Kinds of rows that tell of no call."""


def calls(part: Part) -> Iterator[ToldCall]:
    """Read the calls of a session's or a subagent's file."""
    open_calls = OpenCalls(part)
    for offset, row in part.lines():
        kind = text(row.get("type"))
        # Not every row has it.
        if version := text(row.get("version")):
            part.memory["version"] = version
        if kind == "assistant":
            yield from _asked(offset, row, open_calls)
        elif kind == "user":
            yield from _answered(offset, row, open_calls)
        elif kind not in _OTHERS:
            count_unknown(part, kind, part.memory.get("version"))


def _asked(offset: int, row: Message, open_calls: OpenCalls) -> Iterator[ToldCall]:
    message = members(row.get("message"))
    response, model = text(message.get("id")), text(message.get("model"))
    for block in blocks(message.get("content")):
        call_id, tool = text(block.get("id")), text(block.get("name"))
        if block.get("type") != "tool_use" or call_id is None or tool is None:
            continue
        open_calls.begin(call_id, {"tool": tool, "response": response})
        seen = _common(row)._replace(
            phase=ASKED,
            call_id=call_id,
            tool=tool,
            tool_input=block.get("input"),
            outcome=Outcome.UNKNOWN,
            model=model if model != _SYNTHETIC else None,
        )
        yield ToldCall(offset, epoch_ms(row.get("timestamp")), response, seen)


def _answered(offset: int, row: Message, open_calls: OpenCalls) -> Iterator[ToldCall]:
    content = blocks(members(row.get("message")).get("content"))
    results = [block for block in content if block.get("type") == "tool_result"]
    # The client's own telling of the result is the row's: of several it is nobody's.
    display = row.get("toolUseResult") if len(results) == 1 else None
    for result in results:
        call_id = text(result.get("tool_use_id"))
        known = open_calls.end(call_id)
        if known is not None:
            seen = _ended(row, result, display)
            seen = seen._replace(call_id=call_id, tool=known["tool"])
            seen = seen if known["tool"] in _SHELLS else seen._replace(exit_code=None)
            yield ToldCall(offset, epoch_ms(row.get("timestamp")), known["response"], seen)


def _ended(row: Message, result: Message, display: object) -> Observation:
    told = told_text(result.get("content"))
    is_error = result.get("is_error") is True
    outcome = _outcome(row, told, display) if is_error else _calm_outcome(display)
    figures = members(display)
    return _common(row)._replace(
        phase=ANSWERED,
        output=result.get("content") if display is None else display,
        outcome=outcome,
        error=_error(outcome, told, display) if is_error else None,
        exit_code=failure.exit_code(told) if is_error else None,
        duration_ms=milliseconds(figures.get("durationMs", figures.get("totalDurationMs"))),
    )


def _outcome(row: Message, told: str, display: object) -> Outcome:
    """Say how a call with an error ended: by the row's own word, else by the text."""
    if denial := _DENIALS.get(text(row.get("toolDenialKind")) or ""):
        return denial
    if members(row.get("permissionDecision")).get("decision") == "reject":
        return Outcome.DENIED
    if told.startswith(_INTERRUPTED):
        return Outcome.INTERRUPTED
    by_text = failure.told_outcome(told)
    if by_text is not Outcome.UNKNOWN:
        return by_text
    calm = _calm_outcome(display)
    return Outcome.FAILED if calm is Outcome.OK else calm


def _calm_outcome(display: object) -> Outcome:
    interrupted = members(display).get("interrupted") is True
    return Outcome.INTERRUPTED if interrupted else Outcome.OK


def _error(outcome: Outcome, told: str, display: object) -> str:
    """Give the error in the words of the hook; the model is told more now and then."""
    if outcome is Outcome.FAILED and isinstance(display, str):
        return display.removeprefix("Error: ")
    return told


def _common(row: Message) -> Observation:
    subagent = text(row.get("agentId"))
    # A fork repeats the rows of the session that it comes from; the calls were made there.
    origin = text(members(row.get("forkedFrom")).get("sessionId"))
    return Observation(
        Kind.TOOL_CALL,
        hook_event=text(row.get("type")) or "",
        session=origin or text(row.get("sessionId")),
        cwd=text(row.get("cwd")),
        turn=text(row.get("promptId")),
        subagent=subagent,
        subagent_type=text(row.get("attributionAgent")) if subagent else None,
    )
