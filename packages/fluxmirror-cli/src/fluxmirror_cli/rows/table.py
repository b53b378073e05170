"""Rows as a table that fits a terminal; as a list of names and values where it cannot."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.report.as_text import one_line, padded, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmirror_cli.rows.writer import Cell, Row

_BLOCK: Final = 1_000
"""Rows that are laid out together; memory stays flat however many there are."""
_GAP: Final = 2
"""Spaces between two columns."""
_LEAST: Final = 8
"""A column that has to be narrower than this tells nothing any more."""
_CUT: Final = "…"
_LONGEST: Final = 4
"""Characters of a cell that are looked at, for each column of the terminal."""


class _Shown(NamedTuple):
    text: str
    is_number: bool
    is_null: bool


class TableWriter:
    """Writes aligned columns, long cells cut.

    Args:
        columns: how many the terminal has.
        header: whether the names are wanted.
    """

    def __init__(self, columns: int, *, header: bool) -> None:
        self._columns = columns
        self._header = header
        self._is_first = True

    def result(self, columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
        """Give a table, or a list for each row where the columns do not fit side by side."""
        if not self._is_first:
            yield "\n"
        self._is_first = False
        titles = [self._shown(column).text for column in columns]
        blocks = self._blocks(rows)
        first = next(blocks, [])
        if self._fits(_natural(titles, first, header=self._header)):
            yield from self._table(titles, first, blocks)
        else:
            yield from self._lists(titles, first, blocks)

    def end(self, changed: int | None) -> str:  # noqa: ARG002 - said on stderr
        """Give nothing."""
        return ""

    def _blocks(self, rows: Iterable[Row]) -> Iterator[list[list[_Shown]]]:
        shown = ([self._shown(cell) for cell in row] for row in rows)
        while block := list(islice(shown, _BLOCK)):
            yield block

    def _shown(self, cell: Cell) -> _Shown:
        if cell is None:
            return _Shown("", is_number=False, is_null=True)
        text = cell.hex() if isinstance(cell, bytes) else str(cell)
        seen = text[: self._columns * _LONGEST]
        shown = _cut(one_line(seen), self._columns, more=len(seen) < len(text))
        return _Shown(shown, is_number=isinstance(cell, int | float), is_null=False)

    def _fits(self, natural: Sequence[int]) -> bool:
        least = sum(min(one, _LEAST) for one in natural)
        return least + _GAP * (len(natural) - 1) <= self._columns

    def _table(
        self,
        titles: list[str],
        first: list[list[_Shown]],
        following: Iterator[list[list[_Shown]]],
    ) -> Iterator[str]:
        right = _number_columns(len(titles), first)
        natural = _natural(titles, first, header=self._header)
        widths = _fitted(natural, self._columns)
        if self._header:
            yield _row(titles, widths, right)
            yield _row(["-" * one for one in widths], widths, right)
        for row in first:
            yield _row([cell.text for cell in row], widths, right)
        for block in following:
            # A wider cell than any before moves what comes, and nothing is cut for no need.
            natural = [*map(max, natural, _natural(titles, block, header=False))]
            widths = _fitted(natural, self._columns)
            for row in block:
                yield _row([cell.text for cell in row], widths, right)

    def _lists(
        self,
        titles: list[str],
        first: list[list[_Shown]],
        following: Iterator[list[list[_Shown]]],
    ) -> Iterator[str]:
        """Write each row as lines of a name and a value; without rows the names alone."""
        wide = min(max(map(width, titles)), self._columns // 2)
        names = [padded(_cut(title, wide), wide) for title in titles]
        if not first:
            yield from (f"{name.rstrip()}\n" for name in names)
        between = ""
        for block in (first, *following):
            for row in block:
                room = self._columns - wide - _GAP
                cells = [_cut(cell.text, room) for cell in row]
                pairs = zip(names, cells, strict=True)
                lines = (f"{name}{' ' * _GAP}{cell}".rstrip() + "\n" for name, cell in pairs)
                yield between + "".join(lines)
                between = "\n"


def _natural(titles: Sequence[str], rows: Sequence[Sequence[_Shown]], *, header: bool) -> list[int]:
    """Give the width of each column that cuts nothing."""
    widths = [width(title) if header else 1 for title in titles]
    for row in rows:
        widths = [max(wide, width(cell.text)) for wide, cell in zip(widths, row, strict=True)]
    return widths


def _fitted(natural: Sequence[int], columns: int) -> list[int]:
    """Make the widest columns narrower, all alike, until a row fits."""
    room = columns - _GAP * (len(natural) - 1)
    rest = len(natural)
    for wide in sorted(natural):
        if wide * rest > room:
            limit = max(room // rest, 1)
            return [min(one, limit) for one in natural]
        room -= wide
        rest -= 1
    return list(natural)


def _number_columns(count: int, rows: Sequence[Sequence[_Shown]]) -> list[bool]:
    """Tell which columns hold numbers alone, at least one."""
    return [
        any(row[place].is_number for row in rows)
        and all(row[place].is_number or row[place].is_null for row in rows)
        for place in range(count)
    ]


def _row(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = (
        padded(_cut(text, wide), wide, right=is_right)
        for text, wide, is_right in zip(texts, widths, right, strict=True)
    )
    return (" " * _GAP).join(cells).rstrip() + "\n"


def _cut(text: str, limit: int, *, more: bool = False) -> str:
    """Cut a text to so many columns of the terminal; `more` when it is cut already."""
    if width(text) <= limit and not more:
        return text
    kept = ""
    room = limit - width(_CUT)
    for char in text:
        room -= width(char)
        if room < 0:
            break
        kept += char
    return kept + _CUT
