"""The agents' own commands that put our package in and take it out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message

from fluxmirror_cli.registration.agent_home import CLAUDE, CODEX, COPILOT, GEMINI, QWEN
from fluxmirror_cli.registration.packages import EXTENSION, PLUGIN

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.agent_program import Answer

NAME: Final = "fluxmirror"
PLUGIN_ID: Final = "fluxmirror@fluxmirror"
"""Plugin and marketplace, as Claude Code, Codex and Copilot write it."""

_INSTALL: Final = {
    CLAUDE: (
        ("plugin", "marketplace", "add", "{packages}"),
        ("plugin", "install", PLUGIN_ID),
    ),
    # The plugin's own directory: from the marketplace Qwen makes a manifest out of Claude's.
    QWEN: (("extensions", "install", os.path.join("{packages}", PLUGIN), "--consent"),),
    GEMINI: (("extensions", "install", os.path.join("{packages}", EXTENSION), "--consent"),),
    CODEX: (
        ("plugin", "marketplace", "add", "{packages}"),
        ("plugin", "add", PLUGIN_ID),
    ),
    COPILOT: (
        ("plugin", "marketplace", "add", "{packages}"),
        ("plugin", "install", PLUGIN_ID),
    ),
}
_UNINSTALL: Final = {
    CLAUDE: (("plugin", "uninstall", PLUGIN_ID), ("plugin", "marketplace", "remove", NAME)),
    QWEN: (("extensions", "uninstall", NAME),),
    GEMINI: (("extensions", "uninstall", NAME),),
    CODEX: (("plugin", "remove", PLUGIN_ID), ("plugin", "marketplace", "remove", NAME)),
    COPILOT: (("plugin", "uninstall", PLUGIN_ID), ("plugin", "marketplace", "remove", NAME)),
}
_ALREADY: Final = ("already registered", "already added", "already on disk", "already installed")
_GONE: Final = ("not found", "not installed", "is not configured", "no marketplace", "not exist")


def describe_failure(agent: AgentHome, command: list[str], answer: Answer) -> Message:
    """Say in a sentence what an agent's command that failed said last."""
    whole = " ".join([agent.program, *command])
    return message("registration.command_failed", command=whole, reason=answer.last_line)


def install_commands(agent: str, packages: str) -> list[list[str]]:
    """Give the arguments of the commands that put our package into an agent."""
    return [
        [word.replace("{packages}", packages) for word in command]
        for command in _INSTALL.get(agent, ())
    ]


def uninstall_commands(agent: str) -> list[list[str]]:
    """Give the arguments of the commands that take our package out of an agent."""
    return [list(command) for command in _UNINSTALL.get(agent, ())]


def has_succeeded(answer: Answer, *, removing: bool) -> bool:
    """Tell whether a command did what it should, or found it done: some fail then."""
    if answer.code == 0:
        return True
    said = answer.output.lower()
    done = _GONE if removing else _ALREADY
    return answer.code is not None and any(word in said for word in done)
