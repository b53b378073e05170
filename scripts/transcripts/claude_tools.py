"""Tool calls in Claude Code's words: what was asked, and the two tellings of what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from transcripts.shape import compact, row_template

if TYPE_CHECKING:
    from transcripts.draw import Draw
    from transcripts.story import Deed


class Tool(NamedTuple):
    """A tool's name, and templates of its input, of the model's result and of the client's own."""

    name: str
    asked: str
    content: str
    display: str


_PATH: Final = "%(cwd)s/src/orders/cart.py"
_TEXT: Final = '"%(text)s"'
_UPDATED: Final = compact("The file has been updated successfully.")
_SHELL_DISPLAY: Final = row_template(
    {
        "stdout": "%(text)s",
        "stderr": "",
        "interrupted": False,
        "isImage": False,
        "noOutputExpected": False,
    }
)
_SHELL: Final = Tool(
    "Bash",
    row_template({"command": "git grep -n '%(word)s'", "description": "Look for it"}),
    _TEXT,
    _SHELL_DISPLAY,
)

TOOLS: Final = {
    "shell": _SHELL,
    "search": _SHELL,
    "read": Tool(
        "Read",
        row_template({"file_path": _PATH}),
        _TEXT,
        row_template(
            {
                "type": "text",
                "file": {
                    "filePath": _PATH,
                    "content": "%(text)s",
                    "numLines": 40,
                    "startLine": 1,
                    "totalLines": 40,
                },
            }
        ),
    ),
    "write": Tool(
        "Write",
        row_template({"file_path": _PATH, "content": "%(text)s"}),
        _UPDATED,
        row_template(
            {
                "type": "create",
                "filePath": _PATH,
                "content": "%(text)s",
                "structuredPatch": [],
                "originalFile": None,
                "userModified": False,
            }
        ),
    ),
    "edit": Tool(
        "Edit",
        row_template({"file_path": _PATH, "old_string": "%(word)s", "new_string": "%(text)s"}),
        _UPDATED,
        row_template(
            {
                "filePath": _PATH,
                "oldString": "%(word)s",
                "newString": "%(text)s",
                "originalFile": "%(word)s",
                "structuredPatch": [
                    {
                        "oldStart": 1,
                        "oldLines": 1,
                        "newStart": 1,
                        "newLines": 1,
                        "lines": ["-%(word)s", "+%(word)s"],
                    }
                ],
                "userModified": False,
                "replaceAll": False,
            }
        ),
    ),
    "mcp": Tool(
        "mcp__tracker__find",
        row_template({"message": "%(word)s"}),
        row_template({"type": "text", "text": "%(text)s"}).join("[]"),
        row_template({"type": "text", "text": "%(text)s"}).join("[]"),
    ),
    "agent": Tool(
        "Agent",
        row_template(
            {
                "description": "sub task",
                "prompt": "%(word)s",
                "subagent_type": "general-purpose",
            }
        ),
        row_template({"type": "text", "text": "%(text)s"}).join("[]"),
        "",
    ),
}


class Done(NamedTuple):
    """One call as it is written: its id, its tool, and JSON of input, result and display."""

    id: str
    tool: str
    asked: str
    content: str
    display: str


def build_call(draw: Draw, deed: Deed, cwd: str) -> Done:
    """Fill a tool's templates for one call."""
    tool = TOOLS[deed.kind]
    slots = {"cwd": cwd, "word": f"order {draw.below(10_000)}", "text": draw.text(deed.size)}
    call_id = f"toolu_01{draw.hex(22)}"
    asked = tool.asked % slots
    if not deed.exit_code:
        return Done(call_id, tool.name, asked, tool.content % slots, tool.display % slots)
    failure = f"Exit code {deed.exit_code}\\n{draw.text(200)}"
    return Done(call_id, tool.name, asked, f'"{failure}"', f'"Error: {failure}"')
