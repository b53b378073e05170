"""What OpenCode tells a plugin: tool callbacks, chat messages, and events of its bus."""

from __future__ import annotations

import re
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

_BAD_ENDS: Final = (Outcome.FAILED, Outcome.INTERRUPTED)
_REFUSALS: Final = (
    "The user rejected permission",
    "The user has specified a rule which prevents",
)
_REJECTION: Final = re.compile(r"The \S+ tool was called with invalid arguments")
_ABORTED: Final = "Tool execution aborted"
_KNOWN_NOISE: Final = ("message.", "session.", "file.", "catalog.", "integration.", "plugin.",
                       "reference.", "server.", "todo.", "lsp.", "permission.", "command.",
                       "installation.", "vcs.", "pty.", "tui.", "mcp.", "project.")  # fmt: skip


def observe(message: Message, spec: AgentSpec, event: str) -> list[Observation]:
    """Read one message of the plugin: `{"kind": …, "input": …, "output": …}` or a bus event.

    The plugin adds what it knows of the session: its directory, its agent, its model, and when
    it is a subagent's the session of the whole as its `parent`.
    """
    if event in ("tool.execute.before", "tool.execute.after"):
        return [_callback(message, event)]
    if event == "chat.message":
        return [_prompt(message, event)]
    if "event" in message:
        return [_bus(message, spec)]
    told = members(message.get("input"))
    base = _common(message, event, text(told.get("sessionID")))
    kind = spec.hook_events.get(event)
    return [base._replace(kind=kind or Kind.SIGNAL, known=kind is not None or event == "init")]


def _common(message: Message, event: str, session: str | None) -> Observation:
    """Describe what every message tells; a subagent's session is told as a part of its parent's."""
    parent = text(message.get("parent"))
    return Observation(
        Kind.SIGNAL,
        event,
        session=parent or session,
        cwd=text(message.get("directory")),
        model=text(message.get("model")),
        subagent=session if parent else None,
        subagent_type=text(message.get("agent")) if parent else None,
    )


def _call_id(told: object, base: Observation) -> str | None:
    """Give a call's id; some models count calls anew in each session, a subagent's included."""
    call_id = text(told)
    return f"{base.subagent}/{call_id}" if call_id and base.subagent else call_id


def _callback(message: Message, event: str) -> Observation:
    told, output = members(message.get("input")), members(message.get("output"))
    before = event == "tool.execute.before"
    base = _common(message, event, text(told.get("sessionID")))
    call = base._replace(
        kind=Kind.TOOL_CALL,
        call_id=_call_id(told.get("callID"), base),
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
    metadata, told = members(output.get("metadata")), output.get("output", output.get("content"))
    outcome = _success(call.tool, metadata, told)
    return call._replace(
        output=told,
        outcome=outcome,
        exit_code=exit_status(metadata.get("exit")),
        error=text(told) if outcome in _BAD_ENDS else None,
    )


def _success(tool: str | None, metadata: Message, told: object) -> Outcome:
    """Say how a call really ended that OpenCode takes for a success."""
    if tool == "bash" and "exit" not in metadata:
        # A command of the user's own: nothing tells how it ended.
        return Outcome.UNKNOWN
    if metadata.get("exit") is None and isinstance(told, str):
        _, _, remark = told.rpartition("<shell_metadata>\n")
        if remark.startswith("User aborted the command"):
            return Outcome.INTERRUPTED
        if remark.startswith("shell tool terminated command after exceeding timeout"):
            return Outcome.FAILED
    return failure.by_exit_code(exit_status(metadata.get("exit")))


def _prompt(message: Message, event: str) -> Observation:
    told, output = members(message.get("input")), members(message.get("output"))
    chat, given = members(output.get("message")), output.get("parts")
    parts = list(map(members, given)) if isinstance(given, list) else []
    base = _common(message, event, text(told.get("sessionID")))._replace(
        event_id=text(chat.get("id")),
        model=text(members(chat.get("model")).get("modelID")),
    )
    # What OpenCode adds to a prompt, or says in the user's name, nobody typed.
    typed = [part for part in parts if part.get("synthetic") is not True]
    if parts and not typed:
        return base
    prompt = "\n".join(filter(None, (text(part.get("text")) for part in typed)))
    return base._replace(kind=Kind.PROMPT, detail=prompt, prompt=prompt)


def _bus(message: Message, spec: AgentSpec) -> Observation:
    event = members(message["event"])
    name = text(event.get("type")) or ""
    facts = members(event.get("properties"))
    info = members(facts.get("info"))
    common = _common(message, name, text(facts.get("sessionID")) or text(info.get("sessionID")))
    base = common._replace(
        kind=spec.hook_events.get(name, Kind.SIGNAL),
        known=name in spec.hook_events or name.startswith(_KNOWN_NOISE),
        cwd=text(info.get("directory")) or common.cwd,
        event_id=text(event.get("id")),
        sent_ms=epoch_ms(facts.get("time")),
    )
    read = _BUS_EVENTS.get(name)
    return read(message, facts, base) if read else base


def _created(_: Message, facts: Message, base: Observation) -> Observation:
    info = members(facts.get("info"))
    parent, agent = text(info.get("parentID")), text(info.get("agent"))
    if parent is None:
        return base
    return base._replace(
        kind=Kind.SUBAGENT_START,
        session=base.session if base.subagent else parent,
        subagent=text(info.get("id")),
        subagent_type=agent,
        detail=agent or "",
    )


def _idle(_: Message, __: Message, base: Observation) -> Observation:
    if base.subagent is None:
        return base
    return base._replace(kind=Kind.SUBAGENT_END, detail=base.subagent_type or "")


def _deleted(_: Message, facts: Message, base: Observation) -> Observation:
    """Read a session's end; a subagent's is no end of the session it was a part of."""
    part = base.subagent or "parentID" in members(facts.get("info"))
    return base._replace(kind=Kind.SIGNAL) if part else base


def _failed(_: Message, facts: Message, base: Observation) -> Observation:
    error = _error(members(facts.get("error")))
    return base._replace(detail=error, error=error)


def _permission(message: Message, facts: Message, base: Observation) -> Observation:
    """Read a permission's request or reply; what a reply is for, the plugin remembers."""
    replied = base.hook_event == "permission.replied"
    asked = members(message.get("asked")) if replied else facts
    reply = text(facts.get("reply"))
    if replied and reply != "reject":
        return base._replace(detail=reply or "")
    metadata, patterns = members(asked.get("metadata")), asked.get("patterns")
    told = filter(None, map(text, patterns)) if isinstance(patterns, list) else ()
    return base._replace(
        kind=Kind.PERMISSION_DENIED if replied else Kind.PERMISSION_REQUEST,
        call_id=_call_id(members(asked.get("tool")).get("callID"), base),
        tool=text(message.get("tool")) or text(asked.get("permission")),
        tool_input=metadata or None,
        detail=text(metadata.get("command")) or text(metadata.get("filepath")) or ", ".join(told),
    )


def _part_updated(_: Message, facts: Message, base: Observation) -> Observation:
    part = members(facts.get("part"))
    if part.get("type") == "tool":
        return _part(part, base)
    if part.get("type") == "step-finish":
        # Kept as what went into the event: usage is read from here.
        keys = ("messageID", "reason", "tokens", "cost")
        return base._replace(tool_input={key: part[key] for key in keys if key in part})
    return base


def _part(part: Message, base: Observation) -> Observation:
    """Read a tool's part: the only place that tells of failures, and of exact times."""
    state, tool = members(part.get("state")), text(part.get("tool"))
    started, ended = (epoch_ms(members(state.get("time")).get(key)) for key in ("start", "end"))
    call = base._replace(
        kind=Kind.TOOL_CALL,
        event_id=None,
        phase=BATCH if state.get("status") in ("completed", "error") else BEFORE,
        call_id=_call_id(part.get("callID"), base),
        tool=tool,
        tool_input=state.get("input") or None,
        output=state.get("output"),
        outcome=_part_outcome(tool, state),
        error=text(state.get("error")),
        exit_code=exit_status(members(state.get("metadata")).get("exit")),
        duration_ms=None if started is None or ended is None else max(ended - started, 0),
    )
    return _invalid(call) if tool == "invalid" else call


def _part_outcome(tool: str | None, state: Message) -> Outcome:
    metadata, error = members(state.get("metadata")), text(state.get("error")) or ""
    if state.get("status") == "completed":
        return _success(tool, metadata, state.get("output", metadata.get("output")))
    if state.get("status") != "error":
        return Outcome.UNKNOWN
    if error == _ABORTED or metadata.get("interrupted") is True:
        return Outcome.INTERRUPTED
    if _REJECTION.match(error):
        return Outcome.REJECTED
    return Outcome.DENIED if error.startswith(_REFUSALS) else Outcome.FAILED


def _error(error: Message) -> str:
    data = members(error.get("data"))
    return text(data.get("message")) or text(error.get("message")) or text(error.get("name")) or ""


_BUS_EVENTS: Final = {
    "session.created": _created,
    "session.idle": _idle,
    "session.deleted": _deleted,
    "session.error": _failed,
    "permission.asked": _permission,
    "permission.replied": _permission,
    "message.part.updated": _part_updated,
}
