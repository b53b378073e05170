"""Shell completion: the script that a shell loads, and the answers that it then asks for."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from click.shell_completion import (
    BashComplete,
    FishComplete,
    ShellComplete,
    get_completion_class,
)

from fluxmirror_cli.output import emit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import click

SHELLS: Final = ("bash", "zsh", "fish", "powershell")
VARIABLE: Final = "_FLUXMIRROR_COMPLETE"
"""Set by the scripts; says what they want to know."""
_PROGRAM: Final = "fluxmirror"
_FAILED: Final = 1


class _BashComplete(BashComplete):
    """Bash, for which `--agent=claude` is three words."""

    def get_completion_args(self) -> tuple[list[str], str]:
        words, incomplete = super().get_completion_args()
        return (words[:-1] if words[-1:] == ["="] else words), incomplete


class _FishComplete(FishComplete):
    """Fish, where a comma ends the kind of a value, and none behind it ends anything."""

    source_template = FishComplete.source_template.replace(
        'string split ","', 'string split --max 1 ","'
    )


_OWN: Final[Mapping[str, type[ShellComplete]]] = {"bash": _BashComplete, "fish": _FishComplete}


def script(group: click.Command, shell: str) -> str:
    """Give the script of a shell of `SHELLS`."""
    completer = _completer(group, shell)
    # Not its `source`, which starts a bash and complains about its age.
    return completer.source_template % completer.source_vars()


def answer(group: click.Command, wanted: str) -> int:
    """Answer a shell; gives the exit code.

    Whatever goes wrong is not told: it would stand in the middle of what a person types.

    Args:
        group: all commands.
        wanted: what `VARIABLE` says, such as `bash_complete`.
    """
    shell, _, instruction = wanted.partition("_")
    with contextlib.redirect_stderr(None), contextlib.suppress(Exception):
        if instruction == "source":
            emit(script(group, shell))
            return 0
        if instruction == "complete":
            emit(f"{_completer(group, shell).complete()}\n")
            return 0
    return _FAILED


def _completer(group: click.Command, shell: str) -> ShellComplete:
    kind = _OWN.get(shell) or get_completion_class(shell)
    if kind is None:
        raise ValueError(shell)
    return kind(group, {}, _PROGRAM, VARIABLE)
