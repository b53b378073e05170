"""The one model of a report that every format renders, so that formats never differ in content."""

from __future__ import annotations

from typing import Literal, NamedTuple

Cell = str | int
"""Text, or a number that a renderer may group."""


class Column(NamedTuple):
    """One column of a table."""

    title: str
    is_number: bool = False


class Section(NamedTuple):
    """One heading and what stands under it."""

    title: str
    kind: Literal["table", "bars"]
    columns: tuple[Column, ...] = ()
    """Of a table."""
    rows: tuple[tuple[Cell, ...], ...] = ()
    """Cells of a table, one per column; of a bar its label, its number, and what to write for it.

    The last may be left out: the number is written then.
    """
    note: str = ""
    """What is to be said under the rows, such as how many were left out."""
    facts: tuple[str, ...] = ()
    """What is to be said above the rows, a line each."""


class Report(NamedTuple):
    """A title and its sections; cells hold raw text, which the renderer makes safe."""

    title: str
    sections: tuple[Section, ...]
