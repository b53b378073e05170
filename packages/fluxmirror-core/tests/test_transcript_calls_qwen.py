"""Qwen Code's chat files, beyond what was recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.event import ANSWERED, Outcome
from fluxmirror_core.transcripts.calls.qwen import calls
from fluxmirror_core.transcripts.part import Part
from fluxmirror_core.transcripts.problem import UNKNOWN_RECORD, Problem

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.told_call import ToldCall

    Row = dict[str, Any]

SHELL = "run_shell_command"
FAILED = "Command: x\nOutput: bad\nExit Code: 3\nSignal: (none)"
DECLINED = 'Qwen Code requires permission to use "x", but that permission was declined.'
ENDINGS = [
    ({"status": "success"}, {"output": "Exit Code: 0"}, Outcome.OK, 0),
    ({"status": "error", "executionStatus": "error"}, {"error": FAILED}, Outcome.FAILED, 3),
    (
        {"status": "error", "executionStatus": "not_started"},
        {"error": "params must have required property"},
        Outcome.REJECTED,
        None,
    ),
    (
        {"status": "error", "executionStatus": "not_started"},
        {"error": DECLINED},
        Outcome.DENIED,
        None,
    ),
    ({"status": "cancelled"}, {"error": "[Operation Cancelled]"}, Outcome.DENIED, None),
    ({"status": "success", "resultDisplay": {"exitCode": 0}}, {"output": "x"}, Outcome.OK, 0),
    ({"status": "new"}, {"output": "x"}, Outcome.UNKNOWN, None),
    # As in a subagent's file.
    ({"durationMs": 5}, {"output": "Exit Code: 0"}, Outcome.OK, 0),
    ({"durationMs": 5}, {"error": FAILED}, Outcome.FAILED, 3),
    ({"durationMs": 5}, {"error": "File not found"}, Outcome.UNKNOWN, None),
]


def row_of(kind: str, **more: object) -> Row:
    """Make a row."""
    return {"type": kind, "sessionId": "s", "cwd": "/w", "version": "0.24.4", **more}


def asked(**more: object) -> Row:
    """Make the row of a response that calls a shell as `c`."""
    call = {"id": "c", "name": SHELL, "args": {"command": "x"}}
    return row_of(
        "assistant", message={"parts": [{"text": "Well."}, {"functionCall": call}]}, **more
    )


def answered(response: Row, **result: object) -> Row:
    """Make the row of the result of `c`."""
    parts = [{"functionResponse": {"id": "c", "name": SHELL, "response": response}}]
    return row_of("tool_result", message={"parts": parts}, toolCallResult=result)


def telemetry(name: str, uuid: str = "u", **event: object) -> Row:
    """Make a row of telemetry."""
    told = {"event.name": f"qwen-code.{name}", **event}
    return row_of("system", subtype="ui_telemetry", uuid=uuid, systemPayload={"uiEvent": told})


def told_by(*rows: Row) -> list[ToldCall]:
    """Read a file of these rows."""
    return list(calls(Part("".join(f"{json.dumps(row)}\n" for row in rows).encode(), "s.jsonl")))


@pytest.mark.parametrize(("result", "response", "outcome", "exit_code"), ENDINGS)
def test_call_ended_as_its_result_says(
    result: Row, response: Row, outcome: Outcome, exit_code: int | None
) -> None:
    """As the hook's batch has it; what is without a status is certain only where it went well."""
    (ended,) = told_by(answered(response, callId="c", **result))
    assert (ended.seen.phase, ended.seen.tool, ended.seen.call_id) == (ANSWERED, SHELL, "c")
    assert (ended.seen.outcome, ended.seen.exit_code) == (outcome, exit_code)
    assert (ended.seen.error is None) == (outcome in (Outcome.OK, Outcome.UNKNOWN))


def test_result_of_another_call_says_nothing() -> None:
    """A row's own result is of the call that it names."""
    (ended,) = told_by(answered({"output": "x"}, callId="d", status="error", durationMs=5))
    assert (ended.seen.outcome, ended.seen.duration_ms) == (Outcome.OK, None)


def test_response_is_the_one_told_just_before() -> None:
    """The model's row has no id of it, and names the telemetry it follows."""
    responded = telemetry("api_response", "u", response_id="r")
    assert told_by(responded, asked(parentUuid="u"))[0].response == "r"


@pytest.mark.parametrize("parent", ["v", None])
def test_response_is_not_guessed(parent: str | None) -> None:
    """A row that follows something else may be another response's."""
    responded = telemetry("api_response", "u", response_id="r")
    assert told_by(responded, asked(parentUuid=parent))[0].response is None
    assert told_by(row_of("system"), asked(parentUuid=None))[0].response is None


def test_subagents_response_is_not_the_sessions() -> None:
    """Both are told in the session's file."""
    own = telemetry("api_response", "u", response_id="r")
    helpers = telemetry("api_response", "v", response_id="q", subagent_id="helper")
    assert told_by(own, helpers, asked(parentUuid="v"))[0].response is None


def test_telemetry_tells_the_whole_call() -> None:
    """Its response too, and how long it took."""
    (told,) = told_by(
        telemetry(
            "tool_call",
            call_id="c",
            function_name=SHELL,
            function_args={"command": "x"},
            duration_ms=143,
            status="success",
            execution_status="success",
            prompt_id="s########2",
            response_id="r",
        )
    )
    seen = told.seen
    assert (told.response, seen.call_id, seen.tool, seen.subagent) == ("r", "c", SHELL, None)
    assert (seen.tool_input, seen.duration_ms, seen.turn) == ({"command": "x"}, 143, "s########2")
    assert (seen.phase, seen.outcome) == (ANSWERED, Outcome.OK)


def test_telemetry_names_the_subagent_in_the_prompt() -> None:
    """Its hooks name the prompt of the session, which is not told here."""
    prompt = "s#general-purpose-c#0"
    (told,) = told_by(telemetry("tool_call", call_id="d", function_name="x", prompt_id=prompt))
    assert (told.seen.subagent, told.seen.turn) == ("general-purpose-c", None)


def test_call_that_was_not_begun_took_no_time() -> None:
    """A duration of 0 would make the tool look fast."""
    event: Row = {"status": "error", "execution_status": "not_started", "duration_ms": 0}
    (told,) = told_by(telemetry("tool_call", call_id="c", function_name="x", **event))
    assert (told.seen.outcome, told.seen.duration_ms) == (Outcome.REJECTED, None)


def test_subagents_file_tells_its_calls_as_the_sessions() -> None:
    """The id is as the hooks have it."""
    (told,) = told_by(asked(agentId="helper", agentName="Explore", isSidechain=True))
    assert (told.seen.session, told.seen.subagent) == ("s", "helper")
    assert told.seen.subagent_type == "Explore"


def test_unknown_record_is_counted() -> None:
    """By its kind and the version of the agent."""
    part = Part(json.dumps(row_of("new")).encode())
    assert not list(calls(part))
    assert part.problems == {Problem(UNKNOWN_RECORD, "new", "0.24.4"): 1}
