"""Which agent a payload comes from, and what told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.wire.recognise import agent_version, event_name, event_of_shape, recognise

if TYPE_CHECKING:
    from fluxmirror_core.wire.observation import Message

HOME = "/home/me"
CLAUDE = f"{HOME}/.claude/projects/-w/s.jsonl"
QWEN = f"{HOME}/.qwen/projects/-w/chats/s.jsonl"
GEMINI = f"{HOME}/.gemini/tmp/w/chats/session-1.jsonl"
CODEX = f"{HOME}/.codex/sessions/2026/11/21/rollout-2026-11-21-1.jsonl"
COPILOT = f"{HOME}/.copilot/session-state/s/events.jsonl"
PAYLOADS: list[tuple[str, str, Message]] = [
    ("claude-code", "transcript_path", {"transcript_path": CLAUDE}),
    ("qwen-code", "transcript_path", {"transcript_path": QWEN}),
    ("gemini-cli", "transcript_path", {"transcript_path": GEMINI}),
    ("codex-cli", "transcript_path", {"transcript_path": CODEX}),
    ("copilot-cli", "transcript_path", {"transcript_path": COPILOT}),
    ("codex-cli", "transcript_path", {"transcript_path": "/elsewhere/rollout-1.jsonl"}),
    ("qwen-code", "transcript_path", {"transcript_path": QWEN.replace("/", "\\")}),
    ("claude-code", "prompt_id", {"prompt_id": "a7cc2976-4141-446a-8dd2-618b3a5e5e79"}),
    ("qwen-code", "prompt_id", {"prompt_id": "s########1"}),
    ("qwen-code", "tool_call_id", {"tool_call_id": "c"}),
    ("qwen-code", "permission_mode", {"timestamp": "t", "permission_mode": "yolo",
                                      "transcript_path": "/custom/s.jsonl"}),
    ("codex-cli", "turn_id", {"turn_id": "t", "prompt_id": "p"}),
    ("codex-cli", "type", {"type": "agent-turn-complete"}),
    ("gemini-cli", "hook_event_name", {"hook_event_name": "AfterTool", "timestamp": "t"}),
    ("gemini-cli", "hook_event_name", {"hook_event_name": "BeforeAgent"}),
    ("gemini-cli", "hook_event_name", {"hook_event_name": "PreCompress"}),
    ("copilot-cli", "camel case", {"sessionId": "s"}),
    ("copilot-cli", "camel case", {"hookName": "permissionRequest"}),
    ("copilot-cli", "timestamp", {"timestamp": "t", "hook_event_name": "PreToolUse"}),
    ("copilot-cli", "tool_result", {"tool_result": {}}),
    ("opencode", "kind", {"kind": "event", "event": {}}),
    ("opencode", "kind", {"kind": "tool.execute.before", "input": {}}),
]  # fmt: skip
NESTED_HOMES = [
    ("claude-code", f"{HOME}/.gemini/tmp/w/.claude/projects/-w/s.jsonl"),
    ("gemini-cli", f"{HOME}/.claude/.gemini/tmp/w/chats/s.jsonl"),
    ("codex-cli", f"{HOME}/.qwen/w/.codex/sessions/2026/11/21/rollout-1.jsonl"),
    ("qwen-code", f"{HOME}/.codex/.qwen/projects/-w/chats/s.jsonl"),
    ("claude-code", f"{HOME}/.claude/projects/-home-me--qwen-w/s.jsonl"),
]
ENVIRONMENTS = [
    ("qwen-code", "QWEN_CODE_NO_RELAUNCH", ("QWEN_CODE_NO_RELAUNCH",)),
    ("qwen-code", "QWEN_PROJECT_DIR", ("QWEN_PROJECT_DIR",)),
    # What each agent sets for its hooks: the variables of others among them.
    ("qwen-code", "QWEN_PROJECT_DIR", ("CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR",
                                       "QWEN_PROJECT_DIR")),
    ("gemini-cli", "GEMINI_PROJECT_DIR", ("CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR")),
    ("copilot-cli", "COPILOT_PROJECT_DIR", ("CLAUDE_PROJECT_DIR", "COPILOT_PROJECT_DIR")),
    ("claude-code", "CLAUDE_PROJECT_DIR", ("CLAUDE_PROJECT_DIR",)),
]  # fmt: skip
EVERYTHING_SET = dict.fromkeys(
    ("CLAUDE_PROJECT_DIR", "QWEN_PROJECT_DIR", "GEMINI_PROJECT_DIR", "COPILOT_PROJECT_DIR"), "/w"
)
VERSIONS = [
    ("claude-code", {"AI_AGENT": "claude-code_2-1-329_harness"}, "2.1.329"),
    ("claude-code", {"QWEN_CODE_STARTUP_VERSION": "0.24.4"}, ""),
    ("qwen-code", {"QWEN_CODE_STARTUP_VERSION": "0.24.4", "AI_AGENT": "x_1-2_y"}, "0.24.4"),
    ("copilot-cli", {"COPILOT_CLI_BINARY_VERSION": "1.0.102"}, "1.0.102"),
    ("copilot-cli", {"COPILOT_CLI_BINARY_VERSION": "newest"}, ""),
    ("gemini-cli", {"AI_AGENT": "claude-code_2-1-329_harness", "": "1.2.3"}, ""),
    ("codex-cli", {}, ""),
]
EVENT_NAMES: list[tuple[str, Message, tuple[str, ...], str]] = [
    ("claude-code", {"hook_event_name": "Stop"}, ("claude", "PreToolUse"), "Stop"),
    ("claude-code", {"hook_event_name": ""}, ("claude", "PreToolUse"), "PreToolUse"),
    ("claude-code", {"hook_event_name": 5}, ("claude", "PreToolUse"), "PreToolUse"),
    ("claude-code", {"tool_name": "Bash"}, ("claude",), "PostToolUse"),
    ("claude-code", {}, (), ""),
    ("gemini-cli", {"tool_name": "glob"}, ("gemini",), "AfterTool"),
    ("copilot-cli", {"hookName": "notification"}, ("claude", "x"), "notification"),
    ("copilot-cli", {"sessionId": "s"}, ("copilot", "sessionStart"), "sessionStart"),
    ("copilot-cli", {"toolResult": {}}, (), "postToolUse"),
    ("copilot-cli", {"toolArgs": {}}, (), "preToolUse"),
    ("codex-cli", {"type": "agent-turn-complete"}, ("codex", "x"), "agent-turn-complete"),
    ("opencode", {"kind": "chat.message"}, ("opencode", "x"), "chat.message"),
    ("opencode", {"kind": {"no": "text"}}, ("opencode",), ""),
    ("opencode", {"kind": [[]], "type": "init"}, ("opencode",), "init"),
]


@pytest.mark.parametrize("words", [(), ("claude",), ("claude", "PostToolUse"), ("unheard-of",)])
def test_without_any_evidence_it_is_claude_code(words: tuple[str, ...]) -> None:
    """The word `claude` is registered in four agents: it tells nothing either."""
    assert recognise({}, words, {}) == (BY_ID["claude-code"], "default")


@pytest.mark.parametrize(("agent", "variable", "names"), ENVIRONMENTS)
@pytest.mark.parametrize("value", ["/w", ""])
def test_variables_tell_when_nothing_else_does(
    agent: str, variable: str, names: tuple[str, ...], value: str
) -> None:
    """Present is enough, even empty; of several, the one the others do not set."""
    told = recognise({"session_id": "s"}, ("claude",), dict.fromkeys(names, value))
    assert told == (BY_ID[agent], f"environment:{variable}")


@pytest.mark.parametrize("word", ["gemini", "gemini-cli", "qwen", "codex", "copilot", "opencode"])
def test_registration_beats_the_environment(word: str) -> None:
    """Gemini started inside Qwen sees Qwen's variables."""
    spec, evidence = recognise({}, (word, "AfterTool"), EVERYTHING_SET)
    assert spec.id.startswith(word)
    assert evidence == f"registration:{word}"


@pytest.mark.parametrize("word", ["setup", "claude-desktop", "", "Gemini", "gemini "])
def test_word_that_means_no_hooking_agent_tells_nothing(word: str) -> None:
    """A header is not to be trusted: it may name an agent that has no hooks."""
    assert recognise({}, (word,), {}) == (BY_ID["claude-code"], "default")


@pytest.mark.parametrize(("agent", "key", "message"), PAYLOADS)
def test_payload_beats_registration_and_environment(agent: str, key: str, message: Message) -> None:
    """Whatever registered the hook, and whoever the agent was started by."""
    for words in ((), ("claude",), ("qwen", "Stop"), ("gemini",), ("codex",)):
        told = recognise(message, words, EVERYTHING_SET)
        assert told == (BY_ID[agent], f"payload:{key}")


@pytest.mark.parametrize(("agent", "path"), NESTED_HOMES)
def test_innermost_home_counts(agent: str, path: str) -> None:
    """One agent's home may lie inside another's, or a project inside either."""
    assert recognise({"transcript_path": path}, (), {}).spec.id == agent


@pytest.mark.parametrize("value", [None, True, 5, 0.5, "", [], {}, ["/.qwen/"], {"a": "/.qwen/"}])
@pytest.mark.parametrize(
    "key", ["transcript_path", "hook_event_name", "prompt_id", "kind", "type", "permission_mode"]
)
def test_evidence_of_another_type_is_none(key: str, value: object) -> None:
    """A member that does not hold what it should never stops the reading."""
    spec, evidence = recognise({key: value}, ("gemini",), {})
    assert (spec.id, evidence) in (
        ("gemini-cli", "registration:gemini"),
        ("claude-code", "payload:prompt_id"),
    )


@pytest.mark.parametrize(("agent", "message", "words", "expected"), EVENT_NAMES)
def test_event_is_named_by_payload_then_registration_then_shape(
    agent: str, message: Message, words: tuple[str, ...], expected: str
) -> None:
    """Old registrations have no event in their words, some payloads none in theirs."""
    spec = BY_ID[agent]
    assert (event_name(message, spec, words) or event_of_shape(message, spec)) == expected


@pytest.mark.parametrize(("agent", "env", "version"), VERSIONS)
def test_version_is_the_agents_own(agent: str, env: dict[str, str], version: str) -> None:
    """An agent that was started inside another one inherits that one's."""
    assert agent_version(BY_ID[agent], env) == version
