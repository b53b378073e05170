"""Text as the database holds it: what an older program wrote need not be UTF-8."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping


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


def fetch_own(db: sqlite3.Connection, question: str, values: Mapping[str, Any]) -> list[Any]:
    """Ask a table that nobody but us writes: its text is UTF-8, and quickly read as such."""
    lenient = db.text_factory
    db.text_factory = str
    try:
        return db.execute(question, values).fetchall()
    finally:
        db.text_factory = lenient
