"""The language of everything that a command says beside its report: complaints, hints, progress."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.config.languages import LANGUAGES, NATIVE, inferred_language, parse_language
from fluxmirror_core.errors import FluxMirrorError
from fluxmirror_core.messages import ENGLISH, load_catalog
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.output import can_write

if TYPE_CHECKING:
    from fluxmirror_core.messages import Catalog, Sayable


class Language(NamedTuple):
    """The language that a run is to be in, whether its output can write it or not."""

    name: str
    is_chosen: bool
    """Whether somebody asked for it or configured it; else the locale tells it, or nothing."""


_spoken: list[Language] = []
"""The language of this run, once it is known."""
_into_file: list[bool] = []
"""Whether the report of this run goes into a file, once that is known."""


def prefer(language: str) -> None:
    """Speak the language that the command line asks for; an unknown one changes nothing."""
    name = parse_language(language)
    if name is not None:
        _spoken[:] = [Language(name, is_chosen=True)]


def say(what: Sayable) -> str:
    """Say a message in the language of this run; a text stays as it is."""
    return what if isinstance(what, str) else own_catalog().say(what)


def own_catalog() -> Catalog:
    """Give the catalog of this run: of `--lang`, of the configuration, else of the locale.

    English where the output cannot write the language. Never fails: whoever complains has trouble
    enough.
    """
    name = _language().name
    return load_catalog(LANGUAGES[name] if can_write(NATIVE[name]) else ENGLISH)


def report_into_file(*, into_file: bool) -> None:
    """Say whether the report of this run goes into a file, which can have every letter there is."""
    _into_file[:] = [into_file]


def report_catalog() -> Catalog:
    """Give the catalog of the report of this run: what goes into a file is in its language."""
    return load_catalog(LANGUAGES[_language().name]) if any(_into_file) else own_catalog()


def unwritable_language() -> str | None:
    """Name the language that somebody chose and the output cannot write; None without such."""
    language = _language()
    return language.name if language.is_chosen and not can_write(NATIVE[language.name]) else None


def _language() -> Language:
    if not _spoken:
        inferred = inferred_language(os.environ)
        # What is to be complained of while the configuration is read is said in the locale's.
        _spoken[:] = [Language(inferred[0] if inferred else "english", is_chosen=False)]
        _spoken[:] = [_configured() or _spoken[0]]
    return _spoken[0]


def _configured() -> Language | None:
    from fluxmirror_cli.configured import resolution

    try:
        # Not `settings`, which says what is wrong: that is for whoever needs all of them.
        found = resolution()
        return Language(found.settings(os.environ).language, "language" in found.values)
    except FluxMirrorError:
        return None
