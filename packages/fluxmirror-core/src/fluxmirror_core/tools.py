"""Each agent's tool names → one canonical name and class: a table, and the naming of MCP tools."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from fluxmirror_core.named_tuple import NamedTuple


class ToolClass(StrEnum):
    """What kind of work a tool does."""

    SHELL = "Shell"
    READ = "Read"
    WRITE = "Write"
    SEARCH = "Search"
    WEB = "Web"
    TASK = "Task"
    META = "Meta"
    MCP = "MCP"
    OTHER = "Other"


class Tool(NamedTuple):
    """One canonical tool."""

    canonical: str
    tool_class: ToolClass
    detail_keys: tuple[str, ...]
    """Members of the tool's input that say best what was done, the best first."""
    aliases: tuple[str, ...] = ()
    """Raw names, exact and case-sensitive, besides the canonical one."""


class NamedTool(NamedTuple):
    """What a raw tool name means."""

    canonical: str
    tool_class: str
    detail_keys: tuple[str, ...] | None
    """None for a tool nobody described: the detail is then found by preference."""
    mcp_server: str | None = None
    mcp_tool: str | None = None


_FILE: Final = ("file_path", "notebook_path", "absolute_path", "path", "filePath")
_PATH: Final = ("absolute_path", "path", "file_path", "paths", "filePath")
_SHELL_ID: Final = ("bash_id", "shell_id", "shellId", "task_id")

TOOLS: Final = (
    Tool("Bash", ToolClass.SHELL, ("command",), ("run_shell_command", "bash", "shell")),
    Tool("PowerShell", ToolClass.SHELL, ("command",), ("powershell", "pwsh")),
    Tool("BashOutput", ToolClass.META, _SHELL_ID, ("read_bash", "TaskOutput")),
    Tool("BashInput", ToolClass.META, (*_SHELL_ID, "input"), ("write_bash", "write_stdin")),
    Tool(
        "KillBash", ToolClass.META, _SHELL_ID, ("kill_shell", "KillShell", "stop_bash", "TaskStop")
    ),
    Tool("Read", ToolClass.READ, _FILE, ("read", "view")),
    Tool("ReadFile", ToolClass.READ, _PATH, ("read_file",)),
    Tool("ReadManyFiles", ToolClass.READ, ("paths", "include", *_PATH), ("read_many_files",)),
    Tool("NotebookRead", ToolClass.READ, _FILE),
    Tool("ViewImage", ToolClass.READ, _FILE, ("view_image",)),
    Tool("Write", ToolClass.WRITE, _FILE, ("write", "create")),
    Tool("WriteFile", ToolClass.WRITE, _PATH, ("write_file",)),
    Tool("Edit", ToolClass.WRITE, _FILE, ("edit", "str_replace", "insert")),
    Tool("MultiEdit", ToolClass.WRITE, _FILE, ("multiedit",)),
    Tool("NotebookEdit", ToolClass.WRITE, _FILE, ("notebook_edit",)),
    Tool("EditFile", ToolClass.WRITE, _PATH, ("edit_file",)),
    Tool("Replace", ToolClass.WRITE, _PATH, ("replace",)),
    Tool(
        "ApplyPatch",
        ToolClass.WRITE,
        ("command", "input", "patch", "patchText"),
        ("apply_patch", "patch"),
    ),
    Tool("Grep", ToolClass.SEARCH, ("pattern", "query"), ("grep", "grep_search", "rg", "ripgrep")),
    Tool("SearchFileContent", ToolClass.SEARCH, ("pattern", "query"), ("search_file_content",)),
    Tool("Glob", ToolClass.SEARCH, ("pattern",), ("glob",)),
    Tool(
        "LS", ToolClass.SEARCH, ("path", "dir_path", "directory"), ("list_directory", "list", "ls")
    ),
    Tool("WebFetch", ToolClass.WEB, ("url", "prompt"), ("web_fetch", "webfetch")),
    Tool("WebSearch", ToolClass.WEB, ("query",), ("web_search", "websearch")),
    Tool("GoogleWebSearch", ToolClass.WEB, ("query",), ("google_web_search",)),
    Tool(
        "Task",
        ToolClass.TASK,
        ("description", "prompt", "message"),
        ("Agent", "agent", "task", "invoke_agent", "spawn_agent", "collaborationspawn_agent"),
    ),
    Tool("CompleteTask", ToolClass.META, ("result",), ("complete_task",)),
    Tool("SendMessage", ToolClass.META, ("message", "to"), ("send_message", "send_input")),
    Tool(
        "WaitAgent", ToolClass.META, ("agent_id", "ids"), ("wait_agent", "collaborationwait_agent")
    ),
    Tool(
        "TodoWrite",
        ToolClass.META,
        ("todos",),
        ("todo_write", "write_todos", "todowrite", "update_todo"),
    ),
    Tool("TodoRead", ToolClass.META, (), ("todoread",)),
    Tool("UpdatePlan", ToolClass.META, ("explanation",), ("update_plan",)),
    Tool("ExitPlanMode", ToolClass.META, ("plan",), ("exit_plan_mode", "plan_exit")),
    Tool("EnterPlanMode", ToolClass.META, ("reason",), ("enter_plan_mode", "plan_enter")),
    Tool("SaveMemory", ToolClass.META, ("fact", "content"), ("save_memory", "store_memory")),
    Tool("Skill", ToolClass.META, ("skill", "name", "command"), ("skill", "activate_skill")),
    Tool("SlashCommand", ToolClass.META, ("command",), ("slash_command",)),
    Tool(
        "AskUserQuestion",
        ToolClass.META,
        ("question", "questions"),
        ("ask_user", "ask_user_question"),
    ),
    Tool("ToolSearch", ToolClass.META, ("query",), ("tool_search",)),
    Tool("ReportIntent", ToolClass.META, ("intent",), ("report_intent",)),
    Tool("Monitor", ToolClass.META, ("command", "description")),
    Tool("EnterWorktree", ToolClass.META, ("name", "path")),
    Tool("ExitWorktree", ToolClass.META, ("action",)),
    Tool("CronCreate", ToolClass.META, ("prompt", "cron"), ("cron_create",)),
    Tool("CronDelete", ToolClass.META, ("id",), ("cron_delete",)),
    Tool("CronList", ToolClass.META, (), ("cron_list",)),
    Tool(
        "ListMcpResources",
        ToolClass.META,
        ("server",),
        ("ListMcpResourcesTool", "list_mcp_resources"),
    ),
    Tool(
        "ReadMcpResource",
        ToolClass.META,
        ("uri", "server"),
        ("ReadMcpResourceTool", "ReadMcpResourceDirTool", "read_mcp_resource"),
    ),
    Tool("Init", ToolClass.META, ()),
    # What OpenCode makes of a call of a tool that does not exist.
    Tool("Invalid", ToolClass.OTHER, ("tool",), ("invalid",)),
)

_BY_RAW: Final = {
    raw: NamedTool(tool.canonical, str(tool.tool_class), tool.detail_keys)
    for tool in TOOLS
    for raw in (tool.canonical, *tool.aliases)
}

_MCP_SEPARATORS: Final = {"copilot-cli": ("/", "-"), "opencode": ("_",)}
"""How an agent joins server and tool where it does not write `mcp__server__tool`.

Both halves may hold the separator; the first one is taken, as names of servers rarely do.
"""
_DASHED_SERVERS: Final = ("github-mcp-server",)
"""The servers an agent brings along whose own names hold its separator."""


def name_tool(agent: str, raw: str, mcp: tuple[str, str] | None = None) -> NamedTool:
    """Say what `raw` means when `agent` calls it.

    Args:
        agent: id of the agent, for the agents that join MCP names in a form of their own.
        raw: the tool's name as the agent wrote it.
        mcp: server and tool, where the payload names them apart.

    Returns:
        The canonical name and class; an unknown name is its own canonical name, class `Other`.
    """
    if mcp is not None:
        return _mcp(*mcp)
    known = _BY_RAW.get(raw)
    if known is not None:
        return known
    split = _split_mcp(agent, raw)
    return _mcp(*split) if split else NamedTool(raw, str(ToolClass.OTHER), None)


def _mcp(server: str, tool: str) -> NamedTool:
    return NamedTool(f"mcp__{server}__{tool}", str(ToolClass.MCP), None, server, tool)


def _split_mcp(agent: str, raw: str) -> tuple[str, str] | None:
    if raw.startswith("mcp__"):
        server, _, tool = raw[5:].partition("__")
        return (server, tool) if server and tool else None
    for separator in _MCP_SEPARATORS.get(agent, ()):
        server, tool = _halves(raw, separator)
        if server and tool:
            return server, tool
    return None


def _halves(raw: str, separator: str) -> tuple[str, str]:
    for server in _DASHED_SERVERS:
        if raw.startswith(server + separator):
            return server, raw[len(server) + len(separator) :]
    server, _, tool = raw.partition(separator)
    return server, tool
