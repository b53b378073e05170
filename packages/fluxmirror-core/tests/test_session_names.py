"""A session's files are found by its id, wherever an agent puts that into a path."""

from __future__ import annotations

import pytest
from fluxmirror_core.analysis.session_names import SessionFiles, likely_paths
from fluxmirror_core.analysis.told_calls import OddCall, ReadFile

SESSION = "c85b930f-ec34-4f71-8736-59ee4a652dc6"
HELPER = "a63ca6a54cc5c1a29"


def call(agent: str, session: str | None = SESSION, subagent: str | None = None) -> OddCall:
    """Make a call of a session."""
    return OddCall(agent, 1, 1, session, subagent, "c", "Bash", "", None, "ok", None, 1)


def found(agent: str, path: str, **whose: str) -> bool:
    """Tell whether a file is known to be a call's."""
    files = SessionFiles([ReadFile(agent, path, 1, is_whole=True)])
    return bool(files.of(call(agent, **whose)))


@pytest.mark.parametrize(
    ("agent", "path"),
    [
        ("claude-code", f"/h/.claude/projects/-p/{SESSION}.jsonl"),
        ("claude-code", rf"C:\Users\x\.claude\projects\-p\{SESSION}.jsonl"),
        ("qwen-code", f"/h/.qwen/projects/-p/chats/{SESSION}.jsonl"),
        ("gemini-cli", f"/h/.gemini/tmp/p/chats/session-2026-11-21T03-40-{SESSION[:8]}.jsonl"),
        ("codex-cli", f"/h/.codex/sessions/2026/11/21/rollout-2026-11-21T03-43-03-{SESSION}.jsonl"),
        ("copilot-cli", f"/h/.copilot/session-state/{SESSION}/events.jsonl"),
        ("opencode", "/h/.local/share/opencode/opencode.db"),
    ],
)
def test_every_agents_way_to_name_a_file_is_known(agent: str, path: str) -> None:
    """Another session's call is not looked for in it; OpenCode's database is for all."""
    assert found(agent, path)
    assert found(agent, path, session="another") == (agent == "opencode")


def test_a_subagents_call_is_looked_for_in_its_own_file() -> None:
    """The session's file does not hold it."""
    main = ReadFile("claude-code", f"/p/{SESSION}.jsonl", 1, is_whole=True)
    own = f"/p/{SESSION}/subagents/agent-{HELPER}.jsonl"
    helper = ReadFile("claude-code", own, 1, is_whole=True)
    told = call("claude-code", subagent=HELPER)
    assert SessionFiles([main]).of(told) == []
    assert helper in SessionFiles([main, helper]).of(told)


def test_copilots_subagents_have_no_file_of_their_own() -> None:
    """One file holds everything of a session."""
    path = f"/h/.copilot/session-state/{SESSION}/events.jsonl"
    assert found("copilot-cli", path, subagent=HELPER)


def test_a_call_without_a_session_has_no_file() -> None:
    """Nothing says where to look."""
    files = SessionFiles([ReadFile("claude-code", f"/p/{SESSION}.jsonl", 1, is_whole=True)])
    assert files.of(call("claude-code", session=None)) == []


@pytest.mark.parametrize(
    ("agent", "path"),
    [
        ("claude-code", f"/h/.claude/projects/-p/{SESSION}.jsonl"),
        ("claude-code", rf"C:\Users\x\.claude\projects\-p\{SESSION}.jsonl"),
        ("claude-code", f"/p/{SESSION}/subagents/agent-another.jsonl"),
        ("claude-code", "/p/another/subagents/agent-a1.jsonl"),
        ("gemini-cli", f"/h/.gemini/tmp/p/chats/session-2026-11-21T03-40-{SESSION[:8]}.jsonl"),
        ("codex-cli", f"/h/.codex/sessions/2026/11/21/rollout-2026-11-21T03-43-03-{SESSION}.jsonl"),
        ("copilot-cli", f"/h/.copilot/session-state/{SESSION}/events.jsonl"),
        ("copilot-cli", SESSION),
    ],
)
def test_no_file_of_a_call_is_left_out_as_unlikely(agent: str, path: str) -> None:
    """What is left out is never looked at."""
    calls = [call(agent, subagent="a1")]
    assert likely_paths(["/p/another.jsonl", path, "x"], calls) == [path]
