"""`fluxmirror about`: what there is, and where everything lies."""

from __future__ import annotations

import os
import platform
import sys
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple

import click
from fluxmirror_core.report.as_text import one_line, width
from fluxmirror_store.archiving.names import archive_directory

from fluxmirror_cli.command_table import COMMANDS, VERSION
from fluxmirror_cli.config_file import user_file
from fluxmirror_cli.configured import here, settings
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.prices.overlay import overlay_path
from fluxmirror_cli.registration.packages import EXTENSION, bundle_directory
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SLASH: Final = os.path.join(EXTENSION, "commands", "fluxmirror")
"""In every package the same commands; here their words are the easiest to read."""


class _Place(NamedTuple):
    """Where something of ours lies, or would lie."""

    name: str
    path: str
    what: str
    is_there: bool


@click.command("about", cls=Command, examples=("fluxmirror about", "fluxmirror about --json"))
@json_option
def command(*, as_json: bool) -> None:
    """Name the commands, what agents call them by, and where everything lies."""
    slash = list(slash_commands())
    places = list(_places())
    facts = {
        "fluxmirror": VERSION,
        "python": platform.python_version(),
        "program": sys.argv[0],
        "commands": [{"name": name, "about": text} for name, _, text in COMMANDS],
        "slash_commands": [{"name": name, "about": text} for name, text in slash],
        "places": {
            one.name: {"path": one.path, "about": one.what, "exists": one.is_there}
            for one in places
        },
    }
    show(Result(lambda: facts, lambda: _text(slash, places)), as_json=as_json)


def slash_commands() -> Iterator[tuple[str, str]]:
    """Give name and meaning of each slash command that this program can run."""
    # Not above: it reaches for the group of all commands, which this is one of.
    from fluxmirror_cli.commands.slash import SLASH_COMMANDS, program_calls

    known = {name for name, _, _ in COMMANDS}
    for name in SLASH_COMMANDS:
        if {call[0] for call in program_calls(name, "")} <= known:
            yield name, _meaning(name)


def _meaning(name: str) -> str:
    """Give the words in which our packages describe a slash command; empty without packages."""
    try:
        with open(os.path.join(bundle_directory(), _SLASH, f"{name}.toml"), "rb") as file:
            return str(tomllib.load(file)["description"])
    except (OSError, ValueError, KeyError, RegistrationError):
        return ""


def _places() -> Iterator[_Place]:
    """Name the places in the order in which a person looks for them."""
    places = here()
    mirror = settings().mirror
    for name, path, what in (
        ("database", places.database, "everything that was recorded"),
        ("spool", places.spool, "what waits to be brought into the database"),
        ("config", user_file(), "your settings"),
        ("prices", overlay_path(places), "your own prices"),
        ("archive", archive_directory(places), "copies of session files"),
        ("mirror", mirror or "", "a copy of every event as JSON lines"),
        ("logs", places.logs, "what went wrong where nobody was listening"),
        ("cache", places.cache, "saves time; delete it as you like"),
    ):
        if path:
            yield _Place(name, os.path.abspath(path), what, os.path.exists(path))


def _text(slash: Sequence[tuple[str, str]], places: Sequence[_Place]) -> str:
    lines = [
        f"FluxMirror {VERSION}",
        "The flight recorder of AI coding agents: every tool call, on your own machine.",
        *_section("Commands", [(f"fluxmirror {name}", text) for name, _, text in COMMANDS]),
        *_section("In an agent: /fluxmirror:NAME (in OpenCode /fluxmirror/NAME)", slash),
        "",
        "Where things lie",
    ]
    for place in places:
        missing = "" if place.is_there else " (not there yet)"
        lines += [f"  {place.name}: {place.what}{missing}", f"    {one_line(place.path)}"]
    return "\n".join([*lines, "", "`fluxmirror COMMAND --help` tells more, with examples.", ""])


def _section(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    widest = max((width(name) for name, _ in rows), default=0)
    return ["", title, *(f"  {name:<{widest}}  {text}" for name, text in rows)]
