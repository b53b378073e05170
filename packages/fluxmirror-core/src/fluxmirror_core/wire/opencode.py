"""What OpenCode tells a plugin: tool callbacks, chat messages, and events of its bus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import AFTER, BATCH, BEFORE, Kind, Outcome
from fluxmirror_core.wire import failure
from fluxmirror_core.wire.observation import (
    Message,
    Observation,
    epoch_ms,
    exit_status,
    members,
    text,
)

if TYPE_CHECKING:
    from fluxmirror_core.agents import AgentSpec

_PART_OUTCOMES: Final = {"completed": Outcome.OK, "error": Outcome.FAILED}
_REFUSALS: Final = (
    "The user rejected permission",
    "The user has specified a rule which prevents",
)
_ABORTED: Final = "Tool execution aborted"
_KNOWN_NOISE: Final = ("message.", "session.", "file.", "catalog.", "integration.", "plugin.",
                       "reference.", "server.", "todo.", "lsp.", "permission.", "command.",
                       "installation.", "vcs.", "pty.", "tui.", "mcp.", "project.")  # fmt: skip


def observe(message: Message, spec: AgentSpec, event: str) -> list[Observation]:
    """Read one message of the plugin: `{"kind": …, "input": …, "output": …}` or a bus event."""
    if event in ("tool.execute.before", "tool.execute.after"):
        return [_callback(message, event)]
    if event == "chat.message":
        return [_prompt(message, event)]
    if "event" in message:
        return [_bus(members(message["event"]), spec)]
    cwd = text(message.get("directory"))
    return [Observation(Kind.SIGNAL, event, known=event == "init", cwd=cwd)]


def _callback(message: Message, event: str) -> Observation:
    told, output = members(message.get("input")), members(message.get("output"))
    before = event == "tool.execute.before"
    call = Observation(
        Kind.TOOL_CALL,
        event,
        session=text(told.get("sessionID")),
        call_id=text(told.get("callID")),
        tool=text(told.get("tool")),
        tool_input=output.get("args") if before else told.get("args"),
        phase=BEFORE if before else AFTER,
        outcome=Outcome.UNKNOWN,
    )
    if call.tool == "invalid":
        return _invalid(call)
    return call if before else _after(output, call)


def _invalid(call: Observation) -> Observation:
    """Describe a call of a tool that does not exist, which OpenCode turns into this one."""
    error = text(members(call.tool_input).get("error"))
    return call._replace(outcome=Outcome.REJECTED, error=error)


def _after(output: Message, call: Observation) -> Observation:
    code = exit_status(members(output.get("metadata")).get("exit"))
    outcome = failure.by_exit_code(code)
    told = output.get("output", output.get("content"))
    return call._replace(
        output=told,
        outcome=outcome,
        exit_code=code,
        error=text(told) if outcome is Outcome.FAILED else None,
    )


def _prompt(message: Message, event: str) -> Observation:
    told, output = members(message.get("input")), members(message.get("output"))
    chat, parts = members(output.get("message")), output.get("parts")
    texts = [text(members(part).get("text")) for part in parts] if isinstance(parts, list) else []
    prompt = "\n".join(filter(None, texts))
    return Observation(
        Kind.PROMPT,
        event,
        session=text(told.get("sessionID")),
        event_id=text(chat.get("id")),
        model=text(members(chat.get("model")).get("modelID")),
        detail=prompt,
        prompt=prompt,
    )


def _bus(event: Message, spec: AgentSpec) -> Observation:
    name = text(event.get("type")) or ""
    facts = members(event.get("properties"))
    part, info = members(facts.get("part")), members(facts.get("info"))
    kind = spec.hook_events.get(name, Kind.SIGNAL)
    base = Observation(
        kind,
        name,
        known=name in spec.hook_events or name.startswith(_KNOWN_NOISE),
        session=text(facts.get("sessionID")) or text(info.get("sessionID")),
        cwd=text(info.get("directory")),
        event_id=text(event.get("id")),
        sent_ms=epoch_ms(facts.get("time")),
    )
    if part.get("type") == "tool":
        return _part(part, base)
    if kind is Kind.TURN_FAILED:
        error = _error(members(facts.get("error")))
        return base._replace(detail=error, error=error)
    return base


def _part(part: Message, base: Observation) -> Observation:
    """Read a tool's part: the only place that tells of failures, and of exact times."""
    state = members(part.get("state"))
    outcome = _part_outcome(state)
    started, ended = (epoch_ms(members(state.get("time")).get(key)) for key in ("start", "end"))
    return base._replace(
        kind=Kind.TOOL_CALL,
        event_id=None,
        phase=BEFORE if outcome is Outcome.UNKNOWN else BATCH,
        call_id=text(part.get("callID")),
        tool=text(part.get("tool")),
        tool_input=state.get("input") or None,
        output=state.get("output"),
        outcome=outcome,
        error=text(state.get("error")),
        duration_ms=None if started is None or ended is None else max(ended - started, 0),
    )


def _part_outcome(state: Message) -> Outcome:
    outcome = _PART_OUTCOMES.get(str(state.get("status")), Outcome.UNKNOWN)
    if outcome is not Outcome.FAILED:
        return outcome
    error = text(state.get("error")) or ""
    if error == _ABORTED or members(state.get("metadata")).get("interrupted") is True:
        return Outcome.INTERRUPTED
    return Outcome.DENIED if error.startswith(_REFUSALS) else outcome


def _error(error: Message) -> str:
    data = members(error.get("data"))
    return text(data.get("message")) or text(error.get("message")) or text(error.get("name")) or ""
