"""Calls that never got their after: what the end of a turn or of a session says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent

    Make = Callable[..., AgentEvent]

NOON_MS = 1_767_268_800_000


def outcome_after(db: sqlite3.Connection, *events: AgentEvent, uid: str = "call") -> str:
    """The call's outcome once these events were written, each in a batch of its own."""
    for event in events:
        with writing(db):
            write_events(db, [event])
    query = "SELECT outcome FROM event WHERE uid = ?"
    (outcome,) = db.execute(query, (uid.encode().ljust(16, b"."),)).fetchone()
    return str(outcome)


def other(make: Make, kind: str, at_ms: int, **changes: object) -> AgentEvent:
    """An event that is no call, of the same session."""
    usual = {"kind": kind, "phases": 0, "ts_ms": NOON_MS + at_ms, "outcome": None}
    return make(f"{kind}{at_ms}", **{**usual, **changes})


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ([], "unknown"),
        ([("turn_end", 9)], "unknown"),
        ([("permission_request", 1)], "unknown"),
        ([("permission_request", 1), ("turn_end", 9)], "denied"),
        ([("permission_request", 1), ("permission_denied", 2), ("turn_end", 9)], "denied"),
        ([("prompt", 9)], "interrupted"),
        ([("session_end", 9)], "interrupted"),
        ([("turn_end", 5), ("prompt", 9)], "unknown"),
        ([("turn_end", 5), ("session_end", 9)], "unknown"),
        ([("permission_request", 1), ("prompt", 9)], "interrupted"),
        ([("permission_request", 1), ("turn_end", 5), ("prompt", 9)], "denied"),
        ([("permission_request", -1), ("turn_end", 9)], "unknown"),
        ([("prompt", -1)], "unknown"),
        ([("session_start", 9)], "unknown"),
        ([("notification", 9)], "unknown"),
    ],
    ids=lambda told: "+".join(kind for kind, _ in told) if isinstance(told, list) else told,
)
def test_endings_are_evidence(
    db: sqlite3.Connection, event: Make, told: list[tuple[str, int]], outcome: str
) -> None:
    """Nothing is guessed: without evidence the outcome stays unknown."""
    events = [other(event, kind, at_ms) for kind, at_ms in told]
    assert outcome_after(db, event("call"), *events) == outcome


@pytest.mark.parametrize(
    "changes",
    [{"detail": "make clean"}, {"tool_canonical": "Write"}, {"session": "t"}],
    ids=["another command", "another tool", "another session"],
)
def test_only_the_call_that_was_asked_for_is_denied(
    db: sqlite3.Connection, event: Make, changes: dict[str, object]
) -> None:
    """A question about something else says nothing of this call."""
    asked = other(event, "permission_request", 1, **changes)
    assert outcome_after(db, event("call"), asked, other(event, "turn_end", 9)) == "unknown"


def test_refusal_is_known_by_what_did_not_come(db: sqlite3.Connection, event: Make) -> None:
    """Claude's batch tells of a refused call in words of its own, and no after-hook comes."""
    batch = event("call", phases=4, outcome="unknown", ts_ms=NOON_MS + 2)
    asked = other(event, "permission_request", 1)
    ending = other(event, "turn_end", 9)
    assert outcome_after(db, event("call"), asked, batch, ending) == "denied"


@pytest.mark.parametrize("kind", ["turn_end", "prompt", "session_end"])
def test_call_that_ended_stays_as_it_ended(db: sqlite3.Connection, event: Make, kind: str) -> None:
    """Whatever was asked before it ran."""
    done = event("call", phases=3, outcome="unknown", ended_ms=NOON_MS + 2)
    asked = other(event, "permission_request", 1)
    assert outcome_after(db, done, asked, other(event, kind, 9)) == "unknown"


@pytest.mark.parametrize("kind", ["prompt", "session_end"])
def test_other_sessions_go_on(db: sqlite3.Connection, event: Make, kind: str) -> None:
    """Two windows of one agent know nothing of each other."""
    ending = other(event, kind, 9, session="other")
    assert outcome_after(db, event("call"), ending) == "unknown"
    nobody = other(event, kind, 10, session=None)
    assert outcome_after(db, nobody) == "unknown"


@pytest.mark.parametrize(
    ("kind", "outcome"), [("prompt", "unknown"), ("session_end", "interrupted")]
)
def test_subagent_outlives_a_prompt_but_not_the_session(
    db: sqlite3.Connection, event: Make, kind: str, outcome: str
) -> None:
    """One in the background works on while its user goes on talking."""
    assert outcome_after(db, event("call", subagent="helper"), other(event, kind, 9)) == outcome


def test_later_calls_are_left_alone(db: sqlite3.Connection, event: Make) -> None:
    """An ending says nothing of what began after it, even when it is drained late."""
    late = event("call", ts_ms=NOON_MS + 10)
    assert outcome_after(db, late, other(event, "session_end", 9)) == "unknown"


@pytest.mark.parametrize("kind", ["turn_end", "prompt", "session_end"])
def test_late_after_has_the_last_word(db: sqlite3.Connection, event: Make, kind: str) -> None:
    """A call with an id whose after was drained later ended as that says."""
    ending = other(event, kind, 9)
    after = event("call", phases=2, ts_ms=NOON_MS + 8, ended_ms=NOON_MS + 8, outcome="failed")
    assert outcome_after(db, event("call"), ending, after) == "failed"


def test_order_within_a_batch_is_that_of_time(db: sqlite3.Connection, event: Make) -> None:
    """Files of one drain may come in any order."""
    batch = [
        other(event, "prompt", 9),
        other(event, "turn_end", 5),
        other(event, "permission_request", 1),
        event("call"),
    ]
    with writing(db):
        write_events(db, batch)
    assert outcome_after(db) == "denied"
