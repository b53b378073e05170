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
    from collections.abc import Iterator

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


def wrap(text: str, columns: int, first: str = "", following: str = "") -> list[str]:
    """Break a text into lines; a word that is longer than a line stays whole.

    Args:
        text: one line, harmless to a terminal.
        columns: of the terminal.
        first: what the first line begins with.
        following: what every other line begins with.
    """
    lines: list[str] = []
    line, gap = first, ""
    is_begun = False
    for part in _parts(text):
        if part.isspace():
            gap = part
            continue
        if is_begun and width(line + gap + part) > columns:
            lines.append(line)
            line, gap = following, ""
        line += gap + part
        gap, is_begun = "", True
    return [*lines, line]


def _parts(text: str) -> Iterator[str]:
    """Yield what is not broken, and the spaces between."""
    for word in re.findall(r"\s+|\S+", text):
        if max(word) < _FIRST_FREE:
            yield word
        else:
            yield from (part for part in _between().split(word) if part)


@cache
def _between() -> re.Pattern[str]:
    """Say where a word may be broken: beside a Chinese or Japanese character.

    Made when there is one: it takes 2 ms.
    """
    return re.compile(
        rf"(?<=[^{re.escape(_OPENS)}0-9])(?={_FREE})(?=[^{re.escape(_CLOSES)}])"
        rf"|(?<={_FREE})(?<=[^{re.escape(_OPENS)}])(?=[^{re.escape(_CLOSES)}])"
    )
