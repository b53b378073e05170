"""What a shell completes: agents, sessions, models and days as they were recorded, at once.

A person waits with a finger on the Tab key, so every question is bounded: it looks at the latest
rows alone, and is given up when it takes too long.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import EVER_MS, day_period, local_date

from fluxmirror_store import queries
from fluxmirror_store.database import connect_to_read

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

_PATIENCE_S: Final = 0.5
_STEPS: Final = 10_000
"""Of SQLite's machine, after which the clock is looked at."""
_LATEST: Final = 20_000
"""So many rows of either table are looked at."""
_OFFERED: Final = 50

_AGENTS: Final = """
WITH RECURSIVE one (agent) AS (
    SELECT min(agent) FROM event
    UNION ALL
    SELECT (SELECT min(agent) FROM event WHERE agent > one.agent) FROM one
    WHERE one.agent IS NOT NULL
)
SELECT agent FROM one WHERE agent IS NOT NULL
"""
_SESSIONS: Final = f"""
SELECT session, agent, max(ts_ms) FROM (
    SELECT * FROM (
        SELECT session, agent, ts_ms FROM event ORDER BY ts_ms DESC LIMIT {_LATEST}
    )
    UNION ALL
    SELECT * FROM (
        SELECT session, agent, ts_ms FROM response ORDER BY ts_ms DESC LIMIT {_LATEST}
    )
)
WHERE session <> '' AND ts_ms IS NOT NULL
GROUP BY session, agent ORDER BY 3 DESC LIMIT {_OFFERED}
"""
_MODELS: Final = f"""
SELECT model, count(*) FROM (SELECT model FROM response ORDER BY ts_ms DESC LIMIT {_LATEST})
WHERE model <> '' GROUP BY model ORDER BY 2 DESC, 1 LIMIT {_OFFERED}
"""


class KnownSession(NamedTuple):
    """A session of the last time."""

    session: str
    agent: str
    last_ms: int
    """When it last gave a sign, in UTC milliseconds."""


@contextlib.contextmanager
def impatient_database(path: str) -> Iterator[sqlite3.Connection]:
    """Open a database for questions that are given up when they take long.

    Raises:
        FluxMirrorError: there is none, or it cannot be read.
        sqlite3.Error: a question took too long.
    """
    with contextlib.closing(connect_to_read(path)) as db:
        end_s = time.monotonic() + _PATIENCE_S
        db.set_progress_handler(lambda: time.monotonic() > end_s, _STEPS)
        yield db


def recorded_agents(db: sqlite3.Connection) -> list[str]:
    """Give the agents there are events of, in the order of their ids."""
    return [agent for (agent,) in db.execute(_AGENTS)]


def recent_sessions(db: sqlite3.Connection) -> list[KnownSession]:
    """Give the sessions of the last time, the latest first."""
    return [KnownSession(*row) for row in db.execute(_SESSIONS)]


def recent_models(db: sqlite3.Connection) -> list[str]:
    """Give the models that were used lately, the most used first."""
    return [model for model, _ in db.execute(_MODELS)]


def recent_days(db: sqlite3.Connection, zone: ZoneInfo) -> list[date]:
    """Give the last days with calls, the latest first."""
    found: list[date] = []
    wanted = queries.window(db, day_period(local_date(time.time_ns() // 1_000_000, zone), zone))
    start_ms: int | None = EVER_MS
    while start_ms is not None and len(found) < _OFFERED:
        latest_ms = queries.latest_call_before(db, wanted._replace(start_ms=start_ms))
        start_ms = None
        if latest_ms is not None:
            found.append(local_date(latest_ms, zone))
            start_ms = day_period(found[-1], zone).start_ms
    return found
