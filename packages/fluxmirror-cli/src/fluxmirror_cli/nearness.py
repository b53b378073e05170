"""How near a mistyped word is to a known one: by the slips of a finger between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_BEGINNING: Final = 3
"""So many letters tell what somebody wanted to write."""
_LETTERS_PER_SLIP: Final = 3
"""Of a known word; one of two letters may have a slip as well, one of a single letter none."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Give the known word that was most likely meant, whatever its case.

    Returns:
        The only one that begins so; else the one with the fewest slips, the first of several; None
        where no word is near.
    """
    written = list(known)
    longer = [one for one in written if one.casefold().startswith(word.casefold())]
    if len(longer) == 1 and _letters(word) >= _BEGINNING:
        return longer[0]
    # Each letter that is missing or too many is a slip: nobody compares a page with a word.
    as_long = [one for one in written if abs(len(word) - len(one)) <= _most_slips(one)]
    slips = [(_slips(word.casefold(), one.casefold()), one) for one in as_long]
    near = [(number, one) for number, one in slips if number <= _most_slips(one)]
    return min(near, key=lambda one: one[0])[1] if near else None


def _letters(word: str) -> int:
    return sum(letter.isalnum() for letter in word)


def _most_slips(word: str) -> int:
    return max(int(_letters(word) > 1), _letters(word) // _LETTERS_PER_SLIP)


def _slips(word: str, other: str) -> int:
    """Count the letters that are missing, too many, wrong, or two of them swapped."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(word):
        older, before, row = before, row, [at + 1]
        for to, wanted in enumerate(other):
            slips = min(before[to] + (letter != wanted), before[to + 1] + 1, row[to] + 1)
            is_swapped = at and to and letter == other[to - 1] and word[at - 1] == wanted
            row.append(min(slips, older[to - 1] + 1) if is_swapped else slips)
    return row[-1]
