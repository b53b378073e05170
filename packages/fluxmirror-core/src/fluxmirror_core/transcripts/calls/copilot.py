"""GitHub Copilot CLI's event files: a call's start and end, under the names that hooks use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.event import ANSWERED, ASKED, Kind, Outcome
from fluxmirror_core.transcripts.calls import copilot_kinds
from fluxmirror_core.transcripts.calls.open_calls import MOST, OpenCalls
from fluxmirror_core.transcripts.calls.unknown_record import count_unknown
from fluxmirror_core.transcripts.told_call import ToldCall
from fluxmirror_core.wire import failure
from fluxmirror_core.wire.observation import Observation, epoch_ms, exit_status, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Memory, Part
    from fluxmirror_core.wire.observation import Message

_HOOK_NAMES: Final = {
    "apply_patch": "Edit",
    "ask_user": "AskUserQuestion",
    "bash": "Bash",
    "create": "Write",
    "edit": "Edit",
    "glob": "Glob",
    "grep": "Grep",
    "powershell": "Bash",
    "rg": "Grep",
    "str_replace_editor": "Edit",
    "task": "Agent",
    "update_todo": "TodoWrite",
    "view": "Read",
    "web_fetch": "WebFetch",
    "web_search": "WebSearch",
}
"""What hooks of Claude's spelling call a tool; the others keep their names."""
_SHELLS: Final = ("Bash", "read_bash", "read_powershell")
_CODES: Final = {
    "failure": Outcome.FAILED,
    "error": Outcome.FAILED,
    "timeout": Outcome.FAILED,
    "denied": Outcome.DENIED,
    "rejected": Outcome.DENIED,
}
"""By the error's code; what is rejected was rejected by the user."""


def calls(part: Part) -> Iterator[ToldCall]:
    """Read the tool calls of a session's file, its subagents' among them."""
    session = _Session(part)
    for offset, row in part.lines():
        yield from session.read(offset, row)


class _Session:
    """Reads one file's rows in their order."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._known: Memory = part.memory.setdefault("copilot_session", {})
        self._responses: dict[str, str | None] = self._known.setdefault("responses", {})
        self._types: dict[str, str | None] = self._known.setdefault("subagent_types", {})
        self._open = OpenCalls(part)
        self._id = os.path.basename(os.path.dirname(part.path)) or None

    def read(self, offset: int, row: dict[str, Any]) -> Iterator[ToldCall]:
        """Read one row."""
        kind, data = row.get("type"), members(row.get("data"))
        if kind == "tool.execution_start":
            yield from self._started(offset, row, data)
        elif kind == "tool.execution_complete":
            yield from self._completed(offset, row, data)
        elif kind == "assistant.message":
            self._attribute(data)
        elif kind == "subagent.started":
            agent = text(row.get("agentId"))
            _remember(
                self._types, agent, text(data.get("agentType")) or text(data.get("agentName"))
            )
        elif kind in ("session.start", "session.resume", "session.context_changed"):
            self._meet(data)
        elif not isinstance(kind, str) or kind not in copilot_kinds.EVENTS:
            count_unknown(self._part, kind, self._known.get("version"))

    def _meet(self, data: Message) -> None:
        """Learn the agent's version, and where it works."""
        if version := text(data.get("copilotVersion")):
            self._known["version"] = version
        context = members(data.get("context")) or data
        if directory := text(context.get("cwd")):
            self._known["cwd"] = directory

    def _attribute(self, message: Message) -> None:
        """Remember which response asked for which calls; they start behind it."""
        asked = message.get("toolRequests")
        for request in asked if isinstance(asked, list) else ():
            call_id = text(members(request).get("toolCallId"))
            _remember(self._responses, call_id, text(message.get("apiCallId")))

    def _started(self, offset: int, row: dict[str, Any], data: Message) -> Iterator[ToldCall]:
        call_id, name = text(data.get("toolCallId")), text(data.get("toolName"))
        if call_id is None or name is None:
            return
        server, tool = text(data.get("mcpServerName")), text(data.get("mcpToolName"))
        known: Memory = {
            "tool": _HOOK_NAMES.get(name, name),
            "mcp": [server, tool] if server and tool else None,
            "response": self._responses.pop(call_id, None),
        }
        self._open.begin(call_id, known)
        seen = self._seen(row, call_id, known, ASKED)
        yield _told(offset, row, known, seen._replace(tool_input=data.get("arguments")))

    def _completed(self, offset: int, row: dict[str, Any], data: Message) -> Iterator[ToldCall]:
        call_id = text(data.get("toolCallId"))
        known = self._open.end(call_id)
        if known is None or call_id is None:
            return
        seen = self._seen(row, call_id, known, ANSWERED)
        yield _told(offset, row, known, _ended(seen, data))

    def _seen(self, row: dict[str, Any], call_id: str, known: Memory, phase: int) -> Observation:
        subagent, mcp = text(row.get("agentId")), known["mcp"]
        return Observation(
            Kind.TOOL_CALL,
            hook_event=text(row.get("type")) or "",
            session=self._id,
            cwd=self._known.get("cwd"),
            model=text(members(row.get("data")).get("model")),
            subagent=subagent,
            subagent_type=self._types.get(subagent) if subagent else None,
            phase=phase,
            call_id=call_id,
            tool=known["tool"],
            mcp=(mcp[0], mcp[1]) if mcp else None,
            outcome=Outcome.UNKNOWN,
        )


def _remember(names: dict[str, str | None], key: str | None, value: str | None) -> None:
    """Keep a name, and forget the oldest of too many."""
    if key is not None:
        names[key] = value
        if len(names) > MOST:
            del names[next(iter(names))]


def _told(offset: int, row: dict[str, Any], known: Memory, seen: Observation) -> ToldCall:
    return ToldCall(offset, epoch_ms(row.get("timestamp")), known["response"], seen)


def _ended(seen: Observation, data: Message) -> Observation:
    """Say how a call ended; a shell command's failure is a success with an exit code."""
    output = text(members(data.get("result")).get("content"))
    if data.get("success") is False:
        error = members(data.get("error"))
        message = text(error.get("message")) or output or ""
        outcome = _bad_outcome(text(error.get("code")), message)
        return seen._replace(outcome=outcome, error=message, output=output)
    if data.get("success") is not True:
        return seen._replace(output=output)
    code = _exit_code(data, output or "") if seen.tool in _SHELLS else None
    outcome = failure.by_exit_code(code)
    told = output if outcome is Outcome.FAILED else None
    return seen._replace(outcome=outcome, exit_code=code, error=told, output=output or "")


def _bad_outcome(code: str | None, message: str) -> Outcome:
    if message.startswith("Tool '") and message.endswith("does not exist."):
        return Outcome.REJECTED
    return _CODES.get(code or "", Outcome.FAILED)


def _exit_code(data: Message, output: str) -> int | None:
    code = exit_status(members(data.get("shellExecution")).get("exitCode"))
    return failure.shell_id_exit_code(output) if code is None else code
