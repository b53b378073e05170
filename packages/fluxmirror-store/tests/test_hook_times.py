"""What hooks took, as the spool's files tell it."""

from __future__ import annotations

import os
import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_store import spool_reader
from fluxmirror_store.drain import drain
from fluxmirror_store.hook_times import (
    _TICK_US,
    EDGES_US,
    KEPT_DAYS,
    HookTimes,
    HookTimeTally,
    hook_times,
    took_us,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.paths import Places

DAY_MS = 86_400_000
TODAY_MS = 20_000 * DAY_MS + 1_000
SHIM = b"fluxmirror-spool/1\ta-b\tclaude PreToolUse\n%b\nfluxmirror-spool/1\ta-b\n"
CALL = b'{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t"}'
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere files tell their birth")


def stat(born_ns: int, changed_ns: int) -> Any:  # noqa: ANN401 - as os.stat would give it
    """Give a file's times, as Linux tells them."""
    return SimpleNamespace(
        st_birthtime_ns=born_ns,
        st_atime_ns=born_ns,
        st_ctime_ns=born_ns,
        st_mtime_ns=changed_ns,
    )


def count(db: sqlite3.Connection, *took_ms: int, at_ms: int = TODAY_MS) -> None:
    """Store a batch of times."""
    tally = HookTimeTally()
    for took in took_ms:
        tally.add(took * 1_000, at_ms * 1_000_000)
    tally.flush(db, TODAY_MS)


def test_figures_are_upper_edges(db: sqlite3.Connection) -> None:
    """Never better than it was: 50 and 99 of a hundred took no longer."""
    assert hook_times(db, 0) is None
    count(db, *[20] * 60, *[40] * 38, 3_000)
    count(db, 4_000)
    assert hook_times(db, 0) == HookTimes(100, 24_000, 5_000_000)


def test_a_single_hook_is_both_figures(db: sqlite3.Connection) -> None:
    """And an edge belongs to its bucket."""
    count(db, 64)
    assert hook_times(db, 0) == HookTimes(1, 64_000, 64_000)


def test_what_is_shorter_than_the_clocks_tick_counts_as_the_tick(db: sqlite3.Connection) -> None:
    """Two equal times of a file say that it took less than a tick, not that it took nothing."""
    count(db, 0)
    told = hook_times(db, 0)
    assert told is not None
    assert told.p50_us == min(edge for edge in EDGES_US if edge >= _TICK_US)


def test_days_can_be_left_out(db: sqlite3.Connection) -> None:
    """A question is about the last week, say; days are whole ones of UTC."""
    count(db, 20, at_ms=TODAY_MS - 7 * DAY_MS)
    count(db, 500, at_ms=TODAY_MS)
    assert hook_times(db, TODAY_MS - DAY_MS) == HookTimes(1, 500_000, 500_000)
    assert hook_times(db, TODAY_MS - 7 * DAY_MS + 5_000) == HookTimes(2, 24_000, 500_000)


def test_days_long_past_are_forgotten(db: sqlite3.Connection) -> None:
    """And a file that claims to be of next year is not counted."""
    for days in (-KEPT_DAYS - 1, -KEPT_DAYS, 400):
        db.execute("INSERT INTO hook_time VALUES (?, 500, 1)", (20_000 + days,))
    count(db, 20, at_ms=TODAY_MS + 300 * DAY_MS)
    left = db.execute("SELECT day FROM hook_time ORDER BY day").fetchall()
    assert left == [(20_000 - KEPT_DAYS,), (20_400,)]


def test_only_plausible_times_count() -> None:
    """A copied or restored file tells of its copying, not of a hook."""
    second = 1_000_000_000
    assert took_us("a-b", stat(5 * second, 6 * second)) == 1_000_000
    assert took_us("a-b", stat(5 * second, 5 * second)) == 0
    assert took_us("a-b", stat(6 * second, 5 * second)) is None
    assert took_us("a-b", stat(5 * second, 65 * second)) is None
    assert took_us("0123abc", stat(5 * second, 6 * second)) is None


@on_linux
def test_the_drain_counts_complete_files(
    db: sqlite3.Connection, places: Places, drop: Callable[..., None]
) -> None:
    """Whose last access is their birth; torn ones told nobody when they were done."""
    now_ns = time.time_ns()
    for name, payload in (("a-b", SHIM % CALL), ("a-c", SHIM[:60] % CALL)):
        drop(name, payload)
        path = spool_reader.new_path(places.spool, name)
        os.utime(path, ns=(now_ns - 61_030_000_000, now_ns - 61_000_000_000))
    drain(places, Settings())
    assert hook_times(db, now_ns // 1_000_000 - DAY_MS) == HookTimes(1, 32_000, 32_000)


@on_linux
def test_reading_a_file_leaves_its_birth(tmp_path: Path) -> None:
    """One that was still being written when a drain met it tells its time to the next."""
    path = tmp_path / "a-b"
    path.write_bytes(SHIM % CALL)
    before = path.stat().st_atime_ns
    os.utime(path, ns=(before, before + 20_000_000))
    for _ in range(2):
        assert spool_reader.read(str(path)).took_us == 20_000
