"""Named questions on each local day of a window, from day to day with something in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.analysis.daily import DayTotal
from fluxmirror_core.analysis.day_files import (
    PATCH_TOOL,
    WHOLE_FILE_TOOLS,
    FileWrites,
    PatchCall,
    build_day_files,
)
from fluxmirror_core.event import Kind
from fluxmirror_core.period import day_end_ms, local_date
from fluxmirror_core.tools import ToolClass

from fluxmirror_store.queries import IN_WINDOW, TOUCHED, Window, snapshot

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.day_files import DayFiles

_NEXT: Final = f"SELECT ts_ms FROM event WHERE {IN_WINDOW} ORDER BY ts_ms LIMIT 1"
_AGENTS: Final = f"SELECT agent, count(*) FROM event WHERE {IN_WINDOW} GROUP BY agent ORDER BY 1"
_WHOLE: Final = f"tool_canonical IN {WHOLE_FILE_TOOLS}"
_WRITTEN: Final = f"""
{IN_WINDOW} AND tool_class = '{ToolClass.WRITE}' AND {TOUCHED}
"""
# What is first recorded of a file, whoever did it, tells whether this window made it. A row of
# older programs may know no path: there is no history of its file, and its tool alone decides.
_FIRST_MADE_IT: Final = f"""
SELECT {_WHOLE} AND tool_class = '{ToolClass.WRITE}' AND ts_ms >= :start_ms
    AND agent = coalesce(:agent, agent)
FROM event AS first WHERE first.path = written.path AND kind = '{Kind.TOOL_CALL}'
AND tool_class IN ('{ToolClass.READ}', '{ToolClass.WRITE}') AND {TOUCHED}
ORDER BY ts_ms, id LIMIT 1
"""
# A row for each file, and one for each patch, which says itself what it did to which files: what a
# day wrote is gone through once.
_FILES: Final = f"""
SELECT patch, file, base, input_json, writes, CASE
    WHEN path IS NULL THEN whole
    WHEN whole = 0 THEN 0
    ELSE ({_FIRST_MADE_IT}) END
FROM (
    SELECT iif(tool_canonical = '{PATCH_TOOL}', id, NULL) AS patch, coalesce(path, detail) AS file,
        max(path) AS path, max(coalesce(project, cwd)) AS base, count(*) AS writes,
        sum({_WHOLE}) AS whole
    FROM event WHERE {_WRITTEN} GROUP BY 1, 2
) AS written LEFT JOIN payload ON event_id = patch
"""


class _DayWindow(NamedTuple):
    """The part of a window that lies in one local day."""

    day: date
    window: Window


def daily_totals(db: sqlite3.Connection, wanted: Window, zone: ZoneInfo) -> list[DayTotal]:
    """Count the calls of each local day that has any, the oldest first, of one state."""
    with snapshot(db):
        return [_total(db, one) for one in _days(db, wanted, zone)]


def daily_files(db: sqlite3.Connection, wanted: Window, zone: ZoneInfo) -> list[DayFiles]:
    """Count the files of each local day on which any was written, the oldest first, of one state.

    A call that failed, was denied or rejected wrote nothing.
    """
    with snapshot(db):
        files = [_files(db, one) for one in _days(db, wanted, zone)]
    return [one for one in files if one.new or one.edited]


def _total(db: sqlite3.Connection, one: _DayWindow) -> DayTotal:
    rows: list[tuple[str, int]] = db.execute(_AGENTS, one.window._asdict()).fetchall()
    return DayTotal(one.day, sum(calls for _, calls in rows), tuple(agent for agent, _ in rows))


def _files(db: sqlite3.Connection, one: _DayWindow) -> DayFiles:
    writes, patches = [], []
    for patch, file, base, input_json, times, made in db.execute(_FILES, one.window._asdict()):
        if patch is None:
            writes.append(FileWrites(file, times, made))
        else:
            patches.append(PatchCall(file, base, input_json))
    return build_day_files(one.day, writes, patches)


def _days(db: sqlite3.Connection, wanted: Window, zone: ZoneInfo) -> Iterator[_DayWindow]:
    """Go from day to day with a call in it."""
    left = wanted
    while (found := db.execute(_NEXT, left._asdict()).fetchone()) is not None:
        day = local_date(found[0], zone)
        end_ms = min(day_end_ms(day, zone), wanted.end_ms)
        yield _DayWindow(day, left._replace(end_ms=end_ms))
        left = left._replace(start_ms=end_ms)
