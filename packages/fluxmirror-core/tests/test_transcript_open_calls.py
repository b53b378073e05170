"""What is kept of calls between two readings of a growing file."""

from __future__ import annotations

import json

from fluxmirror_core.event import ASKED, Kind, Outcome
from fluxmirror_core.transcripts.calls.open_calls import MOST, OpenCalls, UnattributedCalls
from fluxmirror_core.transcripts.part import Part
from fluxmirror_core.transcripts.problem import NO_CALL, Problem
from fluxmirror_core.transcripts.told_call import ToldCall
from fluxmirror_core.wire.observation import Observation

ASKED_FOR = Observation(
    Kind.TOOL_CALL,
    "tool",
    session="s",
    phase=ASKED,
    call_id="c",
    tool="t",
    mcp=("server", "t"),
    tool_input={"much": "x" * 9_000},
    outcome=Outcome.UNKNOWN,
)


def test_call_ends_once() -> None:
    """A second result of one call tells nothing new."""
    part = Part(b"")
    calls = OpenCalls(part)
    calls.begin("c", {"tool": "Bash"})
    assert calls.end("c") == {"tool": "Bash"}
    assert calls.end("c") is None
    assert calls.end(None) is None
    assert part.problems == {Problem(NO_CALL): 2}


def test_open_calls_outlive_a_reading() -> None:
    """The result may be written long after the call has been read."""
    first = Part(b"")
    OpenCalls(first).begin("c", {"tool": "Bash"})
    later = Part(b"", memory=json.loads(json.dumps(first.memory)))
    assert OpenCalls(later).end("c") == {"tool": "Bash"}
    assert not later.problems


def test_oldest_open_call_is_forgotten() -> None:
    """A file full of calls without an end takes no more memory than others."""
    calls = OpenCalls(Part(b""))
    for number in range(MOST + 1):
        calls.begin(str(number), {"tool": "Bash"})
    assert calls.end("0") is None
    assert calls.end("1")


def test_call_begun_again_is_as_young_as_its_last_telling() -> None:
    """A copied line must not make a call that still runs the oldest one."""
    calls = OpenCalls(Part(b""))
    for number in range(MOST):
        calls.begin(str(number), {"tool": "Bash"})
    calls.begin("0", {"tool": "Bash"})
    calls.begin("new", {"tool": "Bash"})
    assert calls.end("0")
    assert calls.end("1") is None


def test_call_is_told_again_with_its_response() -> None:
    """All but the input, which is large and known already; also after a pause."""
    first = Part(b"")
    UnattributedCalls(first).keep(ToldCall(7, 9, None, ASKED_FOR))
    later = Part(b"", memory=json.loads(json.dumps(first.memory)))
    calls = UnattributedCalls(later)
    assert list(calls.attribute("r", None)) == [
        ToldCall(7, 9, "r", ASKED_FOR._replace(tool_input=None))
    ]
    assert not list(calls.attribute("r", None))


def test_response_is_of_the_calls_of_its_own_asker() -> None:
    """A session and its subagents write into one file."""
    calls = UnattributedCalls(Part(b""))
    calls.keep(ToldCall(1, 1, None, ASKED_FOR))
    calls.keep(ToldCall(2, 2, None, ASKED_FOR._replace(subagent="helper")))
    assert [told.offset for told in calls.attribute("r", "helper")] == [2]
    assert [told.offset for told in calls.attribute("q", None)] == [1]


def test_response_without_a_key_takes_its_calls_along() -> None:
    """They must not be the next response's."""
    calls = UnattributedCalls(Part(b""))
    calls.keep(ToldCall(1, 1, None, ASKED_FOR))
    assert not list(calls.attribute(None, None))
    assert not list(calls.attribute("r", None))


def test_oldest_unattributed_call_is_forgotten() -> None:
    """Older formats have no record of a response at all."""
    calls = UnattributedCalls(Part(b""))
    for number in range(MOST + 1):
        calls.keep(ToldCall(number, None, None, ASKED_FOR))
    assert next(calls.attribute("r", None)).offset == 1
