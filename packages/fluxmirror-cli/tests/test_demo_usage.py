"""What the made-up fortnight cost is in its database as if it had been imported."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands.cost import command as cost
from fluxmirror_cli.commands.coverage import command as coverage
from fluxmirror_cli.commands.demo import command as demo
from fluxmirror_cli.demo.history import MadeUpRepositories, build_history
from fluxmirror_cli.demo.usage import build_sessions
from fluxmirror_core.redact import Redactor
from fluxmirror_core.wire.builder import Machine
from fluxmirror_core.wire.builders import Builders
from fluxmirror_core.wire.reader import PayloadReader

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_core.event import AgentEvent

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
FRIDAY = int(datetime(2026, 3, 6, 8, 0, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture(scope="module")
def events() -> list[AgentEvent]:
    """What the hooks of the fortnight told."""
    builders = Builders(Redactor(b"key"), Machine(MadeUpRepositories("/home/mira"), "host", "demo"))
    reader = PayloadReader(builders)
    captures = build_history(FRIDAY, ZoneInfo("Asia/Seoul"), "/home/mira")
    return [event for capture in captures for event in reader.read(capture).events]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flux_home: Path) -> Path:
    """The database of a demo."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    said = CliRunner().invoke(demo).stdout
    (path,) = tmp_path.glob("fluxmirror-demo-*/events.db")
    assert f"  fluxmirror cost --db {path}" in said
    assert not flux_home.exists()
    return path


def told(database: Path, *arguments: str) -> dict[str, Any]:
    """Ask `cost` about the demo."""
    done = CliRunner().invoke(cost, [*arguments, "--db", str(database), "--json"])
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def test_the_same_seed_gives_the_same_responses(events: list[AgentEvent]) -> None:
    """One before each call, each with an id of its own."""
    sessions = build_sessions(events)
    assert sessions == build_sessions(events)
    assert sessions != build_sessions(events, seed=1)
    keys = [response.key for told in sessions.values() for response in told]
    assert len(keys) == len(set(keys)) > 2_000


def test_a_demo_shows_costs_of_all_its_agents(database: Path) -> None:
    """Nearly all of it is priced; one model is not, as it is with most people."""
    facts = told(database, "--by", "agent")
    agents = {row["key"] for row in facts["rows"]}
    assert agents == {"claude-code", "codex-cli", "gemini-cli", "qwen-code"}
    assert all(row["cost"] is not None for row in facts["rows"])
    assert 0 < facts["total"]["unpriced_responses"] < facts["total"]["responses"] / 5
    assert len(told(database)["rows"]) >= 10


def test_a_demo_shows_what_tools_cost(database: Path) -> None:
    """Every response asked for a call, so there is a row for each tool, and none of nothing."""
    keys = {row["key"] for row in told(database, "--by", "tool")["rows"]}
    assert {"Read", "Edit", "Bash", "Grep"} <= keys
    assert "none" not in keys


def test_hooks_and_session_files_tell_of_the_same_calls(database: Path) -> None:
    """Coverage has something to show, and nothing is missing that would have to be explained."""
    done = CliRunner().invoke(coverage, ["--last", "14d", "--db", str(database), "--json"])
    facts = json.loads(done.stdout)
    assert facts["explained"] == []
    assert facts["findings"] == []
    assert facts["total"]["both"] == facts["total"]["calls"] > 2_000


def test_only_session_files_tell_how_a_command_of_codex_ended(database: Path) -> None:
    """As it is with the real one: its hooks are not told."""
    command = [sys.executable, "-c", RUN, "week", "--last", "14d", "--json", f"--db={database}"]
    done = subprocess.run(command, capture_output=True, check=True)
    (codex,) = [one for one in json.loads(done.stdout)["agents"] if one["agent"] == "codex-cli"]
    assert codex["failed"] > 10
    assert codex["unknown"] < codex["calls"] / 50


def test_a_made_up_response_can_be_followed_into_its_file(database: Path) -> None:
    """As a real one."""
    session = told(database, "--by", "session")["rows"][0]["key"]
    for one in told(database, "explain", session)["responses"]:
        with open(one["file"], "rb") as file:
            file.seek(one["offset"])
            row = json.loads(file.readline())
        assert (row["id"], row["usage"]) == (one["response"], one["raw"])
