"""What an OpenCode plugin is told, beyond what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.event import AFTER, BATCH, BEFORE, Kind, Outcome
from fluxmirror_core.wire.opencode import observe

if TYPE_CHECKING:
    from fluxmirror_core.wire.observation import Message, Observation

EXITS = [
    (0, Outcome.OK, 0),
    (3, Outcome.FAILED, 3),
    (-9, Outcome.FAILED, -9),
    (None, Outcome.OK, None),
    (True, Outcome.OK, None),
    ("3", Outcome.OK, None),
    (1 << 70, Outcome.OK, None),
    (3.5, Outcome.OK, None),
]
PARTS: list[tuple[dict[str, Any], int, Outcome, int | None]] = [
    ({"status": "pending", "input": {}}, BEFORE, Outcome.UNKNOWN, None),
    ({"status": "running", "time": {"start": 5}}, BEFORE, Outcome.UNKNOWN, None),
    ({"status": "completed", "time": {"start": 5, "end": 9}}, BATCH, Outcome.OK, 4),
    ({"status": "completed", "time": {"start": 9, "end": 5}}, BATCH, Outcome.OK, 0),
    ({"status": "completed", "time": {"start": 0, "end": 5}}, BATCH, Outcome.OK, 5),
    ({"status": "completed", "time": {"start": "x"}}, BATCH, Outcome.OK, None),
    ({"status": "error", "error": "bad"}, BATCH, Outcome.FAILED, None),
    (
        {"status": "error", "error": "The user rejected permission to use this tool call."},
        BATCH,
        Outcome.DENIED,
        None,
    ),
    ({"status": "error", "error": "Tool execution aborted"}, BATCH, Outcome.INTERRUPTED, None),
    ({"status": "error", "metadata": {"interrupted": True}}, BATCH, Outcome.INTERRUPTED, None),
    ({"status": ["error"]}, BEFORE, Outcome.UNKNOWN, None),
    ({}, BEFORE, Outcome.UNKNOWN, None),
]
BUS = [
    ("session.created", Kind.SESSION_START, True),
    ("session.deleted", Kind.SESSION_END, True),
    ("session.idle", Kind.TURN_END, True),
    ("session.error", Kind.TURN_FAILED, True),
    ("session.compacted", Kind.COMPACTION_END, True),
    ("permission.asked", Kind.PERMISSION_REQUEST, True),
    ("message.part.delta", Kind.SIGNAL, True),
    ("file.edited", Kind.SIGNAL, True),
    ("brand.new", Kind.SIGNAL, False),
    ("", Kind.SIGNAL, False),
]


def one(event: str, message: Message) -> Observation:
    """Read a message; every one tells of one event."""
    (seen,) = observe(message, BY_ID["opencode"], event)
    return seen


def after(metadata: object) -> Observation:
    """Read the end of a shell command."""
    told = {"tool": "bash", "sessionID": "s", "callID": "c", "args": {"command": "ls"}}
    output = {"output": "text", "metadata": metadata}
    return one("tool.execute.after", {"input": told, "output": output})


def bus(kind: object, **properties: object) -> Observation:
    """Read an event of the bus."""
    return one("event", {"event": {"id": "e", "type": kind, "properties": properties}})


@pytest.mark.parametrize(("told", "outcome", "exit_code"), EXITS)
def test_command_ended_as_its_exit_status_says(
    told: object, outcome: Outcome, exit_code: int | None
) -> None:
    """A status that no system has is none."""
    seen = after({"exit": told})
    assert (seen.phase, seen.outcome, seen.exit_code) == (AFTER, outcome, exit_code)
    assert seen.error == ("text" if outcome is Outcome.FAILED else None)


def test_call_that_begins_has_its_input_in_the_output() -> None:
    """A plugin may change the arguments there: these are the ones that run."""
    told = {"tool": "bash", "sessionID": "s", "callID": "c", "args": {"command": "old"}}
    output = {"args": {"command": "ls"}}
    seen = one("tool.execute.before", {"input": told, "output": output})
    assert (seen.phase, seen.tool_input) == (BEFORE, {"command": "ls"})
    assert (seen.session, seen.call_id) == ("s", "c")
    assert after({}).tool_input == {"command": "ls"}


@pytest.mark.parametrize("event", ["tool.execute.before", "tool.execute.after"])
def test_call_of_a_tool_that_does_not_exist_is_rejected(event: str) -> None:
    """OpenCode turns it into a call of a tool named `invalid`."""
    args = {"tool": "no_such_tool", "error": "unavailable"}
    told = {"tool": "invalid", "args": args}
    seen = one(event, {"input": told, "output": {"args": args}})
    assert (seen.outcome, seen.error) == (Outcome.REJECTED, "unavailable")


@pytest.mark.parametrize(("state", "phase", "outcome", "duration_ms"), PARTS)
def test_tool_part_tells_state_and_times(
    state: dict[str, Any], phase: int, outcome: Outcome, duration_ms: int | None
) -> None:
    """The only telling of a failure: it fires no callback."""
    part = {"type": "tool", "tool": "bash", "callID": "c", "state": state}
    seen = bus("message.part.updated", part=part)
    assert (seen.kind, seen.phase) == (Kind.TOOL_CALL, phase)
    assert (seen.outcome, seen.duration_ms) == (outcome, duration_ms)
    # The call is known by its own id, not by that of the bus event that tells of it.
    assert (seen.call_id, seen.event_id) == ("c", None)


@pytest.mark.parametrize(("name", "kind", "known"), BUS)
def test_bus_events_are_named_and_drift_is_seen(name: str, kind: Kind, *, known: bool) -> None:
    """The families of events that were met are known; another is counted."""
    seen = bus(name, sessionID="s")
    assert (seen.hook_event, seen.kind, seen.known) == (name, kind, known)
    assert (seen.session, seen.event_id) == ("s", "e")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"data": {"message": "no model"}, "name": "x"}, "no model"),
        ({"message": "no model"}, "no model"),
        ({"name": "MessageAbortedError"}, "MessageAbortedError"),
        ({"data": "x"}, ""),
        (None, ""),
    ],
)
def test_failed_turn_has_its_error(error: object, expected: str) -> None:
    """The most telling of three places."""
    seen = bus("session.error", error=error)
    assert (seen.detail, seen.error) == (expected, expected)


@pytest.mark.parametrize(
    ("parts", "prompt"),
    [
        ([{"text": "a"}, {"file": "x"}, {"text": "b"}], "a\nb"),
        ([], ""),
        (None, ""),
        ("text", ""),
        ([5, None, {"text": []}], ""),
    ],
)
def test_prompt_is_the_text_of_its_parts(parts: object, prompt: str) -> None:
    """Attached files are no text."""
    output = {"message": {"id": "m", "model": {"modelID": "x"}}, "parts": parts}
    seen = one("chat.message", {"input": {"sessionID": "s"}, "output": output})
    assert (seen.kind, seen.prompt, seen.event_id) == (Kind.PROMPT, prompt, "m")
    assert seen.model == "x"


@pytest.mark.parametrize("event", ["tool.execute.before", "tool.execute.after", "chat.message"])
@pytest.mark.parametrize("value", [None, 5, True, "x", [], [{}]])
def test_message_of_another_shape_is_read_all_the_same(event: str, value: object) -> None:
    """What a plugin is given may change with any version."""
    seen = one(event, {"input": value, "output": value})
    assert seen.session is None


@pytest.mark.parametrize("event", [None, 5, "x", [], {}, {"type": {}}, {"properties": []}])
def test_bus_event_of_another_shape_is_a_signal(event: object) -> None:
    """Nothing is certain of its members."""
    seen = one("event", {"event": event})
    assert (seen.kind, seen.hook_event, seen.known) == (Kind.SIGNAL, "", False)
