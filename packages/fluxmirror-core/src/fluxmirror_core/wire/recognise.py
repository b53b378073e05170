"""Which agent a payload comes from: by what it says, then its registration, then the environment.

The environment is asked last: agents set each other's variables, and an agent that was started
inside another one inherits them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID, BY_KIND
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.wire.observation import first_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fluxmirror_core.agents import AgentSpec
    from fluxmirror_core.wire.observation import Message

_TRANSCRIPT: Final = re.compile(r".*/(rollout-|\.(?:codex|gemini|qwen|copilot|claude)/)", re.DOTALL)
"""Greedy, so the innermost mark counts: an agent's home may lie inside another's."""
_TRANSCRIPTS: Final = {
    "rollout-": "codex-cli",
    ".codex/": "codex-cli",
    ".gemini/": "gemini-cli",
    ".qwen/": "qwen-code",
    ".copilot/": "copilot-cli",
    ".claude/": "claude-code",
}
_VARIABLES: Final = (
    ("QWEN_CODE_NO_RELAUNCH", "qwen-code"),
    ("QWEN_PROJECT_DIR", "qwen-code"),
    ("COPILOT_PROJECT_DIR", "copilot-cli"),
    ("GEMINI_PROJECT_DIR", "gemini-cli"),
    ("CLAUDE_PROJECT_DIR", "claude-code"),
)
_VERSION: Final = re.compile(r"[0-9]+(?:[.-][0-9]+){1,3}")
"""Claude Code writes it into a name: `claude-code_2-1-329_harness`."""
_CAMEL: Final = frozenset(("sessionId", "toolName", "hookName"))


class Recognised(NamedTuple):
    """The agent, and what told."""

    spec: AgentSpec
    evidence: str


def recognise(message: Message, words: Sequence[str], env: Mapping[str, str]) -> Recognised:
    """Decide which agent wrote `message`; Claude Code when nothing tells."""
    told = _by_payload(message)
    if told is not None:
        return Recognised(BY_ID[told[0]], f"payload:{told[1]}")
    registered = BY_KIND.get(words[0]) if words else None
    if registered is not None:
        return Recognised(registered, f"registration:{words[0]}")
    for variable, agent in _VARIABLES:
        if variable in env:
            return Recognised(BY_ID[agent], f"environment:{variable}")
    return Recognised(BY_ID["claude-code"], "default")


def agent_version(spec: AgentSpec, env: Mapping[str, str]) -> str:
    """Give the agent's version, where its hooks are told it; empty where they are not."""
    told = env.get(spec.version_variable, "") if spec.version_variable else ""
    found = _VERSION.search(told)
    return found[0].replace("-", ".") if found else ""


def event_name(message: Message, spec: AgentSpec, words: Sequence[str]) -> str:
    """Give the hook event's name: the payload's, else the registration's; empty if none tells."""
    for key in ("hook_event_name", "hookName"):
        if isinstance(name := message.get(key), str) and name:
            return name
    if spec.dialect == "opencode" or message.get("type") == "agent-turn-complete":
        return first_text(message, "kind", "type") or ""
    if len(words) > 1:
        return words[1]
    return ""


def event_of_shape(message: Message, spec: AgentSpec) -> str:
    """Say which event a payload looks like that names none: older hooks knew only one.

    Returns:
        An empty name when it does not look like a tool call.
    """
    if spec.dialect == "copilot":
        if "toolResult" in message:
            return "postToolUse"
        return "preToolUse" if "toolArgs" in message else ""
    if "tool_name" not in message:
        return ""
    return "AfterTool" if spec.dialect == "gemini" else "PostToolUse"


def _by_payload(message: Message) -> tuple[str, str] | None:
    hook_event = message.get("hook_event_name")
    if "kind" in message and ("input" in message or "event" in message or "keys" in message):
        return "opencode", "kind"
    if message.get("type") == "agent-turn-complete":
        return "codex-cli", "type"
    if not _CAMEL.isdisjoint(message):
        return "copilot-cli", "camel case"
    if isinstance(hook_event, str) and hook_event.startswith(("Before", "After", "PreCompress")):
        return "gemini-cli", "hook_event_name"
    return _by_transcript(message) or _by_fields(message)


def _by_transcript(message: Message) -> tuple[str, str] | None:
    path = message.get("transcript_path")
    if not isinstance(path, str):
        return None
    found = _TRANSCRIPT.match(path.replace("\\", "/"))
    return (_TRANSCRIPTS[found[1]], "transcript_path") if found else None


def _by_fields(message: Message) -> tuple[str, str] | None:
    timed = "timestamp" in message
    if "turn_id" in message:
        return "codex-cli", "turn_id"
    if "tool_call_id" in message or "########" in str(message.get("prompt_id", "")):
        return "qwen-code", "tool_call_id" if "tool_call_id" in message else "prompt_id"
    if "tool_result" in message or (timed and "transcript_path" not in message):
        return "copilot-cli", "tool_result" if "tool_result" in message else "timestamp"
    if timed and "permission_mode" in message:
        return "qwen-code", "permission_mode"
    if not timed and "prompt_id" in message:
        return "claude-code", "prompt_id"
    return None
