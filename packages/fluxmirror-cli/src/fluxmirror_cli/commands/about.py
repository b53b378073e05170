"""`fluxmirror about`: what there is, and where everything lies."""

from __future__ import annotations

import os
import platform
import sys
import tomllib
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.report.as_text import one_line, width
from fluxmirror_store.archiving.names import archive_directory

from fluxmirror_cli.command_table import COMMANDS, MORE, MOTTO, VERSION
from fluxmirror_cli.config_file import user_file
from fluxmirror_cli.configured import here, settings
from fluxmirror_cli.help_page import HelpTexts
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, show
from fluxmirror_cli.prices.overlay import overlay_path
from fluxmirror_cli.registration.packages import EXTENSION, bundle_directory
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.speech import own_catalog, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmirror_core.messages import Message

_SLASH: Final = os.path.join(EXTENSION, "commands", "fluxmirror")
"""In every package the same commands; here their words are the easiest to read."""
_WORDS: Final = {
    "database": ("about.title.database", "about.what.database"),
    "spool": ("about.title.spool", "about.what.spool"),
    "config": ("about.title.config", "about.what.config"),
    "prices": ("about.title.prices", "about.what.prices"),
    "archive": ("about.title.archive", "about.what.archive"),
    "mirror": ("about.title.mirror", "about.what.mirror"),
    "logs": ("about.title.logs", "about.what.logs"),
    "cache": ("about.title.cache", "about.what.cache"),
}
"""What a place is called, and what is there."""


class _Place(NamedTuple):
    """Where something of ours lies, or would lie."""

    name: str
    """For programs."""
    path: str
    title: Message
    what: Message
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
            one.name: {"path": one.path, "about": str(one.what), "exists": one.is_there}
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
    for name, path in (
        ("database", places.database),
        ("spool", places.spool),
        ("config", user_file()),
        ("prices", overlay_path(places)),
        ("archive", archive_directory(places)),
        ("mirror", mirror or ""),
        ("logs", places.logs),
        ("cache", places.cache),
    ):
        if path:
            title, what = map(message, _WORDS[name])
            yield _Place(name, os.path.abspath(path), title, what, os.path.exists(path))


def _text(slash: Sequence[tuple[str, str]], places: Sequence[_Place]) -> str:
    texts = HelpTexts(own_catalog())
    commands = [(f"fluxmirror {name}", texts.line(name, text)) for name, _, text in COMMANDS]
    called = [(name, texts.slash(name, text)) for name, text in slash]
    lines = [
        f"FluxMirror {VERSION}",
        texts.word(MOTTO),
        *_section(say(message("about.commands")), commands),
        *_section(say(message("about.slash_commands")), called),
        "",
        say(message("about.places")),
        *(line for place in places for line in _place_lines(place)),
    ]
    return "\n".join([*lines, "", texts.word(MORE), ""])


def _place_lines(place: _Place) -> Iterator[str]:
    told = "about.place" if place.is_there else "about.missing_place"
    yield f"  {say(message(told, title=place.title, what=place.what))}"
    yield f"    {one_line(place.path)}"


def _section(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    widest = max((width(name) for name, _ in rows), default=0)
    return ["", title, *(f"  {name:<{widest}}  {text}" for name, text in rows)]
