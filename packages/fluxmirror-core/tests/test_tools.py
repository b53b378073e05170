"""Raw tool names → canonical name and class, and the forms in which agents join MCP names."""

from __future__ import annotations

from collections import Counter

import pytest
from fluxmirror_core.tools import TOOLS, ToolClass, name_tool

SPECIFIED = [
    ("Bash", "Bash", "Shell"),
    ("run_shell_command", "Bash", "Shell"),
    ("BashOutput", "BashOutput", "Meta"),
    ("KillBash", "KillBash", "Meta"),
    ("kill_shell", "KillBash", "Meta"),
    ("Read", "Read", "Read"),
    ("read_file", "ReadFile", "Read"),
    ("read_many_files", "ReadManyFiles", "Read"),
    ("Write", "Write", "Write"),
    ("write_file", "WriteFile", "Write"),
    ("Edit", "Edit", "Write"),
    ("MultiEdit", "MultiEdit", "Write"),
    ("NotebookEdit", "NotebookEdit", "Write"),
    ("edit_file", "EditFile", "Write"),
    ("replace", "Replace", "Write"),
    ("Grep", "Grep", "Search"),
    ("search_file_content", "SearchFileContent", "Search"),
    ("Glob", "Glob", "Search"),
    ("glob", "Glob", "Search"),
    ("WebFetch", "WebFetch", "Web"),
    ("web_fetch", "WebFetch", "Web"),
    ("WebSearch", "WebSearch", "Web"),
    ("web_search", "WebSearch", "Web"),
    ("google_web_search", "GoogleWebSearch", "Web"),
    ("Task", "Task", "Task"),
    ("TodoWrite", "TodoWrite", "Meta"),
    ("todo_write", "TodoWrite", "Meta"),
    ("ExitPlanMode", "ExitPlanMode", "Meta"),
    ("save_memory", "SaveMemory", "Meta"),
]
NEWER = [
    ("LS", "LS", "Search"),
    ("list_directory", "LS", "Search"),
    ("NotebookRead", "NotebookRead", "Read"),
    ("KillShell", "KillBash", "Meta"),
    ("Skill", "Skill", "Meta"),
    ("skill", "Skill", "Meta"),
    ("SlashCommand", "SlashCommand", "Meta"),
    ("AskUserQuestion", "AskUserQuestion", "Meta"),
    ("Agent", "Task", "Task"),
    ("task", "Task", "Task"),
    ("invoke_agent", "Task", "Task"),
    ("spawn_agent", "Task", "Task"),
    ("collaborationspawn_agent", "Task", "Task"),
    ("grep_search", "Grep", "Search"),
    ("write_todos", "TodoWrite", "Meta"),
    ("edit", "Edit", "Write"),
    ("exit_plan_mode", "ExitPlanMode", "Meta"),
    ("apply_patch", "ApplyPatch", "Write"),
    ("create", "Write", "Write"),
    ("view", "Read", "Read"),
    ("bash", "Bash", "Shell"),
    ("powershell", "PowerShell", "Shell"),
    ("invalid", "Invalid", "Other"),
]
UNKNOWN = [
    "",
    "bash ",
    "BASH",
    "Bash\x00",
    "read-file",
    "mcp__",
    "mcp__server",
    "mcp____tool",
    "도구",
]
MCP = [
    ("claude-code", "mcp__everything__echo", ("everything", "echo")),
    ("claude-code", "mcp__plugin_a_b__get-sum", ("plugin_a_b", "get-sum")),
    ("claude-code", "mcp__server__tool__with__lines", ("server", "tool__with__lines")),
    ("qwen-code", "mcp__everything__echo", ("everything", "echo")),
    ("codex-cli", "mcp__everything__get_sum", ("everything", "get_sum")),
    ("copilot-cli", "everything-echo", ("everything", "echo")),
    ("copilot-cli", "everything-get-sum", ("everything", "get-sum")),
    ("copilot-cli", "everything/get-sum", ("everything", "get-sum")),
    ("copilot-cli", "github-mcp-server-get_file", ("github-mcp-server", "get_file")),
    ("copilot-cli", "github-mcp-server/get_file", ("github-mcp-server", "get_file")),
    ("opencode", "everything_echo", ("everything", "echo")),
    ("opencode", "everything_get-sum", ("everything", "get-sum")),
]
NO_MCP = [
    ("claude-code", "everything-echo"),
    ("claude-code", "everything_echo"),
    ("gemini-cli", "mcp_everything_echo"),
    ("copilot-cli", "no_such_tool"),
    ("copilot-cli", "-echo"),
    ("copilot-cli", "github-mcp-server-"),
    ("opencode", "_echo"),
    ("opencode", "echo_"),
]


def test_the_specification_names_twenty_nine_tools() -> None:
    """29 raw names, 23 canonical ones: the table above is whole."""
    assert (len(SPECIFIED), len({canonical for _, canonical, _ in SPECIFIED})) == (29, 23)


@pytest.mark.parametrize(("raw", "canonical", "tool_class"), SPECIFIED + NEWER)
@pytest.mark.parametrize("agent", ["claude-code", "copilot-cli", "opencode"])
def test_raw_name_has_its_canonical_name_and_class(
    agent: str, raw: str, canonical: str, tool_class: str
) -> None:
    """Known names mean the same everywhere, even where they hold an agent's MCP separator."""
    named = name_tool(agent, raw)
    assert (named.canonical, named.tool_class) == (canonical, tool_class)
    assert (named.mcp_server, named.mcp_tool) == (None, None)


@pytest.mark.parametrize("raw", UNKNOWN)
def test_unknown_name_is_its_own_canonical_name(raw: str) -> None:
    """Matching is exact: a name that is nearly known is not known."""
    named = name_tool("claude-code", raw)
    assert named == (raw, "Other", None, None, None)


@pytest.mark.parametrize(("agent", "raw", "halves"), MCP)
def test_mcp_name_is_split_as_its_agent_joins_it(
    agent: str, raw: str, halves: tuple[str, str]
) -> None:
    """Server and tool stand apart, and one canonical form stands for all of them."""
    named = name_tool(agent, raw)
    assert (named.mcp_server, named.mcp_tool) == halves
    assert named.canonical == "mcp__{}__{}".format(*halves)
    assert named.tool_class == "MCP"


@pytest.mark.parametrize(("agent", "raw"), NO_MCP)
def test_name_in_another_agents_form_is_no_mcp_name(agent: str, raw: str) -> None:
    """A separator means something in the agents that use it, and only between two names."""
    assert name_tool(agent, raw).tool_class == "Other"


def test_what_the_payload_says_of_server_and_tool_wins() -> None:
    """Gemini writes `mcp_a_b_c`, which nothing can split, and tells the halves beside it."""
    named = name_tool("gemini-cli", "mcp_my_server_my_tool", ("my_server", "my_tool"))
    assert (named.mcp_server, named.mcp_tool) == ("my_server", "my_tool")
    assert named.canonical == "mcp__my_server__my_tool"


def test_no_raw_name_stands_in_two_rows() -> None:
    """The second row would win in silence."""
    names = Counter(raw for tool in TOOLS for raw in {tool.canonical, *tool.aliases})
    assert [raw for raw, count in names.items() if count > 1] == []


def test_classes_are_the_words_reports_group_by() -> None:
    """Eight of the contract, and one of its own for MCP tools."""
    expected = ["Shell", "Read", "Write", "Search", "Web", "Task", "Meta", "MCP", "Other"]
    assert [str(tool_class) for tool_class in ToolClass] == expected
