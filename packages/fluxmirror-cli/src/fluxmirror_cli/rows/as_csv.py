"""Rows as CSV, for spreadsheets."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from fluxmirror_core.report.as_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fluxmirror_cli.rows.writer import Cell, Row


class CsvWriter:
    """Writes the names, then the rows; an empty line between two results.

    Args:
        header: whether the names are wanted.
        on_terminal: whether a terminal shows it, which a recorded string must not command.
    """

    def __init__(self, *, header: bool, on_terminal: bool) -> None:
        self._header = header
        self._text: Callable[[str], str] = one_line if on_terminal else str
        self._is_first = True

    def result(self, columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
        """Give a record for each row."""
        if not self._is_first:
            yield "\n"
        self._is_first = False
        write = csv.writer(_Given(), lineterminator="\n").writerow
        if self._header:
            yield write(map(self._cell, columns))
        for row in rows:
            yield write(map(self._cell, row))

    def end(self, changed: int | None) -> str:  # noqa: ARG002 - said on stderr
        """Give nothing."""
        return ""

    def _cell(self, value: Cell) -> Cell:
        if isinstance(value, bytes):
            return value.hex()
        return self._text(value) if isinstance(value, str) else value


class _Given:
    """A file that gives back what is written to it; `writerow` hands that on."""

    def write(self, text: str) -> str:
        return text
