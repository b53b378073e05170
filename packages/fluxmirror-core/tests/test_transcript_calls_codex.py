"""Codex CLI's rollout files, beyond what was recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.event import ANSWERED, ASKED, Outcome
from fluxmirror_core.transcripts.calls.codex import calls
from fluxmirror_core.transcripts.part import Part
from fluxmirror_core.transcripts.problem import UNKNOWN_RECORD, Problem

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.told_call import ToldCall

    Row = dict[str, Any]

NAMES = [
    ({"name": "exec_command", "arguments": '{"cmd":"ls"}'}, "Bash", {"command": "ls"}),
    ({"name": "shell_command", "arguments": '{"command":"ls"}'}, "Bash", {"command": "ls"}),
    (
        {"name": "shell", "arguments": '{"command":["bash","-lc","ls -l"]}'},
        "Bash",
        {"command": "bash -lc 'ls -l'"},
    ),
    ({"name": "exec_command", "arguments": '{"wrong":1}'}, "Bash", {"wrong": 1}),
    ({"name": "apply_patch", "arguments": '{"input":"P"}'}, "apply_patch", {"command": "P"}),
    ({"name": "wait", "arguments": "no JSON"}, "wait", "no JSON"),
    ({"name": "get_sum", "namespace": "mcp__everything"}, "mcp__everything__get_sum", None),
    ({"name": "spawn_agent", "namespace": "multi_agent_v1"}, "spawn_agent", None),
    ({"name": "send_input", "namespace": "multi_agent_v1"}, "multi_agent_v1send_input", None),
    ({"name": "spawn_agent", "namespace": "collaboration"}, "collaborationspawn_agent", None),
    ({"name": "view_image", "namespace": "functions"}, "view_image", None),
]
"""A call as the history has it, and the name and input that hooks tell."""
ENDINGS = [
    ("Wall time: 1 seconds\nProcess exited with code 0\nOutput:\nx", Outcome.OK, 0),
    ("Process exited with code 3\nOutput:\nProcess exited with code 0\n", Outcome.FAILED, 3),
    ('{"output":"bad","metadata":{"exit_code":2,"duration_seconds":0.1}}', Outcome.FAILED, 2),
    ('{"output":', Outcome.UNKNOWN, None),
    ("unsupported call: nosuch", Outcome.REJECTED, None),
    ("failed to parse function arguments: missing field `cmd`", Outcome.REJECTED, None),
    ("exec command rejected by user", Outcome.DENIED, None),
    ("Command blocked by PreToolUse hook: no. Command: ls", Outcome.DENIED, None),
    ("aborted by user after 3.2s", Outcome.INTERRUPTED, None),
    ("Wall time: 0.1 seconds\naborted by user", Outcome.INTERRUPTED, None),
    ("exec_command failed for `x`: no such file", Outcome.FAILED, None),
    ("something else", Outcome.UNKNOWN, None),
    (None, Outcome.UNKNOWN, None),
]
META: Row = {"session_id": "s", "id": "s", "cli_version": "0.169.0"}


def row_of(kind: str, second: int = 0, **payload: object) -> Row:
    """Make a row, written at a second of a minute."""
    stamp = f"2026-11-21T18:50:{second:02}.000Z"
    return {"timestamp": stamp, "ordinal": 0, "type": kind, "payload": payload}


def asked(second: int = 0, call_id: str = "c", **item: object) -> Row:
    """Make the row of a call in the history."""
    call: Row = {"type": "function_call", "call_id": call_id, "name": "exec_command"}
    return row_of("response_item", second, **{**call, "arguments": '{"cmd":"ls"}', **item})


def script(second: int = 0, call_id: str = "c") -> Row:
    """Make the row of a script that calls other tools."""
    kind = "custom_tool_call"
    return row_of("response_item", second, type=kind, call_id=call_id, name="exec", input="x()")


def answered(output: object, call_id: str = "c", kind: str = "function_call_output") -> Row:
    """Make the row of what the model was given."""
    return row_of("response_item", type=kind, call_id=call_id, output=output)


def used(second: int, response: str) -> Row:
    """Make the row of a response."""
    return row_of("token_usage_record", second, response_id=response, usage={"input_tokens": 1})


def done(kind: str, own_id: str = "c", started: int = 0, **item: object) -> Row:
    """Make the row of what Codex did, begun at a second of the minute."""
    whole = {"type": kind, "id": own_id, "status": "completed", **item}
    begun = 1_795_287_000_000 + started * 1_000
    times: Row = {"started_at_ms": begun, "completed_at_ms": begun + 500}
    return row_of("event_msg", started, type="item_completed", turn_id="t", item=whole, **times)


def told_by(*rows: Row) -> list[ToldCall]:
    """Read a file of these rows, whose session it names."""
    return list(calls(part_of(row_of("session_meta", **META), *rows)))


def part_of(*rows: Row) -> Part:
    """Make a file of these rows."""
    return Part("".join(f"{json.dumps(row)}\n" for row in rows).encode(), "rollout-x.jsonl")


@pytest.mark.parametrize(("item", "tool", "tool_input"), NAMES)
def test_call_has_the_name_and_input_that_hooks_tell(
    item: Row, tool: str, tool_input: object
) -> None:
    """The history has the model's words for them."""
    call: Row = {"arguments": None, **item}
    (told,) = told_by(asked(**call))
    assert (told.seen.tool, told.seen.tool_input, told.seen.phase) == (tool, tool_input, ASKED)


def test_shell_call_of_older_models_is_a_shell_call() -> None:
    """It was an item of its own, with its words apart."""
    action = {"type": "exec", "command": ["ls", "a b"]}
    item = row_of("response_item", type="local_shell_call", call_id="c", action=action)
    (told,) = told_by(item)
    assert (told.seen.tool, told.seen.tool_input) == ("Bash", {"command": "ls 'a b'"})


@pytest.mark.parametrize(("output", "outcome", "exit_code"), ENDINGS)
def test_call_ended_as_its_output_says(
    output: object, outcome: Outcome, exit_code: int | None
) -> None:
    """Where nothing else tells: the head of the text, and never what a command wrote."""
    seen = told_by(asked(), answered(output))[-1].seen
    assert (seen.phase, seen.tool, seen.call_id) == (ANSWERED, "Bash", "c")
    assert (seen.outcome, seen.exit_code) == (outcome, exit_code)
    assert (seen.error is None) == (outcome in (Outcome.OK, Outcome.UNKNOWN))


@pytest.mark.parametrize(
    ("name", "output", "outcome"),
    [
        ("update_plan", "Plan updated", Outcome.OK),
        ("list_agents", '{"agents":[]}', Outcome.OK),
        ("write_stdin", "Chunk ID: 1\nProcess exited with code 3\nOutput:\n", Outcome.OK),
        ("write_stdin", "write_stdin failed: Unknown process id 1", Outcome.FAILED),
        ("wait_agent", "invalid agent id x", Outcome.UNKNOWN),
    ],
)
def test_tool_of_codexs_own_ended_as_it_answers(name: str, output: str, outcome: Outcome) -> None:
    """Some have no hooks: their outcome is told here alone."""
    seen = told_by(asked(name=name), answered(output))[-1].seen
    assert (seen.outcome, seen.exit_code) == (outcome, None)


def test_output_is_what_hooks_are_told() -> None:
    """They get a command's output without the head that the model gets."""
    seen = told_by(asked(), answered("Process exited with code 0\nOutput:\nhi\n"))[-1].seen
    assert seen.output == "hi\n"


def test_what_codex_did_stands_before_the_text_about_it() -> None:
    """A patch that failed may be told in any words."""
    patch: Row = {"type": "custom_tool_call", "name": "apply_patch", "input": "P"}
    failed = done("FileChange", status="failed", stderr="no such line")
    text = answered("Exit code: 0\nOutput:\n", kind="custom_tool_call_output")
    ends = [told.seen for told in told_by(asked(**patch), failed, text) if told.seen.phase != ASKED]
    assert [seen.outcome for seen in ends] == [Outcome.FAILED, Outcome.FAILED]
    assert [seen.error for seen in ends] == ["no such line", None]
    assert [seen.output for seen in ends] == [None, "Exit code: 0\nOutput:\n"]
    assert ends[0].duration_ms == 500


def test_command_that_goes_on_is_told_when_it_ends() -> None:
    """Its output says first that it runs, which is no end, and no hook tells of it either."""
    runs = answered("Process running with session ID 7\nOutput:\n")
    ended = done("CommandExecution", exit_code=5, aggregated_output="long")
    told = told_by(asked(), used(1, "r"), runs, used(2, "q"), ended)
    last = told[-1]
    assert [one.seen.phase for one in told] == [ASKED, ASKED, ANSWERED]
    assert (last.response, last.seen.outcome, last.seen.exit_code) == ("r", Outcome.FAILED, 5)


def test_command_that_was_stopped_was_interrupted() -> None:
    """Codex stops what still runs when it leaves, and gives that an exit code of its own."""
    stopped = done("CommandExecution", status="failed", exit_code=-1, aggregated_output="")
    seen = told_by(asked(), stopped)[-1].seen
    assert (seen.outcome, seen.exit_code) == (Outcome.INTERRUPTED, None)


def test_script_is_no_call_and_what_it_calls_is() -> None:
    """Hooks are told of each call of a script under the id that is here."""
    command = ["/bin/bash", "-lc", "echo hi; exit 3"]
    told = told_by(
        script(1, "outer"),
        used(2, "r"),
        done("CommandExecution", "exec-1", 3, command=command, exit_code=3, aggregated_output="hi"),
        done("FileChange", "exec-2", 3, changes={"/w/b.txt": {"type": "add"}}),
        done("McpToolCall", "exec-3", 3, server="every-thing", tool="get-sum", arguments={"a": 1}),
        done("ImageView", "exec-4", 3, path="file:///w/a%20b.png"),
        answered("Script completed", "outer", "custom_tool_call_output"),
    )
    assert [(one.seen.call_id, one.seen.tool, one.response) for one in told] == [
        ("exec-1", "Bash", "r"),
        ("exec-2", "apply_patch", "r"),
        ("exec-3", "mcp__every_thing__get_sum", "r"),
        ("exec-4", "view_image", "r"),
    ]
    assert {one.seen.phase for one in told} == {ASKED | ANSWERED}
    assert {one.seen.turn for one in told} == {"t"}
    assert (told[0].seen.outcome, told[0].seen.exit_code) == (Outcome.FAILED, 3)
    assert [one.seen.tool_input for one in told] == [
        {"command": "echo hi; exit 3"},
        {"command": "*** Begin Patch\n*** Add File: /w/b.txt\n*** End Patch"},
        {"a": 1},
        {"path": "/w/a b.png"},
    ]


def test_call_of_a_script_is_of_the_response_that_was_the_last_when_it_began() -> None:
    """It may end under a later one."""
    slow = done("CommandExecution", "exec-1", 3, command="cat", exit_code=0)
    late = {**slow, "timestamp": "2026-11-21T18:50:09.000Z"}
    (told,) = told_by(script(1), used(2, "r"), script(4, "d"), used(5, "q"), late)
    assert told.response == "r"


def test_failed_mcp_call_says_why() -> None:
    """No hook tells of its end."""
    result = {"content": [{"type": "text", "text": "MCP error"}], "isError": True}
    item = done("McpToolCall", "exec-1", server="s", tool="t", result=result, status="failed")
    (told,) = told_by(item)
    assert (told.seen.outcome, told.seen.error) == (Outcome.FAILED, "MCP error")


def test_command_of_a_person_is_no_call() -> None:
    """Nor is what is written to a command that runs."""
    assert not told_by(
        done("CommandExecution", "u", source="user_shell", command=["ls"]),
        done("CommandExecution", "w", source="unified_exec_interaction", command=["ls"]),
    )


def test_event_of_older_versions_tells_what_an_item_does() -> None:
    """Under the call's id."""
    event: Row = {
        "exit_code": 3,
        "aggregated_output": "bad",
        "duration": {"secs": 1, "nanos": 5_000_000},
    }
    ended = row_of("event_msg", type="exec_command_end", call_id="c", **event)
    seen = told_by(asked(), ended)[-1].seen
    assert (seen.outcome, seen.exit_code, seen.duration_ms) == (Outcome.FAILED, 3, 1_005)


def test_call_of_a_response_that_was_broken_off_is_of_no_other() -> None:
    """Its record never comes; the next one is another's."""
    broken = row_of("event_msg", type="turn_aborted")
    told = told_by(asked(1), broken, used(3, "q"), answered("aborted by user"))
    assert [one.response for one in told] == [None, None]


def test_what_the_provider_runs_is_told_at_once() -> None:
    """One record is the whole call."""
    action = {"type": "search", "query": "x"}
    item = row_of(
        "response_item", type="web_search_call", id="ws", status="completed", action=action
    )
    first, again = told_by(item, used(1, "r"))
    assert (first.seen.tool, first.seen.tool_input) == ("web_search", action)
    assert (again.response, again.seen.phase) == ("r", ASKED | ANSWERED)
    assert again.seen.outcome is Outcome.OK


def test_subagents_calls_are_its_sessions() -> None:
    """Hooks name the session of the whole; older files name it where they name the parent."""
    spawned = {"thread_spawn": {"parent_thread_id": "s", "agent_role": "explorer"}}
    meta = row_of("session_meta", id="sub", source={"subagent": spawned})
    (told,) = calls(part_of(meta, asked()))
    seen = told.seen
    assert (seen.session, seen.subagent, seen.subagent_type) == ("s", "sub", "explorer")


def test_fork_stays_its_own_when_it_repeats_the_head_of_another() -> None:
    """The first head is the file's."""
    (told,) = told_by(row_of("session_meta", session_id="other", id="other"), asked())
    assert told.seen.session == "s"


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (row_of("new"), "new"),
        (row_of("response_item", type="new"), "response_item/new"),
        (row_of("event_msg", type="new"), "event_msg/new"),
        (done("New"), "item_completed/New"),
    ],
)
def test_unknown_record_is_counted(row: Row, name: str) -> None:
    """By its kind and the version of the agent, which only the head tells."""
    part = part_of(row_of("session_meta", **META), row)
    assert not list(calls(part))
    assert part.problems == {Problem(UNKNOWN_RECORD, name, "0.169.0"): 1}
