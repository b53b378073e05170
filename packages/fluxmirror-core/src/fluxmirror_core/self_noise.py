"""Which calls are an agent asking FluxMirror about itself, for users who want those hidden."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.tools import NamedTool

_LOOKED_AT_CHARS: Final = 8192
_RUNS_US: Final = re.compile(
    r"(?:^|[;&|(`\n])\s*(?:\w+=\S*\s+)*"  # where a command begins, behind its variables
    r"(?:(?:uvx|pipx run|exec|command|time)\s+)?[\"']?(?:[^\s\"';&|]*[/\\])?"
    r"fluxmirror(?:\.exe|\.cmd)?[\"']?(?=[\s;&|)`]|$)"
)
_LAUNCHES_US: Final = re.compile(r"fluxmirror[^\s\"';&|]*[/\\]launch\.sh\b")
"""The slash commands of the agents' packages run this."""


def is_self_noise(
    env: Mapping[str, str], settings: Settings, tool: NamedTool | None, cwd: str | None, detail: str
) -> bool:
    """Tell whether a call is marked as noise: kept like any other, and hidden in reports.

    Args:
        env: the captured environment; older set-ups ask with `FLUXMIRROR_SKIP_SELF`, which must be
            `1`, and `FLUXMIRROR_SELF_REPO`, the repository that is worked on.
        settings: `self_noise` of the configuration.
        tool: what was called; only shell commands are noise.
        cwd: where it ran; only noise inside the repository, symbolic links followed.
        detail: the command.
    """
    if tool is None or tool.canonical != "Bash":
        return False
    if settings.self_noise_enabled and _is_unwanted(settings.self_noise_repo_paths, cwd, detail):
        return True
    return env.get("FLUXMIRROR_SKIP_SELF") == "1" and _is_noise_to_variables(env, cwd, detail)


def _is_unwanted(repos: tuple[str, ...], cwd: str | None, detail: str) -> bool:
    command = detail[:_LOOKED_AT_CHARS].lower()
    if not (_reads_database(command) or _runs_us(command)):
        return False
    return not repos or (cwd is not None and any(_inside(cwd, repo) for repo in repos))


def _is_noise_to_variables(env: Mapping[str, str], cwd: str | None, detail: str) -> bool:
    repo = env.get("FLUXMIRROR_SELF_REPO")
    if not repo or not cwd:
        return False
    return _reads_database(detail.lower()) and _inside(cwd, repo)


def _reads_database(command: str) -> bool:
    if "sqlite3" in command and "events.db" in command:
        return True
    return "fluxmirror" in command and ".db" in command


def _runs_us(command: str) -> bool:
    if "fluxmirror" not in command:
        return False
    return bool(_RUNS_US.search(command) or _LAUNCHES_US.search(command))


def _inside(directory: str, repo: str) -> bool:
    try:
        inner, outer = (os.path.realpath(path, strict=True) for path in (directory, repo))
    except (OSError, ValueError):
        # ValueError: no system opens a path with a NUL or a lone surrogate in it.
        return False
    return os.path.join(inner, "").startswith(os.path.join(outer, ""))
