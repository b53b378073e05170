"""Where everything of a chart stands, in the units of its drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.report.as_text import one_line
from fluxmirror_core.report.drawing import first_number, level, limits, ranges, sizes
from fluxmirror_core.report.sections import DATE, WEEKDAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.report.sections import Cell, Section
    from fluxmirror_core.report.voice import Voice

_View = dict[str, Any]
_NARROW: Final = 420
_WIDE: Final = 860
_FEW: Final = 10
"""So many columns have their numbers above them and all their names below; of more the top has."""
_TALL: Final = 84
"""Of the tallest column."""
_ROOM: Final = 16
"""Above it, for its number."""
_BELOW: Final = 18
_FILLED: Final = 0.72
"""How much of its place a column takes."""
_WEEK: Final = 7
_HOURS_APART: Final = 3
_DAYS_APART: Final = 5
_CELL: Final = (26, 24)
_STEP: Final = (34, 28)
_DAY_NAMES: Final = 46
_AXIS: Final = 20


def bar_lengths(of: Sequence[float]) -> list[float]:
    """Give the lengths of bars in percent of the longest; a bar never vanishes."""
    most = max(of, default=0)
    return [max(round(100 * size / most, 1), 0.5) if size else 0 for size in of]


def columns_chart(section: Section, voice: Voice, *, is_narrow: bool) -> _View:
    """Place a column for each row: an hour or a day."""
    heights = sizes(section)
    most = max(heights)
    top = heights.index(most)
    number = first_number(section.columns)
    labels = [one_line(text) for text in _written(section, 0, voice)]
    numbers = [one_line(text) for text in _written(section, number, voice)]
    shown = _axis(section, voice)
    is_few = len(heights) <= _FEW
    width = _NARROW if is_narrow else _WIDE
    step = width / max(len(heights), 1)
    chart = []
    for place, size in enumerate(heights):
        tall = max(round(_TALL * size / most, 1), 1) if size else 0
        chart.append(
            {
                "x": round(step * (place + (1 - _FILLED) / 2), 1),
                "y": round(_ROOM + _TALL - tall, 1),
                "width": round(step * _FILLED, 1),
                "height": tall,
                "middle": round(step * (place + 0.5), 1),
                "label": shown[place],
                "number": numbers[place] if size and (is_few or place == top) else "",
                "hint": f"{labels[place]}: {numbers[place]}",
            }
        )
    floor = _ROOM + _TALL
    return {
        "is_wide": not is_narrow,
        "width": width,
        "height": floor + _BELOW,
        "floor": floor,
        "chart": chart,
    }


def heat_chart(section: Section, voice: Voice) -> _View:
    """Place a cell for each hour of each weekday; those of nothing are drawn at once."""
    hours = len(section.columns) - 1
    days = [one_line(text) for text in _written(section, 0, voice)]
    cells = [[cell or 0 for cell in row[1:]] for row in section.rows]
    most = max(map(max, cells))
    upto = limits(most)
    places = [_DAY_NAMES + _STEP[0] * hour for hour in range(hours)]
    wide, high = _CELL
    chart = [
        {
            "label": day,
            "y": _AXIS + _STEP[1] * place,
            "ground": "".join(
                f"M{x} {high // 2}h{wide}"
                for x, number in zip(places, row, strict=True)
                if not number
            ),
            "cells": [
                {
                    "x": x,
                    "level": level(number, upto),
                    "hint": f"{day} {hour:02}:00: {number:,}",
                }
                for hour, (x, number) in enumerate(zip(places, row, strict=True))
                if number
            ],
        }
        for place, (day, row) in enumerate(zip(days, cells, strict=True))
    ]
    return {
        "width": places[-1] + wide,
        "height": _AXIS + _STEP[1] * len(chart) - (_STEP[1] - high),
        "axis": [{"x": places[hour], "label": hour} for hour in range(0, hours, _HOURS_APART)],
        "chart": chart,
        "legend": ["0", *ranges(most)],
    }


def _written(section: Section, place: int, voice: Voice) -> list[str]:
    cells: list[Cell] = [row[place] for row in section.rows]
    return voice.write_column(section.columns[place].kind, cells)


def _axis(section: Section, voice: Voice) -> list[str]:
    """Say what stands below the columns: every few hours, weekdays, or days of the month."""
    column, cells = section.columns[0], [row[0] for row in section.rows]
    if section.kind == "strip":
        return [str(place) if not place % _HOURS_APART else "" for place in range(len(cells))]
    if column.kind != DATE:
        return [one_line(text) for text in voice.write_column(column.kind, cells)]
    if len(cells) <= _WEEK:
        return voice.write_column(WEEKDAY, [day.weekday() for day in cells])
    days = [str(day.day) for day in cells]
    if len(cells) <= _FEW:
        return days
    return [day if not place % _DAYS_APART else "" for place, day in enumerate(days)]
