"""Retention: what was pruned stays away, however often session files tell of it once more.

What a hook tells is taken whatever its time: it happened just now, so a time long past is that of
a clock gone wrong, and the next pruning sees to it. `prune` takes in what waits before it deletes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_DAY_MS: Final = 86_400_000
_SELECT: Final = "SELECT before_ms, at_ms FROM pruned"
_SET: Final = "INSERT OR REPLACE INTO pruned (id, before_ms, at_ms) VALUES (1, ?, ?)"


class _Dated(Protocol):
    @property
    def ts_ms(self) -> int: ...


_Row = TypeVar("_Row", bound=_Dated)


def pruned_before(db: sqlite3.Connection, now_ms: int) -> int | None:
    """Give the moment before which nothing is taken again; None when everything is.

    A mark that was set at a time that has not come yet was set by a clock that ran ahead, or the
    clock runs behind now. Either way it must not keep away what happens today, so it goes as far
    back from now as it was from then, a day at least.

    Args:
        db: a database of ours.
        now_ms: what the clock says, in UTC milliseconds like what is given.
    """
    found: tuple[int, int] | None = db.execute(_SELECT).fetchone()
    if found is None:
        return None
    before_ms, at_ms = found
    if at_ms <= now_ms:
        return before_ms
    return min(before_ms, now_ms - max(at_ms - before_ms, _DAY_MS))


def marked_ms(db: sqlite3.Connection) -> int | None:
    """Give when something was last pruned, as the clock said then; None when nothing ever was."""
    found = db.execute(_SELECT).fetchone()
    return None if found is None else int(found[1])


def raise_mark(db: sqlite3.Connection, before_ms: int, now_ms: int) -> None:
    """Note that nothing from before a moment is kept, inside the caller's transaction.

    The mark goes back only where a clock was set back: what is behind it was deleted.
    """
    so_far = pruned_before(db, now_ms)
    db.execute(_SET, (before_ms if so_far is None else max(before_ms, so_far), now_ms))


def remove_mark(db: sqlite3.Connection) -> None:
    """Let whatever is told be taken again, inside the caller's transaction."""
    db.execute("DELETE FROM pruned")


def not_pruned(db: sqlite3.Connection, rows: Sequence[_Row]) -> Sequence[_Row]:
    """Leave out what is older than what is kept: session files may tell of it for years."""
    before_ms = pruned_before(db, time.time_ns() // 1_000_000)
    return rows if before_ms is None else [row for row in rows if row.ts_ms >= before_ms]
