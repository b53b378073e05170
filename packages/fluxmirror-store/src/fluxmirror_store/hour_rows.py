"""Hours that are added up, as rows: from calls, into the table, and out of it."""

from __future__ import annotations

import json
import struct
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.analysis.hour import Call, HourActivity, build_hour
from fluxmirror_core.analysis.patches import PATCH_TOOL
from fluxmirror_core.event import Kind, Outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fluxmirror_core.analysis.hour import Hour

FACETS: Final = (
    "phases",
    "outcomes",
    "classes",
    "sessions",
    "tools",
    "servers",
    "programs",
    "directories",
    "files",
)
"""Columns of `activity_hour` that hold JSON, and attributes of `HourActivity`."""
SUMMARY_FACETS: Final = ("outcomes", "classes", "directories", "files")
"""What the figures are worked out from that periods are compared by."""
NUMBERS: Final = ("minutes", "reads", "writes", "whole", "added", "steps")
"""Columns that hold numbers one behind the other, and attributes."""
_NUMBER_BYTES: Final = 4
_FILE_CHARS: Final = 4_096
"""Older programs kept details of any length; no file's name has more."""
DETAIL_CHARS: Final = 200
"""No report shows more of a detail."""

ROOT: Final = "coalesce(nullif(repo, ''), nullif(project, ''), cwd, '')"
"""The root of a call's project."""
CALLS: Final = f"""
SELECT ts_ms, agent, {ROOT}, coalesce(session, ''),
    coalesce(mcp_server || '/' || mcp_tool, tool, ''), coalesce(mcp_server, ''),
    coalesce(tool_class, ''),
    coalesce(tool_canonical, ''), coalesce(outcome, '{Outcome.UNKNOWN}'),
    substr(coalesce(path, detail, ''), 1, {_FILE_CHARS}),
    coalesce(path = substr(path, 1, {_FILE_CHARS}), 0), coalesce(cwd, ''),
    substr(coalesce(detail, ''), 1, {DETAIL_CHARS}), phases, coalesce(project, cwd),
    CASE tool_canonical WHEN '{PATCH_TOOL}' THEN
        (SELECT input_json FROM payload WHERE event_id = event.id) END
FROM event
WHERE kind = '{Kind.TOOL_CALL}' AND self_noise = 0 AND ts_ms >= :start_ms AND ts_ms < :end_ms
ORDER BY ts_ms, id
"""
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def count_hour(db: sqlite3.Connection, start_ms: int, end_ms: int) -> Hour:
    """Add up the calls of an hour, or of a part of one: `start_ms <= ts_ms < end_ms`."""
    rows = db.execute(CALLS, {"start_ms": start_ms, "end_ms": end_ms})
    return build_hour(map(Call._make, rows))


def hour_row(hour: int, activity: HourActivity) -> tuple[object, ...]:
    """Give the values of a row of `activity_hour`: hour, agent, root, calls, facets, numbers."""
    facets = (_encode(getattr(activity, name)) for name in FACETS)
    numbers = (
        [*chain.from_iterable(activity.minutes.items())],
        activity.reads,
        activity.writes,
        activity.whole,
        activity.added,
        _in_turn(activity.steps, activity.sessions),
    )
    return (hour, activity.agent, activity.root, activity.calls, *facets, *map(_packed, numbers))


def columns_sql(facets: Sequence[str]) -> str:
    """Give SQL for what `read_hours` reads: facets as one list, to be decoded at once; numbers."""
    names = _with_sessions(facets)
    as_one = f"printf('[{', '.join('%s' for _ in names)}]', {', '.join(names)})"
    return f"hour, agent, root, calls, {as_one}, {', '.join(NUMBERS)}"


def read_hours(
    rows: Iterable[Sequence[Any]], facets: Sequence[str]
) -> Iterator[tuple[int, HourActivity]]:
    """Read rows of `columns_sql`; facets that are not wanted stay empty."""
    names = _with_sessions(facets)
    for hour, agent, root, calls, text, *numbers in rows:
        activity = HourActivity(agent, root)
        activity.calls = calls
        for name, found in zip(names, json.loads(text), strict=True):
            setattr(activity, name, found)
        activity.phases = {int(key): times for key, times in activity.phases.items()}
        minutes, activity.reads, activity.writes, activity.whole, activity.added, steps = map(
            _unpacked, numbers
        )
        activity.minutes = dict(zip(minutes[::2], minutes[1::2], strict=True))
        activity.steps = _by_session(steps, activity.sessions)
        yield hour, activity


def _with_sessions(facets: Sequence[str]) -> tuple[str, ...]:
    """Have the sessions as well: the steps are in their order."""
    return tuple(dict.fromkeys(("sessions", *facets)))


def _packed(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}i", *numbers)


def _unpacked(stored: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(stored) // _NUMBER_BYTES}i", stored))


def _in_turn(steps: Mapping[str, Sequence[int]], sessions: Iterable[str]) -> list[int]:
    """Give the steps of every session, how many numbers they are before them."""
    own = (steps.get(session, ()) for session in sessions)
    return [number for numbers in own for number in (len(numbers), *numbers)]


def _by_session(in_turn: Sequence[int], sessions: Iterable[str]) -> dict[str, list[int]]:
    """Undo `_in_turn`."""
    steps: dict[str, list[int]] = {}
    start = 0
    for session in sessions:
        end = start + 1 + in_turn[start]
        if in_turn[start]:
            steps[session] = list(in_turn[start + 1 : end])
        start = end
    return steps
