"""The language of everything that a command says beside its report: complaints, hints, progress."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.config.languages import LANGUAGES, NATIVE, inferred_language, parse_language
from fluxmirror_core.errors import FluxMirrorError
from fluxmirror_core.messages import ENGLISH, load_catalog

from fluxmirror_cli.output import can_write

if TYPE_CHECKING:
    from fluxmirror_core.messages import Catalog, Sayable

_spoken: list[Catalog] = []
"""The catalog of this run, once it is known."""


def prefer(language: str) -> None:
    """Speak the language that the command line asks for; an unknown one changes nothing."""
    name = parse_language(language)
    if name is not None:
        _spoken[:] = [_catalog(name)]


def say(what: Sayable) -> str:
    """Say a message in the language of this run; a text stays as it is."""
    return what if isinstance(what, str) else own_catalog().say(what)


def own_catalog() -> Catalog:
    """Give the catalog of this run: of `--lang`, of the configuration, else of the locale.

    English where the output cannot write the language. Never fails: whoever complains has trouble
    enough.
    """
    if not _spoken:
        inferred = inferred_language(os.environ)
        # What is to be complained of while the configuration is read is said in the locale's.
        _spoken[:] = [_catalog(inferred[0] if inferred else "english")]
        _spoken[:] = [_configured() or _spoken[0]]
    return _spoken[0]


def _configured() -> Catalog | None:
    from fluxmirror_cli.configured import resolution

    try:
        # Not `settings`, which says what is wrong: that is for whoever needs all of them.
        return _catalog(resolution().settings(os.environ).language)
    except FluxMirrorError:
        return None


def _catalog(name: str) -> Catalog:
    return load_catalog(LANGUAGES[name] if can_write(NATIVE[name]) else ENGLISH)
