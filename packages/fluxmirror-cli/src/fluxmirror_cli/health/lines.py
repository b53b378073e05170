"""Lines of a column of doctor's table: broken as the text's language does, long paths as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.report.as_text import width
from fluxmirror_core.report.wrapping import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDE: Final = 2
"""Columns of a Chinese, Japanese or Korean character."""
_WIDOW: Final = 2 * _WIDE
"""So few columns look lost on a last line: half a word, where no space stands between words."""


def break_lines(text: str, room: int) -> list[str]:
    """Break a text into lines of so many columns, a path that is longer behind its slashes."""
    lines: list[list[str]] = [[]]
    for piece in _pieces(text, room):
        if lines[-1] and width(_line([*lines[-1], piece])) > room:
            lines.append([])
        lines[-1].append(piece)
    _keep_company(lines)
    return [_line(line) for line in lines]


def _line(pieces: list[str]) -> str:
    return "".join(pieces).lstrip(" ")


def _pieces(text: str, room: int) -> Iterator[str]:
    """Yield what is not broken, each with the space before it."""
    held = ""
    for number, word in enumerate(text.split(" ")):
        gap = " " if number else ""
        for part in _parts(word, room):
            # Chinese writes `3 天`, and a number goes with what it counts.
            is_counter = gap and _is_number(held) and width(part[:1]) == _WIDE
            if held and not is_counter:
                yield held
                held = ""
            held += gap + part
            gap = ""
    yield held


def _is_number(piece: str) -> bool:
    return piece.strip(" ").replace(",", "").isdigit()


def _parts(word: str, room: int) -> Iterator[str]:
    """Yield what of a word stays whole; of a path that is longer than a line, its names."""
    for part in wrap(word, 0):  # on lines of no width, each is on its own
        *folders, name = part.split("/") if width(part) > room else [part]
        yield from (f"{folder}/" for folder in folders)
        yield name


def _keep_company(lines: list[list[str]]) -> None:
    """Give a last line of a character or two some of the line before."""
    *_, before, last = [[], *lines]
    while len(before) > 1 and _is_lost(_line(last)):
        last.insert(0, before.pop())


def _is_lost(line: str) -> bool:
    is_word = line.isascii() and line.isalpha()
    return width(line) <= _WIDOW and not is_word
