"""What the database and the mirror tell of a day's agents and sessions."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.isolation import SeenRows, build_layer
from fluxmirror_core.event import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import date

    from fluxmirror_core.analysis.isolation import Layer
    from fluxmirror_core.period import Period

DATABASE: Final = "database"
MIRROR: Final = "mirror"
_ROWS: Final = f"""
SELECT agent, session, CASE kind WHEN '{Kind.TOOL_CALL}' THEN tool END, count(*) FROM event
WHERE ts_ms >= ? AND ts_ms < ? GROUP BY 1, 2, 3
"""


def database_layer(db: sqlite3.Connection, period: Period) -> Layer:
    """Read what the database tells of a time; every event counts, hidden ones too."""
    found = db.execute(_ROWS, (period.start_ms, period.end_ms))
    return build_layer(DATABASE, (SeenRows(*row) for row in found))


def mirror_layer(directory: str, day: date) -> Layer:
    """Read what the mirror tells of a UTC day: the file of each agent, line by line.

    A line counts for the agent whose file it is in; its session counts for the agent it names, too.

    Raises:
        OSError: a directory or a file is there and cannot be read.
    """
    unreadable = 0

    def seen() -> Iterator[SeenRows]:
        nonlocal unreadable
        for agent, path in _files(directory, day):
            with open(path, "rb") as file:
                for line in file:
                    rows = _read(agent, line)
                    unreadable += not rows
                    yield from rows

    layer = build_layer(MIRROR, seen())
    return layer._replace(unreadable=unreadable)


def _files(directory: str, day: date) -> Iterator[tuple[str, str]]:
    """Give each agent's file of a day; what is no file is none."""
    try:
        agents = sorted(os.listdir(directory))
    except (FileNotFoundError, NotADirectoryError):
        return
    for agent in agents:
        path = os.path.join(directory, agent, f"{day}.jsonl")
        if os.path.isfile(path):
            yield agent, path


def _read(agent: str, line: bytes) -> list[SeenRows]:
    """Read a line; empty when it is no record of an event."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return []
    if not isinstance(record, dict) or not _is_text(record, "session", "agent", "tool"):
        return []
    session, named = record.get("session"), record.get("agent")
    tool = record.get("tool") if record.get("kind") == Kind.TOOL_CALL else None
    told = [SeenRows(agent, session, tool)]
    if named and named != agent:
        told.append(SeenRows(named, session, None, 0))
    return told


def _is_text(record: dict[str, object], *names: str) -> bool:
    return all(isinstance(record.get(name), str | None) for name in names)
