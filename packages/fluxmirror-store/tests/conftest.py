"""A machine of the test's own: its places, payloads put into its spool, rows read back."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core import paths
from fluxmirror_core.event import AgentEvent, Kind
from fluxmirror_core.period import days_period
from fluxmirror_store import queries, spool, spool_reader
from fluxmirror_store.activity_queries import Projects, load_activity
from fluxmirror_store.database import connect_to_read, connect_to_write
from fluxmirror_store.schema import ALL_HOURS_STALE
from fluxmirror_store.summing import add_up, first_sighting
from fluxmirror_store.usage_hours import load_period_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fluxmirror_core.paths import Places
    from fluxmirror_core.period import Period

NOON_MS = 1_767_268_800_000
"""2026-01-01T12:00:00Z, long past: every incomplete file of that time is an old one."""
UTC = ZoneInfo("UTC")
EVER = days_period(date(2, 1, 1), date(9998, 12, 31), UTC)
NUMBER = count(1)
SUMS = ("activity_hour", "usage_hour", "file_sighting", "stale_hour")


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


@pytest.fixture(scope="session")
def insert() -> Callable[..., int]:
    """Put one row into `event` or `response`, past everything that makes such rows; its id."""

    def put(db: sqlite3.Connection, table: str = "event", **columns: object) -> int:
        number = next(NUMBER)
        usual: dict[str, object] = {"agent": "claude-code", "ts_ms": NOON_MS}
        if table == "event":
            usual |= {"uid": number.to_bytes(16), "kind": "tool_call", "sources": "hook"}
            usual |= {"tool": "Bash", "tool_class": "Shell", "outcome": "ok", "schema_version": 2}
        else:
            found = db.execute("PRAGMA table_info(response)")
            usual |= {name: 1 for _, name, *_ in found if name.endswith("_tokens")}
            usual |= {"key": str(number), "source_id": 1, "offset": 0}
        values = usual | columns
        marks = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"
        return db.execute(statement, tuple(values.values())).lastrowid or 0

    return put


@pytest.fixture(scope="session")
def counted() -> Callable[..., Any]:
    """Count a period, all of time without one, as plain data that can be compared."""
    return _counted


@pytest.fixture(scope="session")
def check_sums() -> Callable[..., None]:
    """Check that reports say the same, whatever of the hours is added up.

    Of each of the periods, all of time without one, for each of the agents and the sets of roots.
    Leaves everything added up.
    """

    def check(
        db: sqlite3.Connection,
        periods: Iterable[Period] = (EVER,),
        agents: Iterable[str | None] = (None,),
        roots: Iterable[frozenset[str] | None] = (None,),
    ) -> None:
        asked = [(period, agent, some) for period in periods for agent in agents for some in roots]
        anew = [_counted_from_rows(db, *one) for one in asked]
        assert [_counted(db, *one) for one in asked] == anew
        add_up(db)
        assert db.execute("SELECT * FROM stale_hour").fetchall() == []
        assert [_counted(db, *one) for one in asked] == anew
        _check_sightings(db)

    return check


def _counted(
    db: sqlite3.Connection,
    period: Period = EVER,
    agent: str | None = None,
    roots: frozenset[str] | None = None,
) -> Any:  # noqa: ANN401 - dictionaries and lists, to be compared
    """Count a period."""
    wanted, zone, projects = (
        queries.window(db, period, agent),
        ZoneInfo(period.zone),
        Projects(roots),
    )
    with queries.snapshot(db):
        activity = load_activity(db, wanted, zone, projects)
        usage = load_period_usage(db, wanted, zone, projects)
    return {"activity": _as_data(activity), "usage": _as_data(usage)}


def _counted_from_rows(db: sqlite3.Connection, *asked: Any) -> Any:  # noqa: ANN401 - as above
    """Count a period as if nothing had ever been added up."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    with closing(copy):
        db.backup(copy)
        for table in SUMS:
            copy.execute(f"DELETE FROM {table}")
        for statement in ALL_HOURS_STALE:
            copy.execute(statement)
        return _counted(copy, *asked)


def _check_sightings(db: sqlite3.Connection) -> None:
    """Check that the table says of each file what its calls say."""
    paths = db.execute("SELECT DISTINCT path FROM event WHERE path IS NOT NULL").fetchall()
    told = {path: first_sighting(db, path) for (path,) in paths}
    known = db.execute("SELECT path, first_ms, made, agent FROM file_sighting")
    assert {path: tuple(rest) for path, *rest in known} == {
        path: tuple(first) for path, first in told.items() if first is not None
    }


def _as_data(value: Any) -> Any:  # noqa: ANN401 - whatever a report is built from
    if isinstance(value, Mapping):
        return {key: _as_data(one) for key, one in value.items()}
    if value is None or isinstance(value, AbstractSet | str | int | float | date):
        return value
    if isinstance(value, list | tuple):
        return [_as_data(one) for one in value]
    names = getattr(type(value), "__slots__", None) or vars(value)
    return {name: _as_data(getattr(value, name)) for name in names}
