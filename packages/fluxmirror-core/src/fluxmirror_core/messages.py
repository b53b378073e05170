"""Catalog: message id → text in a language; what a language lacks is said in English."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        return message_id if found is None else found.format(**values)


def load_catalog(language: str = ENGLISH) -> Catalog:
    """Read the catalog of a language, on top of the English one.

    Args:
        language: the name of a file in `locales/`; one that is not there means English.
    """
    english = read_texts(ENGLISH)
    return Catalog(english if language == ENGLISH else {**english, **read_texts(language)})


def languages() -> list[str]:
    """Name the languages there are catalogs for."""
    return sorted(name.removesuffix(".toml") for name in os.listdir(_FOLDER))


def read_texts(language: str) -> dict[str, str]:
    """Read one language's own texts; empty when there are none."""
    if language not in languages():
        return {}
    with open(os.path.join(_FOLDER, f"{language}.toml"), "rb") as file:
        return dict(_flat(tomllib.load(file), ""))


def _flat(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
