"""What every command promises: an example in its help, and JSON where it prints data."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

import click
import pytest
from fluxmirror_cli.app import group
from fluxmirror_cli.command_table import COMMANDS, HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRINT_NO_DATA: Final = {
    "fluxmirror hook": "an agent waits for it: it prints nothing at all",
    "fluxmirror slash": "runs other commands, with the options they have",
    "fluxmirror config edit": "opens an editor",
    "fluxmirror completion bash": "prints a script",
    "fluxmirror completion zsh": "prints a script",
    "fluxmirror completion fish": "prints a script",
    "fluxmirror completion powershell": "prints a script",
}


def _walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Give every command below one, and itself."""
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None, f"{name} {below}"
            yield from _walk(f"{name} {below}", found)


def _all_commands() -> dict[str, click.Command]:
    context = click.Context(group, info_name="fluxmirror")
    found: dict[str, click.Command] = {}
    for name in [*(name for name, _, _ in COMMANDS), *(name for name, _ in HIDDEN)]:
        command = group.get_command(context, name)
        assert command is not None, name
        found |= _walk(f"fluxmirror {name}", command)
    return found


_COMMANDS: Final = _all_commands()


def _options(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def _prints(command: click.Command) -> bool:
    """Tell whether a command does anything itself: a group may only be a name before others."""
    return not isinstance(command, click.Group) or command.invoke_without_command


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_shows_an_example(name: str) -> None:
    """Whoever asks for help sees a whole line to copy, of this command."""
    command = _COMMANDS[name]
    context = click.Context(command, info_name=name)
    _, found, examples = command.get_help(context).partition("\nExamples:\n")
    assert found, f"{name} --help has no example"
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    assert any(name in line for line in lines), lines


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_example_is_a_command_line(name: str) -> None:
    """Its words can be read by a shell, and its options exist."""
    for example in getattr(_COMMANDS[name], "examples", ()):
        words = shlex.split(example, comments=True)
        assert words, example
        told = example.partition("fluxmirror ")[2] or example
        called = max(
            (one for one in _COMMANDS if f"fluxmirror {told} ".startswith(f"{one} ")),
            key=len,
            default=None,
        )
        assert called, f"{example!r} calls no command"
        given = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert given - {"--"} <= _options(_COMMANDS[called]) | {"--help"}, example


@pytest.mark.parametrize("name", [name for name in _COMMANDS if _prints(_COMMANDS[name])])
def test_what_prints_data_prints_json(name: str) -> None:
    """A program can read all that a person can; the exceptions have a reason each."""
    has_json = "--json" in _options(_COMMANDS[name])
    assert has_json != (name in _PRINT_NO_DATA), f"{name}: --json is {has_json}"


def test_the_exceptions_exist() -> None:
    """No reason outlives its command."""
    assert _PRINT_NO_DATA.keys() <= _COMMANDS.keys()
