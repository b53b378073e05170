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
    (
        {"status": "error", "error": "The read tool was called with invalid arguments: x"},
        BATCH,
        Outcome.REJECTED,
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
    ("permission.replied", Kind.SIGNAL, True),
    ("message.part.updated", Kind.SIGNAL, True),
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


def bus(kind: object, told: Message | None = None, **properties: object) -> Observation:
    """Read an event of the bus, with what else the plugin told."""
    event = {"id": "e", "type": kind, "properties": properties}
    return one("event", {"event": event, **(told or {})})


@pytest.mark.parametrize(("told", "outcome", "exit_code"), EXITS)
def test_command_ended_as_its_exit_status_says(
    told: object, outcome: Outcome, exit_code: int | None
) -> None:
    """A status that no system has is none."""
    seen = after({"exit": told})
    assert (seen.phase, seen.outcome, seen.exit_code) == (AFTER, outcome, exit_code)
    assert seen.error == ("text" if outcome is Outcome.FAILED else None)


REMARKS = [
    ("User aborted the command", Outcome.INTERRUPTED),
    ("shell tool terminated command after exceeding timeout 5 ms.", Outcome.FAILED),
    ("something new", Outcome.OK),
]


@pytest.mark.parametrize(("remark", "outcome"), REMARKS)
def test_command_without_an_exit_status_was_cut_short(remark: str, outcome: Outcome) -> None:
    """OpenCode calls it a success, and says so behind the output, on the bus as well."""
    told = f"text\n\n<shell_metadata>\n{remark}\n</shell_metadata>"
    call = {"tool": "bash", "sessionID": "s", "callID": "c", "args": {}}
    output = {"output": told, "metadata": {"exit": None}}
    assert one("tool.execute.after", {"input": call, "output": output}).outcome is outcome
    for state in (
        {"output": told, "metadata": {"exit": None}},
        {"metadata": output | {"exit": None}},
    ):
        part = {"type": "tool", "tool": "bash", "state": {"status": "completed", **state}}
        assert bus("message.part.updated", part=part).outcome is outcome
    output["metadata"] = {"exit": 0}
    assert one("tool.execute.after", {"input": call, "output": output}).outcome is Outcome.OK


def test_command_of_the_users_own_ended_nobody_knows_how() -> None:
    """It has no exit status at all; another tool never has one."""
    for tool, outcome in (("bash", Outcome.UNKNOWN), ("read", Outcome.OK)):
        part = {"type": "tool", "tool": tool, "state": {"status": "completed", "metadata": {}}}
        seen = bus("message.part.updated", part=part)
        assert (seen.phase, seen.outcome) == (BATCH, outcome)


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
    part = {"type": "tool", "tool": "read", "callID": "c", "state": state}
    seen = bus("message.part.updated", part=part)
    assert (seen.kind, seen.phase) == (Kind.TOOL_CALL, phase)
    assert (seen.outcome, seen.duration_ms) == (outcome, duration_ms)
    # The call is known by its own id, not by that of the bus event that tells of it.
    assert (seen.call_id, seen.event_id) == ("c", None)


def test_what_the_plugin_knows_of_the_session_is_in_every_event() -> None:
    """Directory and model; a subagent's events are its parent's session's."""
    told = {"directory": "/project", "model": "x", "agent": "explore"}
    call = {"input": {"tool": "read", "sessionID": "s", "callID": "c"}, "output": {}}
    part = {"type": "tool", "tool": "read", "callID": "c", "state": {}}
    for parent, session, subagent in ((None, "s", None), ("p", "p", "s")):
        known: Message = {**told, **({"parent": parent} if parent else {})}
        for seen in (
            one("tool.execute.before", {**call, **known}),
            one("tool.execute.after", {**call, **known}),
            bus("message.part.updated", known, sessionID="s", part=part),
            bus("session.error", known, sessionID="s"),
        ):
            assert (seen.cwd, seen.model) == ("/project", "x")
            assert (seen.session, seen.subagent) == (session, subagent)
            assert seen.subagent_type == ("explore" if subagent else None)
            # Some models count their calls from nought in each session.
            assert seen.call_id in (None, f"{subagent}/c" if subagent else "c")


def test_session_with_a_parent_is_a_subagent() -> None:
    """Whether or not the plugin knew it; its end is neither a turn's nor a session's."""
    info = {"id": "s", "parentID": "p", "agent": "explore"}
    parents: list[tuple[Message, str]] = [({}, "p"), ({"parent": "root"}, "root")]
    for known, session in parents:
        seen = bus("session.created", known, sessionID="s", info=info)
        assert (seen.kind, seen.session, seen.subagent) == (Kind.SUBAGENT_START, session, "s")
        assert (seen.subagent_type, seen.detail) == ("explore", "explore")
        assert bus("session.deleted", known, sessionID="s", info=info).kind is Kind.SIGNAL
    seen = bus("session.idle", {"parent": "p", "agent": "explore"}, sessionID="s")
    assert (seen.kind, seen.session, seen.detail) == (Kind.SUBAGENT_END, "p", "explore")


def test_answer_has_its_tokens_as_input() -> None:
    """A row keeps what went in: usage is read from there."""
    tokens = {"input": 900, "output": 33}
    part = {"type": "step-finish", "messageID": "m", "tokens": tokens, "cost": 0.5, "id": "x"}
    seen = bus("message.part.updated", {"model": "x"}, sessionID="s", part=part)
    assert (seen.kind, seen.model, seen.event_id) == (Kind.SIGNAL, "x", "e")
    assert seen.tool_input == {"messageID": "m", "tokens": tokens, "cost": 0.5}


PERMISSIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"permission": "bash", "metadata": {"command": "ls"}, "patterns": ["x"]}, "bash", "ls"),
    ({"permission": "edit", "metadata": {"filepath": "/a", "diff": "+"}}, "edit", "/a"),
    ({"permission": "webfetch", "patterns": ["a", 5, None, "b"]}, "webfetch", "a, 5, b"),
    ({"permission": "webfetch", "patterns": "a"}, "webfetch", ""),
]


@pytest.mark.parametrize(("asked", "tool", "detail"), PERMISSIONS)
def test_permission_says_what_for(asked: dict[str, Any], tool: str, detail: str) -> None:
    """A reply names its request alone: the plugin remembers that."""
    asked = {**asked, "tool": {"callID": "c"}}
    request = bus("permission.asked", sessionID="s", **asked)
    denial = bus("permission.replied", {"asked": asked}, sessionID="s", reply="reject")
    assert (request.kind, denial.kind) == (Kind.PERMISSION_REQUEST, Kind.PERMISSION_DENIED)
    for seen in (request, denial):
        assert (seen.tool, seen.detail, seen.call_id) == (tool, detail, "c")
    # The permission `edit` is asked for by several tools; the plugin knows the call's.
    assert bus("permission.asked", {"tool": "write"}, **asked).tool == "write"


@pytest.mark.parametrize("reply", ["once", "always"])
def test_permission_that_was_given_is_a_signal(reply: str) -> None:
    """The call itself tells the rest."""
    seen = bus("permission.replied", sessionID="s", requestID="r", reply=reply)
    assert (seen.kind, seen.detail, seen.tool) == (Kind.SIGNAL, reply, None)


def test_compaction_begins_with_a_callback() -> None:
    """Its end is an event of the bus."""
    seen = one("experimental.session.compacting", {"input": {"sessionID": "s"}})
    assert (seen.kind, seen.known, seen.session) == (Kind.COMPACTION_START, True, "s")
    assert one("brand.new", {"input": {}}).known is False


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


def test_what_opencode_adds_to_a_prompt_nobody_typed() -> None:
    """A file that was attached comes as text; a turn may begin without any prompt."""
    added = {"type": "text", "text": "Called the Read tool", "synthetic": True}
    for parts, kind in (([{"text": "a"}, added], Kind.PROMPT), ([added], Kind.SIGNAL)):
        seen = one("chat.message", {"input": {}, "output": {"parts": parts}})
        assert (seen.kind, seen.prompt) == (kind, "a" if kind is Kind.PROMPT else None)


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
