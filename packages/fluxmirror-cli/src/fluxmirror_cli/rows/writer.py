"""What every writer of rows can do, and how what it gives is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from fluxmirror_cli.output import emit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Cell = str | int | float | bytes | None
    Row = Sequence[Cell]

_PIECES: Final = 1_000
_CHARACTERS: Final = 1 << 20
"""So much is printed at once, so that memory stays flat however many rows there are."""


class RowsWriter(Protocol):
    """Writes several results, one after another, as one text."""

    def result(self, columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
        """Give one result, piece by piece, after those before it."""

    def end(self, changed: int | None) -> str:
        """Give what is left to be written after all results.

        Args:
            changed: how many rows were changed; None where nothing could be.
        """


def print_pieces(pieces: Iterable[str]) -> None:
    """Print a text that comes in pieces, many at a time, as `emit` does."""
    some: list[str] = []
    length = 0
    for piece in pieces:
        some.append(piece)
        length += len(piece)
        if len(some) >= _PIECES or length >= _CHARACTERS:
            emit("".join(some))
            some, length = [], 0
    if some:
        emit("".join(some))
