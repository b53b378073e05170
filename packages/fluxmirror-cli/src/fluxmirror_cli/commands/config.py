"""`fluxmirror config`: what is configured, where, and why it is as it is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar, Final

import click
from fluxmirror_core.config.inputs import find_project_file
from fluxmirror_core.config.load import last_good_path
from fluxmirror_core.config.resolution import Source, layers_of
from fluxmirror_core.config.schema import KEYS, find_key, parse_values
from fluxmirror_core.config.trust import trust_path
from fluxmirror_core.errors import ConfigError, ExitCode
from fluxmirror_core.messages import message
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.config_file import remove_key, shown_value, user_file, write_values
from fluxmirror_cli.configured import current_directory, here, resolution, settings
from fluxmirror_cli.options import Command, Group, json_option
from fluxmirror_cli.output import Result, complain, show
from fluxmirror_cli.results.problem_text import problem_lines
from fluxmirror_cli.speech import say
from fluxmirror_cli.table import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.config.resolution import Resolution, Value
    from fluxmirror_core.config.schema import Key
    from fluxmirror_core.messages import Sayable

    Row = tuple[Sayable, ...]

_SOURCES: Final = {
    Source.ENVIRONMENT: "config_command.source.environment",
    Source.PROJECT: "config_command.source.project",
    Source.USER: "config_command.source.user",
    Source.LAST_GOOD: "config_command.source.last_good",
    Source.UNKNOWN: "config_command.source.unknown",
    Source.INFERRED: "config_command.source.inferred",
    Source.DEFAULT: "config_command.source.default",
}
"""Where a value comes from, as a person reads it."""


class _Group(Group):
    """`config` and what is below it."""

    modules: ClassVar = {
        "edit": "fluxmirror_cli.commands.config_edit",
        "trust": "fluxmirror_cli.commands.config_trust",
    }


@click.group("config", cls=_Group, examples=("fluxmirror config show",))
def command() -> None:
    """What is configured, where, and why it is as it is."""


@command.command("show", cls=Command, examples=("fluxmirror config show",))
@json_option
def show_all(*, as_json: bool) -> None:
    """Show every key with its value, and where that comes from."""
    found = resolution()
    rows = [(key, layers_of(key.name, found, os.environ)) for key in KEYS.values()]
    show(
        Result(
            lambda: {"keys": [_facts(key, layers) for key, layers in rows], **_told(found)},
            lambda: _table(rows) + _problem_text(found),
        ),
        as_json=as_json,
    )


@command.command("get", cls=Command, examples=("fluxmirror config get timezone",))
@click.argument("name", metavar="KEY")
@json_option
@click.pass_context
def get(context: click.Context, *, name: str, as_json: bool) -> None:
    """Print the value of a KEY; exit 1 when it has none."""
    key = find_key(name)
    settings()  # says what is wrong
    value = layers_of(key.name, resolution(), os.environ)[0]
    if value.source == Source.UNKNOWN:
        raise ConfigError(
            message("config_command.untold", key=key.name),
            hint=message("config_command.mend", path=user_file()),
        )
    shown = "" if value.value is None else f"{one_line(shown_value(value.value))}\n"
    show(
        Result(lambda: {"key": key.name, "value": value.value}, lambda: shown),
        as_json=as_json,
    )
    context.exit(ExitCode.OK if value.value is not None else ExitCode.WARNING)


@command.command(
    "set",
    cls=Command,
    examples=(
        "fluxmirror config set language 한국어",
        "fluxmirror config set timezone KST",
        "fluxmirror config set agents.codex-cli.enabled off",
        r"fluxmirror config set redaction.patterns 'ACME-\d+' 'cust_[a-z0-9]{8}'",
    ),
)
@click.argument("name", metavar="KEY")
@click.argument("words", metavar="VALUE...", nargs=-1, required=True)
@json_option
def set_value(*, name: str, words: tuple[str, ...], as_json: bool) -> None:
    """Set a KEY in your own configuration file; comments and order stay.

    Several values make a list, which takes the place of the one before.
    """
    key = find_key(name)
    value = parse_values(key, words)
    written = write_values({key.name: value})
    facts = {"key": key.name, "value": value, "file": user_file()}
    show(Result(lambda: facts, lambda: f"{one_line(written[0])}\n"), as_json=as_json)
    _warn_of_shadow(key)


@command.command("unset", cls=Command, examples=("fluxmirror config unset timezone",))
@click.argument("name", metavar="KEY")
@json_option
def unset(*, name: str, as_json: bool) -> None:
    """Take a KEY out of your own configuration file."""
    key = find_key(name)
    was_set = remove_key(key.name)
    value = layers_of(key.name, resolution(), os.environ)[0]
    facts = {"key": key.name, "was_set": was_set, "value": value.value}
    text = message(
        "config_command.unset" if was_set else "config_command.was_unset",
        key=key.name,
        value=_shown(value),
        source=_where(value),
    )
    show(Result(lambda: facts, lambda: f"{one_line(say(text))}\n"), as_json=as_json)


@command.command("explain", cls=Command, examples=("fluxmirror config explain timezone",))
@click.argument("name", metavar="[KEY]", required=False)
@json_option
@click.pass_context
def explain(context: click.Context, *, name: str | None, as_json: bool) -> None:
    """Show what a KEY does, what every layer says of it, and which one won."""
    if name is None:
        context.invoke(show_all, as_json=as_json)
        return
    key = find_key(name)
    found = resolution()
    layers = layers_of(key.name, found, os.environ)
    facts = {
        **_facts(key, layers),
        "meaning": str(key.meaning),
        "expects": str(key.expects),
        "variable": key.variable,
        "layers": [{**layer._asdict(), "where": str(layer.where)} for layer in layers],
        **_told(found),
    }
    show(
        Result(lambda: facts, lambda: _explanation(key, layers) + _problem_text(found)),
        as_json=as_json,
    )


@command.command("path", cls=Command, examples=("fluxmirror config path",))
@json_option
def path(*, as_json: bool) -> None:
    """Print where your configuration file is, or would be."""
    directory = current_directory()
    facts = {
        "user": user_file(),
        "project": None if directory is None else find_project_file(directory),
        "trusted": trust_path(here()),
        "last_good": last_good_path(here()),
    }
    show(Result(lambda: facts, lambda: f"{user_file()}\n"), as_json=as_json)


def _warn_of_shadow(key: Key) -> None:
    """Say when what was set just now does not count, because something stronger says otherwise."""
    value = layers_of(key.name, resolution(), os.environ)[0]
    if value.source in {Source.ENVIRONMENT, Source.PROJECT}:
        complain(message("config_command.shadowed", where=value.where, value=_shown(value)))


def _facts(key: Key, layers: list[Value]) -> dict[str, object]:
    winner = layers[0]
    return {
        "key": key.name,
        "value": winner.value,
        "source": winner.source,
        "where": str(winner.where),
        "default": key.default,
    }


def _told(found: Resolution) -> dict[str, object]:
    problems = [
        {name: str(told) for name, told in problem._asdict().items()} for problem in found.problems
    ]
    return {"problems": problems}


def _shown(value: Value) -> Sayable:
    if value.value in (None, [], ()):
        return message("config_command.not_set")
    return shown_value(value.value)


def _source(value: Value) -> Sayable:
    return message(_SOURCES[Source(value.source)])


def _where(value: Value) -> Sayable:
    source = _source(value)
    if not value.where:
        return source
    return message("config_command.place", source=source, where=value.where)


def _table(rows: list[tuple[Key, list[Value]]]) -> str:
    head = (
        message("config_command.column.key"),
        message("config_command.column.value"),
        message("config_command.column.source"),
    )
    cells = [(key.name, _shown(layers[0]), _where(layers[0])) for key, layers in rows]
    return _aligned([head, *cells])


def _explanation(key: Key, layers: list[Value]) -> str:
    wins = message("config_command.wins")
    rows: list[Row] = [
        ("" if number else wins, _source(layer), _shown(layer), layer.where)
        for number, layer in enumerate(layers)
    ]
    ways = [f"fluxmirror config set {key.name} …", f"{key.variable}=…"]
    ways += [f"{key.flag} …"] if key.flag else []
    said: list[Sayable] = [
        message("config_command.meaning", key=key.name, meaning=key.meaning),
        message("config_command.expects", expects=key.expects),
        "",
        *_aligned(rows).splitlines(),
        "",
        message("config_command.ways", ways=say(message("join.names")).join(ways)),
    ]
    return "".join(f"{one_line(say(line))}\n" for line in said)


def _aligned(rows: Iterable[Row]) -> str:
    return aligned([[say(cell) for cell in row] for row in rows])


def _problem_text(found: Resolution) -> str:
    lines = problem_lines(found.problems, mark="! ")
    return f"\n{lines}" if lines else ""
