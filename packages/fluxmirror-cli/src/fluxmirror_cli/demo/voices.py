"""How each agent's hooks put things: the names of its tools and events, the members it adds."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

Message = dict[str, object]


class Deed(NamedTuple):
    """One tool call in the words of no agent in particular."""

    act: str
    """read, edit, write, shell, search, task, or mcp."""
    given: str
    """The file, command, pattern or description."""
    answer: str = "ok"
    exit_code: int = 0
    """Another than 0 is a failure."""
    mcp: tuple[str, str, str] | None = None
    """Server, tool, and the name of its argument."""


class Voice(NamedTuple):
    """One agent's way to tell."""

    agent: str
    registration: str
    variable: str
    """The variable that names the project directory; empty when it sets none."""
    transcript: str
    """Its session file under the user's home."""
    tools: dict[str, tuple[str, str]]
    """Act → the tool's name and the member that holds what it is given."""
    events: dict[str, str]
    """before, after, failed, prompt, stop → hook event names."""
    mcp_name: str
    """How it joins an MCP server and tool."""
    numbers_calls: bool
    """Whether it gives its calls ids."""
    added: Callable[[str, int], Message]
    """Turn and time in ms → the members that only its payloads have."""


_CLAUDE_EVENTS: Final = {
    "before": "PreToolUse",
    "after": "PostToolUse",
    "failed": "PostToolUseFailure",
    "prompt": "UserPromptSubmit",
    "stop": "Stop",
}


def _iso(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="milliseconds")


CLAUDE: Final = Voice(
    agent="claude-code",
    registration="claude",
    variable="CLAUDE_PROJECT_DIR",
    transcript=".claude/projects/demo/{session}.jsonl",
    tools={
        "read": ("Read", "file_path"),
        "edit": ("Edit", "file_path"),
        "write": ("Write", "file_path"),
        "shell": ("Bash", "command"),
        "search": ("Grep", "pattern"),
        "task": ("Agent", "description"),
    },
    events=_CLAUDE_EVENTS,
    mcp_name="mcp__{}__{}",
    numbers_calls=True,
    added=lambda turn, _: {"prompt_id": turn, "permission_mode": "default"},
)

QWEN: Final = Voice(
    agent="qwen-code",
    registration="qwen",
    variable="QWEN_PROJECT_DIR",
    transcript=".qwen/projects/demo/chats/{session}.jsonl",
    tools={
        "read": ("read_file", "file_path"),
        "edit": ("edit", "file_path"),
        "write": ("write_file", "file_path"),
        "shell": ("run_shell_command", "command"),
        "search": ("grep_search", "pattern"),
        "task": ("agent", "description"),
    },
    events=_CLAUDE_EVENTS,
    mcp_name="mcp__{}__{}",
    numbers_calls=True,
    added=lambda turn, time_ms: {
        "prompt_id": f"{turn}########0",
        "permission_mode": "default",
        "timestamp": _iso(time_ms),
    },
)

GEMINI: Final = Voice(
    agent="gemini-cli",
    registration="gemini",
    variable="GEMINI_PROJECT_DIR",
    transcript=".gemini/tmp/demo/chats/session-{session}.jsonl",
    tools={
        "read": ("read_file", "file_path"),
        "edit": ("replace", "file_path"),
        "write": ("write_file", "file_path"),
        "shell": ("run_shell_command", "command"),
        "search": ("grep_search", "pattern"),
        "task": ("invoke_agent", "description"),
    },
    events={
        "before": "BeforeTool",
        "after": "AfterTool",
        "failed": "AfterTool",
        "prompt": "BeforeAgent",
        "stop": "AfterAgent",
    },
    mcp_name="mcp_{}_{}",
    numbers_calls=False,
    added=lambda _, time_ms: {"timestamp": _iso(time_ms)},
)

CODEX: Final = Voice(
    agent="codex-cli",
    registration="codex",
    variable="",
    transcript=".codex/sessions/demo/rollout-{session}.jsonl",
    # It has no tools to read and search with: it uses its shell.
    tools={
        "read": ("Bash", "command"),
        "edit": ("apply_patch", "command"),
        "write": ("apply_patch", "command"),
        "shell": ("Bash", "command"),
        "search": ("Bash", "command"),
        "task": ("spawn_agent", "message"),
    },
    events=_CLAUDE_EVENTS,
    mcp_name="mcp__{}__{}",
    numbers_calls=True,
    added=lambda turn, _: {"turn_id": turn, "model": "gpt-5.5", "permission_mode": "default"},
)

_FILE_ACTS: Final = ("read", "edit", "write")
_PATCHES: Final = {
    "edit": "*** Begin Patch\n*** Update File: {}\n@@\n-old\n+new\n*** End Patch",
    "write": "*** Begin Patch\n*** Add File: {}\n+new\n*** End Patch",
    "read": "sed -n '1,200p' {}",
    "search": "rg -n '{}'",
}
_CONTENTS: Final[dict[str, Message]] = {
    "edit": {"old_string": "return total", "new_string": "return round(total, 2)"},
    "write": {"content": "# to be written\n"},
    "task": {"prompt": "Look around and report.", "subagent_type": "Explore"},
}

_GEMINI_ERRORS: Final = {"read": "file_not_found", "mcp": "mcp_tool_error"}
"""What it calls a failure, by what failed."""


def tool_call(voice: Voice, deed: Deed, root: str) -> Message:
    """Give the members that name a call: its tool and input."""
    if deed.mcp is not None:
        server, tool, argument = deed.mcp
        call: Message = {
            "tool_name": voice.mcp_name.format(server, tool),
            "tool_input": {argument: deed.given},
        }
        context = {"mcp_context": {"server_name": server, "tool_name": tool}}
        return call | context if voice is GEMINI else call
    name, member = voice.tools[deed.act]
    if voice is CODEX:
        named = os.path.relpath(deed.given, root) if deed.act in _FILE_ACTS else deed.given
        given = _PATCHES.get(deed.act, "{}").format(named)
        return {"tool_name": name, "tool_input": {member: given}}
    return {"tool_name": name, "tool_input": {member: deed.given, **_CONTENTS.get(deed.act, {})}}


def tool_result(voice: Voice, deed: Deed, duration_ms: int) -> Message:
    """Give the members that tell how a call ended."""
    if voice is CODEX:
        return {"tool_response": deed.answer}
    is_command = bool(deed.exit_code) and deed.act == "shell"
    told = f"{deed.answer}\nExit Code: {deed.exit_code}" if is_command else deed.answer
    if voice is GEMINI:
        response: Message = {"llmContent": told, "returnDisplay": deed.answer}
        if deed.exit_code and not is_command:
            response["error"] = {"message": deed.answer, "type": _GEMINI_ERRORS[deed.act]}
        return {"tool_response": response}
    if deed.exit_code:
        error = f"Exit code {deed.exit_code}\n{deed.answer}" if is_command else deed.answer
        error = told if voice is QWEN else error
        return {"error": error, "is_interrupt": False, "duration_ms": duration_ms}
    response = {"llmContent": told, "returnDisplay": ""}
    if voice is CLAUDE:
        response = {"stdout": deed.answer, "stderr": "", "interrupted": False}
    return {"tool_response": response, "duration_ms": duration_ms}
