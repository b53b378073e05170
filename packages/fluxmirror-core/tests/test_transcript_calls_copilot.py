"""GitHub Copilot CLI's event files, beyond what was recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.event import ANSWERED, ASKED, Outcome
from fluxmirror_core.transcripts.calls.copilot import calls
from fluxmirror_core.transcripts.part import Part
from fluxmirror_core.transcripts.problem import NO_CALL, UNKNOWN_RECORD, Problem

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.told_call import ToldCall

    Row = dict[str, Any]

# Read off the hooks of a run that called each of them.
NAMES = {
    "apply_patch": "Edit",
    "ask_user": "AskUserQuestion",
    "list_bash": "list_bash",
    "powershell": "Bash",
    "read_bash": "read_bash",
    "report_intent": "report_intent",
    "rg": "Grep",
    "skill": "skill",
    "sql": "sql",
    "stop_bash": "stop_bash",
    "store_memory": "store_memory",
    "str_replace_editor": "Edit",
    "update_todo": "TodoWrite",
    "web_fetch": "WebFetch",
    "web_search": "WebSearch",
    "write_bash": "write_bash",
}
NO_TOOL = "Tool 'x' does not exist."
ENDINGS: list[tuple[Row, Outcome, int | None]] = [
    ({"success": True, "shellExecution": {"exitCode": 0}}, Outcome.OK, 0),
    ({"success": True, "shellExecution": {"exitCode": 3}}, Outcome.FAILED, 3),
    (
        {"success": True, "result": {"content": "x\n<shellId: 0 completed with exit code 4>"}},
        Outcome.FAILED,
        4,
    ),
    ({"success": True, "result": {"content": "<command started in background>"}}, Outcome.OK, None),
    ({"success": False, "error": {"message": "no", "code": "failure"}}, Outcome.FAILED, None),
    ({"success": False, "error": {"message": "no", "code": "denied"}}, Outcome.DENIED, None),
    ({"success": False, "error": {"message": "no", "code": "rejected"}}, Outcome.DENIED, None),
    ({"success": False, "error": {"message": NO_TOOL, "code": "failure"}}, Outcome.REJECTED, None),
    ({"success": False, "result": {"content": "no"}}, Outcome.FAILED, None),
    ({"result": {"content": "x"}}, Outcome.UNKNOWN, None),
]


def event(kind: str, agent: str | None = None, **data: object) -> Row:
    """Make an event, of a subagent's for one."""
    owner = {"agentId": agent} if agent else {}
    return {"type": kind, "data": data, **owner, "timestamp": "2026-11-21T03:44:11.342Z"}


def started(agent: str | None = None, **more: object) -> Row:
    """Make the start of `c`."""
    call = {"toolCallId": "c", "toolName": "bash", "arguments": {"command": "x"}, **more}
    return event("tool.execution_start", agent, **call)


def completed(agent: str | None = None, **more: object) -> Row:
    """Make the end of `c`."""
    return event("tool.execution_complete", agent, toolCallId="c", **more)


def part_of(*rows: Row) -> Part:
    """Make a session's file of these events."""
    lines = "".join(f"{json.dumps(row)}\n" for row in rows)
    return Part(lines.encode(), "/h/.copilot/session-state/s/events.jsonl")


def told_by(*rows: Row) -> list[ToldCall]:
    """Read a file of these events."""
    return list(calls(part_of(*rows)))


@pytest.mark.parametrize(("name", "told"), NAMES.items())
def test_call_has_the_name_that_hooks_tell(name: str, told: str) -> None:
    """Some tools have Claude's names there; the input is the agent's own."""
    (call,) = told_by(started(toolName=name))
    assert (call.seen.tool, call.seen.tool_input) == (told, {"command": "x"})
    assert (call.seen.phase, call.seen.session) == (ASKED, "s")


@pytest.mark.parametrize(("data", "outcome", "exit_code"), ENDINGS)
def test_call_ended_as_its_event_says(data: Row, outcome: Outcome, exit_code: int | None) -> None:
    """A failed command is a success with an exit code."""
    seen = told_by(started(), completed(**data))[-1].seen
    assert (seen.phase, seen.tool, seen.call_id) == (ANSWERED, "Bash", "c")
    assert (seen.outcome, seen.exit_code) == (outcome, exit_code)
    failed_in_silence = data.get("success") is True and "result" not in data
    silent = outcome in (Outcome.OK, Outcome.UNKNOWN) or failed_in_silence
    assert (seen.error is None) == silent


def test_only_a_shell_has_an_exit_code() -> None:
    """What another tool read may quote one."""
    content = "<shellId: 0 completed with exit code 4>"
    seen = told_by(started(toolName="view"), completed(success=True, result={"content": content}))[
        -1
    ].seen
    assert (seen.outcome, seen.exit_code) == (Outcome.OK, None)


def test_server_and_tool_are_named_apart() -> None:
    """Joined, nobody knows where a server's name ends."""
    server = {"mcpServerName": "my-server", "mcpToolName": "get-sum"}
    begun, ended = told_by(started(toolName="my-server-get-sum", **server), completed(success=True))
    assert begun.seen.mcp == ended.seen.mcp == ("my-server", "get-sum")


def test_response_is_the_one_that_requested_the_call() -> None:
    """It is told before, with the ids of its calls."""
    message = event("assistant.message", apiCallId="r", toolRequests=[{"toolCallId": "c"}])
    begun, ended = told_by(message, started(), completed(success=True))
    assert begun.response == ended.response == "r"


def test_call_that_a_person_made_has_no_response() -> None:
    """No model asked for it."""
    asked = event("tool.user_requested", toolCallId="c", toolName="bash")
    (call,) = told_by(asked, started())
    assert call.response is None


def test_subagents_calls_are_its_sessions() -> None:
    """Its kind is told when it starts."""
    begun = event("subagent.started", "a", agentName="x", agentType="explore")
    call, ended = told_by(begun, started("a"), completed("a", success=True))
    for seen in (call.seen, ended.seen):
        assert (seen.session, seen.subagent, seen.subagent_type) == ("s", "a", "explore")


def test_directory_is_the_one_of_the_time() -> None:
    """The agent tells when it goes elsewhere."""
    begun = event("session.start", context={"cwd": "/w"}, copilotVersion="1.0.102")
    moved = event("session.context_changed", cwd="/w/deep")
    told = told_by(begun, started(), moved, completed(success=True))
    assert [call.seen.cwd for call in told] == ["/w", "/w/deep"]


def test_end_without_a_start_is_counted() -> None:
    """Nothing tells which tool it was."""
    part = part_of(completed(success=True))
    assert not list(calls(part))
    assert part.problems == {Problem(NO_CALL): 1}


def test_unknown_record_is_counted() -> None:
    """By its kind and the version of the agent, which only the first tells."""
    part = part_of(event("session.start", copilotVersion="1.0.102"), event("session.new"))
    assert not list(calls(part))
    assert part.problems == {Problem(UNKNOWN_RECORD, "session.new", "1.0.102"): 1}
