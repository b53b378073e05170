"""What several commands share: their class, and options that are each declared once."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, ClassVar, Final, ParamSpec, TypeVar

import click
from fluxmirror_core.errors import UsageError

from fluxmirror_cli.output import emit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_P = ParamSpec("_P")
_R = TypeVar("_R")


class Command(click.Command):
    """A command whose help goes the way of all output, and ends with examples.

    Args:
        examples: command lines that do something useful; `--help` shows them.
    """

    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **settings: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*arguments, **settings)
        self.examples: Final = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below all else."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give `--help`."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _show_help
        return option

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options; what is wrong with them is known to be about this command."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise


class Group(Command, click.Group):
    """A group whose help goes the way of all output."""

    modules: ClassVar[Mapping[str, str]] = {}
    """Commands by name that are loaded when they are called, each the `command` of its module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        return sorted({*super().list_commands(ctx), *self.modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give the command called `cmd_name`."""
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        command: click.Command = importlib.import_module(self.modules[cmd_name]).command
        return command


def database_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--db FILE`."""
    return click.option(
        "--db",
        "database",
        metavar="FILE",
        callback=not_empty,
        help="Read this database instead of the usual one.",
    )(command)


def agent_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--agent NAME`, for a report of one agent."""
    return click.option(
        "--agent",
        metavar="NAME",
        callback=not_empty,
        help="Show one agent only, such as claude-code.",
    )(command)


def zone_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--tz ZONE`, for a report that counts days."""
    return click.option(
        "--tz",
        "zone_name",
        metavar="ZONE",
        callback=not_empty,
        help="Count days in this IANA time zone.",
    )(command)


def json_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def not_empty(_: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Refuse an empty value: most often a variable of a script that was never set.

    Raises:
        UsageError: the value is empty.
    """
    if value is not None and not value.strip():
        name = option.opts[0]
        raise UsageError(f"{name} is empty", hint=f"give {name} a value, or leave it out")
    return value


def _show_help(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if wanted and not context.resilient_parsing:
        emit(f"{context.get_help()}\n")
        context.exit()
