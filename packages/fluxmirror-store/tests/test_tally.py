"""The tally: what happened that is no event, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_store.tally import BAD, UNKNOWN_EVENT, Tallied, Tally, tallied

if TYPE_CHECKING:
    import sqlite3


def test_counts_of_batches_add_up(db: sqlite3.Connection) -> None:
    """By kind, agent, name and version; the last time is kept."""
    for now_ms in (1000, 2000):
        batch = Tally()
        batch.add(BAD, name="the payload is empty", times=2)
        batch.add(BAD, name="the payload is empty")
        batch.add(UNKNOWN_EVENT, "claude-code", "NewThing")
        batch.add(UNKNOWN_EVENT, "claude-code", "NewThing", "2.2.0")
        batch.flush(db, now_ms)
    assert tallied(db) == [
        Tallied(BAD, "", "the payload is empty", "", 6, 2000),
        Tallied(UNKNOWN_EVENT, "claude-code", "NewThing", "", 2, 2000),
        Tallied(UNKNOWN_EVENT, "claude-code", "NewThing", "2.2.0", 2, 2000),
    ]


def test_nothing_happened_leaves_no_line(db: sqlite3.Connection) -> None:
    """A count of zero is no news."""
    batch = Tally()
    batch.add(BAD, times=0)
    batch.flush(db, 1000)
    assert tallied(db) == []
