"""Whoever adds up may die at any moment, and several may do it at once: reports stay the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_store.database import connect_to_read, connect_to_write

from tests.e2e.kill_before import runs_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

START_MS = 1_770_000_000_000
HOUR_MS = 3_600_000
HOURS = 7
EVENT = """
INSERT INTO event (uid, kind, ts_ms, agent, tool, tool_canonical, tool_class, path, outcome, repo,
    session, sources, schema_version)
VALUES (?, 'tool_call', ?, ?, 'Write', 'Write', 'Write', ?, 'ok', '/r', 's', 'hook', 2)
"""
ADD_UP = """
import sys
from contextlib import closing
from fluxmirror_store import summing
from fluxmirror_store.database import connect_to_write
summing._AT_ONCE = 1
with closing(connect_to_write(sys.argv[1])) as db:
    print("ready", flush=True)
    sys.stdin.readline()
    summing.add_up(db)
"""
RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
REPORT = ("week", "--json", "--date", "2026-02-05", "--tz", "UTC")


def make(path: Path, hours: int) -> None:
    """Make a database with calls and responses in some hours, files made and written again."""
    with closing(connect_to_write(str(path))) as db:
        db.execute("INSERT INTO source (agent, path, seen_ms) VALUES ('claude-code', '/a', 1)")
        for number in range(hours * 6):
            ts_ms = START_MS + number * HOUR_MS // 6
            agent = ("claude-code", "codex-cli")[number % 2]
            name = f"/r/{number % 11}.py"
            db.execute(EVENT, (number.to_bytes(16), ts_ms, agent, name))
            respond(db, number, ts_ms)


def respond(db: sqlite3.Connection, number: int, ts_ms: int) -> None:
    """Record a response."""
    values: dict[str, Any] = dict.fromkeys(
        (column[1] for column in db.execute("PRAGMA table_info(response)")), 1
    )
    values |= {"id": None, "agent": "claude-code", "key": str(number), "ts_ms": ts_ms}
    values |= {"cost_pico": None, "price_id": None, "model": "m", "project": "/r"}
    db.execute(
        f"INSERT INTO response VALUES ({', '.join('?' * len(values))})", tuple(values.values())
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of which nothing is added up."""
    path = tmp_path_factory.mktemp("made") / "events.db"
    make(path, HOURS)
    return path


@pytest.fixture
def killer(tmp_path: Path) -> Iterator[Callable[[int], str]]:
    """Add up in `tmp_path`, killed before the n-th step; what it died of."""
    with runs_of("killing_sums", str(tmp_path / "flux")) as kill_before:
        yield kill_before


def restore(made: Path, home: Path) -> Path:
    """Begin anew."""
    shutil.rmtree(home / "flux", ignore_errors=True)
    (home / "flux").mkdir()
    return Path(shutil.copy(made, home / "flux" / "events.db"))


def report(path: Path) -> Any:  # noqa: ANN401 - what a program reads
    """Give the week's report of a database that is only read."""
    program = [sys.executable, "-c", RUN, *REPORT, "--db", str(path)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "claude-code" in done.stdout
    return {**told, "db": None}


def sums(path: Path) -> tuple[list[Any], ...]:
    """Give all that is added up; nothing is broken."""
    with closing(connect_to_read(str(path))) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = ("activity_hour", "usage_hour", "file_sighting", "stale_hour")
        return tuple(db.execute(f"SELECT * FROM {table}").fetchall() for table in tables)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_kill_between_any_two_steps_leaves_the_same_report(
    made: Path, tmp_path: Path, killer: Callable[[int], str]
) -> None:
    """Before each statement, one after the other; the next one goes on there."""
    expected = report(restore(made, tmp_path))
    assert killer(-1) == "done 0"
    whole = sums(tmp_path / "flux" / "events.db")
    assert len(whole[0]) == 2 * (HOURS + 1)  # they begin within an hour
    assert whole[3] == []
    died_before: list[str] = []
    while not died_before or died_before[-1].startswith("killed"):
        path = restore(made, tmp_path)
        died_before.append(killer(len(died_before) + 1))
        if died_before[-1].endswith(("COMMIT", "BEGIN IMMEDIATE")):
            assert report(path) == expected, died_before[-1]
        sums(path)
        assert killer(-1) == "done 0"
        assert sums(path) == whole, died_before[-1]
    assert died_before.pop() == "done 0"
    assert sum(one.endswith("COMMIT") for one in died_before) >= HOURS
    assert report(tmp_path / "flux" / "events.db") == expected


@pytest.mark.slow
def test_two_that_add_up_at_once_do_not_disturb_each_other(made: Path, tmp_path: Path) -> None:
    """Each takes what is left; nothing is added up twice or lost."""
    alone = tmp_path / "alone.db"
    make(alone, 60)
    both = Path(shutil.copy(alone, tmp_path / "both.db"))
    expected = report(alone)
    run(alone, 1)
    run(both, 3)
    assert sums(both) == sums(alone)
    assert sums(both)[3] == []
    assert report(both) == expected
    assert report(made)  # that of another database, untouched


def run(path: Path, number: int) -> None:
    """Let some processes add up a database, all of them from one moment on."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ADD_UP, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(number)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.communicate("go\n")
    assert [process.returncode for process in processes] == [0] * number
