"""Catalog: message id → text in a language; what a language lacks is said in English."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Final

from fluxmirror_core.flat import flat

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH: Final = "en"
_FOLDER: Final = os.path.join(os.path.dirname(__file__), "locales")


class Catalog:
    """The texts of one language, by dotted id."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts: Final = texts

    def text(self, message_id: str, **values: object) -> str:
        """Give a text with its placeholders filled in; the id itself when no language has it.

        Raises:
            KeyError: the text has a placeholder that `values` does not fill.
        """
        found = self.texts.get(message_id)
        if found is None:
            found = _english().get(message_id)
        return message_id if found is None else found.format(**values)

    def counted(self, message_id: str, number: int, **values: object) -> str:
        """Give the text for a number of things: `one` where the language tells one apart.

        Args:
            message_id: has `other` below it, and `one` in a language with a singular.
            number: of things; as `{count}` it has its digits grouped, unless `values` write it.
            values: what fills in the other placeholders.
        """
        one = f"{message_id}.one"
        form = one if number == 1 and one in self.texts else f"{message_id}.other"
        return self.text(form, **{"count": f"{number:,}", **values})


def load_catalog(language: str = ENGLISH) -> Catalog:
    """Read the catalog of a language.

    Args:
        language: the name of a file in `locales/`; one that is not there means English.
    """
    return Catalog(_english() if language == ENGLISH else read_texts(language) or _english())


def languages() -> list[str]:
    """Name the languages there are catalogs for."""
    return sorted(name.removesuffix(".toml") for name in os.listdir(_FOLDER))


def read_texts(language: str) -> dict[str, str]:
    """Read one language's own texts; empty when there are none."""
    if language not in languages():
        return {}
    with open(os.path.join(_FOLDER, f"{language}.toml"), "rb") as file:
        return {name: str(text) for name, text in flat(tomllib.load(file))}


@cache
def _english() -> dict[str, str]:
    return read_texts(ENGLISH)
