"""An upgrade may die at any moment: every old row is there, once, before, during and after it."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_store.database import newest_version

from tests.e2e.kill_before import runs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "packages" / "fluxmirror-store" / "tests" / "legacy_schema.sql"
COLUMNS = (
    "id, ts, agent, session, tool, tool_canonical, tool_class, detail, cwd, host, user,"
    " schema_version, raw_json"
)
MESSAGES = "SELECT id, ts_ms, direction, method, message_json, server_name FROM events ORDER BY id"
CACHE = "SELECT * FROM ai_cache ORDER BY key"
CANONICAL, CLASS = 5, 6
NAMES = {
    "Bash": ("Bash", "Shell"),
    "Edit": ("Edit", "Write"),
    "Read": ("Read", "Read"),
    "mcp__github__list_issues": None,
    "": (None, None),
    None: (None, None),
}
"""What today's table calls the tools of rows without a canonical name; None: not of interest."""
TIMES = (
    "2026-03-02T12:00:00Z",
    "2026-03-02T12:00:00.25Z",
    "2026-03-02T14:00:00+02:00",
    "2026-03-02T12:00:00",
    "2026-02-30T12:00:00Z",
    "some day",
    "",
)
RAW = (
    json.dumps({"tool_input": {"file_path": "src/a.py", "command": "make"}}),
    '{"tool_input": {"file_path": "/srv/\\ud800"}}',
    "{broken",
    "",
    None,
    b'{"tool_input": {}}',
    b"\xff\xfe\x00",
)
Rows = list[tuple[Any, ...]]


def old_rows(count: int) -> Iterator[tuple[object, ...]]:
    """Rows of every kind the older programs left, in every mixture."""
    tools = tuple(NAMES)
    for number in range(count):
        tool = tools[number % len(tools)]
        filled = number % 5 == 0
        yield (
            number * 2 + 1,
            TIMES[number % len(TIMES)],
            "claude-code" if number % 2 else "gemini-cli",
            f"session-{number // 50}" if number % 11 else None,
            tool,
            "Kept" if filled else None,
            "Other" if filled else None,
            f"detail {number}" if number % 13 else b"caf\xc3\xa9",
            "/srv/shop" if number % 3 else None,
            "host" if number % 4 else None,
            None if number % 4 else "user",
            1 if number % 17 else 0,
            RAW[number % len(RAW)],
        )


def make_old_database(path: Path, count: int) -> None:
    """The older schema to the letter, with `count` calls, messages and cached answers."""
    path.parent.mkdir(parents=True, mode=0o700)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(SCHEMA.read_text(encoding="utf-8"))
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN")
        marks = ", ".join("?" * 13)
        db.executemany(f"INSERT INTO agent_events ({COLUMNS}) VALUES ({marks})", old_rows(count))
        messages = [(n, "c2s" if n % 2 else "s2c", None, "{broken", "github") for n in range(50)]
        db.executemany(
            "INSERT INTO events (ts_ms, direction, method, message_json, server_name)"
            " VALUES (?, ?, ?, ?, ?)",
            messages,
        )
        answers = [(f"key{n}", "text", n, 0.5, "model", "provider") for n in range(20)]
        db.executemany("INSERT INTO ai_cache VALUES (?, ?, ?, ?, ?, ?)", answers)
        db.execute("COMMIT")


def ask(path: Path, query: str) -> Rows:
    """What somebody's own script is answered, whatever the shape of the file is."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as db:
        return db.execute(query).fetchall()


def calls(path: Path) -> Rows:
    """The contract's columns of all calls."""
    return ask(path, f"SELECT {COLUMNS} FROM agent_events ORDER BY id")


def as_text(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The new tables hold text where the old one held a blob."""
    return tuple(
        value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in row
    )


def is_same(found: tuple[Any, ...], old: tuple[Any, ...]) -> bool:
    """Whether a row is the old one, untouched or with only the missing names filled in."""
    if found == old:
        return True
    names = (old[CANONICAL], old[CLASS])
    if names == (None, None):
        names = NAMES[old[4]] or (found[CANONICAL], found[CLASS])
    return found == as_text((*old[:CANONICAL], *names, *old[CLASS + 1 :]))


def assert_nothing_lost(path: Path, before: Rows) -> Rows:
    """Every row once, each as it was; gives them as they are."""
    found = calls(path)
    assert len(found) == len(before)
    assert [
        (row, old) for row, old in zip(found, before, strict=True) if not is_same(row, old)
    ] == []
    return found


def assert_upgraded(path: Path, before: Rows, messages: Rows, cache: Rows) -> None:
    """The newest shape, and every answer as before."""
    for row in assert_nothing_lost(path, before):
        if NAMES.get(row[4]) not in (None, (None, None)):
            assert row[CANONICAL] is not None
    assert ask(path, MESSAGES) == messages
    assert ask(path, CACHE) == cache
    versions = [(number,) for number in range(1, newest_version() + 1)]
    assert ask(path, "SELECT version FROM schema_meta") == versions
    assert ask(path, "PRAGMA user_version") == versions[-1:]
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    left = ask(path, "SELECT name FROM sqlite_master WHERE name LIKE 'legacy%'")
    assert left == []


class Machine:
    """A machine with an old database that can be put back."""

    def __init__(self, home: Path, count: int) -> None:
        self.database = home / "flux" / "events.db"
        self.old = home / "old.db"
        make_old_database(self.database, count)
        shutil.copy(self.database, self.old)
        self.before = calls(self.database)
        self.messages = ask(self.database, MESSAGES)
        self.cache = ask(self.database, CACHE)
        assert len(self.before) == count

    def put_back(self) -> None:
        """Have the old database again."""
        shutil.rmtree(self.database.parent)
        self.database.parent.mkdir()
        shutil.copy(self.old, self.database)

    def assert_upgraded(self) -> None:
        """It is the newest, and nothing is lost."""
        assert_upgraded(self.database, self.before, self.messages, self.cache)


@pytest.fixture
def killer(tmp_path: Path) -> Iterator[Callable[[int], str]]:
    """Drain `tmp_path`, rows moved by the hundred, killed before the n-th step."""
    with runs_of("killing", str(tmp_path / "flux"), "3", "100") as kill_before:
        yield kill_before


def start_drain(home: Path) -> subprocess.Popen[bytes]:
    """The installed command, which upgrades first."""
    program = shutil.which("fluxmirror", path=os.path.dirname(sys.executable))
    assert program is not None
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "FLUXMIRROR_HOME": str(home / "flux")}
    return subprocess.Popen([program, "drain", "--quiet"], env=env, stderr=subprocess.DEVNULL)


def test_kill_between_any_two_steps_loses_nothing(
    tmp_path: Path, killer: Callable[[int], str]
) -> None:
    """Readers find every row at once, and the next drain goes on where that one was."""
    machine = Machine(tmp_path, 250)
    died_before: list[str] = []
    while not died_before or died_before[-1].startswith("killed"):
        machine.put_back()
        died_before.append(killer(len(died_before) + 1))
        assert_nothing_lost(machine.database, machine.before)
        assert ask(machine.database, MESSAGES) == machine.messages
        assert killer(-1) == "done 0"
        machine.assert_upgraded()
    assert died_before.pop() == "done 0"
    steps = [died.removeprefix("killed before ") for died in died_before]
    assert steps.count("DELETE FROM legacy_agent_events") == 3
    assert "DROP TABLE legacy_agent_events" in steps
    assert "CREATE VIEW agent_events" in steps


def test_kill_after_kill_still_ends(tmp_path: Path, killer: Callable[[int], str]) -> None:
    """Killed again and again, it gets on by a few batches each time."""
    machine = Machine(tmp_path, 2000)
    lives = []
    while killer(70) != "done 0":
        assert_nothing_lost(machine.database, machine.before)
        lives.append(ask(machine.database, "SELECT count(*) FROM agent_timeline"))
        assert len(lives) < 20
    assert len(lives) > 2
    assert lives == sorted(lives)
    machine.assert_upgraded()


@pytest.mark.parametrize(
    ("count", "rounds"), [(5_000, 3), pytest.param(100_000, 6, marks=pytest.mark.slow)]
)
def test_kill_at_random_moments_loses_nothing(tmp_path: Path, count: int, rounds: int) -> None:
    """The installed command on a large database, killed from outside in the middle of it."""
    machine = Machine(tmp_path, count)
    chance = random.Random(count)  # noqa: S311 - any moment will do
    started = time.monotonic()
    assert start_drain(tmp_path).wait() == 0
    longest = time.monotonic() - started
    machine.assert_upgraded()
    for _ in range(rounds):
        machine.put_back()
        with start_drain(tmp_path) as drain:
            try:
                drain.wait(chance.uniform(0.2, 1) * longest)
            except subprocess.TimeoutExpired:
                drain.kill()
        assert_nothing_lost(machine.database, machine.before)
        assert start_drain(tmp_path).wait() == 0
        machine.assert_upgraded()


@pytest.mark.parametrize("count", [5_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_reader_sees_every_row_once_at_every_moment(tmp_path: Path, count: int) -> None:
    """Somebody's own script, asking again and again while rows are on their way."""
    machine = Machine(tmp_path, count)
    seen = set()
    query = "SELECT count(*), count(DISTINCT id), sum(id), count(tool) FROM agent_events"
    expected = ask(machine.database, query)
    with start_drain(tmp_path) as drain:
        while drain.poll() is None:
            seen.update(ask(machine.database, query))
    assert drain.returncode == 0
    assert list(seen) == expected
    machine.assert_upgraded()
