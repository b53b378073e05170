"""Tables in Markdown: columns beside each other, and as much of each as a terminal has room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.report.as_text import padded, width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_LEAST: Final = 12
"""So many columns of a terminal are left of what is cut."""
_EDGE: Final = 1
_BETWEEN: Final = 3
"""What a bar and its blanks take, for each column of the table."""


class TableColumn(NamedTuple):
    """One column of a table, written as Markdown."""

    title: str
    cells: Sequence[str]
    is_number: bool = False
    """Whether it stands to the right."""
    cut: Callable[[int], Sequence[str]] | None = None
    """Writes its cells in so many columns of a terminal at most; None where nothing is cut."""
    is_label: bool = False
    """Whether it is cut only where it is too wide beside any other column."""
    asked: int = 0
    """So many columns of a terminal it has before others stand beside it."""

    @property
    def width(self) -> int:
        """Give the columns of a terminal that it takes."""
        return max(map(width, (self.title, *self.cells)))

    @property
    def least(self) -> int:
        """Give the columns that it takes when it is cut; its title stays whole."""
        if self.cut is None:
            return self.width
        return min(self.width, max(_LEAST, width(self.title)))

    @property
    def wanted(self) -> int:
        """Give the columns that it needs beside others."""
        return self.width if self.is_label else max(self.least, min(self.width, self.asked))


def lined_up(columns: Sequence[TableColumn], room: int | None) -> str:
    """Put columns beside each other.

    Where they take more than there is room for, the widest that may be cut are; where that is not
    enough, what is left follows in tables below, each of which begins with the first column.

    Args:
        columns: equally many cells in each.
        room: columns of the terminal; None for any number of them.
    """
    if room is None:
        return _table(columns)
    return "\n\n".join(_table(_cut(part, room)) for part in _parts(columns, room))


def _table(columns: Sequence[TableColumn]) -> str:
    filled, rules = [], []
    for column in columns:
        right, widest = column.is_number, column.width
        filled.append([padded(text, widest, right=right) for text in (column.title, *column.cells)])
        rules.append("-" * (widest + 1) + ":" if right else "-" * (widest + 2))
    head, *body = (f"| {' | '.join(cells)} |" for cells in zip(*filled, strict=True))
    return "\n".join((head, f"|{'|'.join(rules)}|", *body))


def _parts(columns: Sequence[TableColumn], room: int) -> list[list[TableColumn]]:
    """Share columns out among as many tables as there must be."""
    first, *others = columns
    parts = [[first]]
    for column in others:
        is_full = _taken(one.wanted for one in (*parts[-1], column)) > room
        if is_full and len(parts[-1]) > 1:
            parts.append([first])
        parts[-1].append(column)
    return parts


def _cut(columns: Sequence[TableColumn], room: int) -> list[TableColumn]:
    """Cut the widest columns until all of them fit, or until no more may be cut.

    None is cut to less than it needs while another one has more than that.
    """
    widths = [column.width for column in columns]
    _narrow(widths, [column.wanted for column in columns], room)
    _narrow(widths, [column.least for column in columns], room)
    return [
        column if column.cut is None else column._replace(cells=column.cut(taken))
        for column, taken in zip(columns, widths, strict=True)
    ]


def _narrow(widths: list[int], least: Sequence[int], room: int) -> None:
    """Take from the widest, one by one, until all fit or have no more than the least."""
    while _taken(widths) > room and widths != least:
        longer = [at for at, one in enumerate(widths) if one > least[at]]
        widths[max(longer, key=widths.__getitem__)] -= 1


def _taken(widths: Iterable[int]) -> int:
    return _EDGE + sum(one + _BETWEEN for one in widths)
