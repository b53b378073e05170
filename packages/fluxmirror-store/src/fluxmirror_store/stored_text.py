"""Text as the database holds it: what an older program wrote need not be UTF-8."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

_AT_ONCE: Final = 200
"""Rows of a long table that are in memory together."""


def lenient_text(raw: bytes) -> str:
    """Give stored bytes as text, a sign in place of each byte that is none; a `text_factory`."""
    return raw.decode("utf-8", "replace")


@contextmanager
def read_leniently(db: sqlite3.Connection) -> Iterator[None]:
    """Read text as `lenient_text` gives it, for the block."""
    strict = db.text_factory
    db.text_factory = lenient_text
    try:
        yield
    finally:
        db.text_factory = strict


def own_rows(
    db: sqlite3.Connection, question: str, values: Mapping[str, Any]
) -> Iterator[tuple[Any, ...]]:
    """Ask a table whose text was written from Python: it is UTF-8, and quickly read as such."""
    found = db.execute(question, values)
    lenient = db.text_factory
    while True:
        # Whoever takes the rows may ask something else in between.
        db.text_factory = str
        try:
            some = found.fetchmany(_AT_ONCE)
        finally:
            db.text_factory = lenient
        if not some:
            return
        yield from some
