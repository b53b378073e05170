"""A drain may die at any moment: no event is lost by it, and none is there twice."""

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
from fluxmirror_store import spool_reader

from tests.e2e.kill_before import runs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
SHIM = ROOT / "wrappers" / "shim.sh"
SHIMS = 200
NOON_NS = 1_767_268_800_000_000_000
GEMINI = {
    "hook_event_name": "BeforeTool",
    "session_id": "g",
    "timestamp": "2026-01-01T12:00:00.000Z",
    "tool_name": "read_file",
    "tool_input": {"file_path": "/srv/a"},
}
CLAUDE = {"hook_event_name": "PreToolUse", "session_id": "s", "tool_name": "Bash"}
MIXED: list[Any] = [
    {**CLAUDE, "tool_use_id": "t1", "tool_input": {"command": "make"}},
    GEMINI,
    "no object",
    {"hook_event_name": "UserPromptSubmit", "session_id": "s", "prompt": "go on"},
    {**CLAUDE, "tool_use_id": "t1", "hook_event_name": "PostToolUse", "tool_response": "ok"},
    {**GEMINI, "hook_event_name": "AfterTool", "tool_response": {"llmContent": "a"}},
    None,
    {**CLAUDE, "hook_event_name": "PostToolUse", "tool_response": "an old one, without an id"},
    {"hook_event_name": "Stop", "session_id": "s"},
]
"""Two calls in halves, one of them without an id; what is bad, what is torn; no identity."""


def command() -> str:
    """The installed program."""
    found = shutil.which("fluxmirror", path=os.path.dirname(sys.executable))
    assert found is not None
    return found


def environment(home: Path) -> dict[str, str]:
    """What a hook's process sees."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "FLUXMIRROR_HOME": str(home / "flux")}


def finish(home: Path) -> None:
    """Drain to the end."""
    subprocess.run(
        [command(), "drain"], env=environment(home), check=True, stdout=subprocess.DEVNULL
    )


def stored(home: Path, columns: str = "*") -> list[tuple[Any, ...]]:
    """All rows of `event`."""
    with closing(sqlite3.connect(home / "flux" / "events.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return db.execute(f"SELECT {columns} FROM event ORDER BY id").fetchall()


def assert_complete(home: Path) -> None:
    """Every shim's event is there, once, and nothing waits."""
    ids = [call_id for (call_id,) in stored(home, "call_id")]
    assert len(ids) == SHIMS
    assert set(ids) == {f"t{number}" for number in range(SHIMS)}
    assert spool_reader.status(str(home / "flux" / "spool")).waiting == 0


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine without a spool, after two hundred shims at once."""
    home = tmp_path_factory.mktemp("captured")
    shims = [
        subprocess.Popen(
            ["sh", str(SHIM), "claude", "PreToolUse"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(home),
        )
        for _ in range(SHIMS)
    ]
    payloads = [json.dumps({**CLAUDE, "tool_use_id": f"t{n}"}).encode() for n in range(SHIMS)]
    answers = [shim.communicate(told)[0] for shim, told in zip(shims, payloads, strict=True)]
    assert set(answers) == {b""}
    assert {shim.returncode for shim in shims} == {0}
    return home


@pytest.fixture
def machine(captured: Path, tmp_path: Path) -> Path:
    """A copy of that machine, times of capture included."""
    shutil.copytree(captured, tmp_path / "machine")
    return tmp_path / "machine"


@pytest.fixture
def killer(tmp_path: Path) -> Iterator[Callable[[int], str]]:
    """Drain `tmp_path` in batches of three files, killed before the n-th step; what it died of."""
    with runs_of("killing", str(tmp_path / "flux"), "3", "3") as kill_before:
        yield kill_before


def fill_spool(home: Path) -> None:
    """Put the mixed events into a new spool, under names that never change."""
    shutil.rmtree(home / "flux", ignore_errors=True)
    new = home / "flux" / "spool" / "new"
    new.mkdir(parents=True)
    (new.parent / "redaction.key").write_bytes(b"k" * 32)
    for number, payload in enumerate(MIXED):
        name = f"event{number}"
        whole = f"fluxmirror-spool/1\t{name}\t\n{json.dumps(payload)}\nfluxmirror-spool/1\t{name}\n"
        (new / name).write_text(whole if payload else whole[:25], encoding="utf-8")
        at_ns = NOON_NS + number * 1_000_000
        os.utime(new / name, ns=(at_ns, at_ns))


def outcome(home: Path) -> tuple[list[tuple[Any, ...]], list[str]]:
    """What a drain leaves: rows, and what it set aside."""
    aside = sorted(path.name for path in (home / "flux" / "spool" / "bad").iterdir())
    assert spool_reader.status(str(home / "flux" / "spool")).waiting == 0
    return stored(home), aside


def test_two_hundred_shims_give_two_hundred_rows(machine: Path) -> None:
    """On a machine that had no spool; one drain, and then nothing waits."""
    assert spool_reader.status(str(machine / "flux" / "spool")).waiting == SHIMS
    finish(machine)
    assert_complete(machine)


def test_kill_between_any_two_steps_changes_nothing(
    tmp_path: Path, killer: Callable[[int], str]
) -> None:
    """Before each statement, and before each file that goes: the end is always the same."""
    fill_spool(tmp_path)
    assert killer(-1) == "done 0"
    expected = outcome(tmp_path)
    assert len(expected[0]) == 6
    assert expected[1] == ["event2", "event6", "reasons"]
    died_before: list[str] = []
    while not died_before or died_before[-1].startswith("killed"):
        fill_spool(tmp_path)
        died_before.append(killer(len(died_before) + 1))
        assert killer(-1) == "done 0"
        assert outcome(tmp_path) == expected, died_before[-1]
    assert died_before.pop() == "done 0"
    steps = [died.removeprefix("killed before ") for died in died_before]
    assert steps.count("unlink") >= 7
    assert steps.count("replace") >= 2
    assert steps.count("COMMIT") >= 6


def test_kill_after_kill_still_ends(tmp_path: Path, killer: Callable[[int], str]) -> None:
    """A drain that dies again and again, a little later each time."""
    fill_spool(tmp_path)
    assert killer(-1) == "done 0"
    expected = outcome(tmp_path)
    fill_spool(tmp_path)
    for step in range(5, 200, 5):
        if killer(step) == "done 0":
            break
    assert killer(-1) == "done 0"
    assert outcome(tmp_path) == expected


@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.slow)])
def test_kill_at_random_moments_changes_nothing(
    captured: Path, tmp_path: Path, rounds: int
) -> None:
    """The installed command, killed from outside up to three times: always 200 rows, never 201."""
    chance = random.Random(rounds)  # noqa: S311 - any moment will do
    longest = 1.0
    for number in range(rounds):
        home = tmp_path / str(number)
        shutil.copytree(captured, home)
        for _ in range(3):
            started = time.monotonic()
            with subprocess.Popen([command(), "drain", "--quiet"], env=environment(home)) as drain:
                try:
                    drain.wait(chance.uniform(0.3, 1) * longest)
                    longest = time.monotonic() - started
                except subprocess.TimeoutExpired:
                    drain.kill()
        finish(home)
        assert_complete(home)
        shutil.rmtree(home)
