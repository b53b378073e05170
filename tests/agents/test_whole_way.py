"""The way of a new user: built wheels, an empty home, all agents, a report, and out again."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.agents import BY_ID

from tests.agents.client import Task
from tests.agents.conftest import CLIENTS, CLIS, new_project
from tests.agents.model.script import prompt

if TYPE_CHECKING:
    from tests.agents.client import Client
    from tests.agents.model.server import Model

ROOT = Path(__file__).parents[2]
OUR_NAME = b"fluxmirror"
CALLS = "SELECT agent, detail, ts_ms FROM agent_events WHERE sources <> 'transcript' ORDER BY ts_ms"
SHELL = {agent: "echo one; sleep 0.1" if agent == "qwen-code" else "echo one" for agent in CLIENTS}


class Program:
    """FluxMirror in an environment of its own, installed from wheels."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder = folder
        self.wheels = wheels
        self.install()

    def install(self) -> None:
        """Make the environment, with the wheels and what they need."""
        uv("venv", "--quiet", "--python", sys.executable, str(self.folder))
        python = str(self.folder / "bin" / "python")
        uv("pip", "install", "--quiet", "--python", python, *map(str, self.wheels.glob("*.whl")))

    def uninstall(self) -> None:
        """Take the whole environment away, and tell nobody."""
        shutil.rmtree(self.folder)

    def run(self, client: Client, *arguments: str) -> str:
        """Run a command in a client's home; gives what it prints.

        Raises:
            AssertionError: it failed.
        """
        done = subprocess.run(
            [self.folder / "bin" / "fluxmirror", *arguments],
            env=client.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=300,
        )
        assert done.returncode == 0, (done.stdout, done.stderr)
        return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels of this checkout."""
    folder = tmp_path_factory.mktemp("wheels")
    uv("build", "--quiet", "--all-packages", "--wheel", "--out-dir", str(folder), str(ROOT))
    return folder


@pytest.fixture
def program(wheels: Path, tmp_path: Path) -> Program:
    """A program that a person installed."""
    return Program(tmp_path / "program", wheels)


@pytest.fixture
def clients(model: Model, tmp_path: Path) -> list[Client]:
    """All agents in one home, as a person has them."""
    home = tmp_path / "everyone"
    home.mkdir()
    return [client(Path(CLIS), home, model.url) for client in CLIENTS.values()]


@pytest.mark.xdist_group("whole way")
def test_everything_is_there_and_then_nothing_of_us(
    program: Program, clients: list[Client], model: Model, tmp_path: Path
) -> None:
    """Each agent's call is in the report; taken out, we record nothing and are named nowhere."""
    anyone, project = clients[0], new_project(tmp_path)
    program.run(anyone, "init", "--language", "ko", "--timezone", "KST", "--agents", "all")
    for client in clients:
        work(client, model, project)
    report = program.run(anyone, "today")
    assert "Asia/Seoul" in report
    for agent, command in SHELL.items():
        assert BY_ID[agent].name in report, report
        assert command in report, report
    assert recorded(program, anyone) == sorted(SHELL.items())
    coverage = json.loads(program.run(anyone, "coverage", "--json"))
    assert coverage["findings"] == []
    assert coverage["total"]["both"] == len(SHELL), coverage
    costs = json.loads(program.run(anyone, "cost", "--by", "agent", "--json"))
    assert {row["key"] for row in costs["rows"]} == set(SHELL)
    program.run(anyone, "doctor")

    program.run(anyone, "uninstall", "--all")
    for client in clients:
        work(client, model, project)
    assert recorded(program, anyone) == sorted(SHELL.items())
    assert naming_us(anyone.home) == []
    program.run(anyone, "uninstall", "--purge", "--yes")
    assert [path for path in anyone.home.rglob("*") if OUR_NAME in path.name.encode()] == []


@pytest.mark.xdist_group("whole way")
def test_events_wait_for_the_program_with_their_times(
    program: Program, clients: list[Client], model: Model, tmp_path: Path
) -> None:
    """With the plugins alone nothing is lost, whenever the program is installed again."""
    anyone, project = clients[0], new_project(tmp_path)
    program.run(anyone, "install", "--all")
    program.uninstall()
    spans = {}
    for client in clients:
        started = time.time()
        work(client, model, project)
        spans[client.agent] = (started * 1000, time.time() * 1000)
    program.install()
    rows = rows_of(program, anyone)
    assert sorted(agent for agent, _, _ in rows) == sorted(spans)
    for agent, _, ts_ms in rows:
        first, last = spans[agent]
        assert first <= ts_ms <= last, agent
    assert "echo one" in program.run(anyone, "today")


def work(client: Client, model: Model, project: Path) -> None:
    """Have an agent run one command."""
    model.follow(client.scripts(project))
    assert client.run(Task(prompt("shell")), project).code == 0


def recorded(program: Program, client: Client) -> list[tuple[str, str]]:
    """Give agent and detail of every call that a hook told of."""
    return sorted((agent, detail) for agent, detail, _ in rows_of(program, client))


def rows_of(program: Program, client: Client) -> list[tuple[str, str, int]]:
    """Read all calls as a script of the user's would."""
    rows = (line.split("|") for line in program.run(client, "sqlite", CALLS).splitlines())
    return [(agent, detail, int(ts_ms)) for agent, detail, ts_ms in rows]


def naming_us(home: Path) -> list[str]:
    """Name the files of a home that still speak of us, our own record aside."""
    ours = home / ".local" / "share" / "fluxmirror"
    files = [file for file in home.rglob("*") if file.is_file() and ours not in file.parents]
    return [
        str(file.relative_to(home))
        for file in files
        if OUR_NAME in file.name.encode() or OUR_NAME in file.read_bytes()
    ]


def uv(*arguments: str) -> None:
    """Run uv, which nox brings along.

    Raises:
        AssertionError: it failed.
    """
    program = shutil.which("uv")
    assert program, "uv is not on PATH"
    done = subprocess.run([program, *arguments], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
