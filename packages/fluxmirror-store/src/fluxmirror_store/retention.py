"""Retention: what was pruned stays away, whoever tells of it once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_SELECT: Final = "SELECT before_ms FROM pruned"
_RAISE: Final = """
INSERT INTO pruned (id, before_ms, at_ms) VALUES (1, ?, ?)
ON CONFLICT DO UPDATE SET before_ms = excluded.before_ms, at_ms = excluded.at_ms
WHERE excluded.before_ms > before_ms
"""


class _Dated(Protocol):
    @property
    def ts_ms(self) -> int: ...


_Row = TypeVar("_Row", bound=_Dated)


def pruned_before(db: sqlite3.Connection) -> int | None:
    """Give the moment before which nothing is kept, in UTC milliseconds; None when all is."""
    found = db.execute(_SELECT).fetchone()
    return found[0] if found else None


def raise_mark(db: sqlite3.Connection, before_ms: int, now_ms: int) -> None:
    """Note that nothing from before a moment is kept, inside the caller's transaction.

    The mark never goes back: what is behind it was deleted.
    """
    db.execute(_RAISE, (before_ms, now_ms))


def remove_mark(db: sqlite3.Connection) -> None:
    """Let whatever is told be taken again, inside the caller's transaction."""
    db.execute("DELETE FROM pruned")


def not_pruned(db: sqlite3.Connection, rows: Sequence[_Row]) -> Sequence[_Row]:
    """Leave out what is older than what is kept: session files may tell of it for years."""
    before_ms = pruned_before(db)
    return rows if before_ms is None else [row for row in rows if row.ts_ms >= before_ms]
