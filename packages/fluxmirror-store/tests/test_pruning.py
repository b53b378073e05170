"""What is pruned is gone, stays away, and leaves its space."""

from __future__ import annotations

import json
import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import NoDataError, UsageError
from fluxmirror_store import lock, pruning
from fluxmirror_store.database import connect_to_read, connect_to_write
from fluxmirror_store.drain import drain
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.waiting import LOCK as IMPORT_LOCK
from fluxmirror_store.importing.waiting import Wanted
from fluxmirror_store.lock import DRAIN as DRAIN_LOCK
from fluxmirror_store.pruning import (
    Pruned,
    Rows,
    count_before,
    count_timeless,
    prune,
    take_older_again,
)
from fluxmirror_store.retention import pruned_before, raise_mark

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.paths import Places
    from fluxmirror_core.pricing import Price

OLD_MS = 1_767_268_800_000
"""2026-01-01T12:00:00Z."""
DAY_MS = 86_400_000
KEPT_MS = OLD_MS + 30 * DAY_MS
NEW_MS = KEPT_MS + DAY_MS
PADDING = "padding " * 400


class Book:
    """Knows no price."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> Price | None:
        """Give none."""


@pytest.fixture
def call(places: Places, capture: Callable[..., str]) -> Callable[..., None]:
    """Record calls that a hook told of."""

    def record(*call_ids: str, at_ms: int = OLD_MS, settings: Settings | None = None) -> None:
        for call_id in call_ids:
            payload = {
                "session_id": "s",
                "hook_event_name": "PreToolUse",
                "tool_name": "Bash",
                "tool_use_id": call_id,
                "tool_input": {"command": f"echo {call_id} {PADDING}"},
            }
            capture(payload, "claude", "PreToolUse", at_ms=at_ms)
        drain(places, settings or Settings())

    return record


@pytest.fixture
def session(home: Path) -> Path:
    """A session file of Claude Code: an old response with a call, and one of each that is kept."""
    path = home / ".claude/projects/-p/s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(_response("old", "2026-01-01") + _response("new", "2026-03-01"))
    return path


@pytest.fixture
def read(home: Path, places: Places) -> Callable[..., int]:
    """Import what is in the home; the number of responses and calls that are new."""

    def imported(*, full: bool = False) -> int:
        found = find_session_files({"HOME": str(home)})
        done = import_session_files(places, Settings(), found, Book(), Wanted(full=full))
        return done.responses + done.calls

    return imported


def _response(key: str, day: str) -> str:
    use = {"type": "tool_use", "id": f"t-{key}", "name": "Bash", "input": {"command": "make"}}
    told = {
        "type": "assistant",
        "sessionId": "s",
        "cwd": "/p",
        "version": "2.1.0",
        "timestamp": f"{day}T12:00:00.000Z",
        "message": {
            "id": key,
            "role": "assistant",
            "model": "m",
            "content": [use],
            "usage": {"input_tokens": 1, "output_tokens": 1},
        },
    }
    return json.dumps(told) + "\n"


def stored(places: Places, query: str) -> list[object]:
    """Give the first column of what a query finds."""
    with closing(connect_to_read(places.database)) as db:
        return [row[0] for row in db.execute(query)]


def test_what_is_old_goes_with_all_that_belongs_to_it(
    places: Places, call: Callable[..., None], session: Path, read: Callable[..., int]
) -> None:
    """Events and payloads, responses and records, MCP messages; what is newer stays."""
    call("old-call")
    call("new-call", at_ms=NEW_MS)
    read()
    with closing(connect_to_write(places.database)) as db:
        db.executemany(
            "INSERT INTO mcp_message VALUES (NULL, ?, 'c2s', NULL, '{}', 'x')",
            [(OLD_MS,), (KEPT_MS,)],
        )
        assert count_before(db, KEPT_MS) == Rows(2, 1, 1)
    assert prune(places, KEPT_MS).rows == Rows(2, 1, 1)
    assert set(stored(places, "SELECT call_id FROM event")) == {"new-call", "t-new"}
    assert stored(places, "SELECT key FROM response") == ["new"]
    assert stored(places, "SELECT ts_ms FROM mcp_message") == [KEPT_MS]
    for child, parent, column in (
        ("payload", "event", "event_id"),
        ("record", "response", "response_id"),
    ):
        alone = f"SELECT {column} FROM {child} WHERE {column} NOT IN (SELECT id FROM {parent})"
        assert stored(places, alone) == []
    assert prune(places, KEPT_MS).rows == Rows()


def test_many_rows_go_in_bounded_portions(
    places: Places, call: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, no transaction grows with them."""
    monkeypatch.setattr(pruning, "PORTION_ROWS", 2)
    monkeypatch.setattr(pruning, "PORTION_PAGES", 1)
    call(*(f"t{number}" for number in range(7)))
    assert prune(places, KEPT_MS).rows == Rows(events=7)
    assert stored(places, "PRAGMA freelist_count") == [0]


def test_an_event_whose_time_cannot_be_read_stays(
    places: Places, call: Callable[..., None]
) -> None:
    """Nobody knows how old it is."""
    call("odd")
    with closing(connect_to_write(places.database)) as db:
        db.execute("UPDATE event SET ts_ms = NULL, ts_text = 'last week'")
    assert prune(places, KEPT_MS).rows == Rows()
    with closing(connect_to_read(places.database)) as db:
        assert count_timeless(db) == 1


def test_space_is_given_back_and_nothing_of_it_is_left(
    places: Places, call: Callable[..., None]
) -> None:
    """A secret that was recorded long ago must not be found in the file."""
    call("kept", at_ms=NEW_MS)
    call(*(f"gone{number}" for number in range(100)))
    before = os.path.getsize(places.database)
    pruned = prune(places, KEPT_MS)
    assert (pruned.rows, pruned.trouble) == (Rows(events=100), "")
    after = os.path.getsize(places.database)
    assert before - after == pruned.freed_bytes > 100_000
    with open(places.database, "rb") as file:
        content = file.read()
    assert b"echo kept" in content
    assert b"echo gone" not in content
    assert not os.path.exists(f"{places.database}-wal")


def test_a_database_of_an_older_program_gives_its_space_back_too(
    places: Places, call: Callable[..., None], legacy: Callable[..., sqlite3.Connection]
) -> None:
    """As a whole for the first time, page by page from then on."""
    legacy("CREATE TABLE agent_events (id INTEGER PRIMARY KEY, ts, agent)").execute(
        "INSERT INTO agent_events VALUES (1, '2025-01-01T00:00:00Z', 'claude-code')"
    )
    call(*(f"t{number}" for number in range(20)))
    assert stored(places, "PRAGMA auto_vacuum") == [0]
    assert prune(places, OLD_MS - 1).rows == Rows(events=1)
    assert stored(places, "PRAGMA auto_vacuum") == [2]
    pruned = prune(places, KEPT_MS)
    assert pruned.rows == Rows(events=20)
    assert pruned.freed_bytes > 0
    assert stored(places, "PRAGMA integrity_check") == ["ok"]


@pytest.mark.parametrize("name", [DRAIN_LOCK, IMPORT_LOCK])
def test_a_drain_or_an_import_is_left_alone(
    places: Places, call: Callable[..., None], name: str
) -> None:
    """Nothing is deleted under it."""
    call("old")
    with lock.held(os.path.join(places.spool, name)):
        assert prune(places, KEPT_MS) == Pruned(busy=True)
        assert not take_older_again(places)
    assert stored(places, "SELECT call_id FROM event") == ["old"]


def test_what_a_hook_tells_is_taken_whatever_its_time(
    places: Places, call: Callable[..., None], tmp_path: Path
) -> None:
    """It was told after the pruning: a clock that goes wrong must not cost anything."""
    call("new", at_ms=NEW_MS)
    prune(places, KEPT_MS)
    call("clock-set-back", settings=Settings(mirror=str(tmp_path / "mirror")))
    assert stored(places, "SELECT call_id FROM event") == ["new", "clock-set-back"]
    (file,) = (tmp_path / "mirror").rglob("*.jsonl")
    assert "clock-set-back" in file.read_text()
    assert prune(places, KEPT_MS).rows == Rows(events=1)


def test_a_time_to_come_is_refused(places: Places, call: Callable[..., None]) -> None:
    """It would delete all there is."""
    call("old")
    with pytest.raises(UsageError, match="not come yet"):
        prune(places, time.time_ns() // 1_000_000 + DAY_MS)
    assert stored(places, "SELECT call_id FROM event") == ["old"]
    with closing(connect_to_read(places.database)) as db:
        assert pruned_before(db, KEPT_MS) is None


def test_a_clock_that_ran_ahead_keeps_nothing_of_today_away(
    places: Places, session: Path, read: Callable[..., int]
) -> None:
    """Once it is set right; what is as far from now as was wanted then stays away."""
    now_ms = time.time_ns() // 1_000_000
    ahead_ms = now_ms + 3_650 * DAY_MS
    with closing(connect_to_write(places.database)) as db:
        raise_mark(db, ahead_ms - 30 * DAY_MS, ahead_ms)
        assert pruned_before(db, now_ms) == now_ms - 30 * DAY_MS
        assert pruned_before(db, ahead_ms) == ahead_ms - 30 * DAY_MS
    day = time.strftime("%Y-%m-%d", time.gmtime(now_ms // 1000 - 86_400))
    session.write_text(_response("old", "2026-01-01") + _response("new", day))
    assert read() == 2
    assert stored(places, "SELECT key FROM response") == ["new"]


def test_a_mark_of_just_now_leaves_a_day(places: Places, db: sqlite3.Connection) -> None:
    """Set back by a minute, the clock must not keep away what happens in that minute."""
    raise_mark(db, NEW_MS, NEW_MS)
    assert pruned_before(db, NEW_MS - 60_000) == NEW_MS - 60_000 - DAY_MS


def test_the_next_pruning_sets_a_mark_right_that_lay_ahead(
    places: Places, db: sqlite3.Connection
) -> None:
    """Else a shorter wish could never be noted."""
    raise_mark(db, NEW_MS + 3_000 * DAY_MS, NEW_MS + 3_090 * DAY_MS)
    for days, before_ms in ((120, 90), (90, 90), (30, 30)):
        raise_mark(db, NEW_MS - days * DAY_MS, NEW_MS)
        assert pruned_before(db, NEW_MS) == NEW_MS - before_ms * DAY_MS


def test_what_was_pruned_does_not_come_back_by_an_import(
    places: Places, session: Path, read: Callable[..., int]
) -> None:
    """Neither by itself, nor by a full one, nor from a copy; until somebody wants it back."""
    assert read() == 4
    prune(places, KEPT_MS)
    assert read() == 0
    assert read(full=True) == 0
    session.with_name("copy.jsonl").write_bytes(session.read_bytes())
    assert read() == 0
    assert stored(places, "SELECT key FROM response") == ["new"]
    assert take_older_again(places)
    assert read() == 0
    assert read(full=True) == 2
    assert sorted(map(str, stored(places, "SELECT key FROM response"))) == ["new", "old"]


def test_the_mark_only_goes_forward(places: Places, call: Callable[..., None]) -> None:
    """What lies between two was deleted, and is not to come back by a later, shorter wish."""
    call("new", at_ms=NEW_MS)
    for before_ms in (KEPT_MS, OLD_MS):
        prune(places, before_ms)
    with closing(connect_to_read(places.database)) as db:
        assert pruned_before(db, time.time_ns() // 1_000_000) == KEPT_MS


def test_numbers_of_deleted_events_are_not_given_again(
    places: Places, call: Callable[..., None]
) -> None:
    """Whoever noted an id finds nothing under it, rather than something else."""
    call("old")
    ids = stored(places, "SELECT id FROM event")
    prune(places, KEPT_MS)
    call("new", at_ms=NEW_MS)
    assert stored(places, "SELECT id FROM event") > ids


def test_nothing_is_made_where_nothing_was_recorded(places: Places) -> None:
    """A wish to delete makes no database."""
    with pytest.raises(NoDataError):
        prune(places, KEPT_MS)
    assert not os.path.exists(places.data)
