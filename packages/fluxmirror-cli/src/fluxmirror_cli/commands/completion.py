"""`fluxmirror completion`: have a shell complete commands, options and values."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.messages import message
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.completion.files import WRITTEN, put, remove_of
from fluxmirror_cli.completion.places import TITLES, advice, detected_shell, pieces
from fluxmirror_cli.completion.shells import SHELLS, script
from fluxmirror_cli.options import Command, Group, json_option
from fluxmirror_cli.output import Result, emit, show
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.completion.files import Left

_LOADED: Final = {
    "bash": 'eval "$(fluxmirror completion bash)"',
    "zsh": 'eval "$(fluxmirror completion zsh)"',
    "fish": "fluxmirror completion fish | source",
    "powershell": "fluxmirror completion powershell | Out-String | Invoke-Expression",
}
_DRY_RUN: Final = click.option(
    "--dry-run", is_flag=True, help="Say which files would be written; change nothing."
)
_SHELL: Final = click.argument("shell", required=False, type=click.Choice(SHELLS))


@click.group(
    "completion",
    cls=Group,
    examples=("fluxmirror completion install", "fluxmirror completion uninstall"),
)
def command() -> None:
    """Have a shell complete commands, options, agents, dates, sessions, models and zones."""


@command.command(
    "install",
    cls=Command,
    examples=(
        "fluxmirror completion install",
        "fluxmirror completion install zsh --rc",
        "fluxmirror completion install bash --dry-run",
    ),
)
@_SHELL
@click.option("--rc", is_flag=True, help="Put what loads it into ~/.bashrc or ~/.zshrc as well.")
@_DRY_RUN
@json_option
@click.pass_context
def install(
    context: click.Context, *, shell: str | None, rc: bool, dry_run: bool, as_json: bool
) -> None:
    """Install completion for SHELL, or for the shell you use."""
    chosen = shell or detected_shell(os.environ)
    text = script(context.find_root().command, chosen)
    wanted = pieces(chosen, text, os.environ, in_start_file=rc)
    states = put(chosen, wanted, dry_run=dry_run)
    next_step = advice(chosen, wanted[0].path, in_start_file=rc)
    show(
        Result(
            lambda: {
                "shell": chosen,
                "dry_run": dry_run,
                "files": [{"path": path, "state": state} for path, state in states],
                "next": f"{next_step}\n",
            },
            lambda: _installed_text(states, next_step, dry_run=dry_run),
        ),
        as_json=as_json,
    )


@command.command(
    "uninstall",
    cls=Command,
    examples=("fluxmirror completion uninstall", "fluxmirror completion uninstall zsh"),
)
@_SHELL
@_DRY_RUN
@json_option
@click.pass_context
def uninstall(context: click.Context, *, shell: str | None, dry_run: bool, as_json: bool) -> None:
    """Take out what was installed for SHELL, or for all shells."""
    changed, left = remove_of(shell, dry_run=dry_run)
    show(
        Result(
            lambda: {
                "dry_run": dry_run,
                "removed": changed,
                "left": [{"path": one.path, "reason": str(one.reason)} for one in left],
            },
            lambda: _removed_text(changed, left, dry_run=dry_run),
        ),
        as_json=as_json,
    )
    if left:
        context.exit(ExitCode.WARNING)


def _add_script_command(shell: str) -> None:
    @command.command(
        shell,
        cls=Command,
        help=f"Print the script that {TITLES[shell]} loads.",
        examples=(f"fluxmirror completion {shell}", _LOADED[shell]),
    )
    @click.pass_context
    def print_script(context: click.Context) -> None:
        emit(script(context.find_root().command, shell))


for _name in SHELLS:
    _add_script_command(_name)


def _installed_text(states: Iterable[tuple[str, str]], next_step: Sayable, *, dry_run: bool) -> str:
    written = "completing.would_write" if dry_run else "completing.wrote"
    told = _told(
        message(written if state == WRITTEN else "completing.as_it_should", path=path)
        for path, state in states
    )
    return told if dry_run else f"{told}{say(next_step)}\n"


def _removed_text(changed: Sequence[str], left: Sequence[Left], *, dry_run: bool) -> str:
    taken = "completing.would_take" if dry_run else "completing.took"
    removed = [message(taken, path=path) for path in changed]
    told = [*removed, *(one.reason for one in left)]
    return _told(told or [message("completing.none")])


def _told(lines: Iterable[Sayable]) -> str:
    return "".join(f"{one_line(say(line))}\n" for line in lines)
