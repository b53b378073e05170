"""Rows of the older programs' table: kept to the letter, and completed where they lacked."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.legacy import parse_time_ms
from fluxmirror_store.schema import LEGACY_COLUMNS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.paths import Places

COLUMNS = ", ".join(LEGACY_COLUMNS)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)

TIMES = {
    "2026-03-02T12:00:00Z": NOON_MS,
    "2026-03-02T12:00:00.5Z": NOON_MS + 500,
    "2026-03-02T12:00:00.123456Z": NOON_MS + 123,
    "2026-03-02T12:00:00.123456789Z": NOON_MS + 123,
    "2026-03-02T14:30:00+02:30": NOON_MS,
    "2026-03-02T07:00:00-05:00": NOON_MS,
    "2026-03-02T12:00:00": NOON_MS,
    "2026-03-02 12:00:00": NOON_MS,
    "2026-03-02T12:00:00+00:00": NOON_MS,
    "2026-03-02": NOON_MS - 12 * 3_600_000,
    "1969-12-31T23:59:59Z": -1000,
    "0999-01-01T00:00:00Z": -30_641_760_000_000,
    "0001-01-01T00:00:00+14:00": -62_135_596_800_000 - 14 * 3_600_000,
    "9999-12-31T23:59:59-14:00": 253_402_300_799_000 + 14 * 3_600_000,
    "2026-13-45T12:00:00Z": None,
    "2026-02-30T12:00:00Z": None,
    "2026-03-02T12:00:60Z": None,
    "2026-03-02T12:00:00.": None,
    "last Monday": None,
    "1772452800": None,
    "": None,
    "\u0662026-03-02T12:00:00Z": None,
    "2026-03-02T12:00:00Z\n": None,
    "nul \0 inside": None,
}
NOT_TEXT: dict[str, Any] = {
    "a blob of text": b"caf\xc3\xa9",
    "a blob of bytes": b"\xff\x00\xfe",
    "a number": 12,
    "nothing": None,
}
TOOLS = ("Edit", "Read", "apply_patch", "read_many_files", "MultiEdit", "Bash", "mcp__a__b")
PAYLOADS = (
    "{broken",
    "",
    "[]",
    "null",
    '"text"',
    "[" * 100_000,
    "9" * 5000,
    '{"tool_input": null}',
    '{"tool_input": "text"}',
    '{"tool_input": [1, 2]}',
    '{"tool_input": {"file_path": null}}',
    '{"tool_input": {"file_path": {"a": []}}}',
    '{"tool_input": {"file_path": ["a", 1]}}',
    '{"tool_input": {"file_path": "/srv/\\ud800.py"}}',
    '{"tool_input": {"file_path": "/srv/a\\u0000b"}}',
    '{"tool_input": {"file_path": ""}}',
    '{"tool_input": {"file_path": "~/a"}}',
    '{"tool_input": {"command": "*** Update File: \\ud800\\n", "input": 5}}',
    json.dumps({"tool_input": {"file_path": "/" + "a" * 100_000}}),
)


@pytest.fixture
def upgraded(
    places: Places, legacy: Callable[..., sqlite3.Connection], rows: Callable[..., list[Any]]
) -> Callable[..., dict[str, Any]]:
    """Write one row as an older program did, upgrade, and give the new row."""

    def upgrade(**values: object) -> dict[str, Any]:
        row = {"ts": "2026-03-02T12:00:00Z", "agent": "claude-code", **values}
        marks = ", ".join("?" * len(row))
        with closing(legacy()) as db:
            db.execute(
                f"INSERT INTO agent_events ({', '.join(row)}) VALUES ({marks})",
                tuple(row.values()),
            )
        connect_to_write(places.database).close()
        (event,) = rows()
        return dict(event)

    return upgrade


def view_row(places: Places) -> tuple[object, ...]:
    """The contract's columns of the one row."""
    with closing(connect_to_write(places.database)) as db:
        found = db.execute(f"SELECT {COLUMNS} FROM agent_events").fetchall()
    (row,) = found
    return tuple(row)


@pytest.mark.parametrize("time", TIMES, ids=ascii)
def test_any_time_is_kept_and_read_where_it_can_be(
    places: Places, upgraded: Callable[..., dict[str, Any]], time: str
) -> None:
    """Milliseconds to query by, and to the letter what was there to read."""
    event = upgraded(ts=time)
    assert event["ts_ms"] == TIMES[time]
    assert view_row(places)[1] == time


def test_times_are_compared_as_numbers(
    places: Places, legacy: Callable[..., sqlite3.Connection]
) -> None:
    """As text, `…00.5Z` sorts before `…00Z`, and an offset sorts by its hour."""
    late_to_early = ["2026-03-02T12:00:00.5Z", "2026-03-02T12:00:00Z", "2026-03-02T13:00:00+02:00"]
    with closing(legacy()) as db:
        db.executemany(
            "INSERT INTO agent_events (ts, agent) VALUES (?, 'a')",
            [(time,) for time in late_to_early],
        )
    with closing(connect_to_write(places.database)) as db:
        found = db.execute("SELECT ts FROM agent_events ORDER BY ts_ms DESC")
        assert [ts for (ts,) in found] == late_to_early
        within = db.execute(
            "SELECT count(*) FROM agent_events WHERE ts_ms >= ? AND ts_ms < ?",
            (NOON_MS, NOON_MS + 1000),
        )
        assert within.fetchone() == (2,)


def test_time_without_zone_is_utc() -> None:
    """The older programs wrote nothing else."""
    assert parse_time_ms("2026-03-02T12:00:00") == NOON_MS


def test_missing_names_are_filled_in(upgraded: Callable[..., dict[str, Any]]) -> None:
    """Rows of the first version have neither canonical name nor class."""
    event = upgraded(tool="replace", agent="gemini-cli", cwd="/srv")
    assert (event["tool"], event["tool_canonical"]) == ("replace", "Replace")
    assert event["tool_class"] == "Write"


def test_names_that_are_there_are_kept(upgraded: Callable[..., dict[str, Any]]) -> None:
    """Even where today's table would say something else."""
    event = upgraded(tool="Bash", tool_canonical="Bash!", tool_class="Other")
    assert (event["tool_canonical"], event["tool_class"]) == ("Bash!", "Other")


def test_mcp_names_are_split(upgraded: Callable[..., dict[str, Any]]) -> None:
    """Server and tool were one word."""
    event = upgraded(tool="mcp__github__list_issues")
    assert (event["mcp_server"], event["mcp_tool"]) == ("github", "list_issues")


def test_row_without_a_tool_stays_one(upgraded: Callable[..., dict[str, Any]]) -> None:
    """Nothing is guessed."""
    event = upgraded(tool=None)
    assert (event["tool"], event["tool_canonical"], event["tool_class"]) == (None, None, None)
    assert (event["kind"], event["outcome"]) == ("tool_call", "unknown")


def test_touched_file_is_found_in_the_payload(upgraded: Callable[..., dict[str, Any]]) -> None:
    """Absolute, from the row's own directory."""
    raw = json.dumps({"tool_input": {"file_path": "src/a.py"}})
    assert upgraded(tool="Edit", cwd="/srv/shop", raw_json=raw)["path"] == "/srv/shop/src/a.py"


def test_any_payload_is_kept(places: Places, legacy: Callable[..., sqlite3.Connection]) -> None:
    """An upgrade that stops at one odd row stops for good."""
    told = [(tool, raw) for tool in TOOLS for raw in PAYLOADS]
    with closing(legacy()) as db:
        db.executemany(
            "INSERT INTO agent_events (ts, agent, cwd, tool, raw_json)"
            " VALUES ('2026-03-02T12:00:00Z', 'claude-code', '/srv', ?, ?)",
            told,
        )
    with closing(connect_to_write(places.database)) as db:
        found = db.execute("SELECT tool, raw_json FROM agent_events ORDER BY id")
        assert found.fetchall() == told


@pytest.mark.parametrize("value", NOT_TEXT.values(), ids=NOT_TEXT)
def test_values_that_are_no_text_are_read_as_text(
    places: Places, upgraded: Callable[..., dict[str, Any]], value: object
) -> None:
    """SQLite let anything into any column; ours are strict, and lose nothing readable."""
    names = ("session", "tool", "detail", "cwd", "host", "user", "raw_json")
    upgraded(**dict.fromkeys(names, value))
    row = dict(zip(LEGACY_COLUMNS, view_row(places), strict=True))
    if value is None:
        expected: str | None = None
    else:
        expected = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    assert {row[name] for name in names} == {expected}


def test_text_that_is_no_utf_8_does_not_stop_the_upgrade(
    places: Places, legacy: Callable[..., sqlite3.Connection]
) -> None:
    """A row somebody put in by another program, and all the rows after it."""
    with closing(legacy()) as db:
        db.execute(
            "INSERT INTO agent_events (ts, agent, tool, detail, raw_json)"
            " VALUES ('2026-03-02T12:00:00Z', 'a', 'Bash', CAST(x'63ff' AS TEXT),"
            " CAST(x'ff' AS TEXT))"
        )
    connect_to_write(places.database).close()
    row = dict(zip(LEGACY_COLUMNS, view_row(places), strict=True))
    assert (row["detail"], row["raw_json"]) == ("c\ufffd", "\ufffd")


def test_odd_schema_version_is_one(upgraded: Callable[..., dict[str, Any]]) -> None:
    """Only numbers are versions."""
    assert upgraded(schema_version="first")["schema_version"] == 1
