"""`fluxmirror slash`: what the agents' slash commands run, through `launch.sh` of their package."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message

from fluxmirror_cli.app import group
from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.options import Command
from fluxmirror_cli.wording import did_you_mean

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message

SLASH_COMMANDS: Final = (
    "about",
    "agents",
    "today",
    "yesterday",
    "week",
    "compare",
    "agent",
    "init",
    "setup",
    "language",
    "timezone",
    "config",
    "doctor",
)
"""As `manifests/source.yaml` has them; nothing else can be run this way."""
_SETTINGS: Final = ("language", "timezone")


@click.command(
    "slash",
    cls=Command,
    hidden=True,
    examples=("fluxmirror slash config 'get language'", "fluxmirror slash language korean"),
    # What a person typed may begin with a dash and is no option of ours.
    context_settings={"allow_interspersed_args": False},
)
@click.argument("name", metavar="COMMAND")
@click.argument("text", default="")
@click.pass_context
def command(context: click.Context, name: str, text: str) -> None:
    """Run a slash COMMAND with the TEXT that was typed after it, which is one argument."""
    for arguments in program_calls(name, text):
        _run(context.find_root(), arguments)


def program_calls(name: str, text: str) -> list[list[str]]:
    """Give the command lines that a slash command stands for, in their order.

    Args:
        name: one of `SLASH_COMMANDS`.
        text: what was typed after it; empty when nothing was.

    Raises:
        UsageError: there is no such slash command, or its text says nothing it knows.
    """
    if name not in SLASH_COMMANDS:
        every = message("slash.all", commands=", ".join(SLASH_COMMANDS))
        hint = did_you_mean(name, SLASH_COMMANDS, otherwise=every)
        raise UsageError(message("slash.unknown", name=repr(name)), hint=hint)
    words = split_text(text)
    if name in _SETTINGS:
        return [_setting(name, words)]
    if name == "setup":
        return [*(_setting(*pair) for pair in _pairs(words)), ["config", "show"]]
    if name == "config":
        return [["config", *(words or ["show"])]]
    if name == "init":  # nobody could answer: the agent has asked before
        return [["init", "--non-interactive", *words]]
    return [[name, *words]]


def split_text(text: str) -> list[str]:
    """Split what was typed into words; at white space alone where its quotes do not close."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _setting(name: str, words: list[str]) -> list[str]:
    """Show a setting, or set it to all the words: `New York` is one value."""
    return ["config", "set", name, " ".join(words)] if words else ["config", "get", name]


def _pairs(words: list[str]) -> list[tuple[str, list[str]]]:
    """Find the settings in `language X and timezone Y`."""
    pairs: list[tuple[str, list[str]]] = []
    for word in words:
        if word.casefold() in _SETTINGS:
            pairs.append((word.casefold(), []))
        elif not pairs:
            raise UsageError(
                message("slash.setup_unknown", word=repr(word)), hint=message("slash.setup_write")
            )
        elif word.casefold() != "and":
            pairs[-1][1].append(word)
    return pairs


def _how_to_have_it() -> Message:
    """Say where a command is to be had: an upgrade brings it where an agent's package is newer."""
    from fluxmirror_cli.registration.agent_home import AGENT_HOMES
    from fluxmirror_cli.registration.packages import version_numbers
    from fluxmirror_cli.registration.settings_file import RegistrationError
    from fluxmirror_cli.registration.situation import survey

    ours = version_numbers(VERSION)
    with contextlib.suppress(RegistrationError):
        situation = survey(os.environ, sys.platform)
        packages = (situation.standing(agent).version for agent in AGENT_HOMES)
        if any(version_numbers(package) > ours for package in packages):
            return message("slash.upgrade")
    return message("slash.later")


def _run(root: click.Context, arguments: list[str]) -> None:
    """Run one command as if it had been typed."""
    if arguments[0] not in group.list_commands(root):
        raise UsageError(
            message("slash.not_yet", version=VERSION, command=arguments[0]),
            hint=_how_to_have_it(),
        )
    name, found, words = group.resolve_command(root, arguments)
    if found is None:  # `resolve_command` raises before
        return
    with found.make_context(name, words, parent=root) as context:
        found.invoke(context)
