"""Session files are found where each agent keeps them, whatever lies beside them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.agents import BY_ID
from fluxmirror_store.importing.session_files import (
    UNREADABLE,
    find_session_files,
    look_at,
    session_root,
)

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "claude-code": (
        ".claude/projects/-p/s.jsonl",
        ".claude/projects/-p/s/subagents/agent-a.jsonl",
        ".claude/projects/-p/agent-flat.jsonl",
    ),
    "codex-cli": (
        ".codex/sessions/2026/11/21/rollout-x.jsonl",
        ".codex/archived_sessions/rollout-y.jsonl",
    ),
    "gemini-cli": (
        ".gemini/tmp/p/chats/session-x.jsonl",
        ".gemini/tmp/p/chats/s/sub.jsonl",
    ),
    "qwen-code": (
        ".qwen/projects/-p/chats/s.jsonl",
        ".qwen/projects/-p/subagents/s/agent-x.jsonl",
    ),
    "copilot-cli": (".copilot/session-state/s/events.jsonl",),
    "opencode": (".local/share/opencode/opencode.db",),
}
OTHERS = (
    ".claude/projects/-p/notes.txt",
    ".claude/history.jsonl",
    ".claude/todos/x.jsonl",
    ".codex/history.jsonl",
    ".codex/sessions/2026/11/21/other.jsonl",
    ".gemini/tmp/p/logs.jsonl",
    ".qwen/usage_record.jsonl",
    ".copilot/session-state/s/other.jsonl",
    ".local/share/opencode/opencode.db-wal",
)


def write(path: Path, text: str = "{}\n") -> None:
    """Write a file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def names(home: Path, **env: str) -> list[str]:
    """Give what is found, relative to the home."""
    found = find_session_files({"HOME": str(home), **env})
    return [os.path.relpath(file.path, home) for file in found.files]


def test_every_agents_files_are_found_and_nothing_else(home: Path) -> None:
    """Subagents' in both layouts, archived ones, and no file of another kind."""
    for path in (*OTHERS, *(path for paths in FILES.values() for path in paths)):
        write(home / path)
    found = find_session_files({"HOME": str(home)})
    by_agent: dict[str, set[str]] = {}
    for file in found.files:
        by_agent.setdefault(file.agent, set()).add(os.path.relpath(file.path, home))
    assert by_agent == {agent: set(paths) for agent, paths in FILES.items()}
    assert not found.problems


def test_one_agent_can_be_asked_for(home: Path) -> None:
    """The others' directories are not even looked at."""
    for paths in FILES.values():
        write(home / paths[0])
    found = find_session_files({"HOME": str(home)}, "codex-cli")
    assert {file.agent for file in found.files} == {"codex-cli"}


@pytest.mark.parametrize(
    ("agent", "variable", "below"),
    [
        ("claude-code", "CLAUDE_CONFIG_DIR", ""),
        ("codex-cli", "CODEX_HOME", ""),
        ("qwen-code", "QWEN_HOME", ""),
        ("copilot-cli", "COPILOT_HOME", ""),
        ("gemini-cli", "GEMINI_CLI_HOME", ".gemini"),
        ("opencode", "XDG_DATA_HOME", "opencode"),
    ],
)
def test_agents_own_variable_moves_its_directory(
    agent: str, variable: str, below: str, home: Path
) -> None:
    """As the agent itself reads it."""
    moved = home / "elsewhere"
    path = FILES[agent][0].removeprefix(f"{BY_ID[agent].home}/")
    write(home / FILES[agent][0])
    write(moved / below / path)
    env = {variable: str(moved)}
    assert names(home, **env) == [os.path.relpath(moved / below / path, home)]
    assert session_root(BY_ID[agent], {"HOME": str(home), **env}) == str(moved / below)


def test_opencodes_variable_names_a_database_anywhere(home: Path) -> None:
    """`OPENCODE_DB` may name any file."""
    write(home / "data.sqlite")
    assert names(home, OPENCODE_DB=str(home / "data.sqlite")) == ["data.sqlite"]


def test_a_log_makes_a_database_newer(home: Path) -> None:
    """What is new stands in the log, and the database itself does not change."""
    path = home / FILES["opencode"][0]
    write(path)
    (before,) = find_session_files({"HOME": str(home)}).files
    write(path.with_name("opencode.db-wal"), "x" * 100)
    (after,) = find_session_files({"HOME": str(home)}).files
    assert after.size == before.size + 100
    assert after.mtime_ns >= before.mtime_ns


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_are_followed_once_and_never_around(home: Path) -> None:
    """A loop ends; a project kept elsewhere is read; a file with two names is one file."""
    write(home / "dotfiles/-q/s.jsonl")
    write(home / ".claude/projects/-p/s.jsonl")
    projects = home / ".claude/projects"
    (projects / "-q").symlink_to(home / "dotfiles/-q")
    (projects / "-q-again").symlink_to(home / "dotfiles/-q")
    (projects / "-p/loop").symlink_to(projects)
    (projects / "-p/up").symlink_to(home)
    (projects / "-p/nowhere.jsonl").symlink_to(home / "missing")
    (projects / "-p/self").symlink_to(projects / "-p/self")
    os.link(projects / "-p/s.jsonl", projects / "-p/t.jsonl")
    assert names(home) == [".claude/projects/-p/s.jsonl", ".claude/projects/-q/s.jsonl"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads everything")
def test_a_folder_nobody_may_read_is_counted(home: Path) -> None:
    """The others are found all the same."""
    write(home / ".claude/projects/-p/s.jsonl")
    write(home / ".claude/projects/-closed/s.jsonl")
    (home / ".claude/projects/-closed").chmod(0)
    try:
        found = find_session_files({"HOME": str(home)})
    finally:
        (home / ".claude/projects/-closed").chmod(0o700)
    assert len(found.files) == 1
    assert [(agent, problem.kind) for agent, problem in found.problems] == [
        ("claude-code", UNREADABLE)
    ]
    assert not found.roots


def test_no_agent_is_no_file(home: Path) -> None:
    """An empty home, and none at all."""
    assert not names(home)
    assert not names(home / "missing")


@pytest.mark.parametrize("agent", FILES)
def test_a_file_looked_at_is_as_it_was_found(home: Path, agent: str) -> None:
    """Whoever knows its path need not look through all of them."""
    for name in FILES[agent]:
        write(home / name)
    env = {"HOME": str(home)}
    for file in find_session_files(env).files:
        assert look_at(env, file.agent, file.path) == file


def test_a_database_that_a_variable_names_is_looked_at_there(home: Path) -> None:
    """It lies wherever its owner wants it."""
    path = home / "elsewhere" / "own.db"
    write(path)
    env = {"HOME": str(home), "OPENCODE_DB": str(path)}
    (file,) = find_session_files(env).files
    assert look_at(env, "opencode", str(path)) == file


def test_what_is_gone_or_elsewhere_is_not_looked_at(home: Path) -> None:
    """Nobody reads on in it."""
    kept = home / FILES["claude-code"][0]
    write(kept)
    env = {"HOME": str(home)}
    assert look_at(env, "claude-code", str(kept)) is not None
    assert look_at({**env, "CLAUDE_CONFIG_DIR": "/moved"}, "claude-code", str(kept)) is None
    assert look_at(env, "claude-code", str(kept.with_name("gone.jsonl"))) is None
    assert look_at(env, "claude-code", f"{kept}\0") is None
    assert look_at(env, "nobody", str(kept)) is None
