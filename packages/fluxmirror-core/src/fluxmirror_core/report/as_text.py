"""A report as Markdown that reads well in a terminal and pasted into a chat.

The only writer of tables: whatever stood in a recorded string leaves here as one line, in its
cell, without power over the terminal or over Markdown.

Who only needs to make a text harmless, or to measure it, loads nothing else.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fluxmirror_core.report.sections import Report
    from fluxmirror_core.report.voice import Voice

BAR_WIDTH: Final = 30
"""Columns of the longest bar."""
_JOINERS: Final = "\u200c\u200d"
"""Invisible, but part of how Persian, Hindi and emoji are spelt."""
_UNSAFE: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Control and format characters (bidi marks among them), surrogates, line and paragraph ends."""
_WIDE: Final = ("W", "F")
_WIDTHLESS: Final = ("Mn", "Me", "Cf")
_LATER_JAMO: Final = (range(0x1160, 0x1200), range(0xD7B0, 0xD800))
"""Vowels and last consonants of Korean, drawn into the syllable: macOS spells file names so."""


def render_text(report: Report, voice: Voice, room: int | None = None) -> str:
    """Write a report as Markdown, with a line feed at its end; empty sections are left out.

    Args:
        report: what to write.
        voice: how to say it.
        room: columns of the terminal that it is for; None for lines of any length.
    """
    from fluxmirror_core.report.text_lines import flowing, spoken_line
    from fluxmirror_core.report.text_sections import section_blocks

    blocks = [f"# {spoken_line(report.title, voice)}"]
    if report.subtitle:
        blocks.append(flowing(report.subtitle, voice, room))
    for section in report.sections:
        blocks += section_blocks(section, voice, room)
    blocks += [flowing(line, voice, room) for line in report.footer]
    return "\n\n".join(blocks) + "\n"


def one_line(text: str) -> str:
    r"""Make `text` harmless: what is not visible becomes visible, as in `\n`, `\x1b`, `\u202e`."""
    return text if text.isprintable() else "".join(map(_visible, text))


def width(text: str) -> int:
    """Count the columns of a terminal that `text` takes; East Asian wide characters take two.

    Those of ambiguous width, such as `…`, `·` and `█`, take one, as terminals have it unless they
    are told otherwise.
    """
    return len(text) if text.isascii() else sum(map(_char_width, text))


def padded(text: str, wanted: int, *, right: bool = False) -> str:
    """Fill a text up to so many columns; to the right it stands behind what it is filled with."""
    padding = " " * (wanted - width(text))
    return padding + text if right else text + padding


def _visible(char: str) -> str:
    if unicodedata.category(char) not in _UNSAFE or char in _JOINERS:
        return char
    return char.encode("unicode_escape").decode("ascii")


@lru_cache(maxsize=8192)
def _char_width(char: str) -> int:
    if unicodedata.category(char) in _WIDTHLESS or any(ord(char) in one for one in _LATER_JAMO):
        return 0
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1
