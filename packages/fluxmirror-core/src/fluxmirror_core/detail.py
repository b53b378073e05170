"""The one line that says best what a tool call did, found in the tool's input."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmirror_core.tools import ToolClass

if TYPE_CHECKING:
    from fluxmirror_core.tools import NamedTool

_PREFERRED: Final = (
    "path",
    "file_path",
    "filePath",
    "command",
    "url",
    "uri",
    "query",
    "pattern",
    "name",
    "title",
    "description",
    "message",
    "id",
)
"""What to show of a tool nobody described, the best first."""
_LONGEST_UNNAMED: Final = 200
"""A longer string of a tool nobody described may be a file's content: it is not shown."""
_VARIABLES: Final = re.compile(r"""(?:\w+=(?:"[^"`$\\]*"|'[^']*'|[^\s"'`$()\\;&|<>]*)[ \t]+)*""")
"""What stands before a command for it alone; whose values are worked out is not looked through."""
_PROGRAM: Final = re.compile(r"""["']?([\w./~+:@\\-]+)["']?(?=[\s,;&|<>)]|$)""")
_PATCHED: Final = re.compile(r"^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$", re.MULTILINE)


def extract_detail(tool: NamedTool, tool_input: object) -> str:
    """Say what the call did: its command, file, pattern …; empty when its input does not tell.

    The text is whole: the caller scrubs it before it cuts it.
    """
    if tool.canonical == "ApplyPatch":
        return ", ".join(patched_paths(tool, tool_input))
    if not isinstance(tool_input, dict):
        return _bare(tool, tool_input)
    if tool.canonical == "TodoWrite":
        return _todos(tool_input.get("todos"))
    if tool.detail_keys is not None:
        return _first(tool_input, tool.detail_keys)
    return _first(tool_input, _PREFERRED, _LONGEST_UNNAMED) or _summary(tool_input)


def program_or_paths(tool: NamedTool, detail: str) -> str:
    """Give of a call's detail what nobody wrote as a text: a command's program, or files' paths."""
    if tool.tool_class == ToolClass.SHELL:
        return _program(detail)
    return detail if tool.tool_class in (ToolClass.READ, ToolClass.WRITE) else ""


def patched_paths(tool: NamedTool, tool_input: object) -> list[str]:
    """Name the files of a patch in the `*** Begin Patch` form, in the patch's order."""
    members = tool_input if isinstance(tool_input, dict) else {}
    patch = _first(members, tool.detail_keys or ()) or (
        tool_input if isinstance(tool_input, str) else ""
    )
    return list(filter(None, map(str.strip, _PATCHED.findall(patch))))


def _program(command: str) -> str:
    """Give the first word of a command, without variables; empty where that is no plain word."""
    start = command.lstrip()
    variables = _VARIABLES.match(start)
    program = _PROGRAM.match(start, variables.end() if variables else 0)
    return program[1] if program else ""


def _bare(tool: NamedTool, tool_input: object) -> str:
    """Give an input that is a string itself: a command, or else too short to be a text."""
    if not isinstance(tool_input, str):
        return ""
    told = tool.tool_class == ToolClass.SHELL or len(tool_input) <= _LONGEST_UNNAMED
    return tool_input if told else ""


def _todos(todos: object) -> str:
    return f"[{len(todos)} todos]" if isinstance(todos, list) else ""


def _first(members: dict[str, object], keys: tuple[str, ...], longest: int = 1 << 30) -> str:
    for key in keys:
        found = _line(members.get(key))
        if found and len(found) <= longest:
            return found
    return ""


def _line(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(filter(None, map(_item, value)))
    return ""


def _item(value: object) -> str:
    if isinstance(value, dict):
        return _first(value, ("question", "path", "text", "name"))
    return value if isinstance(value, str) else ""


def _summary(members: dict[str, object]) -> str:
    pairs = (f"{key}={shown}" for key, value in members.items() if (shown := _scalar(value)))
    return ", ".join(pairs)


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_UNNAMED else ""
    return str(value).lower() if isinstance(value, bool | int | float) else ""
