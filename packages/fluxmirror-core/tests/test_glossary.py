"""Whatever stands as a title on a report can be asked for, in every language."""

from __future__ import annotations

import re
from typing import Final

import pytest
from fluxmirror_core.messages import languages, load_catalog, read_texts
from fluxmirror_core.report.glossary import ENTRIES, WRITTEN, find_entry, words_of

TITLES: Final = re.compile(
    r"(?:work|day|cost|coverage)\.section\..*|(?:work|git|coverage|cost)\.column\..*|work\.figure\..*"
    r"|column\..*|theme\..*|outcome\..*|cost\.key\..*|git\.section|cost\.total"
    r"|card\.(?:figure|now|before|change)|unit\.(?:none|not_comparable)"
    r"|cost\.explain\.(?:kind|rate|without)|coverage\.all|project\.none"
)
"""Ids of the texts that stand above columns, beside figures, over sections and alone in cells."""
KEYS: Final = {text: key for key, texts in WRITTEN.items() for text in texts}
LANGUAGES: Final = languages()


def key_of(asked: str, language: str = "en") -> str | None:
    """Ask for a word; gives the key of what it means."""
    found = find_entry(asked, load_catalog(language))
    return found and found.key


def test_every_title_of_a_report_leads_somewhere() -> None:
    """Nobody meets a word that the program itself cannot explain."""
    titles = {text for text in read_texts("en") if TITLES.fullmatch(text)}
    assert titles == set(KEYS)
    assert set(WRITTEN) <= set(ENTRIES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", sorted(KEYS))
def test_a_title_is_asked_for_as_it_is_written(text: str, language: str) -> None:
    """In the language of the report, and no two titles of a language are mixed up."""
    assert key_of(load_catalog(language).text(text), language) == KEYS[text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ENTRIES)
def test_everything_goes_by_its_key_and_its_name(key: str, language: str) -> None:
    """A key is the same in every language, a name is that of one."""
    assert key_of(key, language) == key
    assert key_of(load_catalog(language).say(ENTRIES[key].name), language) == key
    assert key_of(str(ENTRIES[key].name), language) == key


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("실패율", "failure_rate"),
        ("手戻り", "rework_loops"),
        ("返工循环", "rework_loops"),
        ("N/A", "change"),
        ("비교 불가", "change"),
        ("+?", "unpriced"),
        ("pp", "points"),
        ("mcp", "mcp_calls"),
        ("Tool mix", "tools"),
        ("LOOPS", "rework_loops"),
        ("top-tool", "top_tool"),
        ("Polishing", "day_theme"),
        ("↑", "signs"),
        ("^", "signs"),
        ("✓", "signs"),
        ("<1%", "signs"),
        ("█", "signs"),
        ("\u2013", "none"),
        ("-", "none"),
        ("ratio", "new_edit_ratio"),
        ("Focus", "focus_blocks"),
        ("Edited", "edited_files"),
        ("Most-written files", "files_written"),
    ],
)
def test_a_word_of_any_language_is_found_in_any_other(asked: str, key: str) -> None:
    """Who pastes a word of a report need not say in which language it is."""
    for language in LANGUAGES:
        assert key_of(asked, language) == key


def test_languages_agree_about_every_word_that_they_share() -> None:
    """Nobody has to say in which language a word is."""
    meanings: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for word, key in words_of(load_catalog(language)).items():
            meanings.setdefault(word, set()).add(key)
    assert not [word for word, keys in meanings.items() if len(keys) > 1]


@pytest.mark.parametrize("asked", ["nothing of the kind", "", "--", "_"])
def test_what_is_on_no_report_is_not_found(asked: str) -> None:
    """Nothing is guessed here."""
    assert key_of(asked) is None
