"""The dialect of Gemini CLI: no call ids, no durations; a failed command says so in its text."""

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
    Kind.NOTIFICATION: ("message",),
}


def observe(message: Message, spec: AgentSpec, event: str) -> list[Observation]:
    """Read one payload."""
    kind = spec.hook_events.get(event)
    base = Observation(
        kind or Kind.SIGNAL,
        event,
        known=kind is not None,
        session=text(message.get("session_id")),
        cwd=text(message.get("cwd")),
        sent_ms=epoch_ms(message.get("timestamp")),
        model=text(members(message.get("llm_request")).get("model")),
    )
    if kind is Kind.TOOL_CALL:
        return [_call(message, base)]
    if kind is Kind.PROMPT:
        prompt = text(message.get("prompt")) or ""
        return [base._replace(detail=prompt, prompt=prompt)]
    return [base._replace(detail=first_text(message, *_DETAIL_KEYS.get(base.kind, ())) or "")]


def _call(message: Message, base: Observation) -> Observation:
    call = base._replace(
        phase=BEFORE,
        tool=text(message.get("tool_name")),
        tool_input=message.get("tool_input"),
        mcp=_mcp(members(message.get("mcp_context"))),
        outcome=Outcome.UNKNOWN,
    )
    return call if base.hook_event == "BeforeTool" else _after(message, call)


def _mcp(context: Message) -> tuple[str, str] | None:
    server, tool = text(context.get("server_name")), text(context.get("tool_name"))
    return (server, tool) if server and tool else None


def _after(message: Message, call: Observation) -> Observation:
    response = members(message.get("tool_response"))
    told = _told(response.get("llmContent"))
    error = text(members(response.get("error")).get("message"))
    code = failure.exit_code(told) if call.tool == "run_shell_command" else None
    failed = error is not None or bool(code)
    return call._replace(
        phase=AFTER,
        output=response.get("llmContent"),
        outcome=Outcome.FAILED if failed else Outcome.OK,
        error=error or (told if failed else None),
        exit_code=code,
    )


def _told(content: object) -> str:
    if isinstance(content, list):
        return "\n".join(filter(None, (text(members(part).get("text")) for part in content)))
    return text(content) or ""
