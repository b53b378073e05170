"""Session files of Claude Code, as tests of commands need them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def respond(home: Path) -> Callable[..., Path]:
    """Have a session's file tell of a response of 1,000 and 100 tokens, and of its call."""

    def append(key: str, model: str = "claude-opus-4-5", *, session: str = "s") -> Path:
        path = home / f".claude/projects/-p/{session}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        use = {"type": "tool_use", "id": f"t-{key}", "name": "Bash", "input": {"command": "make"}}
        told = {
            "type": "assistant",
            "sessionId": session,
            "cwd": "/p",
            "version": "2.1.0",
            "timestamp": "2026-11-20T12:00:00.000Z",
            "message": {
                "id": key,
                "role": "assistant",
                "model": model,
                "content": [use],
                "usage": {"input_tokens": 1_000, "output_tokens": 100},
            },
        }
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
        return path

    return append
