"""Which calls are an agent asking FluxMirror about itself, for users who want those hidden."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.tools import NamedTool


def is_self_noise(
    env: Mapping[str, str], tool: NamedTool | None, cwd: str | None, detail: str
) -> bool:
    """Tell whether a call is marked as noise: kept like any other, and hidden in reports.

    Args:
        env: the captured environment; `FLUXMIRROR_SKIP_SELF` must be `1` and
            `FLUXMIRROR_SELF_REPO` name the repository that is worked on.
        tool: what was called; only shell commands are noise.
        cwd: where it ran; only noise inside the repository, symbolic links followed.
        detail: the command.
    """
    if env.get("FLUXMIRROR_SKIP_SELF") != "1" or tool is None or tool.canonical != "Bash":
        return False
    repo = env.get("FLUXMIRROR_SELF_REPO")
    if not repo or not cwd:
        return False
    return _asks_us(detail.lower()) and _inside(cwd, repo)


def _asks_us(command: str) -> bool:
    if "sqlite3" in command and "events.db" in command:
        return True
    return "fluxmirror" in command and ".db" in command


def _inside(directory: str, repo: str) -> bool:
    try:
        inner, outer = (os.path.realpath(path, strict=True) for path in (directory, repo))
    except (OSError, ValueError):
        # ValueError: no system opens a path with a NUL or a lone surrogate in it.
        return False
    return os.path.join(inner, "").startswith(os.path.join(outer, ""))
