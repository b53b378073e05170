"""Named questions on a period's calls, answered from hours that are added up."""

from __future__ import annotations

import json
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.analysis.activity import DayPart, build_activity
from fluxmirror_core.analysis.day import ShellCommand
from fluxmirror_core.analysis.hour import HOUR_MS
from fluxmirror_core.event import Kind, Outcome
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.tools import ToolClass

from fluxmirror_store.hour_ranges import LocalDays, hour_ranges
from fluxmirror_store.hour_rows import (
    DETAIL_CHARS,
    FACETS,
    ROOT,
    columns_sql,
    count_hour,
    read_hours,
)
from fluxmirror_store.schema import REACH_MS, hour_of
from fluxmirror_store.stored_text import own_rows
from fluxmirror_store.summing import CALLS, first_sighting, is_stale

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.activity import Activity
    from fluxmirror_core.analysis.hour import HourActivity

    from fluxmirror_store.hour_ranges import HourRanges
    from fluxmirror_store.queries import Window

_OF_AGENT: Final = "AND agent <> :hidden AND agent = coalesce(:agent, agent)"
_OF_ROOTS: Final = "(:roots IS NULL OR {root} IN (SELECT value FROM json_each(:roots)))"
_IN_TABLE: Final = f"""
SELECT {{columns}} FROM activity_hour
WHERE hour >= :first AND hour < :end {_OF_AGENT} AND {_OF_ROOTS.format(root="root")}
ORDER BY hour, agent, root
"""
_OF_CALLS: Final = f"{_OF_AGENT} AND {_OF_ROOTS.format(root=ROOT)}"
_MADE: Final = """
SELECT path, first_ms FROM file_sighting
WHERE first_ms >= :start_ms AND first_ms < :end_ms AND made = 1 AND agent = coalesce(:agent, agent)
"""
_MADE_IN_FRESH_HOURS: Final = f"""
{_MADE} AND {hour_of("first_ms")} NOT IN (SELECT hour FROM stale_hour WHERE what = '{CALLS}')
"""
# A row of the table that such an hour told of first may be wrong now, wherever the file is made.
# The sign keeps SQLite from walking over the whole window once per hour.
_SEEN_IN_STALE_HOURS: Final = f"""
SELECT path FROM stale_hour CROSS JOIN file_sighting
ON first_ms >= hour * {HOUR_MS} AND first_ms < (hour + 1) * {HOUR_MS}
WHERE what = '{CALLS}' AND +first_ms < :end_ms
"""
_TOUCHED_IN_STALE_HOURS: Final = f"""
SELECT DISTINCT path FROM stale_hour CROSS JOIN event
ON ts_ms >= hour * {HOUR_MS} AND ts_ms < (hour + 1) * {HOUR_MS}
WHERE what = '{CALLS}' AND tool_class IN ({{classes}}) AND path IS NOT NULL
AND +ts_ms >= {{start}} AND +ts_ms < :end_ms
"""
_WRITTEN_IN_STALE_HOURS: Final = _TOUCHED_IN_STALE_HOURS.format(
    classes=f"'{ToolClass.WRITE}'", start=":start_ms"
)
_EVER_TOUCHED_IN_STALE_HOURS: Final = _TOUCHED_IN_STALE_HOURS.format(
    classes=f"'{ToolClass.READ}', '{ToolClass.WRITE}'", start=f"-{REACH_MS}"
)
# The index is on class and time: what is asked for beside these is looked up row by row.
_COMMANDS: Final = f"""
SELECT ts_ms, substr(coalesce(detail, ''), 1, {DETAIL_CHARS}),
    coalesce(outcome, '{Outcome.UNKNOWN}')
FROM event WHERE tool_class = '{ToolClass.SHELL}' AND ts_ms >= :start_ms AND ts_ms < :end_ms
AND kind = '{Kind.TOOL_CALL}' AND self_noise = 0 {_OF_CALLS}
ORDER BY ts_ms DESC, id DESC LIMIT :limit
"""
_ROOTS: Final = f"""
SELECT root, sum(calls) FROM activity_hour
WHERE hour NOT IN (SELECT hour FROM stale_hour WHERE what = '{CALLS}') GROUP BY root
UNION ALL SELECT {ROOT}, count(*) FROM event JOIN stale_hour ON what = '{CALLS}'
AND ts_ms >= hour * {HOUR_MS} AND ts_ms < (hour + 1) * {HOUR_MS}
WHERE kind = 'tool_call' AND self_noise = 0 GROUP BY 1
"""
_Part = tuple[int, int, "HourActivity"]
"""When a part of an hour begins, in UTC milliseconds; the hour's number; what happened in it."""


class Projects(NamedTuple):
    """Which projects a question is about, and how they are called."""

    roots: frozenset[str] | None = None
    """Only these; None for all."""
    name_of: Callable[[str], str] = str
    """Gives the name of the project that a root belongs to."""


def load_activity(
    db: sqlite3.Connection,
    wanted: Window,
    zone: ZoneInfo,
    projects: Projects | None = None,
    facets: Sequence[str] = FACETS,
) -> Activity:
    """Put together what happened in a window.

    Args:
        db: in a transaction: what is added up and what is not has to be of one state.
        wanted: which calls.
        zone: whose days to count.
        projects: which projects' calls, and how these are called; None for all, by their roots.
        facets: what of the hours is wanted; other parts of the result may be empty.
    """
    roots, project_of = projects or Projects()
    asked = _asked(wanted, roots)
    ranges = hour_ranges(db, CALLS, wanted.start_ms, wanted.end_ms, zone)
    days = LocalDays(zone)
    parts = _from_table(db, asked, ranges, facets)
    if ranges.counted_anew:
        from heapq import merge  # which most reports need not load

        parts = merge(parts, _counted_anew(db, wanted, roots, ranges), key=itemgetter(0))
    by_day = groupby(parts, key=lambda part: days.of(part[0]))
    return build_activity(
        (DayPart(day, ((hour, one) for _, hour, one in own)) for day, own in by_day),
        _made(db, asked, days),
        project_of,
    )


def latest_commands(
    db: sqlite3.Connection, wanted: Window, limit: int, roots: frozenset[str] | None = None
) -> tuple[ShellCommand, ...]:
    """Give the last shell commands of a window, the oldest first.

    Args:
        db: open for reading.
        wanted: which calls.
        limit: so many at most.
        roots: only those of these projects; None for all.
    """
    found = db.execute(_COMMANDS, {**_asked(wanted, roots), "limit": limit})
    return tuple(ShellCommand(*row) for row in reversed(found.fetchall()))


def recorded_roots(db: sqlite3.Connection) -> list[str]:
    """Name the roots of all projects of which any call is recorded, most calls first."""
    calls: dict[str, int] = {}
    for root, number in db.execute(_ROOTS):
        calls[root] = calls.get(root, 0) + number
    return sorted(calls, key=lambda root: (-calls[root], root))


def _asked(wanted: Window, roots: frozenset[str] | None) -> dict[str, Any]:
    return {**wanted._asdict(), "roots": None if roots is None else json.dumps(sorted(roots))}


def _from_table(
    db: sqlite3.Connection, asked: Mapping[str, Any], ranges: HourRanges, facets: Sequence[str]
) -> Iterator[_Part]:
    question = _IN_TABLE.format(columns=columns_sql(facets))
    rows = own_rows(db, question, {**asked, "first": ranges.first, "end": ranges.end})
    known = (row for row in rows if row[0] not in ranges.counted_anew)
    for hour, one in read_hours(known, facets):
        yield hour * HOUR_MS, hour, one


def _counted_anew(
    db: sqlite3.Connection, wanted: Window, roots: frozenset[str] | None, ranges: HourRanges
) -> Iterator[_Part]:
    for hour in sorted(ranges.counted_anew):
        for part in ranges.counted_anew[hour]:
            # Counted with what is not wanted: the steps are those of the table.
            for one in count_hour(db, *part).activities:
                if _is_wanted(one, wanted, roots):
                    yield part.start_ms, hour, one


def _is_wanted(one: HourActivity, wanted: Window, roots: frozenset[str] | None) -> bool:
    return (
        one.agent != wanted.hidden
        and wanted.agent in (None, one.agent)
        and (roots is None or one.root in roots)
    )


def _made(db: sqlite3.Connection, asked: Mapping[str, Any], days: LocalDays) -> dict[str, date]:
    """Give when each file was made that was made in the window."""
    if is_stale(db, CALLS):
        found = _made_beside_stale_hours(db, asked)
    else:
        found = dict(own_rows(db, _MADE, asked))
    return {path: days.of(first_ms) for path, first_ms in found.items()}


def _made_beside_stale_hours(db: sqlite3.Connection, asked: Mapping[str, Any]) -> dict[str, int]:
    """Take what no stale hour has to do with from the table, and ask the calls of the rest."""
    found = dict(db.execute(_MADE_IN_FRESH_HOURS, dict(asked)))
    doubtful = _paths(db, _WRITTEN_IN_STALE_HOURS, asked) | _paths(db, _SEEN_IN_STALE_HOURS, asked)
    if found:  # else whatever stale hours hold, and they may be all there are, has nothing to undo
        doubtful |= _paths(db, _EVER_TOUCHED_IN_STALE_HOURS, asked) & found.keys()
    for path in doubtful:
        found.pop(path, None)
    return found | dict(_made_by_calls(db, asked, doubtful))


def _paths(db: sqlite3.Connection, question: str, asked: Mapping[str, Any]) -> set[str]:
    return {path for (path,) in db.execute(question, dict(asked))}


def _made_by_calls(
    db: sqlite3.Connection, asked: Mapping[str, Any], paths: Iterable[str]
) -> Iterator[tuple[str, int]]:
    """Ask the calls themselves: any hour that is not added up may have seen the file first."""
    for path in paths:
        first = first_sighting(db, path)
        if (
            first is not None
            and first.made
            and asked["start_ms"] <= first.ts_ms < asked["end_ms"]
            and asked["agent"] in (None, first.agent)
        ):
            yield path, first.ts_ms
