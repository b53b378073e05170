"""Two agents that work in one directory at the same time are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agents.client import Task, finish
from tests.agents.model.script import prompt
from tests.agents.observed import observe
from tests.agents.test_scenarios import TABLES, in_order

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.agents.client import Client
    from tests.agents.model.script import Script
    from tests.agents.model.server import Model

STEPS = ("shell", "failing_shell", "read", "mcp")
PAIRS = (("claude-code", "qwen-code"), ("codex-cli", "gemini-cli"), ("copilot-cli", "opencode"))


@pytest.mark.parametrize("agents", PAIRS, ids="+".join)
def test_each_has_its_own_calls_and_sessions(
    agents: tuple[str, str],
    client_of: Callable[[str], Client],
    model: Model,
    project: Path,
    tmp_path: Path,
) -> None:
    """All calls of both, each in its agent's order; no session is under two agents."""
    flux_home = tmp_path / "flux"
    clients = dict(zip(("left", "right"), map(client_of, agents), strict=True))
    model.follow({side: steps(client, project) for side, client in clients.items()})
    env = {"FLUXMIRROR_HOME": str(flux_home)}
    running = [client.start(Task(prompt(side)), project, env) for side, client in clients.items()]
    endings = [finish(process) for process in running]
    observed = observe(flux_home, project)
    for client, ending in zip(clients.values(), endings, strict=True):
        calls = [call for call in observed.calls if call["agent"] == client.agent]
        assert calls == expected(client.agent)
        assert observed.sessions.pop(client.session(ending)) == {client.agent}
    assert observed.sessions == {}


def steps(client: Client, project: Path) -> Script:
    """Give the calls of all steps, one after the other."""
    scripts = client.scripts(project)
    return tuple(answer for step in STEPS for answer in scripts[step])


def expected(agent: str) -> list[dict[str, object]]:
    """Give the rows of all steps, as the scenarios' table has them."""
    rows = [{"agent": agent, **row} for step in STEPS for row in TABLES[agent][step]["calls"]]
    return in_order(rows)
