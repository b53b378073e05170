"""Several tellings of one call become one row, in whatever order they come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pytest
from fluxmirror_core.pairing import merge
from fluxmirror_core.redact import Redactor
from fluxmirror_core.touched import Repositories
from fluxmirror_core.wire.builder import Machine
from fluxmirror_core.wire.builders import Builders
from fluxmirror_core.wire.reader import Capture, PayloadReader
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.event import AgentEvent

READER = PayloadReader(Builders(Redactor(b"key"), Machine(Repositories(), "host", "user")))


class Told(NamedTuple):
    """One hook event of the call `c1`, and when it was captured."""

    payload: dict[str, object]
    at_ms: int
    kind: str = "claude-code"


def event(told: Told) -> AgentEvent:
    """Read one telling."""
    common = {"session_id": "s", "cwd": "/w"}
    payload = json.dumps(common | told.payload).encode()
    capture = Capture(f"n{told.at_ms}", (told.kind,), {}, payload, told.at_ms)
    return READER.read(capture).events[0]


def call(hook_event: str, **members: object) -> dict[str, object]:
    """Make a payload about one shell command."""
    about = {"tool_name": "Bash", "tool_input": {"command": "make"}, "tool_use_id": "c1"}
    return {"hook_event_name": hook_event, **about, **members}


def batch(response: str, **members: object) -> dict[str, object]:
    """Make a batch that holds the one call."""
    about = call("", tool_response=response, **members)
    return {"hook_event_name": "PostToolBatch", "tool_calls": [about]}


BEFORE = Told(call("PreToolUse"), 1_000)
AFTER_OK = Told(call("PostToolUse", tool_response={"stdout": "out"}), 1_250)
AFTER_TIMED = Told(call("PostToolUse", tool_response={"stdout": "out"}, duration_ms=40), 1_250)
AFTER_FAILED = Told(call("PostToolUseFailure", error="Exit code 3\nbad", duration_ms=7), 1_250)
AFTER_STOPPED = Told(call("PostToolUseFailure", error="stopped", is_interrupt=True), 1_250)
BATCH_OK = Told(batch("out"), 1_400)
BATCH_DENIED = Told(batch("Permission to use Bash has been denied."), 1_400)
BATCH_REJECTED = Told(batch("<tool_use_error>no such tool</tool_use_error>"), 1_400)
EARLY_BATCH = Told(batch("out"), 900)
CODEX_BEFORE = Told(call("PreToolUse", turn_id="t"), 1_000, "codex-cli")
CODEX_AFTER = Told(call("PostToolUse", turn_id="t", tool_response="out"), 1_250, "codex-cli")
CODEX_KNOWS = Told(batch("Exit code 3", turn_id="t") | {"turn_id": "t"}, 1_400, "codex-cli")

STORIES = {
    "ok": (BEFORE, AFTER_OK, BATCH_OK),
    "ok, timed by the agent": (BEFORE, AFTER_TIMED, BATCH_OK),
    "failed": (BEFORE, AFTER_FAILED, BATCH_OK),
    "interrupted": (BEFORE, AFTER_STOPPED, BATCH_OK),
    "denied": (BEFORE, BATCH_DENIED),
    "rejected": (BATCH_REJECTED,),
    "clock set back": (BEFORE, AFTER_OK, EARLY_BATCH),
    "codex": (CODEX_BEFORE, CODEX_AFTER),
    "codex, known from elsewhere": (CODEX_BEFORE, CODEX_AFTER, CODEX_KNOWS),
}
ENDING = ("outcome", "error", "exit_code", "duration_ms", "duration_source")
ENDINGS = [
    ("ok", "ok", None, None, 250, "hooks"),
    ("ok, timed by the agent", "ok", None, None, 40, "agent"),
    ("failed", "failed", "Exit code 3\nbad", 3, 7, "agent"),
    ("interrupted", "interrupted", "stopped", None, 250, "hooks"),
    ("denied", "denied", "Permission to use Bash has been denied.", None, None, None),
    ("clock set back", "ok", None, None, 350, "hooks"),
    ("codex", "unknown", None, None, 250, "hooks"),
    ("codex, known from elsewhere", "failed", "Exit code 3", 3, 250, "hooks"),
]


def merged(tellings: Sequence[Told]) -> AgentEvent:
    """Merge tellings in the order given, as the writer does."""
    known, *others = map(event, tellings)
    for told in others:
        known = merge(known, told)
    return known


@pytest.mark.parametrize(("story", "ending"), [(story, ending) for story, *ending in ENDINGS])
def test_call_ends_as_the_telling_with_most_authority_says(
    story: str, ending: list[object]
) -> None:
    """After-hook, then batch, then before-hook; one that does not know yields to one that does."""
    call = merged(STORIES[story])
    assert [getattr(call, name) for name in ENDING] == ending


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_order_and_repetition_of_tellings_change_nothing(data: st.DataObject) -> None:
    """However a spool is emptied, however often a file is replayed: one row, the same row."""
    tellings = STORIES[data.draw(st.sampled_from(sorted(STORIES)))]
    repeated = data.draw(st.lists(st.sampled_from(tellings), max_size=4))
    shuffled = data.draw(st.permutations([*tellings, *repeated]))
    assert merged(shuffled) == merged(tellings)


@pytest.mark.parametrize("story", STORIES)
def test_replay_gives_the_very_row_back(story: str) -> None:
    """What adds nothing is recognised without comparing columns: the writer skips the row."""
    known = merged(STORIES[story])
    for told in STORIES[story]:
        assert merge(known, event(told)) is known


def test_row_begins_with_its_first_telling_and_ends_with_the_after_hook() -> None:
    """A batch ends when its slowest call does, so its time is not this call's."""
    call = merged((BEFORE, BATCH_OK, AFTER_OK))
    assert (call.ts_ms, call.ended_ms) == (1_000, 1_250)
    assert call.hook_event == "PostToolUse"
    assert call.phases == 7


def test_times_that_run_backwards_give_no_negative_duration() -> None:
    """A clock that is set back during a call."""
    call = merged((BEFORE._replace(at_ms=5_000), AFTER_OK))
    assert (call.ts_ms, call.ended_ms, call.duration_ms) == (1_250, 1_250, 0)


def test_what_one_telling_does_not_know_is_taken_from_the_other() -> None:
    """The before-hook's input stays when the after-hook tells none."""
    after = call("PostToolUse", tool_response="out")
    del after["tool_input"]
    for order in ((BEFORE, Told(after, 1_250)), (Told(after, 1_250), BEFORE)):
        known = merged(order)
        assert known.input_json == '{"command":"make"}'
        assert known.detail == "make"
        assert known.output_bytes == 3


def test_halves_of_a_call_without_an_id_stop_waiting_once_together() -> None:
    """The pair's key is gone as soon as both halves are there, and stays until then."""
    about = {"session_id": "s", "tool_name": "glob", "tool_input": {"pattern": "*"}}
    before = event(Told({"hook_event_name": "BeforeTool", **about}, 1_000, "gemini"))
    after = event(
        Told(
            {"hook_event_name": "AfterTool", **about, "tool_response": {"llmContent": "a"}},
            1_020,
            "gemini",
        )
    )
    assert before.pair_key is not None
    assert before.pair_key == after.pair_key
    together = merge(before, after)
    assert together.pair_key is None
    assert (together.uid, together.duration_ms, together.outcome) == (before.uid, 20, "ok")


def test_mark_of_self_noise_stays() -> None:
    """A row that one telling marked is hidden, whatever the others saw."""
    quiet = event(BEFORE)._replace(self_noise=1)
    assert merge(quiet, event(AFTER_OK)).self_noise == 1
    assert merge(event(AFTER_OK), quiet).self_noise == 1
