"""How much room each section of a page takes, on a screen and on paper."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.cutting import shown_of
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.report.as_text import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.report.sections import Section

_View = dict[str, Any]


class _Medium(NamedTuple):
    """How a table may be narrowed; in letters."""

    head: int
    """A line of a column's title, where even words are broken."""
    lines: dict[str, int]
    """A line of what may be broken anywhere, by its look."""
    bar: int
    """What a bar takes at least."""


_SCREEN: Final = _Medium(56, {"p": 34, "c": 34, "w": 20}, 10)
_PAPER: Final = _Medium(6, {"p": 40, "c": 34, "w": 20}, 6)
HALF: Final = "half"
"""What takes a half of the width, beside another such section."""
BESIDE: Final = "beside"
"""A chart that has its table beside it."""
BELOW: Final = "below"
"""A chart that has its table below it, for all to see: it tells much more."""
_LONE: Final = "lone"
"""What takes a half of the width, and stands alone."""
_NARROW: Final = 56
"""Letters that a half of the width has room for."""
_BESIDE_CHART: Final = 84
"""Letters that a table has room for beside its chart."""
WIDE: Final = 860
"""Width of a chart that takes all of a page, in the units of its drawing."""
_HALF_WIDE: Final = 420
_BESIDE_WIDE: Final = (230, 824)
"""Of a chart and its table: the least for the chart, and what both have."""
_LETTER: Final = 7
_BETWEEN: Final = 2
_PLAIN_COLUMNS: Final = 2
"""Of a table that tells no more than its chart."""
_NARROW_DAYS: Final = 10
"""Days of a chart that takes a half."""
_THIRD: Final = "p2"
_HALF_OF_PAPER: Final = "p3"
_MOST: Final = "p4"
"""Parts of a sheet of paper, whose width is six of them."""
_TALL: Final = "tall"
"""What has others beside it, one below the other."""
_TOP: Final = "top"
"""What has its first rows alone on paper."""
_OF_THIRD: Final = 52
_OF_HALF: Final = 70
_OF_MOST: Final = 104
"""Letters that they have room for."""
_PAPER_ROWS: Final = 5
"""Rows of a ranking on paper, where a page is to be one sheet."""
_LONG: Final = 12
"""Rows of a table that is tall."""


def screen_place(section: Section, table: _View) -> str:
    """Say how much room a section takes: the whole width, a half, or a half and its table beside.

    Args:
        section: which one.
        table: as it is shown; empty for what is none.
    """
    if section.kind == "trend":
        if len(section.rows) > _NARROW_DAYS:
            return ""
        if len(section.columns) <= _PLAIN_COLUMNS:
            return HALF
        return BESIDE if _width(section, table, _SCREEN) <= _BESIDE_CHART else BELOW
    if section.kind == "strip":
        return HALF
    if section.kind not in {"table", "bars"}:
        return ""
    return HALF if _width(section, table, _SCREEN) <= _NARROW else ""


def chart_size(section: Section, table: _View) -> int:
    """Say how wide a chart is drawn: where it has its table beside it, as much as that leaves."""
    place = screen_place(section, table)
    if place == BESIDE:
        least, both = _BESIDE_WIDE
        return max(both - _LETTER * _width(section, table, _SCREEN), least)
    return _HALF_WIDE if place == HALF else WIDE


def paper_place(section: Section, table: _View) -> str:
    """Say what a section takes of a sheet: its part of the width, and which rows it has there."""
    is_plain = section.kind == "trend" and screen_place(section, table) == HALF
    if section.kind == "strip" or is_plain:
        return _THIRD
    if section.kind not in {"table", "bars"}:
        return ""
    return joined(_paper_width(section, table), _TOP if _is_cut(section) else "")


def paper_rows(section: Section) -> int:
    """Say how many of a section's rows stand on paper: of a long ranking not all."""
    return _PAPER_ROWS if _is_cut(section) else len(section.rows[: section.shown])


def _is_cut(section: Section) -> bool:
    if section.kind not in {"table", "bars"} or section.shown is None:
        return False
    is_long = shown_of(len(section.rows), _PAPER_ROWS) == _PAPER_ROWS
    return is_long and len(section.rows[: section.shown]) > _PAPER_ROWS


def _paper_width(section: Section, table: _View) -> str:
    letters = _width(section, table, _PAPER)
    if letters <= _OF_THIRD:
        return joined(_THIRD, _TALL if len(table["rows"]) > _LONG else "")
    if letters <= _OF_HALF:
        return _HALF_OF_PAPER
    return _MOST if letters <= _OF_MOST else ""


def pair(views: Sequence[_View]) -> None:
    """Let a narrow section without a neighbour take the whole width."""
    waiting: _View | None = None
    for view in views:
        if view["place"] != HALF:
            _widen(waiting)
            waiting = None
        else:
            waiting = view if waiting is None else None
    _widen(waiting)


def pair_on_paper(views: Sequence[_View]) -> None:
    """Let what is said of a map stand beside it."""
    for view, following in pairwise(views):
        if view["kind"] == "heat" and following["kind"] == "points":
            view["paper"] = following["paper"] = _HALF_OF_PAPER


def joined(*classes: str) -> str:
    """Write classes as an attribute has them."""
    return " ".join(filter(None, classes))


def _widen(view: _View | None) -> None:
    if view is not None:
        view["place"] = _LONE


def _width(section: Section, table: _View, on: _Medium) -> int:
    """Guess how wide a table wants to be, in letters; long cells of some looks are broken."""
    widest = [
        max(
            min(_longest_word(head), on.head),
            min(max(map(cell_width, cells)), on.lines.get(head["look"], _NARROW)),
        )
        for head, *cells in zip(table["columns"], *table["rows"], strict=True)
    ]
    bar = on.bar if section.kind == "bars" else 0
    return bar + sum(one + _BETWEEN for one in widest)


def _longest_word(head: _View) -> int:
    """Measure what cannot be broken of a title."""
    return max((width(word) for _, text in head["spans"] for word in text.split()), default=0)


def cell_width(cell: _View) -> int:
    """Measure a cell, in letters."""
    return sum(width(text) for _, text in cell["spans"])
