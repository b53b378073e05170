"""Named questions to the database: one function each, counted by SQL, never whole windows.

A window holds the tool calls that count: those with a readable time, without what the user wants
hidden (`self_noise`), and without the set-up's own row once there are real ones.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import Kind, Outcome
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import EVER_MS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from fluxmirror_core.period import Period

SETUP_AGENT: Final = "setup"

IN_WINDOW: Final = f"""
kind = '{Kind.TOOL_CALL}' AND self_noise = 0 AND ts_ms >= :start_ms AND ts_ms < :end_ms
AND agent <> :hidden AND agent = coalesce(:agent, agent)
"""
"""A call counts in a `Window`, whose fields are the values."""
TOUCHED: Final = f"""
coalesce(path, detail, '') <> ''
AND coalesce(outcome, '') NOT IN ('{Outcome.FAILED}', '{Outcome.DENIED}', '{Outcome.REJECTED}')
"""
"""The call names a file, and nothing says that it did not get at it."""

_LATEST: Final = f"SELECT ts_ms FROM event WHERE {IN_WINDOW} ORDER BY ts_ms DESC LIMIT 1"
_EARLIEST: Final = f"SELECT ts_ms FROM event WHERE {IN_WINDOW} ORDER BY ts_ms LIMIT 1"
_HAS_CALLS: Final = f"SELECT EXISTS (SELECT 1 FROM event WHERE kind = '{Kind.TOOL_CALL}')"
_HAS_AGENT: Final = "SELECT EXISTS (SELECT 1 FROM event WHERE agent = ?)"
# Two searches of an index: `<>` would walk over every row of a table that holds only set-up rows.
_HAS_REAL_ROWS: Final = """
SELECT EXISTS (SELECT 1 FROM event WHERE agent < :setup)
OR EXISTS (SELECT 1 FROM event WHERE agent > :setup)
"""


class Window(NamedTuple):
    """Which calls a question is about; made by `window`."""

    start_ms: int
    end_ms: int
    agent: str | None
    """Only this agent's calls; None for all."""
    hidden: str
    """The agent whose calls do not count; empty for none."""


def window(db: sqlite3.Connection, period: Period, agent: str | None = None) -> Window:
    """Choose the calls of a period, of one agent or all.

    The set-up's row counts only as long as it is the only one, or when it is asked for.
    """
    hidden = agent != SETUP_AGENT and _is_true(db, _HAS_REAL_ROWS, {"setup": SETUP_AGENT})
    return Window(period.start_ms, period.end_ms, agent, SETUP_AGENT if hidden else "")


def latest_call_before(db: sqlite3.Connection, wanted: Window) -> int | None:
    """Give the time of the last call before the window, in UTC milliseconds since 1970."""
    before = wanted._replace(start_ms=0, end_ms=wanted.start_ms)
    found = db.execute(_LATEST, before._asdict()).fetchone()
    return found[0] if found else None


def earliest_call_after(db: sqlite3.Connection, wanted: Window) -> int | None:
    """Give the time of the first call after the window, in UTC milliseconds since 1970."""
    after = wanted._replace(start_ms=wanted.end_ms, end_ms=EVER_MS)
    found = db.execute(_EARLIEST, after._asdict()).fetchone()
    return found[0] if found else None


def has_any_call(db: sqlite3.Connection) -> bool:
    """Tell whether there is any tool call at all, whether reports count it or not."""
    return _is_true(db, _HAS_CALLS, {})


def has_agent(db: sqlite3.Connection, agent: str) -> bool:
    """Tell whether anything of an agent was ever recorded."""
    return _is_true(db, _HAS_AGENT, (agent,))


def event_count(db: sqlite3.Connection) -> int:
    """Count everything that was recorded, of every kind; reads an index from end to end."""
    total: int = db.execute("SELECT count(*) FROM event").fetchone()[0]
    return total


@contextmanager
def snapshot(db: sqlite3.Connection) -> Iterator[None]:
    """Read one state of the database while others write; inside of another one, that one's."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


def _is_true(db: sqlite3.Connection, query: str, values: dict[str, str] | tuple[str]) -> bool:
    return bool(db.execute(query, values).fetchone()[0])
