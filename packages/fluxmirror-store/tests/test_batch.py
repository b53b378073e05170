"""A batch: what its files tell, and what is to become of each of them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_store import spool_reader
from fluxmirror_store.batch import YOUNG_NS, Batch
from fluxmirror_store.machine import payload_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.paths import Places
    from fluxmirror_core.wire.reader import Capture, Reading

NOW_NS = 1_767_268_800_000_000_000
CALL = {"session_id": "s", "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_use_id": "t"}
WHOLE = json.dumps(CALL).encode()
HEADER = b"fluxmirror-spool/1\tname\tclaude PreToolUse\n"


@pytest.fixture
def batch(places: Places) -> Batch:
    """An empty batch; it is noon."""
    os.makedirs(places.spool)
    return Batch(places.spool, payload_reader(places, Settings()), NOW_NS)


def told(batch: Batch) -> dict[tuple[str, str, str, str], int]:
    """The batch's counts."""
    return dict(batch.tally._counts)


def test_complete_file_gives_its_events(batch: Batch, capture: Callable[..., str]) -> None:
    """And may go when they are written."""
    name = capture(CALL, "claude")
    batch.take(name)
    assert [(event.session, event.call_id) for event in batch.events] == [("s", "t")]
    assert (batch.done, batch.bad, told(batch)) == ([name], [], {})


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "the payload is empty"),
        (b" \n\0", "the payload is empty"),
        (b"{", "the payload is no JSON"),
        (b"[" * 200_000, "the payload is nested beyond reason"),
        (b"[1]", "the payload is no JSON object"),
    ],
    ids=["empty", "blank", "cut", "deep", "list"],
)
def test_what_cannot_be_understood_is_set_aside_with_a_reason(
    batch: Batch, capture: Callable[..., str], payload: bytes, reason: str
) -> None:
    """The reason tells nothing of what the payload said."""
    name = capture(payload, "claude")
    batch.take(name)
    assert (batch.events, batch.done, batch.bad) == ([], [], [(name, reason)])


def test_bytes_that_are_no_utf_8_are_counted(batch: Batch, capture: Callable[..., str]) -> None:
    """The event is kept, with a mark in place of each."""
    batch.take(capture(WHOLE.replace(b'"s"', b'"\xff"'), "claude"))
    assert [event.session for event in batch.events] == ["\ufffd"]
    assert told(batch) == {("undecodable", "claude-code", "", ""): 1}


def test_unknown_hook_event_is_kept_and_counted(batch: Batch, capture: Callable[..., str]) -> None:
    """The format drifts: doctor says so, and nothing is lost."""
    name = capture({"hook_event_name": "Brandnew", "session_id": "s"}, "claude")
    batch.take(name)
    assert [(event.kind, event.hook_event) for event in batch.events] == [("signal", "Brandnew")]
    assert told(batch) == {("unknown_event", "claude-code", "Brandnew", ""): 1}
    assert batch.done == [name]


TORN = {
    "nothing": b"",
    "half a header": HEADER[:12],
    "a header alone": HEADER,
    "half a payload": HEADER + WHOLE[:20],
    "half a payload in its strings": HEADER + WHOLE[:-3],
}


@pytest.mark.parametrize("content", TORN.values(), ids=TORN)
def test_young_incomplete_file_is_left_alone(
    batch: Batch, drop: Callable[..., None], content: bytes
) -> None:
    """It is still being written."""
    drop("torn", content, at_ms=(NOW_NS - YOUNG_NS) // 1_000_000 + 1)
    batch.take("torn")
    assert (batch.events, batch.done, batch.bad, told(batch)) == ([], [], [], {})


@pytest.mark.parametrize("content", TORN.values(), ids=TORN)
def test_old_incomplete_file_is_a_torn_event(
    batch: Batch, drop: Callable[..., None], content: bytes
) -> None:
    """Its writer was stopped: the event is counted, its bytes are kept aside."""
    drop("torn", content, at_ms=(NOW_NS - YOUNG_NS) // 1_000_000)
    batch.take("torn")
    assert [event.kind for event in batch.events] == ["torn"]
    assert batch.bad == [("torn", "the file is torn: its writer was stopped")]
    assert batch.done == []


@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_old_file_that_lacks_only_its_last_line_is_recovered(
    batch: Batch, drop: Callable[..., None], ending: bytes
) -> None:
    """The payload is whole JSON: nothing of the event is missing."""
    drop("torn", HEADER + WHOLE + ending, at_ms=0)
    batch.take("torn")
    assert [event.call_id for event in batch.events] == ["t"]
    assert (batch.done, batch.bad) == (["torn"], [])
    assert told(batch) == {("recovered", "", "", ""): 1}


def test_torn_files_are_each_an_event(batch: Batch, drop: Callable[..., None]) -> None:
    """A full disk tears many at once, and all alike: what is equal is not the same."""
    for name in ("a", "b", "c"):
        drop(name, b"", at_ms=0)
        batch.take(name)
    assert len({event.uid for event in batch.events}) == 3
    assert {event.twin_uid for event in batch.events} == {None}


def test_file_that_is_gone_is_nobodys_business(batch: Batch) -> None:
    """Another drainer took it."""
    batch.take("missing")
    assert (batch.events, batch.done, batch.bad) == ([], [], [])


def test_payload_our_own_code_fails_on_waits_for_a_better_program(
    places: Places,
    batch: Batch,
    capture: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One defect must not keep all other events waiting; its reason names no content."""

    def fail(_: object, capture: Capture) -> Reading:
        raise KeyError(capture.payload)

    monkeypatch.setattr("fluxmirror_core.wire.reader.PayloadReader.read", fail)
    name = capture(CALL)
    batch.take(name)
    assert batch.bad == [(name, "the program failed on it: KeyError")]
    assert os.path.exists(spool_reader.new_path(places.spool, name))
