"""Every word has an id, every id a word, and English stands in for what a language lacks."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import fluxmirror_core
import pytest
from fluxmirror_core.messages import Catalog, languages, load_catalog, read_texts

SOURCE = Path(fluxmirror_core.__file__).parent
USED = re.compile(r"[\"']((?:day|column|outcome|cost|coverage|money)\.[a-z_.{}]+)[\"']")


def placeholders(text: str) -> set[str]:
    """Name the placeholders of a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_placeholders_are_filled() -> None:
    """Values go in as they are: their own braces mean nothing."""
    catalog = Catalog({"greeting": "Hello {name}"})
    assert catalog.text("greeting", name="{name} {0}") == "Hello {name} {0}"


def test_an_id_without_text_stands_for_itself() -> None:
    """A forgotten text is seen, and stops nobody."""
    assert Catalog({}).text("day.title") == "day.title"


@pytest.mark.parametrize("language", ["xx", "../locales/en", ""])
def test_an_unknown_language_is_english(language: str) -> None:
    """What is no catalog's name is not looked for either."""
    assert load_catalog(language).texts == read_texts("en")


def test_every_language_has_the_ids_and_placeholders_of_english() -> None:
    """No language says less than English does."""
    english = read_texts("en")
    assert english
    for language in languages():
        texts = read_texts(language)
        assert set(texts) == set(english), language
        for message_id, text in texts.items():
            assert placeholders(text) == placeholders(english[message_id]), message_id


def test_every_id_is_used_and_every_used_id_has_a_text() -> None:
    """The catalog and the code that asks it do not drift apart."""
    used = {
        found
        for file in SOURCE.glob("report/*.py")
        for found in USED.findall(file.read_text("utf-8"))
    }
    plain = {one for one in used if "{" not in one}
    prefixes = tuple(one.partition("{")[0] for one in used - plain)
    texts = set(read_texts("en"))
    assert plain <= texts
    assert {one for one in texts - plain if not one.startswith(prefixes)} == set()
