"""Every key of the configuration has an effect: it is not there before, and gone after `unset`."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from fluxmirror_core.config.schema import KEYS
from fluxmirror_core.errors import ExitCode
from fluxmirror_store.spool import put

if TYPE_CHECKING:
    from collections.abc import Callable

_PROGRAM = "from fluxmirror_cli.entry import main; raise SystemExit(main())"
_DAY_S = 86_400
_PAYLOADS = Path(__file__).parent.parent / "payloads"
_RECORDED = {
    "claude-code": ("claude", "PostToolUse-Bash.json", "PostToolUse"),
    "qwen-code": ("qwen", "PostToolUse-run_shell_command.json", "PostToolUse"),
    "gemini-cli": ("gemini", "AfterTool-run_shell_command.json", "AfterTool"),
    "codex-cli": ("codex", "PostToolUse-Bash.json", "PostToolUse"),
    "copilot-cli": ("copilot", "PostToolUse-Bash.json", "PostToolUse"),
    "opencode": ("opencode", "tool.execute.after-bash.json", "tool.execute.after"),
}


class Machine:
    """A home with FluxMirror in it, and agents that work there."""

    def __init__(self, home: Path, flux_home: Path) -> None:
        self.home = home
        self.flux = flux_home
        self._calls = 0

    def run(self, *arguments: str) -> str:
        """Run a command, which has to go well; gives what it printed."""
        ran = subprocess.run(
            [sys.executable, "-c", _PROGRAM, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONUTF8": "1"},
            cwd=self.home,
        )
        assert (ran.returncode, ran.stderr) == (0, ""), arguments
        return ran.stdout

    def call(self, command: str = "make", age_days: int = 0) -> str:
        """Have Claude Code make a call that its hook tells of; gives the call's id."""
        self._calls += 1
        call_id = f"call-{self._calls}"
        told = {
            "hook_event_name": "PostToolUse",
            "session_id": "s",
            "cwd": str(self.home),
            "tool_name": "Bash",
            "tool_use_id": call_id,
            "tool_input": {"command": command},
            "tool_response": "what came out",
        }
        payload = json.dumps(told).encode()
        name = put(str(self.flux / "spool"), payload, ("claude", "PostToolUse"), {})
        then = time.time() - age_days * _DAY_S
        os.utime(self.flux / "spool" / "new" / name, (then, then))
        return call_id

    def recorded_call(self, agent: str) -> None:
        """Have an agent make a call as it was recorded, in a session of its own."""
        self._calls += 1
        folder, name, event = _RECORDED[agent]
        told = json.loads((_PAYLOADS / folder / name).read_text(encoding="utf-8"))
        told["session_id"] = f"s-{self._calls}"
        if "sessionID" in told.get("input", {}):
            told["input"]["sessionID"] = f"s-{self._calls}"
        put(str(self.flux / "spool"), json.dumps(told).encode(), (folder, event), {})

    def archived_copy(self, gone_days: int) -> Path:
        """Archive a session file that has been gone for some days; gives its copy."""
        self._calls += 1
        below = Path("projects/-p") / f"gone-{self._calls}.jsonl"
        session = self.home / ".claude" / below
        session.parent.mkdir(parents=True, exist_ok=True)
        session.write_text("{}\n")
        self.run("archive")
        session.unlink()
        gone_ms = int((time.time() - gone_days * _DAY_S) * 1000)
        with closing(sqlite3.connect(self.flux / "events.db")) as db, db:
            asked = "UPDATE source SET gone_ms = ? WHERE path = ?"
            assert db.execute(asked, (gone_ms, str(session))).rowcount == 1
        return self.flux / "archive" / "claude-code" / f"{below}.gz"

    def count(self, table: str, agent: str = "claude-code") -> int:
        """Count an agent's rows; none without a database."""
        if not (self.flux / "events.db").exists():
            return 0
        with closing(sqlite3.connect(self.flux / "events.db")) as db:
            asked = f"SELECT count(*) FROM {table} WHERE agent = ?"
            found: int = db.execute(asked, (agent,)).fetchone()[0]
        return found

    def rows(self, columns: str, call_id: str, *, database: str = "events.db") -> list[object]:
        """Drain, then give what is stored of a call; an empty list for nothing."""
        self.run("drain")
        with closing(sqlite3.connect(self.flux / database)) as db:
            asked = f"SELECT {columns} FROM event LEFT JOIN payload ON event_id = id"
            row = db.execute(f"{asked} WHERE call_id = ?", (call_id,)).fetchone()
        return list(row or ())


class Effect(NamedTuple):
    """How a key shows."""

    words: tuple[str, ...]
    """What it is set to."""
    look: Callable[[Machine], object]
    """What can be seen of it."""
    seen: object
    """What is seen while it is set so, and at no other time."""


def _is_kept(agent: str) -> Callable[[Machine], object]:
    def look(machine: Machine) -> object:
        before = machine.count("event", agent)
        machine.recorded_call(agent)
        machine.run("drain")
        return machine.count("event", agent) > before

    return look


def _title(machine: Machine) -> object:
    return "활동" in machine.run("today")


def _zone(machine: Machine) -> object:
    return "Asia/Seoul" in machine.run("today")


def _database(machine: Machine) -> object:
    call_id = machine.call()
    machine.run("drain")
    path = machine.run("db-path").strip()
    with closing(sqlite3.connect(path)) as db:
        found = db.execute("SELECT count(*) FROM event WHERE call_id = ?", (call_id,)).fetchone()
    assert found == (1,)
    return os.path.relpath(path, machine.home)


def _input(machine: Machine) -> object:
    return machine.rows("input_json", machine.call())


def _output(machine: Machine) -> object:
    return machine.rows("output_text", machine.call())


def _cut_output(machine: Machine) -> object:
    machine.run("config", "set", "capture.payloads", "full")
    seen = machine.rows("output_text", machine.call())
    machine.run("config", "unset", "capture.payloads")
    return seen


def _masked(machine: Machine) -> object:
    [detail] = machine.rows("detail", machine.call(command="use ACME-123 now"))
    return "ACME-123" not in str(detail)


def _noise(machine: Machine) -> object:
    return machine.rows("self_noise", machine.call(command="fluxmirror sqlite --db x.db"))


def _noise_elsewhere(machine: Machine) -> object:
    machine.run("config", "set", "self_noise.enabled", "on")
    seen = _noise(machine)
    machine.run("config", "unset", "self_noise.enabled")
    return seen


def _mirrored(machine: Machine) -> object:
    call_id = machine.call()
    assert machine.rows("id", call_id)
    told = (machine.home / "mirror").rglob("*.jsonl")
    return any(call_id in file.read_text(encoding="utf-8") for file in told)


def _responses(machine: Machine) -> object:
    """A session file grows by a response; the cost report counts it or not."""
    folder = machine.home / ".claude" / "projects" / "-p"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"s{len(list(folder.iterdir()))}.jsonl"
    told = {
        "type": "assistant",
        "sessionId": file.stem,
        "timestamp": "2026-11-20T12:00:00.000Z",
        "message": {
            "id": file.stem,
            "role": "assistant",
            "model": "claude-opus-4-5",
            "content": [],
            "usage": {"input_tokens": 1_000, "output_tokens": 100},
        },
    }
    file.write_text(json.dumps(told) + "\n")
    before = machine.count("response")
    machine.run("cost")
    return machine.count("response") > before


def _shipped(machine: Machine) -> object:
    """A commit is made where an agent works; the week's report tells of it or not."""
    for words in (
        ("init", "--quiet"),
        ("config", "user.email", "kim@example.org"),
        ("config", "user.name", "Kim"),
        ("commit", "--quiet", "--allow-empty", "--message=what was shipped"),
    ):
        subprocess.run(["git", *words], check=True, cwd=machine.home)
    assert machine.rows("id", machine.call())
    return "what was shipped" in machine.run("week")


def _filed(machine: Machine) -> object:
    """A page that nobody named a file for goes into the folder or elsewhere."""
    folder = machine.home / "mine"
    before = len(list(folder.glob("*")))
    machine.run("today", "--format", "html")
    return len(list(folder.glob("*"))) > before


def _would_go(machine: Machine, *command: str) -> dict[str, list[object]] | None:
    """Ask for what is too old to go, without saying what is; None where nothing says it."""
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *command, "--dry-run", "--json"],
        stdout=subprocess.PIPE,
        check=False,
        cwd=machine.home,
    )
    if ran.returncode == ExitCode.USAGE:
        return None
    assert ran.returncode == ExitCode.OK
    told: dict[str, list[object]] = json.loads(ran.stdout)
    return told


def _old_events(machine: Machine) -> object:
    """One more is old with each look, and one is not."""
    for age_days in (0, 40):
        assert machine.rows("id", machine.call(age_days=age_days))
    told = _would_go(machine, "prune")
    return told and told["events"]


def _old_copies(machine: Machine) -> object:
    """As above."""
    machine.archived_copy(gone_days=0)
    machine.archived_copy(gone_days=40)
    told = _would_go(machine, "archive", "prune")
    return told and len(told["copies"])


EFFECTS = {
    "language": Effect(("한국어",), _title, seen=True),
    "timezone": Effect(("KST",), _zone, seen=True),
    "storage.path": Effect(("~/elsewhere.db",), _database, seen="elsewhere.db"),
    "storage.retention_days": Effect(("30",), _old_events, seen=2),
    "archive.retention_days": Effect(("30",), _old_copies, seen=2),
    "capture.enabled": Effect(("off",), _is_kept("claude-code"), seen=False),
    "capture.payloads": Effect(("full",), _output, seen=["what came out"]),
    "capture.output_bytes": Effect(("4",), _cut_output, seen=["what"]),
    "session_files": Effect(("off",), _responses, seen=False),
    "mirror": Effect(("~/mirror",), _mirrored, seen=True),
    "redaction.patterns": Effect((r"ACME-\d+",), _masked, seen=True),
    "self_noise.enabled": Effect(("on",), _noise, seen=[1]),
    "self_noise.repo_paths": Effect(("/somewhere/else",), _noise_elsewhere, seen=[0]),
    "reports.git": Effect(("on",), _shipped, seen=True),
    "reports.directory": Effect(("~/mine",), _filed, seen=True),
    **{
        f"agents.{agent}.enabled": Effect(("off",), _is_kept(agent), seen=False)
        for agent in _RECORDED
    },
}


@pytest.fixture
def machine(home: Path, flux_home: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine in English and in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return Machine(home, flux_home)


@pytest.mark.parametrize("name", KEYS)
def test_a_key_has_an_effect_as_long_as_it_is_set(machine: Machine, name: str) -> None:
    """What is not built is not offered."""
    effect = EFFECTS[name]
    assert effect.look(machine) != effect.seen
    machine.run("config", "set", name, *effect.words)
    assert effect.look(machine) == effect.seen
    machine.run("config", "unset", name)
    assert effect.look(machine) != effect.seen


def test_what_is_too_old_goes_behind_a_hook(machine: Machine) -> None:
    """Nobody has to ask for it."""
    old, new = machine.call(age_days=40), machine.call()
    assert machine.rows("id", old)
    machine.run("config", "set", "storage.retention_days", "30")
    machine.run("drain", "--quiet")
    assert machine.rows("id", old) == []
    assert machine.rows("id", new)


def test_copies_of_what_has_long_been_gone_go_behind_a_hook(machine: Machine) -> None:
    """By a key of their own; a file that has only just gone keeps its copy."""
    old, new = machine.archived_copy(gone_days=40), machine.archived_copy(gone_days=1)
    machine.run("config", "set", "storage.retention_days", "30")
    machine.run("drain", "--quiet")
    assert old.exists()
    machine.run("config", "unset", "storage.retention_days")
    machine.run("config", "set", "archive.retention_days", "30")
    (machine.flux / "spool" / "retained").unlink()  # as if a day were over
    machine.run("drain", "--quiet")
    assert (old.exists(), new.exists()) == (False, True)


def test_nothing_of_the_input_is_kept_when_nothing_shall_be(machine: Machine) -> None:
    """`none` keeps sizes and hashes alone."""
    assert _input(machine) == ['{"command":"make"}']
    machine.run("config", "set", "capture.payloads", "none")
    assert _input(machine) == [None]
