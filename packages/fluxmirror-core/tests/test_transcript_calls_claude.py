"""Claude Code's session files, beyond what was recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.event import ANSWERED, ASKED, Outcome
from fluxmirror_core.transcripts.calls.claude import calls
from fluxmirror_core.transcripts.part import Part
from fluxmirror_core.transcripts.problem import NO_CALL, UNKNOWN_RECORD, Problem

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.told_call import ToldCall

    Row = dict[str, Any]

ENVIRONMENT: Row = {"sessionId": "s", "cwd": "/w", "version": "2.1.0"}
WRONG_INPUT = "<tool_use_error>InputValidationError: Read failed</tool_use_error>"
UNWANTED = "The user doesn't want to proceed with this tool use. The tool use was rejected"
ENDINGS = [
    ({}, {"content": "hi"}, Outcome.OK, None, None),
    ({}, {"content": "hi", "is_error": False}, Outcome.OK, None, None),
    ({}, {"content": "hi", "is_error": "yes"}, Outcome.OK, None, None),
    ({}, {"content": "Exit code 3\nis what it printed"}, Outcome.OK, None, None),
    ({}, {"content": "Exit code 3\nbad", "is_error": True}, Outcome.FAILED, 3, "Exit code 3\nbad"),
    ({}, {"content": WRONG_INPUT, "is_error": True}, Outcome.REJECTED, None, WRONG_INPUT),
    ({}, {"content": UNWANTED, "is_error": True}, Outcome.DENIED, None, UNWANTED),
    (
        {"toolUseResult": "Error: gone"},
        {"content": [{"type": "text", "text": "gone\n\nLook it up."}], "is_error": True},
        Outcome.FAILED,
        None,
        "gone",
    ),
    (
        {"toolDenialKind": "user-rejected", "toolUseResult": "Error: This needs approval"},
        {"content": "This needs approval", "is_error": True},
        Outcome.DENIED,
        None,
        "This needs approval",
    ),
    (
        {"toolDenialKind": "permission-rule"},
        {"content": "A rule says no", "is_error": True},
        Outcome.DENIED,
        None,
        "A rule says no",
    ),
    (
        {"permissionDecision": {"decision": "reject", "source": "config"}},
        {"content": "This needs approval", "is_error": True},
        Outcome.DENIED,
        None,
        "This needs approval",
    ),
    (
        {"toolDenialKind": "cancelled"},
        {"content": "Cancelled", "is_error": True},
        Outcome.INTERRUPTED,
        None,
        "Cancelled",
    ),
    (
        {},
        {"content": "[Request interrupted by user for tool use]", "is_error": True},
        Outcome.INTERRUPTED,
        None,
        "[Request interrupted by user for tool use]",
    ),
    ({"toolUseResult": {"interrupted": True}}, {"content": "a"}, Outcome.INTERRUPTED, None, None),
    (
        {"toolUseResult": {"interrupted": True}},
        {"content": "aborted", "is_error": True},
        Outcome.INTERRUPTED,
        None,
        "aborted",
    ),
]


def asked(*names: str, **more: object) -> Row:
    """Make the row of a response that calls tools; ids are `c0`, `c1` and so on."""
    content = [
        {"type": "tool_use", "id": f"c{number}", "name": name, "input": {"n": number}}
        for number, name in enumerate(names)
    ]
    message = {"id": "m", "model": "opus", "content": content}
    return {"type": "assistant", "message": message, **ENVIRONMENT, **more}


def answered(*results: Row, **more: object) -> Row:
    """Make the row of the results of `c0`, `c1` and so on."""
    content = [
        {"type": "tool_result", "tool_use_id": f"c{number}", **result}
        for number, result in enumerate(results)
    ]
    return {"type": "user", "message": {"content": content}, **ENVIRONMENT, **more}


def part_of(*rows: Row) -> Part:
    """Make a file of these rows."""
    return Part("".join(f"{json.dumps(row)}\n" for row in rows).encode(), "s.jsonl")


def told_by(*rows: Row) -> list[ToldCall]:
    """Read a file of these rows."""
    return list(calls(part_of(*rows)))


@pytest.mark.parametrize(("row", "result", "outcome", "exit_code", "error"), ENDINGS)
def test_call_ended_as_its_result_says(
    row: Row, result: Row, outcome: Outcome, exit_code: int | None, error: str | None
) -> None:
    """By the agent's own word where there is one, else by the text that the model was given."""
    begun, ended = told_by(asked("Bash"), answered(result, **row))
    assert (begun.seen.phase, begun.seen.outcome) == (ASKED, Outcome.UNKNOWN)
    assert (ended.seen.phase, ended.seen.outcome) == (ANSWERED, outcome)
    assert (ended.seen.exit_code, ended.seen.error) == (exit_code, error)
    assert (ended.seen.tool, ended.seen.call_id, ended.response) == ("Bash", "c0", "m")


def test_only_a_shell_has_an_exit_code() -> None:
    """Another tool's text may quote one."""
    ended = told_by(asked("Read"), answered({"content": "Exit code 3", "is_error": True}))[1]
    assert (ended.seen.outcome, ended.seen.exit_code) == (Outcome.FAILED, None)


def test_blocks_of_one_response_are_calls_of_it() -> None:
    """Older versions wrote all blocks of a response into one row."""
    told = told_by(asked("Bash", "Read", promptId="p"))
    assert [(call.seen.call_id, call.seen.tool, call.response) for call in told] == [
        ("c0", "Bash", "m"),
        ("c1", "Read", "m"),
    ]
    assert told[1].seen.tool_input == {"n": 1}
    assert told[1].seen.model == "opus"


def test_row_with_two_results_has_no_result_of_its_own() -> None:
    """`toolUseResult` says nothing of which call it is about."""
    results = answered({"content": "a"}, {"content": "b"}, toolUseResult={"durationMs": 5})
    told = told_by(asked("Bash", "Read"), results)[2:]
    assert [(call.seen.output, call.seen.duration_ms) for call in told] == [
        ("a", None),
        ("b", None),
    ]


@pytest.mark.parametrize("name", ["durationMs", "totalDurationMs"])
def test_duration_is_the_agents_own(name: str) -> None:
    """Tools that measure themselves say how long they took; a subagent says it too."""
    row = answered({"content": "x"}, toolUseResult={name: 375})
    assert told_by(asked("Agent"), row)[1].seen.duration_ms == 375


def test_result_without_call_is_counted() -> None:
    """A line that is missing is noticed, and nothing is made up in its place."""
    part = part_of(answered({"content": "x"}))
    assert not list(calls(part))
    assert part.problems == {Problem(NO_CALL): 1}


def test_fork_tells_calls_of_the_session_they_were_made_in() -> None:
    """The hooks knew them by that session, and the fork only repeats them."""
    origin = {"forkedFrom": {"sessionId": "first", "messageUuid": "u"}}
    told = told_by(asked("Bash", **origin), answered({"content": "x"}, **origin), asked("Read"))
    assert [call.seen.session for call in told] == ["first", "first", "s"]


def test_subagent_is_told_with_its_type() -> None:
    """Its calls are its session's."""
    told = told_by(asked("Bash", agentId="a", attributionAgent="Explore"), asked("Bash"))
    assert [(call.seen.session, call.seen.subagent) for call in told] == [("s", "a"), ("s", None)]
    assert [call.seen.subagent_type for call in told] == ["Explore", None]


def test_unknown_record_is_counted_with_the_version_before_it() -> None:
    """Many kinds of rows do not tell the version themselves."""
    part = part_of({"type": "mode"}, ENVIRONMENT | {"type": "user"}, {"type": "new"}, {"type": []})
    assert not list(calls(part))
    assert part.problems == {
        Problem(UNKNOWN_RECORD, "new", "2.1.0"): 1,
        Problem(UNKNOWN_RECORD, "", "2.1.0"): 1,
    }
