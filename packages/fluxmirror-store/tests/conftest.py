"""A machine of the test's own: its places, payloads put into its spool, rows read back."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core import paths
from fluxmirror_core.event import AgentEvent, Kind
from fluxmirror_store import spool, spool_reader
from fluxmirror_store.database import connect_to_read, connect_to_write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fluxmirror_core.paths import Places

NOON_MS = 1_767_268_800_000
"""2026-01-01T12:00:00Z, long past: every incomplete file of that time is an old one."""


@pytest.fixture
def places(home: Path) -> Places:
    """Where everything lies; nothing of it is there yet."""
    return paths.places({"FLUXMIRROR_HOME": str(home / "flux")}, sys.platform)


@pytest.fixture
def db(places: Places) -> Iterator[sqlite3.Connection]:
    """A new database, open for writing."""
    with closing(connect_to_write(places.database)) as connection:
        yield connection


@pytest.fixture
def capture(places: Places) -> Callable[..., str]:
    """Put one payload into the spool as if captured at `at_ms`; its name."""

    def put(payload: object, *words: str, at_ms: int = NOON_MS) -> str:
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        name = spool.put(places.spool, raw, words, {})
        path = spool_reader.new_path(places.spool, name)
        os.utime(path, ns=(at_ms * 1_000_000, at_ms * 1_000_000))
        return name

    return put


@pytest.fixture
def drop(places: Places) -> Callable[..., None]:
    """Put a file with any content into the spool, as if captured at `at_ms`."""

    def write(name: str, content: bytes, at_ms: int = NOON_MS) -> None:
        path = Path(spool_reader.new_path(places.spool, name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(at_ms * 1_000_000, at_ms * 1_000_000))

    return write


@pytest.fixture
def rows(places: Places) -> Callable[..., list[dict[str, Any]]]:
    """Read rows of `event`, or of another table or view, in the order of time."""

    def read(where: str = "1", table: str = "event") -> list[dict[str, Any]]:
        with closing(connect_to_read(places.database)) as connection:
            connection.row_factory = sqlite3.Row
            found = connection.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY ts_ms, id")
            return [dict(row) for row in found]

    return read


@pytest.fixture
def event() -> Callable[..., AgentEvent]:
    """Make one event: a shell call of Claude Code, unless told otherwise."""

    def make(uid: str, **changes: object) -> AgentEvent:
        blank: dict[str, Any] = dict.fromkeys(AgentEvent._fields)
        usual: dict[str, Any] = {
            "uid": uid.encode().ljust(16, b"."),
            "kind": str(Kind.TOOL_CALL),
            "ts_ms": NOON_MS,
            "agent": "claude-code",
            "evidence": "default",
            "session": "s",
            "hook_event": "PreToolUse",
            "tool": "Bash",
            "tool_canonical": "Bash",
            "tool_class": "Shell",
            "detail": "make",
            "sources": "hook",
            "self_noise": 0,
            "phases": 1,
            "outcome": "unknown",
            "schema_version": 2,
        }
        return AgentEvent(**{**blank, **usual, **changes})

    return make


@pytest.fixture
def legacy(places: Places) -> Iterator[Callable[..., sqlite3.Connection]]:
    """Make a database by the older schema, or by other statements, and give it open."""

    def make(schema: str | None = None) -> sqlite3.Connection:
        os.makedirs(os.path.dirname(places.database), mode=0o700, exist_ok=True)
        connection = sqlite3.connect(places.database, isolation_level=None)
        made.append(connection)
        text = (Path(__file__).parent / "legacy_schema.sql").read_text(encoding="utf-8")
        connection.executescript(text if schema is None else schema)
        return connection

    made: list[sqlite3.Connection] = []
    yield make
    for connection in made:
        connection.close()
