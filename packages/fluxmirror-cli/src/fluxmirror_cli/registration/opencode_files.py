"""OpenCode has no command that installs a plugin: we put module and commands there ourselves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.registration.change import Change
from fluxmirror_cli.registration.owned_file import read_owned
from fluxmirror_cli.registration.packages import OPENCODE_PACKAGE, list_files
from fluxmirror_cli.registration.settings_file import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.situation import Situation

OPENCODE_MODULE: Final = "fluxmirror.js"
_COMMANDS: Final = "command"


def opencode_changes(situation: Situation, agent: AgentHome) -> list[Change]:
    """Say which files are to be written in OpenCode's directory.

    Raises:
        RegistrationError: something there is no plain file.
    """
    package = os.path.join(situation.bundle, OPENCODE_PACKAGE)
    changes = []
    for source, target in opencode_files(package):
        text = (read_owned(os.path.join(package, source)) or b"").decode("utf-8")
        file = read_settings(os.path.join(agent.root(situation.env), target))
        changes.append(Change(file, text))
    return [change for change in changes if change.is_one]


def opencode_removals(situation: Situation, agent: AgentHome) -> list[Change]:
    """Say which files are to be removed from OpenCode's directory: those we put there.

    Raises:
        RegistrationError: something there is no plain file.
    """
    root = agent.root(situation.env)
    packages = {os.path.join(where, OPENCODE_PACKAGE) for where in _packages(situation)}
    names = {target for package in packages for _, target in opencode_files(package)}
    files = [read_settings(os.path.join(root, name)) for name in sorted(names)]
    return [Change(file, None) for file in files if file.raw is not None]


def _packages(situation: Situation) -> tuple[str, str]:
    """Give this version's packages and those that were copied: one may know a file more."""
    return situation.bundle, situation.packages


def opencode_files(package: str) -> Iterator[tuple[str, str]]:
    """Yield each file of the package that OpenCode reads, and where it is to lie."""
    for name in sorted(list_files(package)):
        if name == OPENCODE_MODULE:
            yield name, os.path.join("plugin", name)
        elif name.split(os.sep)[0] == _COMMANDS:
            yield name, name
