"""Where a session began, as the beginning of its file tells."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fluxmirror_core.transcripts.first_directory import first_directory

RECORDED = Path(__file__).parents[3] / "tests" / "transcripts"


@pytest.mark.parametrize(
    ("run", "files"),
    [
        ("claude/subagent", 2),
        ("codex/subagent", 2),
        ("copilot/subagent", 1),
        ("gemini/subagent", 2),
        ("qwen/subagent", 2),
    ],
)
def test_recorded_files_tell_where_they_began(run: str, files: int) -> None:
    """Each agent in its own place: sessions, and subagents in files of their own."""
    found = [path for path in (RECORDED / run).rglob("*.jsonl") if path.parent != RECORDED / run]
    told = [first_directory(path.read_bytes()) for path in found]
    assert len(told) == files
    assert all(directory and directory.startswith("/") for directory in told)


@pytest.mark.parametrize(
    "row",
    [
        {"type": "user", "cwd": "/a"},
        {"type": "session_meta", "payload": {"cwd": "/a"}},
        {"type": "session.start", "data": {"context": {"cwd": "/a"}}},
        {"type": "session.context_changed", "data": {"cwd": "/a"}},
        {"projectHash": "x", "directories": ["/a"]},
    ],
)
def test_first_directory_counts(row: dict[str, object]) -> None:
    """What comes later, and what a tool was given, does not."""
    given = {"message": {"content": [{"input": {"cwd": "/given"}}]}}
    lines = [{"type": "mode"}, given, row, {"cwd": "/later"}]
    text = "\n".join(map(json.dumps, lines))
    assert first_directory(text.encode()) == "/a"


@pytest.mark.parametrize("beginning", [b"", b"{}\n", b'{"cwd": "/cut', b"no json"])
def test_beginning_that_tells_none_gives_none(beginning: bytes) -> None:
    """The line may be cut, where it is a long one."""
    assert first_directory(beginning) is None
