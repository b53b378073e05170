"""What every agent does in every scenario is in the database as the hand-written tables say."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.agents.client import Task
from tests.agents.joined import join
from tests.agents.model.script import prompt
from tests.agents.observed import observe

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.agents.client import Client, Ending
    from tests.agents.joined import Joined
    from tests.agents.model.server import Model
    from tests.agents.observed import Observed

TABLES: dict[str, dict[str, dict[str, Any]]] = {
    file.stem: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in sorted((Path(__file__).parent / "expected").glob("*.toml"))
}
ROWS = [(agent, scenario) for agent, table in TABLES.items() for scenario in table]


@pytest.mark.parametrize(("agent", "scenario"), ROWS)
def test_rows_are_what_was_done(
    agent: str,
    scenario: str,
    client_of: Callable[[str], Client],
    model: Model,
    project: Path,
    tmp_path: Path,
) -> None:
    """Every call once, in its order, with its outcome, under one session."""
    client, flux_home = client_of(agent), tmp_path / "flux"
    model.follow(client.scripts(project))
    ending = play(client, scenario, project, flux_home)
    assert ending.code == 0, ending
    expected = TABLES[agent][scenario]
    observed = observe(flux_home, project)
    assert_same(observed, agent, expected)
    assert observed.sessions == {client.session(ending): {agent}}
    joined = join(client, flux_home, observed.sessions)
    assert_joined(joined, expected)


def play(client: Client, scenario: str, project: Path, flux_home: Path) -> Ending:
    """Run one scenario; gives the last run's end."""
    env = {"FLUXMIRROR_HOME": str(flux_home)}
    if scenario not in ("resume", "compaction"):
        return client.run(Task(prompt(scenario), ask=scenario == "denied"), project, env)
    session = client.session(client.run(Task(prompt("shell")), project, env))
    compact = scenario == "compaction"
    told = client.compaction if compact else prompt("read")
    return client.run(Task(told, resume=session, compact=compact), project, env)


def assert_same(observed: Observed, agent: str, expected: dict[str, Any]) -> None:
    """Compare with one scenario's table; where calls run side by side, in any order."""
    calls = [{"agent": agent, **call} for call in expected["calls"]]
    if expected.get("unordered"):
        assert sorted(observed.calls, key=repr) == sorted(in_order(calls), key=repr)
        assert sorted(observed.timeline) == sorted(expected["timeline"])
    else:
        assert observed.calls == calls
        assert started_first(observed.timeline) == expected["timeline"]


def assert_joined(joined: Joined, expected: dict[str, Any]) -> None:
    """Compare with what the session files tell: the same calls, each with its end and response."""
    assert not joined.problems
    assert not joined.hook_only
    assert [call["detail"] for call in joined.file_only] == expected.get("file_only", [])
    assert len(joined.both) == len(expected["calls"])
    for call in (*joined.both, *joined.file_only):
        assert call["outcome"] != "unknown", call
        assert call["response_key"], call
        # Hooks of Codex tell no exit code, nor any other agent's that of a success.
        assert call["exit_code"] in ({None, 3} if call["outcome"] == "failed" else {None, 0}), call
    assert joined.responses


def started_first(timeline: list[str]) -> list[str]:
    """Put a session's start before its first prompt: Copilot runs the hooks of both at once."""
    told = " ".join(timeline)
    return told.replace("prompt session_start", "session_start prompt").split()


def in_order(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the calls with their keys in the order that rows have them."""
    names = ("agent", "tool", "class", "detail", "outcome", "exit_code", "duration", "subagent")
    return [{name: call[name] for name in (*names, "mcp") if name in call} for call in calls]
