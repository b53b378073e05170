"""Where everything of a chart stands, in the units of its drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.report.as_text import one_line, width
from fluxmirror_core.report.drawing import first_number, level, limits, ranges, sizes
from fluxmirror_core.report.html_axis import FEW, axis_labels
from fluxmirror_core.report.html_layout import WIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.report.sections import Cell, Figure, Section
    from fluxmirror_core.report.voice import Voice

_View = dict[str, Any]
_MIDDLE: Final = 50
"""Of a bar's drawing, which is 100 wide."""
_ROW: Final = 30
"""Height of a row of a table."""
_TALL: Final = 84
"""Of the tallest column."""
_ROOM: Final = 16
"""Above it, for its number."""
_BELOW: Final = 18
_LETTER: Final = 7
"""How wide one is drawn."""
_FILLED: Final = 0.72
"""How much of its place a column takes."""
_HOURS_APART: Final = 3
_CELL: Final = (21, 22)
_STEP: Final = (24, 25)
_DAY_NAMES: Final = 46
_AXIS: Final = 22


def bar_lengths(of: Sequence[float]) -> list[float]:
    """Give the lengths of bars in percent of the longest; a bar never vanishes."""
    most = max(of, default=0)
    return [max(round(100 * size / most, 1), 0.5) if size else 0 for size in of]


def change_bar(figure: Figure) -> _View:
    """Place a bar from the middle of its drawing to the side that a figure went.

    Where a figure went to its double, or further, the bar ends at the edge.
    """
    changed = figure.change
    if changed is None or not changed.before:
        return {"x": _MIDDLE, "width": 0}
    part = (changed.now - changed.before) / abs(changed.before)
    length = round(min(abs(part), 1) * _MIDDLE, 1)
    return {"x": _MIDDLE if part > 0 else round(_MIDDLE - length, 1), "width": length}


def columns_chart(section: Section, voice: Voice, size: int, *, is_tall: bool = False) -> _View:
    """Place a column for each row: an hour or a day.

    Args:
        section: what to draw.
        voice: how to say it.
        size: the width of the drawing, in its units.
        is_tall: whether it is as high as its table beside it.
    """
    tall = _ROW * (len(section.rows) + 1) - _ROOM - _BELOW if is_tall else _TALL
    floor = _ROOM + tall
    return {
        "is_wide": size == WIDE,
        "width": size,
        "height": floor + _BELOW,
        "floor": floor,
        "chart": _columns(section, voice, size, tall),
    }


def heat_chart(section: Section, voice: Voice) -> _View:
    """Place a cell for each hour of each weekday; those of nothing are drawn at once."""
    days = [one_line(text) for text in _written(section, 0, voice)]
    cells = [[cell or 0 for cell in row[1:]] for row in section.rows]
    most = max(map(max, cells))
    upto = limits(most)
    places = [_DAY_NAMES + _STEP[0] * hour for hour in range(len(section.columns) - 1)]
    wide, high = _CELL
    return {
        "width": places[-1] + wide,
        "height": _AXIS + _STEP[1] * len(cells) - (_STEP[1] - high),
        "axis": [{"x": x, "label": hour} for hour, x in enumerate(places)][::_HOURS_APART],
        "chart": [
            {
                "label": day,
                "y": _AXIS + _STEP[1] * place,
                "ground": _ground(places, row),
                "cells": _heat_cells(day, places, row, upto),
            }
            for place, (day, row) in enumerate(zip(days, cells, strict=True))
        ],
        "legend": ["0", *ranges(most)],
    }


def _columns(section: Section, voice: Voice, size: int, tall: int) -> list[_View]:
    """Place columns, each in the middle of its step; of many only the top one has its number."""
    heights = sizes(section)
    most, step = max(heights), size / len(heights)
    numbered = range(len(heights)) if len(heights) <= FEW else (heights.index(most),)
    axis = axis_labels(section, voice, size, is_wide=size == WIDE)
    labels = [one_line(text) for text in _written(section, 0, voice)]
    numbers = [one_line(text) for text in _written(section, first_number(section.columns), voice)]
    return [
        {
            **_column(step, place, tall, tall * height / most if height else 0),
            "label": label,
            "starts": _starts(place, step, label),
            "number": numbers[place] if height and place in numbered else "",
            "hint": f"{labels[place]}: {numbers[place]}",
        }
        for place, (height, label) in enumerate(zip(heights, axis, strict=True))
    ]


def _starts(place: int, step: float, label: str) -> bool:
    """Tell whether a label begins where its column does: the first one, where it is wider."""
    return not place and width(label) * _LETTER > step


def _column(step: float, place: int, room: int, height: float) -> _View:
    """Place a column; one that has any height never vanishes."""
    tall = max(round(height, 1), 1) if height else 0
    return {
        "x": round(step * (place + (1 - _FILLED) / 2), 1),
        "y": round(_ROOM + room - tall, 1),
        "width": round(step * _FILLED, 1),
        "height": tall,
        "middle": round(step * (place + 0.5), 1),
    }


def _ground(places: Sequence[int], row: Sequence[int]) -> str:
    """Draw the cells of nothing as one path."""
    wide, high = _CELL
    pairs = zip(places, row, strict=True)
    return "".join(f"M{x} {high // 2}h{wide}" for x, number in pairs if not number)


def _heat_cells(
    day: str, places: Sequence[int], row: Sequence[int], upto: Sequence[int]
) -> list[_View]:
    return [
        {"x": x, "level": level(number, upto), "hint": f"{day} {hour:02}:00: {number:,}"}
        for hour, (x, number) in enumerate(zip(places, row, strict=True))
        if number
    ]


def _written(section: Section, place: int, voice: Voice) -> list[str]:
    cells: list[Cell] = [row[place] for row in section.rows]
    return voice.write_column(section.columns[place].kind, cells)
