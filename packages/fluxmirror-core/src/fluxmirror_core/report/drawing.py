"""Sizes of what charts draw, alike in every format."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from fluxmirror_core.report.sections import MONEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.report.sections import Cell, Column, Section

_TO: Final = "\u2013"
LEVELS: Final = 4
"""Shades of what is more than nothing."""


def first_number(columns: Sequence[Column]) -> int:
    """Say which column a chart draws: the first of numbers."""
    return next(place for place, column in enumerate(columns) if column.is_number)


def drawn_rows(section: Section) -> list[tuple[tuple[Cell, ...], float]]:
    """Give the rows of a chart that people are shown, each with its size.

    Hours before the first one with anything are left out, and those after the last; so is a bar
    of nothing that is only a label and a number.
    """
    pairs = list(zip(section.rows, sizes(section), strict=True))
    if section.kind == "strip":
        places = [place for place, (_, size) in enumerate(pairs) if size]
        pairs = pairs[places[0] : places[-1] + 1] if places else []
    elif not section.columns:
        pairs = [(row, size) for row, size in pairs if size]
    return pairs[: section.shown]


def left_out(section: Section) -> int:
    """Count the rows that people are not shown."""
    return 0 if section.shown is None else max(len(section.rows) - section.shown, 0)


def sizes(section: Section) -> list[float]:
    """Give how large each row is: its first number; of money, where it is all of one currency."""
    if not section.columns:
        return [row[1] if isinstance(row[1], int) else 0 for row in section.rows]
    place = first_number(section.columns)
    cells = [row[place] for row in section.rows]
    if section.columns[place].kind == MONEY:
        currencies = {one.currency for cell in cells if cell for one in cell.costs}
        if len(currencies) > 1:
            # Bars of different currencies say nothing about each other.
            return [0.0] * len(cells)
    return [_size(cell) for cell in cells]


def limits(most: int) -> list[int]:
    """Give up to what number each shade stands, the last for the most there is.

    They grow as squares do: few cells of a busy week come near its busiest, and the many others
    are still told apart.
    """
    return [max(most * step * step // LEVELS**2, step) for step in range(1, LEVELS)] + [
        max(most, LEVELS)
    ]


def level(number: int, upto: Sequence[int]) -> int:
    """Say which shade a number has: 0 is nothing, and 4 the most."""
    return bisect_left(upto, number) + 1 if number > 0 else 0


def ranges(most: int) -> list[str]:
    """Write which numbers each shade stands for, those beyond the most are left out."""
    upto = limits(most)
    starts = [1, *(one + 1 for one in upto)]
    spans = [(first, min(last, most)) for first, last in zip(starts, upto, strict=False)]
    return [
        f"{first:,}" if first == last else f"{first:,}{_TO}{last:,}"
        for first, last in spans
        if first <= most
    ]


def _size(cell: Cell) -> float:
    if isinstance(cell, int | float):
        return max(cell, 0)
    return sum(one.pico for one in cell.costs) if hasattr(cell, "costs") else 0
