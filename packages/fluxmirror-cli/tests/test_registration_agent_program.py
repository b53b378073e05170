"""Agents' programs are run where they can neither ask, nor hang, nor see what is not theirs."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.registration.agent_home import BY_ID, CLAUDE, COPILOT, GEMINI, OPENCODE
from fluxmirror_cli.registration.agent_program import find_agents, quiet_environment, run_agent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Make a program of this name and text; PATH has it and the system's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def make(name: str, text: str) -> str:
        file = folder / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
        return str(file)

    return make


def test_a_question_gets_no_answer(program: Callable[..., str]) -> None:
    """No terminal, and the end of input at once."""
    asking = program("claude", "[ -t 0 ] && echo terminal; read answer || echo nobody")
    answer = run_agent([asking], os.environ)
    assert (answer.code, answer.output) == (0, "nobody\n")


def test_a_program_that_hangs_is_ended_with_its_children(
    program: Callable[..., str], tmp_path: Path
) -> None:
    """An agent's launcher waits for the agent itself: both must go."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    hanging = program("claude", f"echo before; (sleep 600 > {pipe}) & exec 3< {pipe}; wait")
    answer = run_agent([hanging], os.environ, limit_s=1)
    assert answer.code is None
    assert answer.output.startswith("before\n")
    assert "no answer after 1 s" in str(answer.last_line)
    # The pipe is at its end when nobody is left to hold the other one; until then there is nothing.
    with open(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as file:
        deadline = time.monotonic() + 30
        while file.read() != b"":
            assert time.monotonic() < deadline, "the child lives on"
            time.sleep(0.01)


def test_what_outlives_its_parent_keeps_nobody_waiting(program: Callable[..., str]) -> None:
    """A helper that an agent leaves behind holds its output open."""
    leaving = program("claude", "sleep 600 & echo done")
    assert run_agent([leaving], os.environ).output == "done\n"


def test_it_starts_in_an_empty_directory(program: Callable[..., str]) -> None:
    """A project's own settings have no say in what is installed."""
    looking = program("claude", "ls -A | wc -l")
    assert run_agent([looking], os.environ).output.strip() == "0"


def test_the_environment_is_the_persons_own() -> None:
    """Nothing of ours, nothing of an agent that we may run in; homes and proxies stay."""
    env = {
        "HOME": "/h",
        "HTTPS_PROXY": "p",
        "CODEX_HOME": "/c",
        "COPILOT_HOME": "/o",
        "CLAUDE_CONFIG_DIR": "/x",
        "FLUXMIRROR_HOME": "/f",
        "CLAUDECODE": "1",
        "CLAUDE_CODE_SESSION_ID": "s",
        "CODEX_THREAD_ID": "t",
        "GEMINI_CLI": "1",
        "PYTHONPATH": "/p",
    }
    kept = quiet_environment(env)
    assert {name for name in env if name in kept} == {
        "HOME",
        "HTTPS_PROXY",
        "CODEX_HOME",
        "COPILOT_HOME",
        "CLAUDE_CONFIG_DIR",
    }


def test_a_version_is_told_in_a_home_of_its_own(program: Callable[..., str], home: Path) -> None:
    """Some agents write into the home before they say who they are."""
    program("claude", 'echo "hello 1.2.3-beta (Claude)"; touch "$HOME/trace"')
    assert [(agent.id, agent.version) for agent in find_agents(os.environ)] == [
        ("claude-code", "1.2.3-beta")
    ]
    assert list(home.iterdir()) == []


def test_a_packaged_version_needs_no_start(tmp_path: Path, program: Callable[..., str]) -> None:
    """An npm package says its version in a file."""
    package = tmp_path / "lib" / "node_modules" / "gemini"
    package.mkdir(parents=True)
    (package / "package.json").write_text(
        json.dumps({"name": "@google/gemini-cli", "version": "0.61.0"})
    )
    os.replace(program("gemini", "exit 1"), package / "gemini.js")
    os.symlink(package / "gemini.js", tmp_path / "bin" / "gemini")
    assert [agent.version for agent in find_agents(os.environ)] == ["0.61.0"]


def test_a_broken_agent_is_found_without_a_version(program: Callable[..., str]) -> None:
    """It is there, and what is wrong with it is its own affair."""
    program("codex", "exit 3")
    assert [(agent.id, agent.version) for agent in find_agents(os.environ)] == [("codex-cli", "")]


def test_where_an_installer_puts_it_is_looked_at(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent's own installer does not always change PATH."""
    monkeypatch.setenv("PATH", "/nowhere")
    folder = home / ".local" / "bin"
    folder.mkdir(parents=True)
    (folder / "claude").write_text("#!/bin/sh\necho 2.0.0\n")
    (folder / "claude").chmod(0o755)
    assert [agent.program for agent in find_agents(os.environ)] == [str(folder / "claude")]


def test_homes_follow_the_agents_own_variables() -> None:
    """Each as the agent's own code reads it."""
    env = {"HOME": "/h", "CLAUDE_CONFIG_DIR": "/c", "GEMINI_CLI_HOME": "/g", "COPILOT_HOME": "/o"}
    assert BY_ID[CLAUDE].root(env) == "/c"
    assert BY_ID[GEMINI].root(env) == "/g/.gemini"
    assert BY_ID[COPILOT].settings_path(env) == "/o/settings.json"
    assert BY_ID[OPENCODE].root(env) == "/h/.config/opencode"
    assert BY_ID[OPENCODE].root({**env, "XDG_CONFIG_HOME": "/x"}) == "/x/opencode"
