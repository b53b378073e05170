"""A long backlog is read by several processes, and stored as if by one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.paths import here
from fluxmirror_store import crew, spool_reader
from fluxmirror_store.database import connect_to_read
from fluxmirror_store.spool import put

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone"),
    pytest.mark.slow,
]

CALLS = 3_000
DRAIN = """
import sys
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here
from fluxmirror_store import drain
drain.BACKLOG = int(sys.argv[1])
drain.crew_size = lambda: 2
print(*drain.drain(here(), Settings()))
"""
ROWS = """
SELECT hex(uid), call_id, tool, detail, outcome, phases, ts_ms, duration_ms FROM event ORDER BY 1
"""


def fill() -> None:
    """Put the two hooks of each call into the spool, one call of a hundred unreadable."""
    for number in range(CALLS):
        for event in ("PreToolUse", "PostToolUse"):
            payload = (
                f'{{"session_id":"s","prompt_id":"p","hook_event_name":"{event}",'
                f'"tool_name":"Bash","tool_use_id":"t{number}","tool_input":{{"command":"{number}"}}}}'
            )
            put(here().spool, payload.encode() if number % 100 else b"no json", ("claude",), {})


def start(backlog: int) -> subprocess.Popen[str]:
    """Start a drain that has a crew from `backlog` files on."""
    return subprocess.Popen(
        [sys.executable, "-c", DRAIN, str(backlog)], stdout=subprocess.PIPE, text=True
    )


def rows() -> list[tuple[object, ...]]:
    """Give what is stored."""
    db = connect_to_read(here().database)
    try:
        return db.execute(ROWS).fetchall()
    finally:
        db.close()


def stamps() -> dict[str, int]:
    """Give each waiting file's time."""
    return {file.name: file.mtime_ns for file in spool_reader.oldest(here().spool, 100_000)}


def test_crew_stores_what_one_process_stores(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same rows and the same counts, file for file."""
    monkeypatch.setenv("FLUXMIRROR_HOME", str(home / "crew"))
    fill()
    alone = tmp_path / "alone"
    subprocess.run(["cp", "-a", str(home / "crew"), str(alone)], check=True)
    told = start(1).communicate()[0]
    by_crew = rows()
    assert told == f"{2 * CALLS} {len(by_crew)} 0 {2 * CALLS // 100} False 0\n"
    monkeypatch.setenv("FLUXMIRROR_HOME", str(alone))
    assert start(10**9).communicate()[0] == told
    assert rows() == by_crew
    assert stamps() == {}


def test_killed_crew_leaves_nobody_and_loses_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads ends with whoever stores, and gives the lock back."""
    monkeypatch.setenv("FLUXMIRROR_HOME", str(home / "crew"))
    fill()
    process = start(1)
    while len(os.listdir(spool_reader.new_path(here().spool, ""))) > CALLS:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()  # ends when the last reader has closed the pipe it inherited
    again = start(1)
    assert again.communicate()[0].endswith("False 0\n")
    assert len(rows()) == CALLS - CALLS // 100
    assert stamps() == {}


def test_crew_is_of_bounded_size() -> None:
    """At least one reads, however many processors there are."""
    assert 1 <= crew.crew_size() <= crew.MOST_WORKERS
