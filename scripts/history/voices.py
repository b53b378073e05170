"""How each of the six agents puts things: its tools and events, its ids, its models, its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from history.draw import Weighted

if TYPE_CHECKING:
    from history.draw import Draw

HOME: Final = "/home/dev"


class Tool(NamedTuple):
    """A tool of an agent, for one kind of call."""

    name: str
    member: str
    """The member of its input that holds the file, command, pattern, question or task."""
    given: str = "{}"
    """How it is put into that member."""
    bulk: str = ""
    """The member that holds more text; empty where there is none."""


class Voice(NamedTuple):
    """One agent."""

    agent: str
    share: float
    """Of all calls."""
    rest: float
    """Chance that it is not used on a day at all."""
    evidence: str
    tools: dict[str, Tool]
    """Kind of call → the tool."""
    mcp: str
    """How it joins an MCP server and tool."""
    names_mcp: bool
    """Its payloads name server and tool apart."""
    after: str
    failed: str
    """Hook events of a call's end."""
    call_id: str
    """What its calls' ids begin with."""
    numbers_turns: bool
    tells_project: bool
    tells_model: bool
    """In its hooks."""
    session: str
    """What its sessions' ids begin with; empty for UUIDs."""
    response: str
    """What its responses' keys begin with."""
    models: Weighted[str]
    writes_cache: bool
    file: str
    """Its session file below the home: `{session}`, `{folder}`, `{day}`."""


def session_id(draw: Draw, voice: Voice) -> str:
    """Make up the id of a session."""
    return f"{voice.session}{draw.hex(26)}" if voice.session else draw.uuid()


_PATCH: Final = "*** Begin Patch\n*** {} File: {{}}\n@@\n-old\n+new\n*** End Patch"

CLAUDE: Final = Voice(
    agent="claude-code",
    share=0.46,
    rest=0.0,
    evidence="payload:transcript_path",
    tools={
        "read": Tool("Read", "file_path"),
        "edit": Tool("Edit", "file_path", bulk="new_string"),
        "write": Tool("Write", "file_path", bulk="content"),
        "shell": Tool("Bash", "command"),
        "search": Tool("Grep", "pattern"),
        "find": Tool("Glob", "pattern"),
        "task": Tool("Agent", "description", bulk="prompt"),
        "todo": Tool("TodoWrite", "todos", bulk="notes"),
        "fetch": Tool("WebFetch", "url"),
        "web": Tool("WebSearch", "query"),
    },
    mcp="mcp__{}__{}",
    names_mcp=False,
    after="PostToolUse",
    failed="PostToolUseFailure",
    call_id="toolu_01",
    numbers_turns=True,
    tells_project=True,
    tells_model=False,
    session="",
    response="msg_01",
    models=Weighted(("claude-opus-5-5", "claude-sonnet-5"), (4, 3)),
    writes_cache=True,
    file=".claude/projects/{folder}/{session}.jsonl",
)

CODEX: Final = Voice(
    agent="codex-cli",
    share=0.22,
    rest=0.08,
    evidence="payload:transcript_path",
    # It has no tools to read and search with: it uses its shell.
    tools={
        "read": Tool("Bash", "command", "sed -n '1,200p' {}"),
        "edit": Tool("apply_patch", "command", _PATCH.format("Update"), "context"),
        "write": Tool("apply_patch", "command", _PATCH.format("Add"), "context"),
        "shell": Tool("Bash", "command"),
        "search": Tool("Bash", "command", "rg -n '{}'"),
        "find": Tool("Bash", "command", "rg --files -g '{}'"),
        "task": Tool("spawn_agent", "message"),
        "todo": Tool("update_plan", "explanation", bulk="plan"),
        "fetch": Tool("Bash", "command", "curl -sL {}"),
        "web": Tool("web_search", "query"),
    },
    mcp="mcp__{}__{}",
    names_mcp=False,
    after="PostToolUse",
    failed="PostToolUse",
    call_id="call_",
    numbers_turns=True,
    tells_project=False,
    tells_model=True,
    session="",
    response="resp_0",
    models=Weighted(("gpt-5.5", "gpt-5.6-sol"), (5, 1)),
    writes_cache=False,
    file=".codex/sessions/{day}/rollout-{session}.jsonl",
)

GEMINI: Final = Voice(
    agent="gemini-cli",
    share=0.1,
    rest=0.2,
    evidence="payload:hook_event_name",
    tools={
        "read": Tool("read_file", "file_path"),
        "edit": Tool("replace", "file_path", bulk="new_string"),
        "write": Tool("write_file", "file_path", bulk="content"),
        "shell": Tool("run_shell_command", "command"),
        "search": Tool("grep_search", "pattern"),
        "find": Tool("glob", "pattern"),
        "task": Tool("invoke_agent", "description", bulk="prompt"),
        "todo": Tool("write_todos", "todos", bulk="notes"),
        "fetch": Tool("web_fetch", "prompt"),
        "web": Tool("google_web_search", "query"),
    },
    mcp="mcp_{}_{}",
    names_mcp=True,
    after="AfterTool",
    failed="AfterTool",
    call_id="gemini-",
    numbers_turns=False,
    tells_project=True,
    tells_model=False,
    session="",
    response="",
    models=Weighted(("gemini-3.8-flash", "gemini-2.5-pro"), (3, 1)),
    writes_cache=False,
    file=".gemini/tmp/{folder}/chats/session-{session}.jsonl",
)

QWEN: Final = Voice(
    agent="qwen-code",
    share=0.06,
    rest=0.3,
    evidence="payload:transcript_path",
    tools={
        "read": Tool("read_file", "file_path"),
        "edit": Tool("edit", "file_path", bulk="new_string"),
        "write": Tool("write_file", "file_path", bulk="content"),
        "shell": Tool("run_shell_command", "command"),
        "search": Tool("grep_search", "pattern"),
        "find": Tool("glob", "pattern"),
        "task": Tool("agent", "description", bulk="prompt"),
        "todo": Tool("todo_write", "todos", bulk="notes"),
        "fetch": Tool("web_fetch", "url"),
        "web": Tool("web_search", "query"),
    },
    mcp="mcp__{}__{}",
    names_mcp=False,
    after="PostToolUse",
    failed="PostToolUseFailure",
    call_id="call_",
    numbers_turns=True,
    tells_project=True,
    tells_model=False,
    session="",
    response="chatcmpl-",
    models=Weighted(("deepseek-chat", "qwen3-coder-plus"), (3, 1)),
    writes_cache=False,
    file=".qwen/projects/{folder}/chats/{session}.jsonl",
)

COPILOT: Final = Voice(
    agent="copilot-cli",
    share=0.09,
    rest=0.15,
    evidence="registration:copilot",
    tools={
        "read": Tool("view", "path"),
        "edit": Tool("edit", "path", bulk="new_str"),
        "write": Tool("create", "path", bulk="file_text"),
        "shell": Tool("bash", "command"),
        "search": Tool("grep", "pattern"),
        "find": Tool("glob", "pattern"),
        "task": Tool("task", "description", bulk="prompt"),
        "todo": Tool("update_todo", "todos", bulk="notes"),
        "fetch": Tool("web_fetch", "url"),
        "web": Tool("web_search", "query"),
    },
    mcp="{}-{}",
    names_mcp=False,
    after="postToolUse",
    failed="postToolUseFailure",
    call_id="toolu_",
    numbers_turns=False,
    tells_project=True,
    tells_model=False,
    session="",
    response="",
    models=Weighted(("claude-sonnet-5", "gpt-5.5"), (2, 1)),
    writes_cache=False,
    file=".copilot/session-state/{session}/events.jsonl",
)

OPENCODE: Final = Voice(
    agent="opencode",
    share=0.07,
    rest=0.25,
    evidence="registration:opencode",
    tools={
        "read": Tool("read", "filePath"),
        "edit": Tool("edit", "filePath", bulk="newString"),
        "write": Tool("write", "filePath", bulk="content"),
        "shell": Tool("bash", "command"),
        "search": Tool("grep", "pattern"),
        "find": Tool("glob", "pattern"),
        "task": Tool("task", "description", bulk="prompt"),
        "todo": Tool("todowrite", "todos", bulk="notes"),
        "fetch": Tool("webfetch", "url"),
        "web": Tool("websearch", "query"),
    },
    mcp="{}_{}",
    names_mcp=False,
    after="tool.execute.after",
    failed="tool.execute.after",
    call_id="call_",
    numbers_turns=False,
    tells_project=False,
    tells_model=True,
    session="ses_",
    response="msg_",
    models=Weighted(("claude-sonnet-5", "deepseek-chat", "local/qwen3-coder"), (3, 2, 1)),
    writes_cache=False,
    file=".local/share/opencode/opencode.db",
)

VOICES: Final = (CLAUDE, CODEX, GEMINI, QWEN, COPILOT, OPENCODE)
