"""What several commands share: their class, and options that are each declared once."""

from __future__ import annotations

import functools
import importlib
import re
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING, Any, ClassVar, Final, ParamSpec, TypeVar

import click
from click.core import ParameterSource
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message

from fluxmirror_cli.asked_period import PeriodWish
from fluxmirror_cli.option_rows import (
    AGENT,
    AS_CSV,
    AS_JSON,
    DATABASE,
    DATE,
    DAYS,
    LANGUAGE,
    PERIOD,
    ZONE,
    OptionRow,
)
from fluxmirror_cli.output import emit
from fluxmirror_cli.overview import ENGLISH, help_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from click.shell_completion import CompletionItem

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

    def get_help(self, ctx: click.Context) -> str:
        """Give the help, in the language of whoever asks."""
        language = help_language()
        if language == ENGLISH:
            return super().get_help(ctx)
        from fluxmirror_cli.help_page import help_page

        return help_page(self, ctx, language)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples below all else."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                room = formatter.width - formatter.current_indent
                for line in (line for one in self.examples for line in _folded(one, room)):
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give `--help`."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _show_help
        return option

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Give options and arguments; while a shell completes, they offer the values there are."""
        parameters = super().get_params(ctx)
        if ctx.resilient_parsing:
            from fluxmirror_cli.completion.suggestions import offer_values

            offer_values(parameters)
        return parameters

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer what may come next: where no word is begun and none is expected, the options."""
        begun = incomplete if isinstance(self, click.Group) else incomplete or "-"
        return super().shell_complete(ctx, begun)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options; what is wrong with them is known to be about this command.

        Raises:
            UsageError: an option says two things, of which one would be forgotten.
            click.UsageError: something else is wrong with them.
        """
        written = list(args)
        try:
            left = super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if not ctx.resilient_parsing:
            # Behind, as `--help` is answered whatever else is there; and read once more, as click
            # keeps only the last of each.
            _refuse_second(self.make_parser(ctx).parse_args(list(written))[2], written)
        return left


def _refuse_second(given: Sequence[click.Parameter], words: Sequence[str]) -> None:
    """Refuse an option that says two things; a flag is the same however often it is there."""
    for option, times in Counter(given).items():
        if times > 1 and isinstance(option, click.Option):
            if option.is_flag:
                _refuse_opposites(option, words)
            elif not (option.count or option.multiple):
                _refuse_second_value(option, words)


def _refuse_opposites(option: click.Option, words: Sequence[str]) -> None:
    said, opposite = _written(option.opts, words), _written(option.secondary_opts, words)
    if said and opposite:
        raise UsageError(
            message("usage_error.opposites", one=said[0], other=opposite[0]),
            hint=message("usage_error.leave_one_out"),
        )


def _refuse_second_value(option: click.Option, words: Sequence[str]) -> None:
    names = _written(option.opts, words) or option.opts[:1]
    if len(names) > 1:
        sentence = message("usage_error.same_option", one=names[0], other=names[1])
    else:
        sentence = message("usage_error.repeated", name=names[0])
    raise UsageError(sentence, hint=message("usage_error.give_once"))


def _written(names: Sequence[str], words: Sequence[str]) -> list[str]:
    """Give those names of an option that a command line has, each once."""
    before_plain_words = takewhile(lambda word: word != "--", words)
    said = dict.fromkeys(word.partition("=")[0] for word in before_plain_words)
    return [name for name in said if name in names]


def _folded(example: str, room: int) -> Iterator[str]:
    """Break a command line before options, where it is too long, so that a shell still reads it."""
    line = ""
    for part in re.split(r" (?=--)", example):
        joined = f"{line} {part}" if line else part
        if line and len(joined) > room - len(" \\"):
            yield f"{line} \\"
            joined = f"    {part}"
        line = joined
    yield line


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


def click_option(row: OptionRow) -> click.Option:
    """Make click's option of a row."""
    return click.Option(_declarations(row), **_settings(row))


def _with_option(row: OptionRow, command: Callable[_P, _R]) -> Callable[_P, _R]:
    return click.option(*_declarations(row), **_settings(row))(command)


def _declarations(row: OptionRow) -> list[str]:
    if row.opposite:
        return ["/".join((*row.names, row.opposite)), row.field]
    return [*row.names, row.field]


def _settings(row: OptionRow) -> dict[str, Any]:
    if row.choices:
        kind: dict[str, Any] = {"type": click.Choice(row.choices)}
    elif row.metavar:
        kind = {"metavar": row.metavar, "callback": _known_language if row.parse else not_empty}
    else:
        kind = {"is_flag": True}
    unsaid = {} if row.unsaid() is None and not row.opposite else {"default": row.unsaid()}
    return {"help": row.help, **kind, **unsaid}


def database_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--db FILE`."""
    return _with_option(DATABASE, command)


def agent_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--agent NAME`, for a report of one agent."""
    return _with_option(AGENT, command)


def zone_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--tz ZONE`, for a report that counts days."""
    return _with_option(ZONE, command)


def json_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--json`."""
    return _with_option(AS_JSON, command)


def format_options(command: Callable[..., _R]) -> Callable[..., _R]:
    """Add `--json` and `--csv`."""
    wished: Callable[..., _R] = one_format(command)
    return json_option(_with_option(AS_CSV, wished))


def one_format(command: Callable[..., _R]) -> Callable[..., _R]:
    """Have a command refuse `--json` and `--csv` together, before it does anything."""

    @functools.wraps(command)
    def chosen(*arguments: Any, as_json: bool, as_csv: bool, **values: Any) -> _R:  # noqa: ANN401 - whatever the command takes
        if as_json and as_csv:
            raise UsageError(
                message("usage_error.two_formats"), hint=message("usage_error.leave_one_out")
            )
        return command(*arguments, as_json=as_json, as_csv=as_csv, **values)

    return chosen


def language_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--lang LANGUAGE`, for a report in words."""
    return _with_option(LANGUAGE, command)


def period_options(command: Callable[..., _R]) -> Callable[..., _R]:
    """Add the ways to say which days; the command gets them as its `wish`, a `PeriodWish`."""
    return _with_wish(command, DAYS)


def script_period_options(command: Callable[..., _R]) -> Callable[..., _R]:
    """Add the ways to say which days, and those that scripts have always had."""
    return _with_wish(command, (*DAYS, *_SCRIPT_OPTIONS))


def named_period_options(command: Callable[..., _R]) -> Callable[..., _R]:
    """Add the ways to say which days, and a period by its name."""
    return _with_wish(command, (*DAYS, PERIOD))


def date_option(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add `--date DAY`, for a report that is of one day."""
    return _with_option(DATE, command)


def refuse_options(context: click.Context) -> None:
    """Refuse options that would be forgotten: a command below has its own."""
    for parameter in context.command.params:
        source = parameter.name and context.get_parameter_source(parameter.name)
        if source is ParameterSource.COMMANDLINE:
            sub = context.invoked_subcommand
            option = parameter.opts[0]
            raise UsageError(
                message("usage_error.stands_before", option=option, command=sub),
                hint=message("usage_error.see_help", command=f"{context.command_path} {sub}"),
            )


def not_empty(_: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Refuse an empty value: most often a variable of a script that was never set.

    Raises:
        UsageError: the value is empty.
    """
    if value is not None and not value.strip():
        name = option.opts[0]
        hint = message("usage_error.give_value", name=name)
        raise UsageError(message("usage_error.empty", name=name), hint=hint)
    return value


def _known_language(
    context: click.Context, option: click.Parameter, value: str | None
) -> str | None:
    text = not_empty(context, option, value)
    if text is None:
        return None
    from fluxmirror_core.config.languages import find_language

    return find_language(text)


_SCRIPT_OPTIONS: Final = (
    PERIOD,
    OptionRow(("--start",), "start", "Begin at this time of RFC 3339; takes --end.", "INSTANT"),
    OptionRow(("--end",), "end", "End before this time of RFC 3339; takes --start.", "INSTANT"),
)


def _with_wish(command: Callable[..., _R], options: Sequence[OptionRow]) -> Callable[..., _R]:
    @functools.wraps(command)
    def asked(*arguments: Any, **values: Any) -> _R:  # noqa: ANN401 - whatever the command takes
        said = {name: values.pop(name) for name in PeriodWish._fields if name in values}
        return command(*arguments, wish=PeriodWish(**said), **values)

    wished: Callable[..., _R] = asked
    for option in reversed(options):
        wished = _with_option(option, wished)
    return wished


def _show_help(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    if wanted and not context.resilient_parsing:
        emit(f"{context.get_help()}\n")
        context.exit()
