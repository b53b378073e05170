"""The hook commands that are ours: what they are, and how they are told from everybody's."""

from __future__ import annotations

import json
import os
import re
from typing import Final

from fluxmirror_core.messages import message

from fluxmirror_cli.registration.agent_home import CLAUDE, CODEX, COPILOT, GEMINI, QWEN
from fluxmirror_cli.registration.owned_file import read_owned
from fluxmirror_cli.registration.packages import EXTENSION, PLUGIN
from fluxmirror_cli.registration.settings_file import RegistrationError

_ROOTS: Final = ("${CLAUDE_PLUGIN_ROOT}", "${extensionPath}")
_HOOKS_FILES: Final = {
    CLAUDE: "hooks.json",
    QWEN: "qwen.json",
    CODEX: "codex.json",
    COPILOT: "copilot.json",
    GEMINI: "hooks.json",
}
_SHIM: Final = re.compile(r"[\\/]wrappers[\\/]shim\.(?:sh|mjs|cmd)\b")
_OLD: Final = re.compile(
    r"fluxmirror[^\n]*[\\/](?:hooks[\\/]run-hook\.sh|wrappers[\\/]router\.sh)|\bfluxmirror-hook\b"
)


def is_ours(command: str, packages: str) -> bool:
    """Tell a command that `fluxmirror install --settings` registered.

    Args:
        command: a registered command.
        packages: where our packages are copied to.
    """
    return _quotable(packages + os.sep) in command and _SHIM.search(command) is not None


def is_outdated(command: str) -> bool:
    """Tell a command of a FluxMirror from before it installed itself."""
    return _OLD.search(command) is not None


def is_manual(command: str) -> bool:
    """Tell a command that a person registered by hand, as the README once said."""
    return re.search(r"\bfluxmirror(?:\.exe)?[\"']? hook --kind\b", command) is not None


def settings_hooks(agent: str, bundle: str, packages: str) -> dict[str, dict[str, object]]:
    """Give event → hook for an agent's settings file: what its package registers.

    Args:
        agent: its id.
        bundle: where this version's packages are.
        packages: where they are, or will be, copied to.

    Raises:
        RegistrationError: the package's hooks cannot be read.
    """
    package = EXTENSION if agent == GEMINI else PLUGIN
    root = os.path.join(packages, package)
    raw = read_owned(os.path.join(bundle, package, "hooks", _HOOKS_FILES[agent]))
    try:
        registered = json.loads(raw or b"")["hooks"]
        return {event: _hook(groups[0], root) for event, groups in registered.items()}
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise RegistrationError(
            message("registration.hooks_unreadable", path=os.path.join(bundle, package)),
            hint=message("registration.install_ourselves"),
        ) from error


def _hook(group: dict[str, list[dict[str, object]]], root: str) -> dict[str, object]:
    hook = group["hooks"][0]
    return {**hook, "command": _placed(str(hook["command"]), root)}


def _placed(command: str, root: str) -> str:
    for variable in _ROOTS:
        command = command.replace(variable, _quotable(root))
    return command


def _quotable(path: str) -> str:
    """Write a path for between double quotes of a shell."""
    return path if os.name == "nt" else re.sub(r'([\\"$`])', r"\\\1", path)
