"""Texts broken into lines as each language breaks them.

Korean and English break between words; Chinese and Japanese have no spaces between theirs, and
break anywhere but before what closes and behind what opens.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from fluxmirror_core.report.as_text import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FREE: Final = (
    r"[\u2e80-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uff60\U00020000-\U0003ffff]"
)
_CLOSES: Final = (
    "、。，．：；？！）］｝〕〉》」』】〗・ー々ゝゞ…‥〜%％,.:;?!)]}"  # noqa: RUF001 - what is meant
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
"""What no line begins with."""
_OPENS: Final = "（［｛〔〈《「『【〖([{"  # noqa: RUF001 - what is meant
"""What no line ends with."""
_FIRST_FREE: Final = "\u2e80"
"""The first of `_FREE`."""


def wrap(
    text: str,
    columns: int,
    first: str = "",
    following: str = "",
    kept: Sequence[range] = (),
) -> list[str]:
    """Break a text into lines; a word that is longer than a line stays whole.

    Args:
        text: one line, harmless to a terminal.
        columns: of the terminal.
        first: what the first line begins with.
        following: what every other line begins with.
        kept: places in the text within which only its spaces break it, in any language.
    """
    lines: list[str] = []
    line, gap = first, ""
    is_begun = False
    for part in _parts(text, kept):
        if part.isspace():
            gap = part
            continue
        if is_begun and width(line + gap + part) > columns:
            lines.append(line)
            line, gap = following, ""
        line += gap + part
        gap, is_begun = "", True
    return [*lines, line]


def widest_part(text: str, kept: Sequence[range] = ()) -> int:
    """Count the columns of the widest part of a text that `wrap` does not break."""
    return max((width(part) for part in _parts(text, kept) if not part.isspace()), default=0)


def _parts(text: str, kept: Sequence[range]) -> Iterator[str]:
    """Yield what is not broken, and the spaces between."""
    for word in re.finditer(r"\s+|\S+", text):
        if max(word[0]) < _FIRST_FREE:
            yield word[0]
        else:
            yield from _parts_of_word(word[0], word.start(), kept)


def _parts_of_word(word: str, start: int, kept: Sequence[range]) -> Iterator[str]:
    begin = 0
    for place in _between().finditer(word):
        end = place.start()
        if not any(one.start < start + end < one.stop for one in kept):
            yield word[begin:end]
            begin = end
    yield word[begin:]


@cache
def _between() -> re.Pattern[str]:
    """Say where a word may be broken: beside a Chinese or Japanese character.

    Made when there is one: it takes 2 ms.
    """
    return re.compile(
        rf"(?<=[^{re.escape(_OPENS)}0-9])(?={_FREE})(?=[^{re.escape(_CLOSES)}])"
        rf"|(?<={_FREE})(?<=[^{re.escape(_OPENS)}])(?=[^{re.escape(_CLOSES)}])"
    )
