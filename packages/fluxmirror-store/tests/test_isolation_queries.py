"""Both layers are read by the same rules, and a broken line hides no other."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.isolation import AgentRows, build_isolation
from fluxmirror_core.period import day_period
from fluxmirror_store.isolation_queries import database_layer, mirror_layer
from fluxmirror_store.mirror import append_lines
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.event import AgentEvent

    Make = Callable[..., AgentEvent]

DAY = date(2026, 1, 1)
PERIOD = day_period(DAY, ZoneInfo("UTC"))


@pytest.fixture
def events(event: Make) -> list[AgentEvent]:
    """Two agents, a session of both, and what has no session."""
    return [
        event("1", session="shared"),
        event("2", session="shared", agent="qwen-code", tool="Read"),
        event("3", session="own", kind="prompt", tool=None),
        event("4", session=None),
        event("5", session="unknown"),
        event("6", session="unknown", agent="qwen-code"),
        event("7", session="other", ts_ms=PERIOD.end_ms),
        event("8", session="other", ts_ms=PERIOD.start_ms - 1, agent="qwen-code"),
    ]


def test_both_layers_tell_the_same(
    db: sqlite3.Connection, events: list[AgentEvent], tmp_path: Path
) -> None:
    """Of the same day, with the same leak."""
    with writing(db):
        write_events(db, events)
    append_lines(str(tmp_path / "mirror"), events)
    database = database_layer(db, PERIOD)
    mirror = mirror_layer(str(tmp_path / "mirror"), PERIOD)
    assert database.agents == mirror.agents
    assert database.agents == (
        AgentRows("claude-code", 4, ("own", "shared"), (("Bash", 3),)),
        AgentRows("qwen-code", 2, ("shared",), (("Bash", 1), ("Read", 1))),
    )
    (leak,) = build_isolation(PERIOD, [database, mirror]).leaks
    assert (leak.session, leak.layers) == ("shared", ("database", "mirror"))


@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/New_York", "Asia/Kathmandu"])
def test_a_local_day_is_read_from_the_files_of_two_days(
    db: sqlite3.Connection, event: Make, tmp_path: Path, zone: str
) -> None:
    """The mirror counts days of UTC; of both files the lines of the local day are taken."""
    period = day_period(DAY, ZoneInfo(zone))
    bounds = (period.start_ms, period.end_ms)
    events = [event(f"{ms}{by}", ts_ms=ms + by) for ms in bounds for by in (-1, 0, 1)]
    with writing(db):
        write_events(db, events)
    append_lines(str(tmp_path), events)
    assert mirror_layer(str(tmp_path), period) == database_layer(db, period)._replace(name="mirror")
    assert mirror_layer(str(tmp_path), period).rows == 3


def test_the_calendars_first_day_can_be_asked_for(tmp_path: Path) -> None:
    """East of UTC it begins in a year that no calendar has."""
    assert mirror_layer(str(tmp_path), day_period(date.min, ZoneInfo("Asia/Seoul"))).rows == 0


def test_a_line_in_another_agents_file_leaks(event: Make, tmp_path: Path) -> None:
    """Its session is seen under both, though it stands in one file alone."""
    append_lines(str(tmp_path), [event("1")])
    (tmp_path / "claude-code").rename(tmp_path / "qwen-code")
    (leak,) = build_isolation(PERIOD, [mirror_layer(str(tmp_path), PERIOD)]).leaks
    assert leak.agents == ("claude-code", "qwen-code")


def test_a_broken_line_is_counted_and_hides_no_other(event: Make, tmp_path: Path) -> None:
    """Torn, no object, of wrong types, or nested beyond all reason."""
    append_lines(str(tmp_path), [event("1")])
    path = tmp_path / "claude-code" / f"{DAY}.jsonl"
    broken = [b'{"session":', b"[]", b'{"session":{}}', b"\xff", b"", b"[" * 100_000]
    path.write_bytes(b"\n".join([*broken, path.read_bytes()]))
    layer = mirror_layer(str(tmp_path), PERIOD)
    assert (layer.rows, layer.unreadable) == (1, len(broken))


def test_no_mirror_is_an_empty_one(tmp_path: Path) -> None:
    """Nothing there, no directory, no file of that day, something else of that name."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "mirror" / "claude-code" / f"{DAY}.jsonl").mkdir(parents=True)
    for place in ("none", "file", "mirror"):
        assert mirror_layer(str(tmp_path / place), PERIOD).rows == 0


def test_a_line_may_have_any_member(tmp_path: Path) -> None:
    """A mirror of a later version says more."""
    folder = tmp_path / "a"
    folder.mkdir()
    line = json.dumps({"session": "s", "agent": "a", "new": [1]})
    (folder / f"{DAY}.jsonl").write_text(f"{line}\n", encoding="utf-8")
    assert mirror_layer(str(tmp_path), PERIOD).agents == (AgentRows("a", 1, ("s",), ()),)


@pytest.mark.parametrize("analyzed", [False, True])
def test_the_database_is_searched_by_time(
    db: sqlite3.Connection,
    event: Make,
    analyzed: bool,  # noqa: FBT001 - a table's column
) -> None:
    """Nothing but the day is read."""
    with writing(db):
        write_events(db, [event(str(n), ts_ms=PERIOD.start_ms + n) for n in range(300)])
    if analyzed:
        db.execute("ANALYZE")
    seen: list[str] = []
    db.set_trace_callback(seen.append)
    database_layer(db, PERIOD)
    db.set_trace_callback(None)
    (statement,) = [one for one in seen if "SELECT" in one]
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert any("ts_ms>? AND ts_ms<?" in step for step in plan), plan
