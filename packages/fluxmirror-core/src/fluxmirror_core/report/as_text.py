"""A report as Markdown that reads well in a terminal.

The only writer of tables: whatever stood in a recorded string leaves here as one line, in its
cell, without power over the terminal.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmirror_core.report.sections import Cell, Column, Report, Section

_BAR: Final = "█"
BAR_WIDTH: Final = 30
"""Columns of the longest bar."""
_PIPE: Final = re.compile(r"(\\*)\|")
_JOINERS: Final = "\u200c\u200d"
"""Invisible, but part of how Persian, Hindi and emoji are spelt."""
_UNSAFE: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Control and format characters (bidi marks among them), surrogates, line and paragraph ends."""
_WIDE: Final = ("W", "F")
_WIDTHLESS: Final = ("Mn", "Me", "Cf")
_LATER_JAMO: Final = (range(0x1160, 0x1200), range(0xD7B0, 0xD800))
"""Vowels and last consonants of Korean, drawn into the syllable: macOS spells file names so."""


def render_text(report: Report) -> str:
    """Write a report as Markdown, with a line feed at its end."""
    blocks = [f"# {one_line(report.title)}"]
    for section in report.sections:
        blocks.append(f"## {one_line(section.title)}")
        if section.facts:
            blocks.append("\n".join(f"- {one_line(fact)}" for fact in section.facts))
        blocks.append(_BODIES[section.kind](section))
        if section.note:
            blocks.append(one_line(section.note))
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


def _visible(char: str) -> str:
    if unicodedata.category(char) not in _UNSAFE or char in _JOINERS:
        return char
    return char.encode("unicode_escape").decode("ascii")


@lru_cache(maxsize=8192)
def _char_width(char: str) -> int:
    if unicodedata.category(char) in _WIDTHLESS or any(ord(char) in one for one in _LATER_JAMO):
        return 0
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1


def _table(section: Section) -> str:
    right = [column.is_number for column in section.columns]
    lines = [[_cell(column.title) for column in section.columns]]
    lines += [[_cell(cell) for cell in row] for row in section.rows]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    head, *body = (_row(line, widths, right) for line in lines)
    return "\n".join((head, _rule(section.columns, widths), *body))


def _cell(cell: Cell) -> str:
    text = _written(cell)
    # A backslash before the pipe would take the escape for itself, so it is escaped as well.
    return _PIPE.sub(r"\1\1\\|", text) if "|" in text else text


def _written(cell: Cell) -> str:
    return f"{cell:,}" if isinstance(cell, int) else one_line(cell)


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    return f"| {' | '.join(map(_padded, cells, widths, right))} |"


def _padded(text: str, wanted: int, right: bool) -> str:  # noqa: FBT001 - mapped over columns
    padding = " " * (wanted - width(text))
    return padding + text if right else text + padding


def _rule(columns: Sequence[Column], widths: Sequence[int]) -> str:
    pairs = zip(columns, widths, strict=True)
    cells = ("-" * (w + 1) + ":" if column.is_number else "-" * (w + 2) for column, w in pairs)
    return f"|{'|'.join(cells)}|"


def _bars(section: Section) -> str:
    return "\n".join(("```text", *_bar_lines(section.rows), "```"))


def _bar_lines(rows: Sequence[tuple[Cell, ...]]) -> Iterator[str]:
    bars = [
        (_written(label), number, _written(shown[0] if shown else number))
        for label, number, *shown in rows
        if isinstance(number, int) and number
    ]
    most = max((number for _, number, _ in bars), default=0)
    widest = max((width(label) for label, _, _ in bars), default=0)
    for label, number, shown_number in bars:
        length = max(BAR_WIDTH * number // most, 1)
        yield f"{_padded(label, widest, False)} {_BAR * length} {shown_number}"  # noqa: FBT003 - a column of texts


_BODIES: Final = {"table": _table, "bars": _bars}
