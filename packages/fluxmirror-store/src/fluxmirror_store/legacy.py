"""Rows of the older programs' `agent_events` table → rows of `event`, with what they lacked."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from fluxmirror_core import bounds
from fluxmirror_core.event import AFTER, Kind, Outcome
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.tools import NamedTool, name_tool
from fluxmirror_core.touched import absolute, touched_path
from fluxmirror_core.wire.identity import digest

from fluxmirror_store.schema import LEGACY_COLUMNS
from fluxmirror_store.stored_text import lenient_text
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    import sqlite3

BATCH_ROWS: Final = 2_000

_ADDED_LATER: Final = {
    "session": "TEXT",
    "tool": "TEXT",
    "detail": "TEXT",
    "cwd": "TEXT",
    "raw_json": "TEXT",
    "tool_canonical": "TEXT",
    "tool_class": "TEXT",
    "host": "TEXT",
    "user": "TEXT",
    "schema_version": "INTEGER NOT NULL DEFAULT 1",
}
_AS_VIEWS_WRITE: Final = re.compile(r"\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\dZ", re.ASCII)
_INSERT: Final = """
INSERT INTO event (
    id, uid, kind, ts_ms, ts_text, agent, session, tool, tool_canonical, tool_class, mcp_server,
    mcp_tool, detail, cwd, path, outcome, host, user, sources, phases, schema_version)
VALUES (
    :id, :uid, :kind, :ts_ms, :ts_text, :agent, :session, :tool, :tool_canonical, :tool_class,
    :mcp_server, :mcp_tool, :detail, :cwd, :path, :outcome, :host, :user, 'hook', :phases,
    :schema_version)
"""


class LegacyRow(NamedTuple):
    """A row as an older program wrote it; SQLite let it put anything into any column."""

    id: int
    ts: object
    agent: object
    session: object
    tool: object
    tool_canonical: object
    tool_class: object
    detail: object
    cwd: object
    host: object
    user: object
    schema_version: object
    raw_json: object


def complete(db: sqlite3.Connection) -> None:
    """Add the columns that an older table lacks."""
    present = {row[1] for row in db.execute("PRAGMA table_info(agent_events)")}
    for name, kind in _ADDED_LATER.items():
        if name not in present:
            db.execute(f"ALTER TABLE agent_events ADD COLUMN {name} {kind}")


def count(db: sqlite3.Connection) -> int:
    """Count the rows still to be moved."""
    with writing(db):
        if not is_waiting(db):
            return 0
        total: int = db.execute("SELECT count(*) FROM legacy_agent_events").fetchone()[0]
        return total


def is_waiting(db: sqlite3.Connection) -> bool:
    """Tell whether the older table is still there; asked in a transaction, as others may move."""
    query = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'legacy_agent_events')"
    return bool(db.execute(query).fetchone()[0])


def move_batch(db: sqlite3.Connection) -> int:
    """Move the oldest rows in one transaction; 0 when none is left."""
    with writing(db):
        if not is_waiting(db):
            return 0
        rows = _oldest(db)
        db.executemany(_INSERT, [_event(row) for row in rows])
        kept = [(row.id, _text(row.raw_json)) for row in rows if row.raw_json is not None]
        db.executemany("INSERT INTO payload (event_id, raw_json) VALUES (?, ?)", kept)
        if rows:
            db.execute("DELETE FROM legacy_agent_events WHERE id <= ?", (rows[-1].id,))
    return len(rows)


def _oldest(db: sqlite3.Connection) -> list[LegacyRow]:
    columns = ", ".join(LEGACY_COLUMNS)
    strict = db.text_factory
    # One text that is no UTF-8 must not keep a whole database from being upgraded.
    db.text_factory = lenient_text
    try:
        found = db.execute(
            f"SELECT {columns} FROM legacy_agent_events ORDER BY id LIMIT {BATCH_ROWS}"
        )
        return [LegacyRow(*row) for row in found]
    finally:
        db.text_factory = strict


def _event(row: LegacyRow) -> dict[str, object]:
    agent, raw, time = _text(row.agent) or "", _text(row.tool), _text(row.ts)
    ts_ms = parse_time_ms(time or "")
    tool = name_tool(agent, raw) if raw else None
    return {
        "id": row.id,
        "uid": digest("legacy", str(row.id)),
        "kind": str(Kind.TOOL_CALL),
        "ts_ms": ts_ms,
        "ts_text": None if ts_ms is not None and _as_views_write(time or "") else time,
        "agent": agent,
        "session": _text(row.session),
        "tool": raw,
        "tool_canonical": _text(row.tool_canonical) or (tool.canonical if tool else None),
        "tool_class": _text(row.tool_class) or (tool.tool_class if tool else None),
        "mcp_server": tool.mcp_server if tool else None,
        "mcp_tool": tool.mcp_tool if tool else None,
        "detail": _text(row.detail),
        "cwd": _text(row.cwd),
        "path": _path(row, tool),
        # An older program wrote what its one hook told, and that hook does not tell success.
        "outcome": str(Outcome.UNKNOWN),
        "host": _text(row.host),
        "user": _text(row.user),
        "phases": AFTER,
        "schema_version": row.schema_version if isinstance(row.schema_version, int) else 1,
    }


def parse_time_ms(time: str) -> int | None:
    """Read a time an older program or a person wrote, as UTC milliseconds; None if it is none."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def _as_views_write(time: str) -> bool:
    return _AS_VIEWS_WRITE.fullmatch(time) is not None


def _path(row: LegacyRow, tool: NamedTool | None) -> str | None:
    if tool is None:
        return None
    cwd = _text(row.cwd)
    base = absolute(cwd, None) if cwd else None
    path = touched_path(tool, _tool_input(row.raw_json), base)
    return bounds.cut_or_none(path, bounds.PATH_BYTES)


def _tool_input(raw: object) -> object:
    try:
        payload = json.loads(raw) if isinstance(raw, str) else None
    except (ValueError, RecursionError):
        return None
    return payload.get("tool_input") if isinstance(payload, dict) else None


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
