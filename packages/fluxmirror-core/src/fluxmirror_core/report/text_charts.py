"""Charts as lines of block characters, for a fenced block: nothing in it is markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.report.as_text import BAR_WIDTH, one_line, padded, width
from fluxmirror_core.report.cells import head
from fluxmirror_core.report.drawing import drawn_rows, first_number, level, limits, ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.report.sections import Cell, Section
    from fluxmirror_core.report.voice import Voice

_BAR: Final = "█"
_SHORT_BAR: Final = 12
"""Columns of the longest bar behind several numbers: a terminal of 80 has them all."""
_LEAST_BAR: Final = 4
_LEAST_LABEL: Final = 12
"""Columns that are left of both, however narrow a terminal is."""
_GAPS: Final = 2
"""Blanks of a line beside a bar, or behind a number."""
_SHADES: Final = "·░▒▓█"
_HOURS_APART: Final = 6
"""Of the hours that the axis of a heat map names."""


def draw(section: Section, voice: Voice, room: int | None = None) -> list[str] | None:
    """Draw a chart line by line; none where there is nothing to draw.

    Args:
        section: what to draw.
        voice: how to say it.
        room: columns of the terminal; None for any number of them.

    Returns:
        None where there is no room for bars beside several numbers: their table does without.
    """
    if section.kind == "heat":
        return _heat(section, voice, room)
    drawn = drawn_rows(section)
    if not drawn:
        return []
    rows, sizes = [row for row, _ in drawn], [size for _, size in drawn]
    labels, *numbers = _texts(section, rows, voice)
    if len(numbers) == 1:
        return _simple(labels, sizes, numbers[0], room)
    titles = [_fenced(voice.say(column.title)) for column in section.columns]
    texts = [[title, *texts] for title, texts in zip(titles, (labels, *numbers), strict=True)]
    rights = [column.is_number for column in section.columns]
    filled = [_filled(cells, right=right) for cells, right in zip(texts, rights, strict=True)]
    return _with_bars(filled, sizes, first_number(section.columns), room)


def _simple(
    labels: Sequence[str], sizes: Sequence[float], numbers: Sequence[str], room: int | None
) -> list[str]:
    """Draw bars between what they are of and what they stand for."""
    longest = BAR_WIDTH
    if room is not None:
        beside = room - max(map(width, numbers)) - _GAPS
        labels = [head(label, max(beside - _LEAST_BAR, _LEAST_LABEL)) for label in labels]
        longest = max(min(longest, beside - max(map(width, labels))), 1)
    lines = zip(_filled(labels), _drawn(sizes, longest), numbers, strict=True)
    return [" ".join(filter(None, line)) for line in lines]


def _with_bars(
    columns: Sequence[Sequence[str]], sizes: Sequence[float], drawn: int, room: int | None
) -> list[str] | None:
    """Draw bars among several numbers, right behind those that they stand for.

    Args:
        columns: of texts of one width, each below its name.
        sizes: of the rows.
        drawn: the place of the column that the bars stand for.
        room: columns of the terminal; None for any number of them.

    Returns:
        None where there is no room for bars.
    """
    longest = _SHORT_BAR
    if room is not None:
        longest = min(longest, room - sum(width(column[0]) + _GAPS for column in columns))
        if longest < _LEAST_BAR:
            return None
    if not any(sizes):
        return ["  ".join(line).rstrip() for line in zip(*columns, strict=True)]
    bars = _filled(["", *_drawn(sizes, longest)])
    placed = (*columns[: drawn + 1], bars, *columns[drawn + 1 :])
    return ["  ".join(line).rstrip() for line in zip(*placed, strict=True)]


def _drawn(sizes: Sequence[float], longest: int) -> list[str]:
    most = max(sizes)
    return [_BAR * max(int(longest * size // most), 1) if size else "" for size in sizes]


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


def _heat(section: Section, voice: Voice, room: int | None) -> list[str]:
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
    margin = f"{labels[0]} "
    legend = _legend(most, None if room is None else room - width(margin))
    return [*lines, "", *(f"{margin}{line}" for line in legend)]


def _legend(most: int, room: int | None) -> list[str]:
    """Write what each shade stands for, on as few lines as there is room for."""
    lines: list[str] = []
    for shade, numbers in zip(_SHADES, ("0", *ranges(most)), strict=False):
        told = f"{shade} {numbers}"
        longer = "  ".join((*lines[-1:], told))
        if room is not None and width(longer) > room:
            lines.append(told)
        else:
            lines[-1:] = [longer]
    return lines
