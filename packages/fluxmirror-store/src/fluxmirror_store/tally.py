"""Tally: how often something happened that is not an event, by kind, agent, version and name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    import sqlite3

TORN: Final = "torn"
RECOVERED: Final = "recovered"
BAD: Final = "bad"
PRUNED: Final = "pruned"
UNDECODABLE: Final = "undecodable"
UNKNOWN_EVENT: Final = "unknown_event"
OFF: Final = "off"
"""An event that its owner did not want recorded."""
SLOW_PATTERN: Final = "slow_pattern"
"""A value that was masked whole, because a pattern of the user's took too long with it."""

_ADD: Final = """
INSERT INTO tally (kind, agent, name, version, count, last_ms) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET count = count + excluded.count, last_ms = excluded.last_ms
"""


class Tallied(NamedTuple):
    """One line of the tally."""

    kind: str
    agent: str
    name: str
    version: str
    """The agent's, where its hooks are told it."""
    times: int
    last_ms: int


class Tally:
    """Counts of one batch, added to the database's in the batch's transaction."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str, str]] = Counter()

    def add(
        self, kind: str, agent: str = "", name: str = "", version: str = "", *, times: int = 1
    ) -> None:
        """Count something, `times` over."""
        if times:
            self._counts[kind, agent, name, version] += times

    def flush(self, db: sqlite3.Connection, now_ms: int) -> None:
        """Add the counts to the database's."""
        db.executemany(_ADD, ((*key, count, now_ms) for key, count in self._counts.items()))


def tallied(db: sqlite3.Connection) -> list[Tallied]:
    """Read the whole tally, by kind, agent, name and version."""
    rows = db.execute(
        "SELECT kind, agent, name, version, count, last_ms FROM tally ORDER BY 1, 2, 3, 4"
    )
    return [Tallied(*row) for row in rows]
