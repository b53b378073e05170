"""Click's command of a report: for help, completion, and every command line that is not plain."""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import click
from fluxmirror_core.errors import UsageError

from fluxmirror_cli.click_words import worded
from fluxmirror_cli.options import Command, Group, click_option, refuse_options
from fluxmirror_cli.reports.hints import hint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.reports.command import ReportCommand, Word


def click_command(report: ReportCommand) -> click.Command:
    """Make the command that click runs."""

    @click.pass_context
    def run(context: click.Context, /, **values: Any) -> None:  # noqa: ANN401 - what the options give
        if context.invoked_subcommand is None:
            report.answer(values)
        else:
            refuse_options(context)

    settings: dict[str, Any] = {
        "help": inspect.cleandoc(report.run.__doc__ or ""),
        "examples": report.examples,
        "params": [
            *(_argument(word) for word in report.words),
            *(click_option(row) for row in report.options()),
        ],
        "callback": run,
    }
    if report.below is None:
        return _Report(report, settings)
    return _with_commands(report, settings)


@contextmanager
def _hinting(report: ReportCommand) -> Iterator[None]:
    """Say what may be meant by what a report cannot read.

    Raises:
        UsageError: something is wrong with the command line, and there is a hint.
        click.UsageError: there is none.
    """
    try:
        yield
    except click.UsageError as error:
        guess = hint(report, error)
        if guess is None:
            raise
        raise UsageError(worded(error), hint=guess) from error


class _Report(Command):
    """A report, which knows what may be meant by what it cannot read."""

    def __init__(self, report: ReportCommand, settings: dict[str, Any]) -> None:
        super().__init__(report.name, **settings)
        self._report = report

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options; raises as `_hinting` does."""
        with _hinting(self._report):
            return super().parse_args(ctx, args)


def _with_commands(report: ReportCommand, settings: dict[str, Any]) -> Group:
    """Make a command that has others below it, which take longer to load."""

    class _Group(Group):
        modules: ClassVar = report.below or {}

        def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
            with _hinting(report):
                return super().parse_args(ctx, args)

        def resolve_command(
            self, ctx: click.Context, args: list[str]
        ) -> tuple[str | None, click.Command | None, list[str]]:
            with _hinting(report):
                return super().resolve_command(ctx, args)

    return _Group(report.name, **settings, invoke_without_command=True, no_args_is_help=False)


def _argument(word: Word) -> click.Argument:
    if word.is_needed:
        return click.Argument([word.field], metavar=word.metavar)
    return click.Argument([word.field], metavar=word.metavar, default=word.default, required=False)
