"""Whatever became of FluxMirror, an agent's run ends exactly as it does without it."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.agents.client import Task
from tests.agents.conftest import CLIENTS, CLIS, new_project
from tests.agents.model.script import prompt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.agents.client import Client
    from tests.agents.model.server import Model

STEPS = ("shell", "failing_shell", "edit", "mcp")
OWN_MOUNTS = ("unshare", "--map-root-user", "--mount")
READ_ONLY = 'mount -t tmpfs tmpfs "$0" && mkdir -p "$0/spool/new" && mount -o remount,ro "$0"'
FULL = 'mount -t tmpfs -o size=64k tmpfs "$0" && mkdir -p "$0/spool/new" && ! cat /dev/zero >"$0/x"'
CHANGING = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}|[0-9a-f]{6,}|\d+(?:\.\d+)?")


class Seen(NamedTuple):
    """What a run was to its user and to its model."""

    code: int
    screen: list[str]
    results: list[str]


@pytest.fixture(scope="session")
def alone(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Seen]:
    """Give what an agent's run is without FluxMirror."""

    @functools.cache
    def give(agent: str) -> Seen:
        client = CLIENTS[agent](Path(CLIS), tmp_path_factory.mktemp(agent), model.url)
        return play(client, model, new_project(tmp_path_factory.mktemp("alone")))

    return give


@pytest.fixture
def flux_home(tmp_path: Path) -> Path:
    """The run's FLUXMIRROR_HOME."""
    directory = tmp_path / "flux"
    directory.mkdir()
    return directory


@pytest.mark.parametrize("damage", ["none", "program", "shim", "read-only", "full"])
@pytest.mark.parametrize("agent", CLIENTS)
def test_run_ends_as_without_us(
    agent: str,
    damage: str,
    alone: Callable[[str], Seen],
    client_of: Callable[[str], Client],
    model: Model,
    project: Path,
    flux_home: Path,
) -> None:
    """The same results for the model, the same exit code, nothing more on the screen."""
    expected = alone(agent)
    assert expected.code == 0
    assert len(expected.results) == len(STEPS) + 1
    client = client_of(agent)
    with damaged(client, damage, flux_home) as before:
        env = {"FLUXMIRROR_HOME": str(flux_home)}
        assert play(client, model, project, env, before) == expected


def play(
    client: Client,
    model: Model,
    project: Path,
    env: Mapping[str, str] | None = None,
    before: tuple[str, ...] = (),
) -> Seen:
    """Run all steps in one session; the arguments are those of `Client.start`."""
    scripts = client.scripts(project)
    model.follow({"steps": tuple(answer for step in STEPS for answer in scripts[step])})
    ending = client.run(Task(prompt("steps"), as_text=True), project, env, before)
    results = max((request.results for request in model.requests), key=len)

    lines = [*ending.output.splitlines(), *ending.errors.splitlines()]
    told = [line for line in lines if not re.fullmatch(client.chatter, line)]
    # Some say what they find at their start in an order that changes.
    screen = [plain(line, client, project) for line in told]
    return Seen(ending.code, sorted(screen), [plain(text, client, project) for text in results])


def plain(text: str, client: Client, project: Path) -> str:
    """Put marks for what is another in every run."""
    there = text.replace(str(project), "{project}").replace(str(client.home), "{home}")
    return CHANGING.sub("#", there)


@contextmanager
def damaged(client: Client, damage: str, flux_home: Path) -> Iterator[tuple[str, ...]]:
    """Break one thing while the block runs; gives what the agent's command line begins with."""
    if damage == "program":
        (flux_home / "program").write_text("/nowhere/bin/fluxmirror\n", encoding="utf-8")
    if damage == "shim":
        with hidden(client.home):
            yield ()
    elif damage == "read-only":
        yield mounted(READ_ONLY, flux_home)
    elif damage == "full":
        yield mounted(FULL, flux_home)
    else:
        yield ()


@contextmanager
def hidden(home: Path) -> Iterator[None]:
    """Take away what the registered commands run, wherever in this home it is."""
    files = [*home.rglob("shim.sh"), *home.rglob("fluxmirror.js")]
    assert files
    for file in files:
        file.rename(file.with_suffix(".hidden"))
    try:
        yield
    finally:
        for file in files:
            file.with_suffix(".hidden").rename(file)


def mounted(script: str, directory: Path) -> tuple[str, ...]:
    """Give the beginning of a command line that sees a file system of its own at `directory`."""
    if (
        not shutil.which("unshare")
        or subprocess.run([*OWN_MOUNTS, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("this machine lets nobody mount")
    return (*OWN_MOUNTS, "sh", "-c", f'{{ {script}; }} 2>/dev/null; exec "$@"', str(directory))
