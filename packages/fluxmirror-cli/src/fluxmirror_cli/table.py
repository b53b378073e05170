"""Plain tables: columns two blanks apart, as wide as their widest cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.report.as_text import one_line, width

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence


def aligned(rows: Iterable[Sequence[str]], *, right: Collection[int] = ()) -> str:
    """Write rows as lines, each cell harmless for a terminal.

    Args:
        rows: equally many cells in each.
        right: numbers of the columns that are written to the right, from 0.
    """
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            _padded(cell, widths[at], to_the_right=at in right) for at, cell in enumerate(row)
        ).rstrip()
        for row in cells
    ]
    return "".join(f"{line}\n" for line in lines)


def _padded(cell: str, wanted: int, *, to_the_right: bool) -> str:
    padding = " " * (wanted - width(cell))
    return padding + cell if to_the_right else cell + padding
