"""Rows as lines, for other programs: bars between the columns, one row a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmirror_cli.rows.writer import Cell, Row


class LinesWriter:
    r"""Writes `a|b`, NULL as nothing, blobs as hex digits, what would break a line as `\x0a`."""

    def __init__(self, *, header: bool) -> None:
        self._header = header

    def result(self, columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
        """Give a line for each row, the names first where they are wanted."""
        if self._header:
            yield _line(columns)
        yield from map(_line, rows)

    def end(self, changed: int | None) -> str:  # noqa: ARG002 - said on stderr
        """Give nothing."""
        return ""


def _line(row: Row) -> str:
    return "|".join(map(_cell, row)) + "\n"


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    text = value.hex() if isinstance(value, bytes) else str(value)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
