"""What `status` asks of the database: the last sign of life, as reports count it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    import sqlite3

    from fluxmirror_store.queries import Window

_LAST: Final = """
SELECT ts_ms, agent FROM event
WHERE ts_ms < :end_ms AND self_noise = 0 AND agent <> :hidden AND agent = coalesce(:agent, agent)
ORDER BY ts_ms DESC LIMIT 1
"""


class LastEvent(NamedTuple):
    """The last event of any kind."""

    ts_ms: int
    """In UTC milliseconds since 1970."""
    agent: str


def last_event(db: sqlite3.Connection, wanted: Window) -> LastEvent | None:
    """Give the last event before a window ends, whenever it was; None when there is none."""
    found = db.execute(_LAST, wanted._asdict()).fetchone()
    return LastEvent(*found) if found else None
