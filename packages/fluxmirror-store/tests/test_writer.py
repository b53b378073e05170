"""Each event once, each call one row, whoever tells of it and in whatever order."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.event import AFTER, BATCH, BEFORE
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent

    Make = Callable[..., AgentEvent]

KEY = b"pair"
NOON_MS = 1_767_268_800_000


def write(db: sqlite3.Connection, *events: AgentEvent) -> list[AgentEvent]:
    """Write one batch."""
    with writing(db):
        return write_events(db, events)


def calls(db: sqlite3.Connection, columns: str = "ts_ms, ended_ms, phases") -> list[Any]:
    """The calls in the order of time."""
    return db.execute(f"SELECT {columns} FROM event ORDER BY ts_ms, ended_ms, id").fetchall()


def half(make: Make, uid: str, phase: int, at_ms: int, **changes: object) -> AgentEvent:
    """Half of a call whose agent has no ids."""
    ended = {"ended_ms": at_ms, "outcome": "ok"} if phase == AFTER else {}
    usual = {"phases": phase, "ts_ms": at_ms, "pair_key": KEY, "agent": "gemini-cli"}
    return make(uid, **{**usual, **ended, **changes})


def in_batches(db: sqlite3.Connection, events: list[AgentEvent], size: int) -> None:
    """Write events, `size` in each transaction."""
    for start in range(0, len(events), size):
        write(db, *events[start : start + size])


def test_event_is_written_whole(db: sqlite3.Connection, event: Make) -> None:
    """Every column, and what is kept apart."""
    apart = {"input_json": '{"a":1}', "output_sha256": b"\1" * 32, "output_text": "ok"}
    changes = {**apart, "path": "/a", "exit_code": 3}
    told = event("a", **changes)
    assert write(db, told) == [told]
    columns = ", ".join(told._fields[: -len(apart)])
    written = db.execute(f"SELECT {columns} FROM event").fetchall()
    assert written == [tuple(told[: -len(apart)])]
    kept = db.execute(f"SELECT event_id, {', '.join(apart)} FROM payload").fetchall()
    assert kept == [(1, *apart.values())]


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
def test_same_identity_is_the_same_event(
    db: sqlite3.Connection, event: Make, *, together: bool
) -> None:
    """A replay is nothing new."""
    in_batches(db, [event("a"), event("a", ts_ms=NOON_MS + 5000)], 2 if together else 1)
    assert calls(db, "ts_ms") == [(NOON_MS,)]


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_tellings_of_one_call_are_one_row(
    db: sqlite3.Connection, event: Make, order: tuple[int, ...], size: int
) -> None:
    """Before, after and batch, in any order and in any batches."""
    tellings = [
        event("a", phases=BEFORE, ts_ms=NOON_MS, input_json="{}"),
        event("a", phases=AFTER, ts_ms=NOON_MS + 70, ended_ms=NOON_MS + 70, outcome="ok"),
        event("a", phases=BATCH, ts_ms=NOON_MS + 90, ended_ms=NOON_MS + 90, outcome="ok"),
    ]
    in_batches(db, [tellings[number] for number in order], size)
    columns = "ts_ms, ended_ms, phases, outcome, duration_ms, duration_source"
    assert calls(db, columns) == [(NOON_MS, NOON_MS + 70, 7, "ok", 70, "hooks")]
    assert db.execute("SELECT input_json FROM payload").fetchall() == [("{}",)]


def test_replayed_batch_changes_no_row(db: sqlite3.Connection, event: Make) -> None:
    """Nor the number of rows, nor what is told of new ones."""
    batch = (
        event("a"),
        event("b", kind="prompt", phases=0, twin_uid=b"t"),
        half(event, "c", BEFORE, NOON_MS),
        half(event, "d", AFTER, NOON_MS + 5),
    )
    assert len(write(db, *batch)) == 3
    before = list(db.iterdump())
    assert write(db, *batch) == []
    assert list(db.iterdump()) == before


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize(("apart_ms", "rows"), [(0, 1), (2000, 1), (-2000, 1), (2001, 2)], ids=str)
def test_double_registration_is_known_by_the_payload(
    db: sqlite3.Connection, event: Make, apart_ms: int, rows: int, size: int
) -> None:
    """Two files of one event without an identity of its own; two prompts later they are two."""
    prompt = event("a", kind="prompt", phases=0, twin_uid=b"t" * 16)
    in_batches(db, [prompt, prompt._replace(uid=b"b" * 16, ts_ms=NOON_MS + apart_ms)], size)
    assert len(calls(db)) == rows


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(("between", "rows"), [("session_start", 3), ("prompt", 2)])
def test_session_that_was_resumed_ends_twice(
    db: sqlite3.Connection, event: Make, between: str, rows: int, size: int
) -> None:
    """A script may resume a session and be done within the time of a double registration."""
    end = event("a", kind="session_end", phases=0, twin_uid=b"t" * 16)
    other = event("b", kind=between, phases=0, ts_ms=NOON_MS + 500)
    in_batches(db, [end, other, end._replace(uid=b"c" * 16, ts_ms=NOON_MS + 1200)], size)
    assert len(calls(db)) == rows


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("first", [BEFORE, AFTER])
def test_halves_without_an_id_meet(
    db: sqlite3.Connection, event: Make, first: int, size: int
) -> None:
    """Whichever was drained first, by session, tool and input."""
    halves = [half(event, "a", BEFORE, NOON_MS), half(event, "b", AFTER, NOON_MS + 40)]
    in_batches(db, halves if first == BEFORE else halves[::-1], size)
    columns = "ts_ms, ended_ms, phases, outcome, duration_ms, pair_key"
    assert calls(db, columns) == [(NOON_MS, NOON_MS + 40, 3, "ok", 40, None)]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6])
def test_equal_calls_are_paired_first_in_first_out(
    db: sqlite3.Connection, event: Make, size: int
) -> None:
    """Three that ran at once: whatever of them is in the database already."""
    events = [half(event, f"b{n}", BEFORE, NOON_MS + n) for n in range(3)]
    events += [half(event, f"a{n}", AFTER, NOON_MS + 100 + n) for n in range(3)]
    in_batches(db, events, size)
    assert calls(db) == [(NOON_MS + n, NOON_MS + 100 + n, 3) for n in range(3)]


@pytest.mark.parametrize("size", [1, 3, 6])
def test_one_lost_half_does_not_shift_the_others(
    db: sqlite3.Connection, event: Make, size: int
) -> None:
    """The after of a call whose before is lost stays alone."""
    events = [half(event, "a0", AFTER, NOON_MS)]
    for n in range(1, 3):
        events.append(half(event, f"b{n}", BEFORE, NOON_MS + 100 * n))
        events.append(half(event, f"a{n}", AFTER, NOON_MS + 100 * n + 50))
    in_batches(db, events, size)
    whole = [(NOON_MS + 100 * n, NOON_MS + 100 * n + 50, 3) for n in (1, 2)]
    assert calls(db) == [(NOON_MS, NOON_MS, 2), *whole]


@pytest.mark.parametrize("twin", [None, b"t" * 16], ids=["timed", "without a time"])
@pytest.mark.parametrize("first", [BEFORE, AFTER])
def test_replayed_half_of_a_whole_call_is_known(
    db: sqlite3.Connection, event: Make, first: int, twin: bytes | None
) -> None:
    """A kill between commit and unlink brings both halves once more, at any later time."""
    halves = [
        half(event, "a", BEFORE, NOON_MS, twin_uid=twin),
        half(event, "b", AFTER, NOON_MS + 9000, twin_uid=twin and b"u" * 16),
    ]
    for batch in (halves[:: 1 if first == BEFORE else -1], halves, halves[::-1], halves[:1]):
        write(db, *batch)
    assert len(calls(db)) == 1


def test_halves_of_different_calls_do_not_meet(db: sqlite3.Connection, event: Make) -> None:
    """Another session, tool or input is another call."""
    write(
        db,
        half(event, "a", BEFORE, NOON_MS),
        half(event, "b", AFTER, NOON_MS + 5, pair_key=b"other"),
    )
    assert len(calls(db)) == 2


@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_end_of_the_turn_ends_the_waiting(db: sqlite3.Connection, event: Make, size: int) -> None:
    """A call that was refused is not ended by the same call of the next turn, in any batches."""
    end = {"kind": "turn_end", "phases": 0, "tool": None, "agent": "gemini-cli"}
    asked = {"kind": "permission_request", "phases": 0}
    events = [
        half(event, "b1", BEFORE, NOON_MS),
        event("p1", ts_ms=NOON_MS + 1, **asked),
        event("t1", ts_ms=NOON_MS + 2, **end),
        half(event, "b2", BEFORE, NOON_MS + 10),
        half(event, "a2", AFTER, NOON_MS + 15),
        event("t2", ts_ms=NOON_MS + 20, **end),
    ]
    in_batches(db, events, size)
    found = db.execute(
        "SELECT ts_ms, outcome, duration_ms FROM event WHERE kind = 'tool_call' ORDER BY ts_ms"
    )
    assert found.fetchall() == [(NOON_MS, "denied", None), (NOON_MS + 10, "ok", 5)]


def test_ids_go_on_after_a_roll_back(db: sqlite3.Connection, event: Make) -> None:
    """What was not committed took no number."""
    write(db, event("a"))
    db.execute("BEGIN")
    write_events(db, [event("b")])
    db.execute("ROLLBACK")
    write(db, event("c"))
    assert calls(db, "id") == [(1,), (2,)]


def test_batch_larger_than_a_statement_takes(db: sqlite3.Connection, event: Make) -> None:
    """SQLite bounds the variables of a statement; known events are found all the same."""
    events = [event(str(number)) for number in range(2000)]
    assert len(write(db, *events)) == 2000
    assert write(db, *events) == []


def test_nothing_is_nothing(db: sqlite3.Connection) -> None:
    """A batch of files that told no event."""
    assert write(db) == []
