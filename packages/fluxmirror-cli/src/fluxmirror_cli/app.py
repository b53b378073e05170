"""The click group of all commands, as `entry` runs it."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem
from fluxmirror_core.errors import ExitCode, UsageError
from fluxmirror_core.messages import message

from fluxmirror_cli.command_table import (
    COMMANDS,
    COMPLETION,
    HIDDEN,
    REPORTS,
    help_text,
    version_text,
)
from fluxmirror_cli.options import Command
from fluxmirror_cli.output import emit
from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODULES: Final[Mapping[str, str]] = {name: module for name, module, _ in COMMANDS}
_ALL_MODULES: Final[Mapping[str, str]] = {**_MODULES, **dict(HIDDEN)}


class CommandTable(Command, click.Group):
    """A group whose commands are loaded when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands, in the table's order."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Load the command called `cmd_name`."""
        module = _ALL_MODULES.get(cmd_name)
        if module is None:
            return None
        found = importlib.import_module(module)
        if cmd_name in REPORTS:
            from fluxmirror_cli.reports.click_command import click_command

            return click_command(found.REPORT)
        command: click.Command = found.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names.

        Raises:
            UsageError: there is none; the hint guesses which was meant.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            hint = did_you_mean(error.command_name, _MODULES, otherwise="fluxmirror --help")
            sentence = message("usage_error.no_command", name=repr(error.command_name))
            raise UsageError(sentence, hint=hint) from error

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Offer the commands, without loading them."""
        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [
            CompletionItem(name, help=text)
            for name, _, text in COMMANDS
            if name.startswith(incomplete)
        ]

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Give the help that `entry` prints without loading click."""
        return help_text().rstrip("\n")


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if wanted:
        emit(version_text())
        context.exit()


@click.group(
    cls=CommandTable,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["--help", "-h"]},
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version)
@click.pass_context
def group(context: click.Context) -> None:
    """Call the command that the first argument names."""
    if context.invoked_subcommand is None:
        sys.stderr.write(help_text())
        context.exit(ExitCode.USAGE)


def run() -> int:
    """Run the command line of this process; returns its exit code.

    Raises:
        Exception: as the command raised it; `failures` explains it.
    """
    if COMPLETION in os.environ:
        from fluxmirror_cli.completion.shells import answer

        return answer(group, os.environ[COMPLETION])
    try:
        # Not `group.main`: it would answer a closed pipe and Ctrl-C in its own way.
        with group.make_context("fluxmirror", sys.argv[1:]) as context:
            group.invoke(context)
    except click.exceptions.Exit as left:
        return left.exit_code
    return 0
