"""Claude's dialect, with what Qwen and Codex make of it, beyond what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.event import AFTER, BATCH, BEFORE, Kind, Outcome
from fluxmirror_core.wire.claude import observe

if TYPE_CHECKING:
    from fluxmirror_core.wire.observation import Message, Observation

DENIED = "Permission to use Bash has been denied."
REJECTED = "<tool_use_error>Error: No such tool available: x</tool_use_error>"
RESPONSES = [
    ("claude-code", "Bash", {"stdout": "", "interrupted": True}, Outcome.INTERRUPTED),
    ("claude-code", "Bash", {"stdout": "", "interrupted": "yes"}, Outcome.OK),
    ("claude-code", "mcp__a__b", {"isError": True}, Outcome.FAILED),
    ("claude-code", "mcp__a__b", [{"type": "text", "text": "hi"}], Outcome.OK),
    ("claude-code", "Bash", None, Outcome.OK),
    ("codex-cli", "Bash", "output", Outcome.UNKNOWN),
    ("codex-cli", "apply_patch", "Success.", Outcome.OK),
    ("codex-cli", "mcp__a__b", {"content": []}, Outcome.OK),
    ("qwen-code", "run_shell_command", {"llmContent": "x"}, Outcome.OK),
]
DECLINED = 'Qwen Code requires permission to use "x", but that permission was declined.'
BATCHED = [
    ({"tool_response": "out"}, Outcome.UNKNOWN),
    ({"tool_response": [{"type": "text", "text": "out"}]}, Outcome.UNKNOWN),
    ({"tool_response": DENIED}, Outcome.DENIED),
    ({"tool_response": [{"type": "text", "text": DENIED}]}, Outcome.DENIED),
    ({"tool_response": REJECTED}, Outcome.REJECTED),
    ({"tool_response": "Exit code 3\nbad"}, Outcome.FAILED),
    ({}, Outcome.UNKNOWN),
    ({"status": "success", "tool_response": "Exit code 3"}, Outcome.OK),
    ({"status": "error", "tool_response": {"error": "bad"}}, Outcome.FAILED),
    ({"status": "cancelled", "tool_response": {}}, Outcome.DENIED),
    (
        {"status": "error", "tool_response": {"execution_status": "not_started", "error": "x"}},
        Outcome.REJECTED,
    ),
    (
        {
            "status": "error",
            "tool_response": {"execution_status": "not_started", "error": DECLINED},
        },
        Outcome.DENIED,
    ),
    ({"status": ["error"], "tool_response": "out"}, Outcome.UNKNOWN),
]
DETAILS = [
    ("SessionStart", {"source": "compact"}, Kind.SESSION_START, "compact"),
    ("SessionEnd", {"reason": "logout"}, Kind.SESSION_END, "logout"),
    ("SubagentStart", {"agent_type": "Explore"}, Kind.SUBAGENT_START, "Explore"),
    ("SubagentStop", {"agent_type": "Explore"}, Kind.SUBAGENT_END, "Explore"),
    ("PreCompact", {"trigger": "auto"}, Kind.COMPACTION_START, "auto"),
    ("PostCompact", {"trigger": "manual"}, Kind.COMPACTION_END, "manual"),
    ("PermissionDenied", {"reason": "no"}, Kind.PERMISSION_DENIED, "no"),
    ("Notification", {"message": "hello"}, Kind.NOTIFICATION, "hello"),
    ("Stop", {"last_assistant_message": "done"}, Kind.TURN_END, ""),
    ("StopFailure", {"error": "rate_limit"}, Kind.TURN_FAILED, "rate_limit"),
]


def one(agent: str, event: str, message: Message) -> Observation:
    """Read a payload that tells of one event."""
    (seen,) = observe(message, BY_ID[agent], event)
    return seen


@pytest.mark.parametrize(("agent", "tool", "response", "outcome"), RESPONSES)
def test_call_that_came_back_ended_as_its_response_says(
    agent: str, tool: str, response: object, outcome: Outcome
) -> None:
    """Codex tells nothing of how a shell command ended: nothing is guessed."""
    message: Message = {"tool_name": tool, "tool_response": response}
    assert one(agent, "PostToolUse", message).outcome is outcome


@pytest.mark.parametrize(
    ("interrupt", "outcome"),
    [(True, Outcome.INTERRUPTED), (False, Outcome.FAILED), ("true", Outcome.FAILED)],
)
def test_failed_call_is_told_from_an_interrupted_one(interrupt: object, outcome: Outcome) -> None:
    """A failure event has no response, only an error."""
    message: Message = {"tool_name": "Bash", "error": "Exit code 3", "is_interrupt": interrupt}
    seen = one("claude-code", "PostToolUseFailure", message)
    assert (seen.outcome, seen.error, seen.exit_code) == (outcome, "Exit code 3", 3)


def test_exit_code_is_a_shell_commands_alone() -> None:
    """The text of another tool may quote one."""
    message: Message = {"tool_name": "Read", "error": "Exit code 3"}
    assert one("claude-code", "PostToolUseFailure", message).exit_code is None


def test_call_that_begins_has_no_outcome_yet() -> None:
    """A before without an after is normal: denied, invalid, interrupted."""
    seen = one("claude-code", "PreToolUse", {"tool_name": "Bash", "tool_response": {}})
    assert (seen.phase, seen.outcome) == (BEFORE, Outcome.UNKNOWN)


@pytest.mark.parametrize(("call", "outcome"), BATCHED)
def test_batch_tells_how_each_call_ended(call: Message, outcome: Outcome) -> None:
    """The only telling of calls that were rejected before they ran."""
    message: Message = {"tool_calls": [{"tool_name": "Bash", **call}]}
    seen = one("claude-code", "PostToolBatch", message)
    assert (seen.kind, seen.phase, seen.outcome) == (Kind.TOOL_CALL, BATCH, outcome)


def test_batch_gives_one_event_per_call() -> None:
    """Each with its own id and place; what is no call is passed over."""
    calls = [{"tool_use_id": "a"}, 5, None, {"tool_use_id": "b"}, [], "x", {"tool_use_id": "c"}]
    seen = observe({"tool_calls": calls}, BY_ID["claude-code"], "PostToolBatch")
    assert [(call.call_id, call.part) for call in seen] == [("a", 0), ("b", 1), ("c", 2)]


@pytest.mark.parametrize("calls", [None, [], [5, None], {}, "x", 5, [[]]])
def test_batch_without_a_call_is_kept_as_a_signal(calls: object) -> None:
    """No payload vanishes because it tells of nothing."""
    assert one("claude-code", "PostToolBatch", {"tool_calls": calls}).kind is Kind.SIGNAL


def test_batch_of_an_agent_that_has_none_still_tells_of_calls() -> None:
    """A future Codex may fire it: counted as format drift, and its rows stay calls."""
    seen = one("codex-cli", "PostToolBatch", {"tool_calls": [{"tool_name": "Bash"}]})
    assert (seen.kind, seen.phase, seen.known) == (Kind.TOOL_CALL, BATCH, False)


def test_qwen_calls_are_known_by_the_models_id() -> None:
    """Its own `tool_use_id` is in no batch and in no session file."""
    message: Message = {"tool_name": "x", "tool_use_id": "own", "tool_call_id": "models"}
    assert one("qwen-code", "PreToolUse", message).call_id == "models"
    assert one("claude-code", "PreToolUse", {"tool_use_id": "own"}).call_id == "own"


def test_qwen_prompt_is_real_only_with_what_was_submitted() -> None:
    """Qwen repeats the event for every round of tool results."""
    repeated: Message = {"prompt": "tool results"}
    real: Message = {"prompt": "with context", "submitted_prompt": "hello"}
    assert one("qwen-code", "UserPromptSubmit", repeated).kind is Kind.SIGNAL
    seen = one("qwen-code", "UserPromptSubmit", real)
    assert (seen.kind, seen.prompt, seen.detail) == (Kind.PROMPT, "hello", "hello")


def test_end_of_a_background_agent_is_no_prompt() -> None:
    """Claude tells its model of it through the prompt's event."""
    message: Message = {"prompt": "<task-notification>\n<task-id>1</task-id>"}
    assert one("claude-code", "UserPromptSubmit", message).kind is Kind.SIGNAL
    assert one("claude-code", "UserPromptSubmit", {"prompt": "hi"}).kind is Kind.PROMPT


@pytest.mark.parametrize(("event", "message", "kind", "detail"), DETAILS)
def test_other_events_say_what_they_are_about(
    event: str, message: Message, kind: Kind, detail: str
) -> None:
    """One word each, from the member that holds it."""
    seen = one("claude-code", event, message)
    assert (seen.kind, seen.detail, seen.phase) == (kind, detail, 0)


def test_failed_turn_has_its_message_as_error() -> None:
    """What the user saw comes before the error's code."""
    message: Message = {"error": "rate_limit", "last_assistant_message": "Too many requests."}
    seen = one("claude-code", "StopFailure", message)
    assert (seen.detail, seen.error) == ("Too many requests.", "Too many requests.")


def test_permission_request_names_the_tool_and_is_no_call() -> None:
    """It has no call id; counted as a call it would double every call that was asked about."""
    message: Message = {"tool_name": "Bash", "tool_input": {"command": "ls"}}
    seen = one("claude-code", "PermissionRequest", message)
    assert (seen.kind, seen.tool, seen.phase) == (Kind.PERMISSION_REQUEST, "Bash", 0)


def test_unknown_event_is_kept_and_counted_as_drift() -> None:
    """The next version of an agent may fire anything."""
    seen = one("claude-code", "BrandNew", {"session_id": "s", "tool_name": "Bash"})
    assert (seen.kind, seen.known, seen.session) == (Kind.SIGNAL, False, "s")


def test_codex_notification_has_its_ids_in_another_spelling() -> None:
    """The one argument of the notify program."""
    message: Message = {"type": "agent-turn-complete", "thread-id": "s", "turn-id": "t"}
    seen = one("codex-cli", "agent-turn-complete", message)
    assert (seen.kind, seen.session, seen.turn) == (Kind.SIGNAL, "s", "t")


@pytest.mark.parametrize(
    ("told", "expected"),
    [(0, 0), (12.9, 12), (-1, None), ("12", None), (True, None), (1e300, None), (None, None)],
)
def test_duration_is_taken_when_it_is_one(told: object, expected: int | None) -> None:
    """Milliseconds, whole, not negative, and small enough for every reader of JSON."""
    message: Message = {"tool_name": "x", "duration_ms": told}
    assert one("claude-code", "PostToolUse", message).duration_ms == expected


def test_call_that_came_back_is_an_after() -> None:
    """Both endings of a call are its second half."""
    for event in ("PostToolUse", "PostToolUseFailure"):
        assert one("claude-code", event, {"tool_name": "x"}).phase == AFTER
