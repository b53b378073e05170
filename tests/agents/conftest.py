"""The real agents, as `nox -s agents` installed them, each set up once in a throw-away home."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.agents.clients.claude import Claude
from tests.agents.clients.codex import Codex
from tests.agents.clients.copilot import Copilot
from tests.agents.clients.gemini import Gemini
from tests.agents.clients.opencode import OpenCode
from tests.agents.clients.qwen import Qwen
from tests.agents.model.server import running_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.agents.client import Client
    from tests.agents.model.server import Model

CLIENTS = {client.agent: client for client in (Claude, Qwen, Gemini, Codex, Copilot, OpenCode)}
INSTALLED = "FLUXMIRROR_TEST_AGENTS"
"""Names the directory whose `node_modules` holds the agents."""
# Read now: every test starts in an environment without our variables.
CLIS = os.environ.get(INSTALLED, "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs an agent; one worker has all of an agent's tests, so it is set up once."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.agents)
            if not CLIS:
                item.add_marker(pytest.mark.skip(reason=f"{INSTALLED} names no directory"))
            call = getattr(item, "callspec", None)
            if call is not None and "agent" in call.params:
                item.add_marker(pytest.mark.xdist_group(call.params["agent"]))


@pytest.fixture(scope="session")
def model() -> Iterator[Model]:
    """The scripted model of this worker."""
    with running_model() as model:
        yield model


@pytest.fixture(scope="session")
def client_of(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Client]:
    """Give an agent that has FluxMirror installed, the way a person installs it."""

    @functools.cache
    def give(agent: str) -> Client:
        client = CLIENTS[agent](Path(CLIS), tmp_path_factory.mktemp(agent), model.url)
        install(client)
        return client

    return give


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A directory to work in."""
    return new_project(tmp_path)


def new_project(parent: Path) -> Path:
    """Make a directory to work in, with one file of two lines."""
    directory = parent / "project"
    directory.mkdir()
    (directory / "a.txt").write_text("one\ntwo\n", encoding="utf-8")
    return directory


def install(client: Client) -> None:
    """Run `fluxmirror install` for this agent in its home.

    Raises:
        AssertionError: it failed.
    """
    program = Path(sys.executable).with_name("fluxmirror")
    done = subprocess.run(
        [program, "install", client.agent, "--yes"],
        env=client.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done
