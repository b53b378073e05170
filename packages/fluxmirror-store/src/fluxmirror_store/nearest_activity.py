"""When there is activity outside a window: found by the hours that are added up.

What happened has no index by project, and responses have none by agent; to walk over it until
something is of the right one might take all of it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.hour import HOUR_MS
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import EVER_MS

from fluxmirror_store.hour_rows import ROOT
from fluxmirror_store.queries import IN_WINDOW
from fluxmirror_store.summing import CALLS, USAGE

if TYPE_CHECKING:
    import sqlite3

    from fluxmirror_store.queries import Window

_IN_ROOTS: Final = "IN (SELECT value FROM json_each(:roots))"
_LATEST_FIRST: Final = "DESC"
_EARLIEST_FIRST: Final = "ASC"


class _Kind(NamedTuple):
    """Something that happens, and the table of hours in which it is added up."""

    hours: str
    what: str
    """In `stale_hour`."""
    moments: str
    """Selects when it happened, of a window."""
    root: str


_OF_CALLS: Final = _Kind("activity_hour", CALLS, f"SELECT ts_ms FROM event WHERE {IN_WINDOW}", ROOT)
_OF_RESPONSES: Final = _Kind(
    "usage_hour",
    USAGE,
    "SELECT ts_ms FROM response WHERE ts_ms >= :start_ms AND ts_ms < :end_ms"
    " AND agent = coalesce(:agent, agent)",
    "coalesce(project, '')",
)


def latest_before(
    db: sqlite3.Connection, wanted: Window, roots: frozenset[str] | None
) -> int | None:
    """Give when the last happened before the window, in UTC milliseconds: a call or a response.

    Args:
        db: in a transaction.
        wanted: the window, and whose activity counts.
        roots: of the projects that count; None for all.
    """
    before = wanted._replace(start_ms=0, end_ms=wanted.start_ms)
    return max(_found(db, before, roots, _LATEST_FIRST), default=None)


def earliest_after(
    db: sqlite3.Connection, wanted: Window, roots: frozenset[str] | None
) -> int | None:
    """Give when the first happened after the window; as `latest_before` has it."""
    after = wanted._replace(start_ms=wanted.end_ms, end_ms=EVER_MS)
    return min(_found(db, after, roots, _EARLIEST_FIRST), default=None)


def _found(
    db: sqlite3.Connection, wanted: Window, roots: frozenset[str] | None, order: str
) -> list[int]:
    found = (_first(db, kind, wanted, roots, order) for kind in (_OF_CALLS, _OF_RESPONSES))
    return [ts_ms for ts_ms in found if ts_ms is not None]


def _first(
    db: sqlite3.Connection, kind: _Kind, wanted: Window, roots: frozenset[str] | None, order: str
) -> int | None:
    asked = {**wanted._asdict(), "roots": json.dumps(sorted(roots or ()))}
    in_hour = f"{kind.moments} {_of(roots, kind.root)} ORDER BY ts_ms {order} LIMIT 1"
    hours = {"first": wanted.start_ms // HOUR_MS, "end": -(-wanted.end_ms // HOUR_MS)}
    for (hour,) in db.execute(_hours(kind, roots, order), {**asked, **hours}).fetchall():
        start_ms = max(wanted.start_ms, hour * HOUR_MS)
        end_ms = min(wanted.end_ms, (hour + 1) * HOUR_MS)
        within = {**asked, "start_ms": start_ms, "end_ms": end_ms}
        found = db.execute(in_hour, within).fetchone()
        if found is not None:
            ts_ms: int = found[0]
            return ts_ms
    return None


def _hours(kind: _Kind, roots: frozenset[str] | None, order: str) -> str:
    """Select the hours that may have it: nobody knows yet what one has that is not added up."""
    return f"""
    SELECT hour FROM {kind.hours}
    WHERE hour >= :first AND hour < :end AND agent <> :hidden AND agent = coalesce(:agent, agent)
    {_of(roots, "root")}
    UNION SELECT hour FROM stale_hour WHERE what = '{kind.what}' AND hour >= :first AND hour < :end
    ORDER BY hour {order}
    """


def _of(roots: frozenset[str] | None, root: str) -> str:
    return "" if roots is None else f"AND {root} {_IN_ROOTS}"
