"""What FluxMirror has of a run: its drained rows, in the words of the expected tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import places
from fluxmirror_store.drain import drain

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]

_QUIET = ("signal", "notification")
"""Kinds of events that agents send as they please."""


class Observed(NamedTuple):
    """The rows of one FLUXMIRROR_HOME."""

    calls: list[Row]
    """Tool calls in the order of their beginning, without what is not known."""
    timeline: list[str]
    """The kinds of all events in their order, signals and notifications left out."""
    sessions: dict[str, set[str]]
    """Session → agents that have it; `""` for none."""


def observe(flux_home: Path, project: Path) -> Observed:
    """Drain what a run left in `flux_home`, and read it back.

    Args:
        flux_home: the run's FLUXMIRROR_HOME.
        project: the directory it worked in, written `{project}` in the rows.
    """
    where = places({"FLUXMIRROR_HOME": str(flux_home)}, "linux")
    drain(where, Settings())
    with closing(sqlite3.connect(where.database)) as db:
        db.row_factory = sqlite3.Row
        rows = db.execute("SELECT * FROM agent_timeline ORDER BY ts_ms, id").fetchall()
    return Observed(
        calls=[_call(row, str(project)) for row in rows if row["kind"] == "tool_call"],
        timeline=[row["kind"] for row in rows if row["kind"] not in _QUIET],
        sessions=_sessions(rows),
    )


def _call(row: sqlite3.Row, project: str) -> Row:
    told = {
        "agent": row["agent"],
        "tool": row["tool"],
        "class": row["tool_class"],
        "detail": (row["detail"] or "").replace(project, "{project}") or None,
        "outcome": row["outcome"],
        "exit_code": row["exit_code"],
        "duration": row["duration_source"],
        "subagent": row["subagent"] and (row["subagent_type"] or "?"),
        "mcp": row["mcp_server"] and f"{row['mcp_server']}/{row['mcp_tool']}",
    }
    assert row["duration_ms"] is None or 0 <= row["duration_ms"] < 60_000, dict(row)
    return {key: value for key, value in told.items() if value is not None}


def _sessions(rows: list[sqlite3.Row]) -> dict[str, set[str]]:
    sessions: dict[str, set[str]] = {}
    for row in rows:
        sessions.setdefault(row["session"] or "", set()).add(row["agent"])
    return sessions
