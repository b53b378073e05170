"""Codex CLI's tool calls in the terms of its hooks, which rename some tools and their input."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.wire.observation import members, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.wire.observation import Message

SHELL: Final = "Bash"
PATCH: Final = "apply_patch"
_COMMAND_KEYS: Final = {
    "exec_command": "cmd",
    "shell": "command",
    "shell_command": "command",
    "container.exec": "command",
}
_VESSEL: Final = "exec"
"""Runs a script that calls tools: hooks are told of those calls, and not of the script."""
_NO_FAMILY: Final = ("", "functions")
_RUNS: Final = frozenset(("-lc", "-c", "-Command", "/c"))
"""What stands before the command on a shell's own command line."""
_CHANGES: Final = {"add": "Add File", "update": "Update File", "delete": "Delete File"}
_ODD: Final = re.compile(r"[^A-Za-z0-9_]")


class Called(NamedTuple):
    """A tool and its input, as hooks tell them."""

    tool: str
    tool_input: object


def of_history(item: Message) -> Called | None:
    """Read a call out of the model's history; None for the script that only calls others."""
    kind, name = item.get("type"), text(item.get("name")) or ""
    if kind == "local_shell_call":
        return Called(SHELL, _command_input(members(item.get("action")).get("command")))
    if kind == "custom_tool_call":
        return _of_text(name, item)
    if kind == "tool_search_call":
        return Called("tool_search", item.get("arguments"))
    arguments = _arguments(item.get("arguments"))
    if name in _COMMAND_KEYS:
        command = _command_input(members(arguments).get(_COMMAND_KEYS[name]))
        return Called(SHELL, command or arguments)
    if name == PATCH:
        return Called(PATCH, _patch_input(members(arguments).get("input", arguments)))
    return Called(_joined(text(item.get("namespace")) or "", name), arguments) if name else None


def of_item(item: Message) -> Called | None:
    """Read a call out of what Codex did, where that is one by its kind.

    Such an item is all there is of a call that a script made. A patch is not in it: the input is
    one that names the same files.
    """
    kind = item.get("type")
    if kind == "CommandExecution":
        return Called(SHELL, _command_input(_without_shell(item.get("command"))))
    if kind == "FileChange":
        return Called(PATCH, _patch_input(_outline(members(item.get("changes")))))
    if kind == "McpToolCall":
        name = _mcp_name(text(item.get("server")), text(item.get("tool")))
        return Called(name, item.get("arguments")) if name else None
    if kind == "ImageView":
        return Called("view_image", {"path": _local(text(item.get("path")) or "")})
    return None


def _of_text(name: str, item: Message) -> Called | None:
    family = text(item.get("namespace")) or ""
    if not name or (name == _VESSEL and family in _NO_FAMILY):
        return None
    given = item.get("input")
    return Called(PATCH, _patch_input(given)) if name == PATCH else Called(name, given)


def _arguments(told: object) -> object:
    """Parse the arguments, which a model writes as text and may have got wrong."""
    if not isinstance(told, str):
        return told
    try:
        return json.loads(told)
    except (ValueError, RecursionError):
        return told


def _joined(family: str, name: str) -> str:
    """Join a tool's family and name as hooks do, who make an exception of one."""
    if family in _NO_FAMILY or (family, name) == ("multi_agent_v1", "spawn_agent"):
        return name
    return f"{family.rstrip('_')}__{name}" if family.startswith("mcp__") else family + name


def _mcp_name(server: str | None, tool: str | None) -> str | None:
    if not server or not tool:
        return None
    own = server == "codex"
    return tool if own else f"mcp__{_ODD.sub('_', server)}__{_ODD.sub('_', tool)}"


def _command_input(command: object) -> object:
    words = _words(command)
    told = shlex.join(words) if words else text(command)
    return {"command": told} if told else None


def _without_shell(command: object) -> object:
    words = _words(command)
    return command if _RUNS.isdisjoint(words[-2:-1]) else words[-1]


def _words(command: object) -> Sequence[str]:
    if isinstance(command, list) and all(isinstance(word, str) for word in command):
        return command
    return ()


def _patch_input(patch: object) -> object:
    return {"command": patch} if isinstance(patch, str) else patch


def _outline(changes: Message) -> str:
    """Write a patch's frame: which files it changes, and how."""
    files = [
        f"*** {_CHANGES.get(text(members(change).get('type')) or '', 'Update File')}: {path}"
        for path, change in changes.items()
    ]
    return "\n".join(["*** Begin Patch", *files, "*** End Patch"])


def _local(path: str) -> str:
    return unquote(path.removeprefix("file://")) if path.startswith("file://") else path
