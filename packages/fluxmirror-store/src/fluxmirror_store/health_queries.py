"""What doctor asks a database: each question is bounded, however much was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_store.hour_ranges import HOUR_MS

if TYPE_CHECKING:
    import sqlite3

LOOKED_AT: Final = 5_000
"""Of an agent's newest events so many are looked at for one that a hook told of."""

_FIRST_HEARD: Final = "SELECT first_ms FROM heard WHERE agent = ?"
_NEWEST: Final = """
SELECT ts_ms, max(coalesce(ended_ms, ts_ms), ts_ms), sources <> 'transcript' AND schema_version > 1
FROM event WHERE agent = ? AND ts_ms <= ? ORDER BY ts_ms DESC LIMIT ?
"""
_CROWDED: Final = "SELECT ts_ms FROM event WHERE ts_ms < ? ORDER BY ts_ms DESC LIMIT 1 OFFSET ?"
_WAITING_HOURS: Final = "SELECT count(DISTINCT hour), min(hour) FROM stale_hour"
STATEMENTS: Final = (_NEWEST, _CROWDED)


class WaitingHours(NamedTuple):
    """Hours in which something changed that nobody added up since."""

    hours: int
    first_ms: int
    """When the earliest of them begins, in UTC milliseconds."""


class LastHeard(NamedTuple):
    """When a hook of an agent was last heard, in UTC milliseconds."""

    ts_ms: int
    is_exact: bool
    """False: it was before that, as all that is newer comes from session files alone."""


def last_heard(db: sqlite3.Connection, agent: str, now_ms: int) -> LastHeard | None:
    """Say when a hook of an agent last told of anything; None when none ever did.

    Args:
        db: open for reading.
        agent: its id.
        now_ms: what comes after it has a wrong time, and does not count.
    """
    if db.execute(_FIRST_HEARD, (agent,)).fetchone() is None:
        return None
    oldest_ms = now_ms
    for began_ms, last_ms, is_hooked in db.execute(_NEWEST, (agent, now_ms, LOOKED_AT)):
        if is_hooked:
            return LastHeard(min(last_ms, now_ms), is_exact=True)
        oldest_ms = began_ms
    return LastHeard(oldest_ms, is_exact=False)


def crowded_ms(db: sqlite3.Connection, before_ms: int, most: int) -> int | None:
    """Say since when there were `most` events up to a moment; None when there are fewer."""
    found = db.execute(_CROWDED, (before_ms, most - 1)).fetchone()
    return found[0] if found else None


def free_bytes(db: sqlite3.Connection) -> int:
    """Count the bytes inside the file that hold nothing any more, and will be used again."""
    pages: int = db.execute("PRAGMA freelist_count").fetchone()[0]
    size: int = db.execute("PRAGMA page_size").fetchone()[0]
    return pages * size


def waiting_hours(db: sqlite3.Connection) -> WaitingHours | None:
    """Count the hours that wait to be added up; None when none does."""
    hours, first = db.execute(_WAITING_HOURS).fetchone()
    return WaitingHours(hours, first * HOUR_MS) if hours else None
