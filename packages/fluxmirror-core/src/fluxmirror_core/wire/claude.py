"""The dialect of Claude Code, which Qwen Code and Codex CLI write too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import AFTER, BATCH, BEFORE, Kind, Outcome
from fluxmirror_core.wire import failure
from fluxmirror_core.wire.observation import (
    Message,
    Observation,
    epoch_ms,
    first_text,
    members,
    milliseconds,
    text,
)

if TYPE_CHECKING:
    from fluxmirror_core.agents import AgentSpec

_PHASES: Final = {
    "PreToolUse": BEFORE,
    "PostToolUse": AFTER,
    "PostToolUseFailure": AFTER,
}
_DETAIL_KEYS: Final = {
    Kind.SESSION_START: ("source",),
    Kind.SESSION_END: ("reason",),
    Kind.TURN_FAILED: ("last_assistant_message", "error"),
    Kind.SUBAGENT_START: ("agent_type",),
    Kind.SUBAGENT_END: ("agent_type",),
    Kind.COMPACTION_START: ("trigger",),
    Kind.COMPACTION_END: ("trigger",),
    Kind.PERMISSION_DENIED: ("reason",),
    Kind.NOTIFICATION: ("message",),
}
_SHELLS: Final = ("Bash", "PowerShell", "run_shell_command")
_BAD_ENDS: Final = (Outcome.FAILED, Outcome.DENIED, Outcome.REJECTED)
_QWEN_OUTCOMES: Final = {
    "success": Outcome.OK,
    "error": Outcome.FAILED,
    "cancelled": Outcome.DENIED,
}


def observe(message: Message, spec: AgentSpec, event: str) -> list[Observation]:
    """Read one payload. A batch gives one observation per call; everything else gives one."""
    base = _common(message, spec, event)
    if event == "PostToolBatch":
        return _batch(message, base)
    if base.kind is Kind.TOOL_CALL:
        return [_call(message, base, spec)]
    if base.kind in (Kind.PERMISSION_REQUEST, Kind.PERMISSION_DENIED):
        return [_asked(message, base)]
    if base.kind is Kind.PROMPT:
        return [_prompt(message, base, spec)]
    detail = first_text(message, *_DETAIL_KEYS.get(base.kind, ())) or ""
    error = detail if base.kind is Kind.TURN_FAILED else None
    return [base._replace(detail=detail, error=error)]


def _common(message: Message, spec: AgentSpec, event: str) -> Observation:
    kind = spec.hook_events.get(event)
    return Observation(
        kind or Kind.SIGNAL,
        event,
        known=kind is not None,
        session=first_text(message, "session_id", "thread-id"),
        cwd=text(message.get("cwd")),
        turn=first_text(message, "prompt_id", "turn_id", "turn-id"),
        model=text(message.get("model")),
        subagent=text(message.get("agent_id")),
        subagent_type=text(message.get("agent_type")),
        sent_ms=epoch_ms(message.get("timestamp")),
    )


def _call(message: Message, base: Observation, spec: AgentSpec) -> Observation:
    event, tool = base.hook_event, text(message.get("tool_name"))
    response = message.get("tool_response")
    error = text(message.get("error")) if event == "PostToolUseFailure" else None
    told = error or text(members(response).get("llmContent")) or ""
    return base._replace(
        phase=_PHASES.get(event, AFTER),
        call_id=_call_id(message),
        tool=tool,
        tool_input=message.get("tool_input"),
        output=response,
        outcome=_outcome(message, spec, event),
        error=error,
        exit_code=_exit_code(tool, told),
        duration_ms=milliseconds(message.get("duration_ms")),
    )


def _call_id(call: Message) -> str | None:
    # Qwen makes a `tool_use_id` of its own; only the model's id is in its batches too.
    return first_text(call, "tool_call_id", "tool_use_id")


def _outcome(message: Message, spec: AgentSpec, event: str) -> Outcome:
    if event == "PreToolUse":
        return Outcome.UNKNOWN
    if event == "PostToolUseFailure":
        interrupted = message.get("is_interrupt") is True
        return Outcome.INTERRUPTED if interrupted else Outcome.FAILED
    response = members(message.get("tool_response"))
    if response.get("interrupted") is True:
        return Outcome.INTERRUPTED
    if response.get("isError") is True:
        return Outcome.FAILED
    # Codex tells a shell command's exit code in its session file alone.
    shell = spec.id == "codex-cli" and message.get("tool_name") == "Bash"
    return Outcome.UNKNOWN if shell else Outcome.OK


def _batch(message: Message, base: Observation) -> list[Observation]:
    calls = message.get("tool_calls")
    told = filter(None, map(members, calls)) if isinstance(calls, list) else ()
    seen = [_batched(call, base._replace(part=part)) for part, call in enumerate(told)]
    return seen or [base._replace(kind=Kind.SIGNAL)]


def _batched(call: Message, base: Observation) -> Observation:
    response = call.get("tool_response")
    told = _told(response)
    outcome = _batched_outcome(call, told)
    tool = text(call.get("tool_name"))
    return base._replace(
        kind=Kind.TOOL_CALL,
        phase=BATCH,
        call_id=_call_id(call),
        tool=tool,
        tool_input=call.get("tool_input"),
        output=response,
        outcome=outcome,
        error=told if outcome in _BAD_ENDS else None,
        exit_code=_exit_code(tool, told),
    )


def _batched_outcome(call: Message, told: str) -> Outcome:
    by_text = failure.told_outcome(told)
    if by_text is Outcome.DENIED:
        return by_text
    outcome = _QWEN_OUTCOMES.get(str(call.get("status")), by_text)
    started = members(call.get("tool_response")).get("execution_status") != "not_started"
    return outcome if started or outcome is Outcome.OK else Outcome.REJECTED


def _exit_code(tool: str | None, told: str) -> int | None:
    """Read a shell command's exit code; the text of another tool may only quote one."""
    return failure.exit_code(told) if tool in _SHELLS else None


def _told(response: object) -> str:
    """Give the text the model gets: a string, content blocks, or what Qwen wraps it in."""
    if isinstance(response, list):
        return "\n".join(filter(None, map(_block, response)))
    if isinstance(response, dict):
        return text(response.get("error")) or _told(response.get("response_parts"))
    return text(response) or ""


def _block(block: object) -> str | None:
    part = members(block)
    answer = members(members(part.get("functionResponse")).get("response"))
    return first_text(part, "text") or first_text(answer, "error", "output")


def _asked(message: Message, base: Observation) -> Observation:
    return base._replace(
        call_id=_call_id(message),
        tool=text(message.get("tool_name")),
        tool_input=message.get("tool_input"),
        detail=text(message.get("reason")) or "",
    )


def _prompt(message: Message, base: Observation, spec: AgentSpec) -> Observation:
    prompt = first_text(message, "submitted_prompt", "prompt") or ""
    # Qwen repeats the event for every round of tool results; Claude for a background agent's end.
    repeated = spec.id == "qwen-code" and "submitted_prompt" not in message
    if repeated or prompt.startswith("<task-notification>"):
        return base._replace(kind=Kind.SIGNAL)
    return base._replace(detail=prompt, prompt=prompt)
