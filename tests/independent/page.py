"""The lists of words that docs/reference/metrics.md has, read off the page itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"


class Wrapper(NamedTuple):
    """A row of the page's first table of programs."""

    with_word: frozenset[str]
    """Options that take a word along."""
    own_words: int
    verbs: frozenset[str]


def lists_of(heading: str) -> dict[str, tuple[str, ...]]:
    """Read the lines `- label: words` below a heading of the page, up to the next heading."""
    found = (re.fullmatch(r"- (.+?): (`.*)", line) for line in _below(heading))
    return {match[1]: tuple(_words(match[2])) for match in found if match}


def wrappers() -> dict[str, Wrapper]:
    """Read the table of wrappers."""
    return {
        name: Wrapper(frozenset(_words(options)), int(own or 0), frozenset(_words(verbs)))
        for name, options, own, verbs in _rows("### Wrappers")
    }


def two_word_programs() -> dict[str, frozenset[str]]:
    """Read the table of programs that are named with their next word: name → its options."""
    rows = _rows("### Programs whose next word says what is done")
    return {name: frozenset(_words(options)) for name, options in rows}


def _below(heading: str) -> list[str]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    below = lines[lines.index(heading) + 1 :]
    ends = [number for number, line in enumerate(below) if line.startswith("#")]
    return below[: ends[0]] if ends else below


def _rows(heading: str) -> list[list[str]]:
    """Give the cells of a table, the first without its marks."""
    lines = [line for line in _below(heading) if line.startswith("| `")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [[row[0].strip("`"), *row[1:]] for row in rows]


def _words(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)
