"""Where each shell looks for what completes a command, and what has to stand there."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.paths import home

from fluxmirror_cli.completion.shells import SHELLS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.messages import Message

TITLES: Final = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "PowerShell"}
"""The shells as people write them."""
_BEGIN: Final = "# >>> fluxmirror completion >>>\n"
_END: Final = "# <<< fluxmirror completion <<<\n"
_ASKED_S: Final = 30
_PROFILE: Final = "[Console]::OutputEncoding = [Text.Encoding]::UTF8; $PROFILE.CurrentUserAllHosts"
_START_FILES: Final = {"bash": ".bashrc", "zsh": ".zshrc"}
_ZSH_START: Final = """\
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
"""
_WORDS: Final = {"pwsh": "powershell", "ksh": "", "sh": ""}


class Piece(NamedTuple):
    """What has to stand in one file."""

    path: str
    text: str
    is_whole: bool
    """Whether the file is ours; else it is a person's, and the text a block in it."""


def detected_shell(env: Mapping[str, str], platform: str = sys.platform) -> str:
    """Name the shell that a person uses.

    Raises:
        UsageError: it cannot be told, or it is none that completes.
    """
    program = os.path.basename(env.get("SHELL", "")).removesuffix(".exe")
    shell = _WORDS.get(program, program) or ("powershell" if platform == "win32" else program)
    if shell in SHELLS:
        return shell
    raise UsageError(
        message("completing.incapable", shell=shell) if shell else message("completing.untold"),
        hint=message("completing.name_one", shells=", ".join(SHELLS)),
    )


def pieces(shell: str, script: str, env: Mapping[str, str], *, in_start_file: bool) -> list[Piece]:
    """Say what has to stand where.

    Args:
        shell: one of `SHELLS`.
        script: what the shell has to load.
        env: the environment.
        in_start_file: whether bash or zsh is told to load it in its start file as well.

    Raises:
        UsageError: the start file of another shell is asked for.
    """
    if in_start_file and shell not in _START_FILES:
        raise UsageError(
            message("completing.needs_no_line", shell=shell),
            hint=message("usage_error.leave_it_out"),
        )
    if shell == "powershell":
        return [Piece(_powershell_profile(env), f"{_BEGIN}{script}{_END}", is_whole=False)]
    path = _script_path(shell, env)
    found = [Piece(path, script, is_whole=True)]
    if in_start_file:
        file = os.path.join(_start_directory(shell, env), _START_FILES[shell])
        start = _ZSH_START if shell == "zsh" else ""
        quoted = shlex.quote(path)
        text = f"{_BEGIN}{start}[ -r {quoted} ] && source {quoted}\n{_END}"
        found.append(Piece(file, text, is_whole=False))
    return found


def advice(shell: str, path: str, *, in_start_file: bool) -> Message:
    """Say what else a person has to do, in a line or several."""
    if shell == "zsh" and not in_start_file:
        return message("completing.zsh", folder=shlex.quote(os.path.dirname(path)))
    if shell == "bash" and not in_start_file:
        return message("completing.bash")
    return message("completing.new_sessions", shell=TITLES[shell])


def _script_path(shell: str, env: Mapping[str, str]) -> str:
    if shell == "zsh":
        return os.path.join(_start_directory(shell, env), ".zfunc", "_fluxmirror")
    if shell == "fish":
        config = _xdg(env, "XDG_CONFIG_HOME", ".config")
        return os.path.join(config, "fish", "completions", "fluxmirror.fish")
    own = env.get("BASH_COMPLETION_USER_DIR", "").partition(os.pathsep)[0]
    data = own or os.path.join(
        _xdg(env, "XDG_DATA_HOME", os.path.join(".local", "share")), "bash-completion"
    )
    return os.path.join(data, "completions", "fluxmirror")


def _start_directory(shell: str, env: Mapping[str, str]) -> str:
    return (env.get("ZDOTDIR") if shell == "zsh" else "") or home(env)


def _powershell_profile(env: Mapping[str, str], platform: str = sys.platform) -> str:
    """Give the profile that every host of PowerShell loads; on Windows only it knows where."""
    if platform != "win32":
        return os.path.join(_xdg(env, "XDG_CONFIG_HOME", ".config"), "powershell", "profile.ps1")
    program = shutil.which("pwsh") or shutil.which("powershell") or "powershell"
    command = [program, "-NoProfile", "-NonInteractive", "-Command", _PROFILE]
    try:
        done = subprocess.run(
            command, capture_output=True, check=True, timeout=_ASKED_S, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return os.path.join(home(env), "Documents", "PowerShell", "profile.ps1")
    return done.stdout.decode("utf-8", "replace").strip()


def _xdg(env: Mapping[str, str], variable: str, default: str) -> str:
    value = env.get(variable, "")
    return value if os.path.isabs(value) else os.path.join(home(env), default)
