"""Charts as lines of block characters, for a fenced block: nothing in it is markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.report.as_text import BAR_WIDTH, one_line, padded, width
from fluxmirror_core.report.drawing import drawn_rows, level, limits, ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.report.sections import Cell, Section
    from fluxmirror_core.report.voice import Voice

_BAR: Final = "█"
_SIMPLE: Final = 2
"""Columns of a chart that has nothing but its bars to show."""
_SHORT_BAR: Final = 12
"""Columns of the longest bar behind several numbers: a terminal of 80 has them all."""
_SHADES: Final = "·░▒▓█"
_HOURS_APART: Final = 6
"""Of the hours that the axis of a heat map names."""


def draw(section: Section, voice: Voice) -> list[str]:
    """Draw a chart line by line; none where there is nothing to draw."""
    return _heat(section, voice) if section.kind == "heat" else _bars(section, voice)


def _bars(section: Section, voice: Voice) -> list[str]:
    drawn = drawn_rows(section)
    if not drawn:
        return []
    most = max(size for _, size in drawn)
    longest = BAR_WIDTH if len(section.columns) <= _SIMPLE else _SHORT_BAR
    bars = [_bar(size, most, longest) for _, size in drawn]
    labels, *numbers = _texts(section, [row for row, _ in drawn], voice)
    if len(numbers) == 1:
        lines = zip(_filled(labels), bars, numbers[0], strict=True)
        return [" ".join(filter(None, line)) for line in lines]
    # Several numbers of a row stand in front of its bar, each below its name.
    titles = [_fenced(voice.say(column.title)) for column in section.columns]
    texts = [[title, *texts] for title, texts in zip(titles, (labels, *numbers), strict=True)]
    rights = [column.is_number for column in section.columns]
    filled = [_filled(cells, right=right) for cells, right in zip(texts, rights, strict=True)]
    return ["  ".join(line).rstrip() for line in zip(*filled, ["", *bars], strict=True)]


def _bar(size: float, most: float, longest: int) -> str:
    return _BAR * max(int(longest * size // most), 1) if size else ""


def _texts(section: Section, rows: Sequence[Sequence[Cell]], voice: Voice) -> list[list[str]]:
    """Write the cells of all columns; without any, a label and how its bar's number is shown."""
    if section.columns:
        pairs = zip(section.columns, zip(*rows, strict=True), strict=True)
        columns = [voice.write_column(column.kind, cells) for column, cells in pairs]
    else:
        columns = [
            [voice.write("text", row[0]) for row in rows],
            [voice.write("number", row[-1]) for row in rows],
        ]
    return [[_fenced(text) for text in texts] for texts in columns]


def _fenced(text: str) -> str:
    """Write a text in a fenced block: where chats end one at any three backquotes, it has none."""
    return one_line(text).replace("`", "'")


def _filled(texts: Sequence[str], *, right: bool = False) -> list[str]:
    widest = max(map(width, texts))
    return [padded(text, widest, right=right) for text in texts]


def _heat(section: Section, voice: Voice) -> list[str]:
    """Draw a shade for each hour, below an axis, and above what each shade stands for."""
    if not section.rows:
        return []
    column = section.columns[0]
    days = voice.write_column(column.kind, [row[0] for row in section.rows])
    cells = [[cell or 0 for cell in row[1:]] for row in section.rows]
    most = max(map(max, cells))
    upto = limits(most)
    labels = _filled(["", *map(_fenced, days)])
    hours = len(section.columns) - 1
    axis = "".join(f"{hour:<{_HOURS_APART}}" for hour in range(0, hours, _HOURS_APART)).rstrip()
    shades = ["".join(_SHADES[level(number, upto)] for number in row) for row in cells]
    lines = [f"{label} {shown}" for label, shown in zip(labels, (axis, *shades), strict=True)]
    return [*lines, "", f"{labels[0]} {_legend(most)}"]


def _legend(most: int) -> str:
    pairs = zip(_SHADES, ("0", *ranges(most)), strict=False)
    return "  ".join(f"{shade} {numbers}" for shade, numbers in pairs)
