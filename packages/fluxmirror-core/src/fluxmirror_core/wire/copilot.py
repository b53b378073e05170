"""The dialect of Copilot CLI, in both its spellings: its own camelCase names, and Claude's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import AFTER, BEFORE, Kind, Outcome
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
    from fluxmirror_core.agents import AgentSpec

_DETAIL_KEYS: Final = {
    Kind.SESSION_START: ("source",),
    Kind.SESSION_END: ("reason",),
    Kind.SUBAGENT_START: ("agent_type",),
    Kind.SUBAGENT_END: ("agent_type",),
    Kind.COMPACTION_START: ("trigger",),
    Kind.NOTIFICATION: ("message",),
}


def observe(message: Message, spec: AgentSpec, event: str) -> list[Observation]:
    """Read one payload, whichever spelling its event was registered under."""
    kind = spec.hook_events.get(event[:1].lower() + event[1:])
    base = Observation(
        kind or Kind.SIGNAL,
        event,
        known=kind is not None,
        session=_session(message),
        cwd=text(message.get("cwd")),
        subagent=first_text(message, "agent_id", "agentId"),
        subagent_type=first_text(message, "agent_type", "agentType"),
        sent_ms=epoch_ms(message.get("timestamp")),
    )
    if kind is Kind.TOOL_CALL:
        return [_call(message, base)]
    if kind is Kind.PERMISSION_REQUEST:
        return [_tool(message, base)]
    if event == "preMcpToolCall":
        return [_mcp_call(message, base)]
    return [_told(message, base)]


def _session(message: Message) -> str | None:
    """Give the session of the whole: some of a subagent's events name the subagent as theirs."""
    session = first_text(message, "session_id", "sessionId")
    own = session is not None and session == first_text(message, "agent_id", "agentId")
    return (first_text(message, "parent_agent_id", "parentAgentId") if own else None) or session


def _tool(message: Message, base: Observation) -> Observation:
    return base._replace(
        tool=first_text(message, "tool_name", "toolName"),
        tool_input=_either(message, "tool_input", "toolArgs", "toolInput"),
    )


def _either(message: Message, *keys: str) -> object:
    return next((message[key] for key in keys if key in message), None)


def _call(message: Message, base: Observation) -> Observation:
    call = _tool(message, base)._replace(phase=AFTER, outcome=Outcome.UNKNOWN)
    event = base.hook_event.lower()
    if event == "pretooluse":
        return call._replace(phase=BEFORE)
    if event == "posttoolusefailure":
        return _failed(message, call)
    return _after(members(_either(message, "tool_result", "toolResult")), call)


def _failed(message: Message, call: Observation) -> Observation:
    error = _error(message)
    unknown_tool = error.startswith("Tool '") and error.endswith("does not exist.")
    return call._replace(outcome=Outcome.REJECTED if unknown_tool else Outcome.FAILED, error=error)


def _after(result: Message, call: Observation) -> Observation:
    kind = first_text(result, "result_type", "resultType")
    told = first_text(result, "text_result_for_llm", "textResultForLlm") or ""
    code = failure.shell_id_exit_code(told) if call.tool in _SHELLS else None
    outcome = failure.by_exit_code(code) if kind == "success" else _RESULTS.get(kind or "")
    outcome = outcome or Outcome.UNKNOWN
    return call._replace(
        output=told,
        outcome=outcome,
        exit_code=code,
        error=told if outcome not in (Outcome.OK, Outcome.UNKNOWN) else None,
    )


_SHELLS: Final = ("Bash", "bash", "read_bash", "PowerShell", "powershell", "read_powershell")
_RESULTS: Final = {
    "failure": Outcome.FAILED,
    "error": Outcome.FAILED,
    "rejected": Outcome.REJECTED,
    "denied": Outcome.DENIED,
}


def _error(message: Message) -> str:
    error = message.get("error")
    return text(error) or text(members(error).get("message")) or ""


def _mcp_call(message: Message, base: Observation) -> Observation:
    server, tool = text(message.get("serverName")), text(message.get("toolName"))
    return base._replace(
        tool_input=message.get("arguments"),
        call_id=text(message.get("toolCallId")),
        mcp=(server, tool) if server and tool else None,
    )


def _told(message: Message, base: Observation) -> Observation:
    if base.kind is Kind.PROMPT:
        prompt = text(message.get("prompt")) or ""
        return base._replace(detail=prompt, prompt=prompt)
    if base.kind is Kind.TURN_FAILED:
        return base._replace(detail=_error(message), error=_error(message))
    return base._replace(detail=first_text(message, *_DETAIL_KEYS.get(base.kind, ())) or "")
