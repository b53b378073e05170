"""What the database and the mirror tell of a day's agents and sessions."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.analysis.isolation import SeenRows, build_layer
from fluxmirror_core.event import Kind

from fluxmirror_store.mirror import file_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from fluxmirror_core.analysis.isolation import Layer
    from fluxmirror_core.period import Period

DATABASE: Final = "database"
MIRROR: Final = "mirror"
_DAY_MS: Final = 86_400_000
_ROWS: Final = f"""
SELECT agent, session, CASE kind WHEN '{Kind.TOOL_CALL}' THEN tool END, count(*) FROM event
WHERE ts_ms >= ? AND ts_ms < ? GROUP BY 1, 2, 3
"""


def database_layer(db: sqlite3.Connection, period: Period) -> Layer:
    """Read what the database tells of a time; every event counts, hidden ones too."""
    found = db.execute(_ROWS, (period.start_ms, period.end_ms))
    return build_layer(DATABASE, (SeenRows(*row) for row in found))


def mirror_layer(directory: str, period: Period) -> Layer:
    """Read what the mirror tells of a time: the files of each agent, line by line.

    There is a file for each day of UTC: of those that the time has a part of, the lines of it are
    taken. One that tells no time is taken, too.
    A line counts for the agent whose file it is in; its session counts for the agent it names, too.

    Raises:
        OSError: a directory or a file is there and cannot be read.
    """
    unreadable = 0

    def seen() -> Iterator[SeenRows]:
        nonlocal unreadable
        for agent, path in _files(directory, period):
            with open(path, "rb") as file:
                for record in map(_parse, file):
                    if record is None:
                        unreadable += 1
                    elif _is_within(record, period):
                        yield from _told(agent, record)

    layer = build_layer(MIRROR, seen())
    return layer._replace(unreadable=unreadable)


def _files(directory: str, period: Period) -> Iterator[tuple[str, str]]:
    """Give each agent's files of a time; what is no file is none."""
    moments = (*range(period.start_ms, period.end_ms, _DAY_MS), period.end_ms - 1)
    names = sorted({file_name(ts_ms) for ts_ms in moments})
    try:
        agents = sorted(os.listdir(directory))
    except (FileNotFoundError, NotADirectoryError):
        return
    for agent in agents:
        for name in names:
            path = os.path.join(directory, agent, name)
            if os.path.isfile(path):
                yield agent, path


def _parse(line: bytes) -> dict[str, Any] | None:
    """Read a line; None when it is no record of an event."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not _is_text(record, "session", "agent", "tool"):
        return None
    return record


def _is_within(record: dict[str, Any], period: Period) -> bool:
    ts_ms = record.get("ts_ms")
    return not isinstance(ts_ms, int) or period.start_ms <= ts_ms < period.end_ms


def _told(agent: str, record: dict[str, Any]) -> list[SeenRows]:
    session, named = record.get("session"), record.get("agent")
    tool = record.get("tool") if record.get("kind") == Kind.TOOL_CALL else None
    told = [SeenRows(agent, session, tool)]
    if named and named != agent:
        told.append(SeenRows(named, session, None, 0))
    return told


def _is_text(record: dict[str, Any], *names: str) -> bool:
    return all(isinstance(record.get(name), str | None) for name in names)
