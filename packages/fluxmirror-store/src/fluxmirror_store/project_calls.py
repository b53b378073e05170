"""When projects have calls outside a window: found by the hours that are added up.

The calls themselves have no index by project; to walk over them until one is of the right project
might take all of them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.hour import HOUR_MS
from fluxmirror_core.period import EVER_MS

from fluxmirror_store.hour_rows import ROOT
from fluxmirror_store.queries import IN_WINDOW
from fluxmirror_store.summing import CALLS

if TYPE_CHECKING:
    import sqlite3

    from fluxmirror_store.queries import Window

_IN_ROOTS: Final = "IN (SELECT value FROM json_each(:roots))"
# Nobody knows yet whose calls an hour has that is not added up.
_HOURS: Final = f"""
SELECT hour FROM activity_hour
WHERE hour >= :first AND hour < :end AND agent <> :hidden AND agent = coalesce(:agent, agent)
AND root {_IN_ROOTS}
UNION SELECT hour FROM stale_hour WHERE what = '{CALLS}' AND hour >= :first AND hour < :end
ORDER BY hour {{order}}
"""
_IN_HOUR: Final = f"""
SELECT ts_ms FROM event WHERE {IN_WINDOW} AND {ROOT} {_IN_ROOTS} ORDER BY ts_ms {{order}} LIMIT 1
"""
_LATEST_FIRST: Final = "DESC"
_EARLIEST_FIRST: Final = "ASC"


def latest_call_before(db: sqlite3.Connection, wanted: Window, roots: frozenset[str]) -> int | None:
    """Give the time of the last call in these projects before the window, in UTC milliseconds."""
    before = wanted._replace(start_ms=0, end_ms=wanted.start_ms)
    return _first_found(db, before, roots, _LATEST_FIRST)


def earliest_call_after(
    db: sqlite3.Connection, wanted: Window, roots: frozenset[str]
) -> int | None:
    """Give the time of the first call in these projects after the window, in UTC milliseconds."""
    after = wanted._replace(start_ms=wanted.end_ms, end_ms=EVER_MS)
    return _first_found(db, after, roots, _EARLIEST_FIRST)


def _first_found(
    db: sqlite3.Connection, wanted: Window, roots: frozenset[str], order: str
) -> int | None:
    asked = {**wanted._asdict(), "roots": json.dumps(sorted(roots))}
    hours = {"first": wanted.start_ms // HOUR_MS, "end": -(-wanted.end_ms // HOUR_MS)}
    for (hour,) in db.execute(_HOURS.format(order=order), {**asked, **hours}).fetchall():
        start_ms = max(wanted.start_ms, hour * HOUR_MS)
        end_ms = min(wanted.end_ms, (hour + 1) * HOUR_MS)
        within = {**asked, "start_ms": start_ms, "end_ms": end_ms}
        found = db.execute(_IN_HOUR.format(order=order), within).fetchone()
        if found is not None:
            ts_ms: int = found[0]
            return ts_ms
    return None
