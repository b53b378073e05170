"""Adds up the hours in which something changed: calls for reports, responses for their costs.

Whoever changes a row leaves the hour's number in `stale_hour`, by triggers. Reports add up hours
that are stale by themselves, so that nobody has to wait for this, and nothing is ever out of date.
"""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal
from fluxmirror_core.analysis.hour import HOUR_MS, Sighting
from fluxmirror_core.analysis.patches import WHOLE_FILE_TOOLS
from fluxmirror_core.errors import StoreError
from fluxmirror_core.event import Kind
from fluxmirror_core.private import make_directory
from fluxmirror_core.tools import ToolClass
from fluxmirror_core.transcripts.response import Tokens

from fluxmirror_store import lock
from fluxmirror_store.checkpoint import shorten_log
from fluxmirror_store.database import connect_to_write, spool_errors, store_errors
from fluxmirror_store.hour_rows import FACETS, NUMBERS, count_hour, hour_row
from fluxmirror_store.queries import TOUCHED
from fluxmirror_store.schema import REACH_MS
from fluxmirror_store.stored_text import read_leniently
from fluxmirror_store.transaction import NOT_STORABLE, writing

if TYPE_CHECKING:
    from fluxmirror_core.analysis.hour import Hour
    from fluxmirror_core.paths import Places

    from fluxmirror_store.migrations import Progress

CALLS: Final = "calls"
USAGE: Final = "usage"
"""What is added up by the hour."""
_AT_ONCE: Final = 12
"""Hours of one transaction: others may write in between."""
_TOKENS: Final = tuple(f"{name}_tokens" for name in Tokens._fields)

_OF_THE_DATA: Final = (*NOT_STORABLE, RecursionError)
_STALE: Final = "SELECT what, hour FROM stale_hour ORDER BY hour DESC, what"
_ANY: Final = "SELECT 1 FROM stale_hour WHERE what = coalesce(?, what) LIMIT 1"
_DONE: Final = "DELETE FROM stale_hour WHERE what = ? AND hour = ?"
_DELETE_ACTIVITY: Final = "DELETE FROM activity_hour WHERE hour = ?"
_INSERT_ACTIVITY: Final = f"""
INSERT INTO activity_hour (hour, agent, root, calls, {", ".join((*FACETS, *NUMBERS))})
VALUES (?, ?, ?, ?, {", ".join("?" * len((*FACETS, *NUMBERS)))})
"""
_DELETE_USAGE: Final = "DELETE FROM usage_hour WHERE hour = ?"
_INSERT_USAGE: Final = f"""
INSERT INTO usage_hour (hour, agent, root, model, price_id, responses, {", ".join(_TOKENS)},
    cost_pico, first_ms, last_ms)
SELECT ?, agent, coalesce(project, ''), coalesce(model, ''), coalesce(price_id, 0), count(*),
    {", ".join(f"sum({name})" for name in _TOKENS)}, coalesce(sum(cost_pico), 0), min(ts_ms),
    max(ts_ms)
FROM response WHERE ts_ms >= ? AND ts_ms < ? GROUP BY 2, 3, 4, 5
"""
_SEEN_FIRST: Final = "SELECT path FROM file_sighting WHERE first_ms >= ? AND first_ms < ?"
_SIGHT: Final = """
INSERT INTO file_sighting (path, first_ms, made, agent) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE
SET first_ms = excluded.first_ms, made = excluded.made, agent = excluded.agent
WHERE excluded.first_ms < first_ms OR (first_ms >= ? AND first_ms < ?)
"""
_FORGET: Final = "DELETE FROM file_sighting WHERE path = ?"
_FIRST: Final = f"""
SELECT ts_ms, tool_class = '{ToolClass.WRITE}' AND tool_canonical IN {WHOLE_FILE_TOOLS}, agent
FROM event WHERE path = ? AND kind = '{Kind.TOOL_CALL}' AND self_noise = 0
AND ts_ms BETWEEN -{REACH_MS} AND {REACH_MS}
AND tool_class IN ('{ToolClass.READ}', '{ToolClass.WRITE}') AND {TOUCHED}
ORDER BY ts_ms, id LIMIT 1
"""


def is_stale(db: sqlite3.Connection, what: str | None = None) -> bool:
    """Tell whether any hour has to be added up: of `CALLS`, of `USAGE`, or of either."""
    return db.execute(_ANY, (what,)).fetchone() is not None


def add_up(
    db: sqlite3.Connection,
    progress: Progress | None = None,
    failures: Counter[str] | None = None,
) -> int:
    """Add up every hour in which something changed, the newest first.

    An hour whose rows cannot be added up stays stale: reports count it themselves.

    Args:
        db: open for writing. A kill at any moment leaves the rest for the next time.
        progress: told how many of the hours are done.
        failures: counts the hours that could not be added up, by the kind of error.

    Returns:
        How many hours were added up.
    """
    # Taken once: an hour that stays stale would come back for ever.
    stale = db.execute(_STALE).fetchall()
    added = 0
    for first in range(0, len(stale), _AT_ONCE):
        some = stale[first : first + _AT_ONCE]
        with writing(db):
            for what, hour in some:
                failure = _add_one(db, what, hour)
                if failure is None:
                    added += 1
                elif failures is not None:
                    failures[failure] += 1
        if progress is not None:
            progress(first + len(some), len(stale))
    return added


def bring_up_to_date(places: Places, progress: Progress | None = None) -> None:
    """Add up what is stale, if that can be done now; if not, reports count these hours themselves.

    What went wrong is noted in the journal.

    Args:
        places: where the database is.
        progress: as `add_up` has it.
    """
    try:
        with spool_errors(places.spool):
            make_directory(places.spool)
            with lock.held(os.path.join(places.spool, lock.DRAIN)) as ours:
                if ours:
                    _add_up_held(places, progress)
    except StoreError as error:
        journal.note(places.logs, journal.SUMS, type(error).__name__)


def first_sighting(db: sqlite3.Connection, path: str) -> Sighting | None:
    """Look through the calls for the first that touched a file; None when none did."""
    found = db.execute(_FIRST, (path,)).fetchone()
    return Sighting(found[0], bool(found[1]), found[2]) if found else None


def _add_up_held(places: Places, progress: Progress | None) -> None:
    path = places.database
    failures: Counter[str] = Counter()
    with closing(connect_to_write(path)) as db, store_errors(path):
        add_up(db, progress, failures)
    shorten_log(path)
    for kind, hours in failures.items():
        journal.note(places.logs, journal.SUMS, f"{kind} ({hours})")


def _add_one(db: sqlite3.Connection, what: str, hour: int) -> str | None:
    """Add up one hour, all of it or nothing; gives the kind of error where its rows are at fault.

    Raises:
        sqlite3.DatabaseError: the database is at fault.
    """
    db.execute("SAVEPOINT hour")
    try:
        _ADD[what](db, hour)
        db.execute(_DONE, (what, hour))
    except (*_OF_THE_DATA, sqlite3.OperationalError) as error:
        if not _is_of_the_data(error):
            raise
        db.execute("ROLLBACK TO hour")
        return type(error).__name__
    finally:
        if db.in_transaction:  # a full disk has ended it already
            db.execute("RELEASE hour")
    return None


def _is_of_the_data(error: Exception) -> bool:
    """Tell whether the rows are at fault; what overflows a sum is an error of no special kind."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, _OF_THE_DATA) or code == sqlite3.SQLITE_ERROR


def _add_calls(db: sqlite3.Connection, hour: int) -> None:
    start_ms, end_ms = hour * HOUR_MS, (hour + 1) * HOUR_MS
    # One text that is no UTF-8 must not keep all others from being added up.
    with read_leniently(db):
        counted = count_hour(db, start_ms, end_ms)
        db.execute(_DELETE_ACTIVITY, (hour,))
        db.executemany(_INSERT_ACTIVITY, [hour_row(hour, one) for one in counted.activities])
        _sight(db, counted, start_ms, end_ms)


def _sight(db: sqlite3.Connection, counted: Hour, start_ms: int, end_ms: int) -> None:
    before = {path for (path,) in db.execute(_SEEN_FIRST, (start_ms, end_ms))}
    for path in before - counted.sightings.keys():
        db.execute(_FORGET, (path,))
        found = first_sighting(db, path)
        if found is not None:
            db.execute(_SIGHT, (path, *found, start_ms, end_ms))
    rows = ((path, *one, start_ms, end_ms) for path, one in counted.sightings.items())
    db.executemany(_SIGHT, rows)


def _add_usage(db: sqlite3.Connection, hour: int) -> None:
    db.execute(_DELETE_USAGE, (hour,))
    db.execute(_INSERT_USAGE, (hour, hour * HOUR_MS, (hour + 1) * HOUR_MS))


_ADD: Final = {CALLS: _add_calls, USAGE: _add_usage}
