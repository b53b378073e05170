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
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.config_file import remove_key, shown_value, user_file, write_values
from fluxmirror_cli.configured import current_directory, here, resolution, settings
from fluxmirror_cli.options import Command, Group, json_option
from fluxmirror_cli.output import Result, complain, show
from fluxmirror_cli.table import aligned

if TYPE_CHECKING:
    from fluxmirror_core.config.resolution import Resolution, Value
    from fluxmirror_core.config.schema import Key

_UNSET: Final = "(not set)"


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
            lambda: _table(rows) + _problem_lines(found),
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
        raise ConfigError(f"nobody can tell what {key.name} is to be", hint=f"mend {user_file()}")
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
    told = "" if was_set else " (it was not set)"
    text = f"{key.name} = {_shown(value)}, {_where(value)}{told}"
    show(Result(lambda: facts, lambda: f"{one_line(text)}\n"), as_json=as_json)


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
        "meaning": key.meaning,
        "expects": key.expects,
        "variable": key.variable,
        "layers": [layer._asdict() for layer in layers],
        **_told(found),
    }
    show(
        Result(lambda: facts, lambda: _explanation(key, layers) + _problem_lines(found)),
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
        complain(f"{value.where} says {_shown(value)}, and is stronger")


def _facts(key: Key, layers: list[Value]) -> dict[str, object]:
    winner = layers[0]
    return {
        "key": key.name,
        "value": winner.value,
        "source": winner.source,
        "where": winner.where,
        "default": key.default,
    }


def _told(found: Resolution) -> dict[str, object]:
    return {"problems": [problem._asdict() for problem in found.problems]}


def _shown(value: Value) -> str:
    return _UNSET if value.value in (None, [], ()) else shown_value(value.value)


def _where(value: Value) -> str:
    return f"{value.source} ({value.where})" if value.where else str(value.source)


def _table(rows: list[tuple[Key, list[Value]]]) -> str:
    cells = [(key.name, _shown(layers[0]), _where(layers[0])) for key, layers in rows]
    return aligned([("key", "value", "source"), *cells])


def _explanation(key: Key, layers: list[Value]) -> str:
    lines = [key.meaning, f"It must be {key.expects}.", ""]
    rows = [
        ("wins" if number == 0 else "", str(layer.source), _shown(layer), layer.where)
        for number, layer in enumerate(layers)
    ]
    ways = [f"fluxmirror config set {key.name} …", f"{key.variable}=…"]
    ways += [f"{key.flag} …"] if key.flag else []
    head = "".join(f"{one_line(line)}\n" for line in [f"{key.name}: {lines[0]}", *lines[1:]])
    return f"{head}{aligned(rows)}\nTo set it: {', '.join(ways)}\n"


def _problem_lines(found: Resolution) -> str:
    lines = []
    for problem in found.problems:
        lines.append(f"! {one_line(problem.sentence)}\n")
        if problem.hint:
            lines.append(f"  hint: {one_line(problem.hint)}\n")
    return "\n" + "".join(lines) if lines else ""
