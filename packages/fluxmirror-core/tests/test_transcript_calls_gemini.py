"""Gemini CLI's chat files, beyond what was recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.event import ANSWERED, ASKED, Outcome
from fluxmirror_core.transcripts.calls.gemini import calls
from fluxmirror_core.transcripts.part import Part
from fluxmirror_core.transcripts.problem import UNKNOWN_RECORD, Problem

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.told_call import ToldCall

    Row = dict[str, Any]

SHELL = "run_shell_command"
FAILED = "<untrusted_context>\nOutput: x\nExit Code: 3\nProcess Group PGID: 9\n</untrusted_context>"
CANCELLED = "[Operation Cancelled] Reason:"
QUOTED = "The file says: Tool execution denied by policy."
ENDINGS = [
    ("success", {"output": "Output: hi"}, Outcome.OK, None),
    ("success", {"output": FAILED}, Outcome.FAILED, 3),
    ("error", {"error": "File not found: a.txt"}, Outcome.FAILED, None),
    ("error", {"error": 'Tool "x" not found. Did you mean "y"?'}, Outcome.REJECTED, None),
    ("error", {"error": "params must have required property 'b'"}, Outcome.REJECTED, None),
    ("error", {"error": "params/b must be number"}, Outcome.REJECTED, None),
    ("error", {"error": "Tool execution denied by policy."}, Outcome.DENIED, None),
    ("error", {"error": QUOTED}, Outcome.FAILED, None),
    ("cancelled", {"error": f"{CANCELLED} User denied execution."}, Outcome.DENIED, None),
    ("cancelled", {"error": f"{CANCELLED} Operation cancelled"}, Outcome.INTERRUPTED, None),
    ("cancelled", None, Outcome.INTERRUPTED, None),
]
HEADER: Row = {"sessionId": "s", "projectHash": "h", "kind": "main"}


def call_of(tool: str = SHELL, response: object = None, **more: object) -> Row:
    """Make a call."""
    result = [{"functionResponse": {"id": "c", "name": tool, "response": response}}]
    return {"id": "c", "name": tool, "args": {"command": "x"}, "result": result, **more}


def said(*its_calls: Row) -> Row:
    """Make the message of a response that calls tools."""
    return {"id": "m", "type": "gemini", "model": "pro", "toolCalls": list(its_calls)}


def told_by(*rows: Row, path: str = "chats/session-1.jsonl") -> list[ToldCall]:
    """Read a file of these rows."""
    return list(calls(Part("".join(f"{json.dumps(row)}\n" for row in rows).encode(), path)))


@pytest.mark.parametrize(("status", "response", "outcome", "exit_code"), ENDINGS)
def test_call_ended_as_status_and_text_say(
    status: str, response: object, outcome: Outcome, exit_code: int | None
) -> None:
    """A failed command succeeded for the agent; only the text says why a tool was not run."""
    (told,) = told_by(HEADER, said(call_of(SHELL, response, status=status)))
    assert told.seen.phase == ASKED | ANSWERED
    assert (told.seen.outcome, told.seen.exit_code) == (outcome, exit_code)
    assert (told.seen.error is None) == (outcome is Outcome.OK)
    assert (told.response, told.seen.session, told.seen.model) == ("m", "s", "pro")


@pytest.mark.parametrize("status", ["executing", "awaiting_approval", None, []])
def test_call_that_still_runs_has_no_end(status: object) -> None:
    """The row is written again when it has one."""
    (told,) = told_by(HEADER, said(call_of(status=status)))
    assert (told.seen.phase, told.seen.outcome) == (ASKED, Outcome.UNKNOWN)


def test_only_a_shell_has_an_exit_code() -> None:
    """Another tool's text may quote one."""
    (told,) = told_by(HEADER, said(call_of("read_file", {"output": FAILED}, status="success")))
    assert (told.seen.outcome, told.seen.exit_code) == (Outcome.OK, None)


@pytest.mark.parametrize(
    ("tool", "shown", "mcp"),
    [
        ("mcp_every_thing_get-sum", "get-sum (every_thing MCP Server)", ("every_thing", "get-sum")),
        ("mcp_a_b", "c (a MCP Server)", None),
        ("mcp_a_b", None, None),
        (SHELL, "Shell", None),
    ],
)
def test_server_is_found_apart_from_its_tool(
    tool: str, shown: str | None, mcp: tuple[str, str] | None
) -> None:
    """Both may hold the sign that joins them in the raw name."""
    (told,) = told_by(HEADER, said(call_of(tool, displayName=shown)))
    assert (told.seen.tool, told.seen.mcp) == (tool, mcp)


def test_subagents_calls_are_its_sessions() -> None:
    """The file lies in a folder that the session names."""
    header = {**HEADER, "sessionId": "helper", "kind": "subagent", "directories": ["/w"]}
    (told,) = told_by(header, said(call_of()), path="chats/s/helper.jsonl")
    assert (told.seen.session, told.seen.subagent, told.seen.cwd) == ("s", "helper", "/w")


def test_call_without_a_name_is_none() -> None:
    """Nothing could be said of it."""
    assert not told_by(HEADER, said(call_of() | {"name": None}))


def test_calls_of_a_history_set_anew_are_told() -> None:
    """A resumed session begins with one."""
    (told,) = told_by(HEADER, {"$set": {"messages": [said(call_of())]}})
    assert told.seen.call_id == "c"


def test_what_tells_of_no_call_is_known() -> None:
    """The kinds that the agent writes of old and new."""
    messages = [{"id": "m", "type": kind} for kind in ("user", "info", "error", "warning")]
    rows = [HEADER, *messages, {"$set": {"lastUpdated": "x"}}, {"$rewindTo": "m"}]
    part = Part("".join(f"{json.dumps(row)}\n" for row in rows).encode())
    assert not list(calls(part))
    assert not part.problems


def test_unknown_record_is_counted() -> None:
    """By its kind; no record tells a version."""
    part = Part(b'{"id": "m", "type": "new"}\n{"x": 1}\n')
    assert not list(calls(part))
    assert part.problems == {Problem(UNKNOWN_RECORD, "new"): 1, Problem(UNKNOWN_RECORD): 1}
