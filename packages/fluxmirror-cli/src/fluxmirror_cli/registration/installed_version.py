"""Which version of an agent is installed, as its files tell: the program is not started."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.registration.agent_home import AgentHome

_VERSION: Final = re.compile(r"\d+\.\d+\.\d+[\w.+-]*")
_NEAR: Final = 2
"""A folder named by a version lies so deep, at most, below the one with the program's name."""


def installed_version(agent: AgentHome, program: str) -> str:
    """Give the version of an agent's program; empty when its files do not tell.

    npm's packages have it in their `package.json`; where there is none, installers name a file or
    a folder by it: `share/claude/versions/2.1.0`, `Cellar/opencode/1.18.0/bin/opencode`.

    Args:
        agent: which agent.
        program: the path of its program.
    """
    real = os.path.realpath(program)
    told = (_told(agent, directory) for directory in _above(os.path.dirname(real)))
    return next(filter(None, told), "") or _in_path(agent, real)


def _above(directory: str) -> Iterator[str]:
    """Give a directory and those that it is in, without the last."""
    while directory != os.path.dirname(directory):
        yield directory
        directory = os.path.dirname(directory)


def _told(agent: AgentHome, directory: str) -> str:
    """Give what the manifest in a directory tells, when it is the agent's."""
    try:
        with open(os.path.join(directory, "package.json"), encoding="utf-8") as file:
            package = json.load(file)
        return str(package["version"]) if package["name"] == agent.npm_package else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _in_path(agent: AgentHome, real: str) -> str:
    parts = real.split(os.sep)
    for place, part in enumerate(parts):
        near = parts[max(place - _NEAR, 0) : place]
        if _VERSION.fullmatch(part) and any(agent.program in name for name in near):
            return part
    return ""
