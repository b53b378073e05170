"""Copilot's dialect in both spellings, beyond what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.event import AFTER, BEFORE, Kind, Outcome
from fluxmirror_core.wire.copilot import observe

if TYPE_CHECKING:
    from fluxmirror_core.wire.observation import Message, Observation

ENDINGS = [
    ("success", "hi\n<shellId: 0 completed with exit code 0>", Outcome.OK, 0),
    ("success", "bad\n<shellId: 0 completed with exit code 3>", Outcome.FAILED, 3),
    ("success", "still running", Outcome.OK, None),
    ("failure", "bad", Outcome.FAILED, None),
    ("error", "bad", Outcome.FAILED, None),
    ("rejected", "no", Outcome.REJECTED, None),
    ("denied", "no", Outcome.DENIED, None),
    ("brand new", "x", Outcome.UNKNOWN, None),
    (None, "x", Outcome.UNKNOWN, None),
    (["success"], "x", Outcome.UNKNOWN, None),
]
SPELLINGS = [
    ("PreToolUse", "preToolUse", Kind.TOOL_CALL),
    ("PostToolUse", "postToolUse", Kind.TOOL_CALL),
    ("PostToolUseFailure", "postToolUseFailure", Kind.TOOL_CALL),
    ("UserPromptSubmit", "userPromptSubmitted", Kind.PROMPT),
    ("SessionStart", "sessionStart", Kind.SESSION_START),
    ("SessionEnd", "sessionEnd", Kind.SESSION_END),
    ("Stop", "agentStop", Kind.TURN_END),
    ("SubagentStart", "subagentStart", Kind.SUBAGENT_START),
    ("SubagentStop", "subagentStop", Kind.SUBAGENT_END),
    ("ErrorOccurred", "errorOccurred", Kind.TURN_FAILED),
    ("PreCompact", "preCompact", Kind.COMPACTION_START),
    ("PermissionRequest", "permissionRequest", Kind.PERMISSION_REQUEST),
    ("Notification", "notification", Kind.NOTIFICATION),
]


def one(event: str, message: Message) -> Observation:
    """Read a payload; every one tells of one event."""
    (seen,) = observe(message, BY_ID["copilot-cli"], event)
    return seen


@pytest.mark.parametrize(("pascal", "camel", "kind"), SPELLINGS)
def test_both_spellings_of_an_event_mean_the_same(pascal: str, camel: str, kind: Kind) -> None:
    """The spelling an event is registered under chooses the payload's as well."""
    assert one(pascal, {"session_id": "s"}).kind is kind
    assert one(camel, {"sessionId": "s"}).kind is kind
    assert one(pascal, {"session_id": "s"}).session == one(camel, {"sessionId": "s"}).session


def test_both_spellings_of_a_call_say_the_same() -> None:
    """Name, input, result."""
    claudes: Message = {
        "session_id": "s",
        "tool_name": "Bash",
        "tool_input": {"command": "ls"},
        "tool_result": {"result_type": "success", "text_result_for_llm": "out"},
    }
    own: Message = {
        "sessionId": "s",
        "toolName": "Bash",
        "toolArgs": {"command": "ls"},
        "toolResult": {"resultType": "success", "textResultForLlm": "out"},
    }
    expected = one("PostToolUse", claudes)
    assert one("postToolUse", own) == expected._replace(hook_event="postToolUse")
    assert expected.tool_input == {"command": "ls"}
    assert (expected.phase, expected.output) == (AFTER, "out")


@pytest.mark.parametrize(("kind", "text", "outcome", "exit_code"), ENDINGS)
def test_call_ended_as_its_result_says(
    kind: object, text: str, outcome: Outcome, exit_code: int | None
) -> None:
    """A command that failed is a success to Copilot; the code stands at the end of its text."""
    result = {"result_type": kind, "text_result_for_llm": text}
    seen = one("PostToolUse", {"tool_name": "Bash", "tool_result": result})
    assert (seen.outcome, seen.exit_code) == (outcome, exit_code)


@pytest.mark.parametrize(
    ("ids", "session", "subagent"),
    [
        ({"session_id": "s"}, "s", None),
        ({"session_id": "a", "agent_id": "a", "parent_agent_id": "s"}, "s", "a"),
        ({"sessionId": "a", "agentId": "a", "parentAgentId": "s"}, "s", "a"),
        ({"sessionId": "s", "agent_id": "a", "parent_agent_id": "s"}, "s", "a"),
        ({"session_id": "a", "agent_id": "a"}, "a", "a"),
        ({"agent_id": "a"}, None, "a"),
    ],
)
def test_subagent_works_in_its_parents_session(
    ids: Message, session: str | None, subagent: str | None
) -> None:
    """Some events name the subagent as the session, others the whole; a call has both kinds."""
    seen = one("PreToolUse", {"tool_name": "Bash", **ids})
    assert (seen.session, seen.subagent) == (session, subagent)


def test_exit_code_is_a_shell_commands_alone() -> None:
    """A file that ends with such a line was read without any failure."""
    result = {"result_type": "success", "text_result_for_llm": ENDINGS[1][1]}
    seen = one("PostToolUse", {"tool_name": "Read", "tool_result": result})
    assert (seen.outcome, seen.exit_code) == (Outcome.OK, None)


@pytest.mark.parametrize(
    ("error", "outcome", "told"),
    [
        ("File not found", Outcome.FAILED, "File not found"),
        ({"message": "File not found"}, Outcome.FAILED, "File not found"),
        ("Tool 'no_such_tool' does not exist.", Outcome.REJECTED, None),
        (None, Outcome.FAILED, ""),
        ([{}], Outcome.FAILED, ""),
    ],
)
def test_failed_call_is_told_from_one_of_an_unknown_tool(
    error: object, outcome: Outcome, told: str | None
) -> None:
    """Copilot fires both hooks for a tool that does not exist."""
    seen = one("PostToolUseFailure", {"tool_name": "x", "error": error})
    assert (seen.phase, seen.outcome) == (AFTER, outcome)
    assert seen.error == (error if told is None else told)


def test_calls_have_no_ids() -> None:
    """Before and after are paired by session, tool and input."""
    seen = one("PreToolUse", {"tool_name": "Bash", "tool_input": {"command": "ls"}})
    assert (seen.phase, seen.call_id, seen.outcome) == (BEFORE, None, Outcome.UNKNOWN)


def test_mcp_call_that_is_announced_is_a_signal() -> None:
    """The call itself comes with the tool's own hooks."""
    message: Message = {"serverName": "a", "toolName": "b", "toolCallId": "c", "arguments": {}}
    seen = one("preMcpToolCall", message)
    assert (seen.kind, seen.mcp, seen.call_id) == (Kind.SIGNAL, ("a", "b"), "c")
    assert (seen.phase, seen.tool) == (0, None)


def test_failed_turn_has_its_error() -> None:
    """As an object or as text."""
    for error in ({"message": "no model", "name": "Error"}, "no model"):
        seen = one("errorOccurred", {"error": error})
        assert (seen.kind, seen.detail, seen.error) == (Kind.TURN_FAILED, "no model", "no model")


def test_unknown_event_is_kept_and_counted_as_drift() -> None:
    """The next version may fire anything; an empty name is unknown as well."""
    for event in ("brandNew", "BrandNew", ""):
        seen = one(event, {"sessionId": "s"})
        assert (seen.kind, seen.known) == (Kind.SIGNAL, False)
