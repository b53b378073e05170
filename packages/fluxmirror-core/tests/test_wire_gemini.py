"""Gemini's dialect, beyond what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.event import AFTER, BEFORE, Kind, Outcome
from fluxmirror_core.wire.gemini import observe

if TYPE_CHECKING:
    from fluxmirror_core.wire.observation import Message, Observation

SHELL = "run_shell_command"
FAILED = (
    "<untrusted_context>\nOutput: bad\nExit Code: 3\nProcess Group PGID: 9\n</untrusted_context>"
)
ENDINGS = [
    (SHELL, {"llmContent": "Output: hi"}, Outcome.OK, None),
    (SHELL, {"llmContent": FAILED}, Outcome.FAILED, 3),
    (SHELL, {"llmContent": [{"text": FAILED}]}, Outcome.FAILED, 3),
    (SHELL, {"llmContent": [{"text": "Output: x"}, {"text": "Exit Code: 4"}]}, Outcome.FAILED, 4),
    (SHELL, {"llmContent": FAILED.replace("3", "0")}, Outcome.OK, 0),
    ("read_file", {"llmContent": FAILED}, Outcome.OK, None),
    ("read_file", {"llmContent": "x", "error": {"message": "gone"}}, Outcome.FAILED, None),
    ("read_file", {"llmContent": "x", "error": {"message": ""}}, Outcome.OK, None),
    ("read_file", {"llmContent": "x", "error": None}, Outcome.OK, None),
    ("read_file", {}, Outcome.OK, None),
    ("read_file", None, Outcome.OK, None),
    (SHELL, {"llmContent": [5, None, {"inlineData": {}}]}, Outcome.OK, None),
]
SIGNALS = ["PreCompress", "BeforeModel", "AfterModel", "BeforeToolSelection"]


def one(event: str, message: Message) -> Observation:
    """Read a payload; every one tells of one event."""
    (seen,) = observe(message, BY_ID["gemini-cli"], event)
    return seen


@pytest.mark.parametrize(("tool", "response", "outcome", "exit_code"), ENDINGS)
def test_call_ended_as_error_or_text_says(
    tool: str, response: object, outcome: Outcome, exit_code: int | None
) -> None:
    """File tools have an error; a failed command has only a line in its text."""
    seen = one("AfterTool", {"tool_name": tool, "tool_response": response})
    assert (seen.phase, seen.outcome, seen.exit_code) == (AFTER, outcome, exit_code)
    assert (seen.error is not None) == (outcome is Outcome.FAILED)


def test_error_is_told_in_its_own_words() -> None:
    """The error's message, else the command's text."""
    response = {"llmContent": "long text", "error": {"message": "gone", "type": "not_found"}}
    assert one("AfterTool", {"tool_response": response}).error == "gone"
    response = {"llmContent": FAILED}
    assert one("AfterTool", {"tool_name": SHELL, "tool_response": response}).error == FAILED


def test_calls_have_no_ids() -> None:
    """Before and after are paired by session, tool and input."""
    for event, phase in (("BeforeTool", BEFORE), ("AfterTool", AFTER)):
        seen = one(event, {"tool_name": "glob", "tool_input": {"pattern": "*"}})
        assert (seen.kind, seen.phase, seen.call_id) == (Kind.TOOL_CALL, phase, None)


@pytest.mark.parametrize("event", SIGNALS)
def test_events_of_every_model_request_are_signals(event: str) -> None:
    """`PreCompress` comes before each request, whether anything is compressed or not."""
    seen = one(event, {"trigger": "auto", "llm_request": {"model": "m"}})
    assert (seen.kind, seen.known, seen.model) == (Kind.SIGNAL, True, "m")


@pytest.mark.parametrize(
    ("context", "mcp"),
    [
        ({"server_name": "a", "tool_name": "b"}, ("a", "b")),
        ({"server_name": "a"}, None),
        ({"server_name": "", "tool_name": "b"}, None),
        ({"server_name": [], "tool_name": {}}, None),
        ("a/b", None),
        (None, None),
    ],
)
def test_server_and_tool_come_from_the_context(
    context: object, mcp: tuple[str, str] | None
) -> None:
    """The name alone cannot be split."""
    seen = one("BeforeTool", {"tool_name": "mcp_a_b", "mcp_context": context})
    assert seen.mcp == mcp


def test_turn_begins_with_a_prompt_and_ends_without_one() -> None:
    """`AfterAgent` repeats the prompt, which is no second one."""
    message: Message = {"prompt": "hello", "prompt_response": "hi"}
    begun, ended = one("BeforeAgent", message), one("AfterAgent", message)
    assert (begun.kind, begun.prompt) == (Kind.PROMPT, "hello")
    assert (ended.kind, ended.prompt) == (Kind.TURN_END, None)


def test_unknown_event_is_kept_and_counted_as_drift() -> None:
    """The next version may fire anything."""
    seen = one("AfterEverything", {"session_id": "s"})
    assert (seen.kind, seen.known, seen.session) == (Kind.SIGNAL, False, "s")
