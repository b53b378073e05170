"""Plain tables: columns two blanks apart, as wide as their widest cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.report.as_text import one_line, padded, width

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
            padded(cell, widths[at], right=at in right) for at, cell in enumerate(row)
        ).rstrip()
        for row in cells
    ]
    return "".join(f"{line}\n" for line in lines)
