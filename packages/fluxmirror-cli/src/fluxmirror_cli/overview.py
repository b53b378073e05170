"""What `fluxmirror --help` is said in: told, and read, in next to no time.

The command answers `--help` before it loads anything, so here neither the configuration is
understood nor TOML: a look at the environment, at a line of a file, at a table of a catalog whose
lines are all alike. Imports nothing that a bare interpreter has not loaded already.
"""

from __future__ import annotations

import os
import sys

from fluxmirror_core.config.languages import LANGUAGES, NATIVE, parse_language
from fluxmirror_core.paths import places

from fluxmirror_cli.asked_language import asked_language
from fluxmirror_cli.output import can_write

TYPE_CHECKING = False  # `typing` alone costs as much as half an interpreter
if TYPE_CHECKING:
    from collections.abc import Iterator

ENGLISH = "en"
_VARIABLE = "FLUXMIRROR_LANGUAGE"
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
_TABLE = "[overview]\n"


def help_language() -> str:
    """Give the language to show help in, as its catalog is called.

    What the command line says, a variable, your own file, or the locale: as reports have it, but
    for a project's file. Help is about the program, in whatever directory. English where the output
    cannot write another.
    """
    name = next(filter(None, map(parse_language, _words())), "english")
    return LANGUAGES[name] if can_write(NATIVE[name]) else ENGLISH


def overview_texts(language: str) -> dict[str, str]:
    """Read what stands in another language for the texts of `fluxmirror --help`.

    Args:
        language: the name of a folder in `locales/`.

    Returns:
        By the name of a command or an option, or by the English text; empty for English.
    """
    if language == ENGLISH:
        return {}
    import fluxmirror_core

    folder = os.path.join(os.path.dirname(str(fluxmirror_core.__file__)), "locales", language)
    with open(os.path.join(folder, "help.toml"), encoding="utf-8") as file:
        _, _, behind = file.read().partition(_TABLE)
    table, _, _ = behind.partition("\n[")
    pairs = (line.partition(" = ") for line in table.splitlines() if line)
    return {name.strip('"'): text[1:-1] for name, _, text in pairs}


def _words() -> Iterator[str]:
    """Give what may name the language, the strongest first."""
    yield asked_language(sys.argv[1:])
    yield os.environ.get(_VARIABLE, "")
    yield _configured(os.path.join(places(os.environ, sys.platform).config, "config.toml"))
    yield next(filter(None, map(os.environ.get, _LOCALE_VARIABLES)), "")


def _configured(path: str) -> str:
    """Give the language that a person's file says; empty where it says none."""
    if not os.path.isfile(path):  # a pipe in its place must not keep anybody waiting
        return ""
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            lines = file.readlines()
    except OSError:
        return ""
    for line in lines:
        name, equals, value = line.partition("=")
        if name.lstrip().startswith("["):
            return ""
        if equals and name.strip(" \t\"'") == "language":
            return value.partition("#")[0].strip(" \t\r\n\"'")
    return ""
