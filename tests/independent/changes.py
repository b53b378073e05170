"""Changes that nobody told the program of: rows of calls, changed and deleted by plain SQL."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

from fluxmirror_store.transaction import writing

from tests.independent.histories import AGENTS, FILES, MINUTE, OUTCOMES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

PART: Final = 5
"""One of so many rows is changed in one way."""
HOUR: Final = 60 * MINUTE
DELETE_HOUR: Final = (
    "DELETE FROM event WHERE ts_ms / ? = (SELECT ts_ms / ? FROM event WHERE id = ?)"
)


def change_rows(db: sqlite3.Connection, seed: int) -> None:
    """Change outcomes, times, paths, agents and what is self-noise; delete rows, and an hour."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    ids = [row[0] for row in db.execute("SELECT id FROM event ORDER BY id")]
    shifts = (-24 * HOUR, -HOUR, -1, 1, MINUTE, HOUR, 24 * HOUR)
    agents = [row[0] for row in db.execute("SELECT DISTINCT agent FROM event")]
    with writing(db):
        for number in _some(rng, ids):
            outcome = rng.choice(list(OUTCOMES))
            db.execute("UPDATE event SET outcome = ? WHERE id = ?", (outcome, number))
        for number in _some(rng, ids):
            shift = rng.choice((*shifts, None))
            db.execute("UPDATE event SET ts_ms = ts_ms + ? WHERE id = ?", (shift, number))
        for number in _some(rng, ids):
            path = rng.choice((f"/srv/api/{rng.choice(FILES)}", None))
            db.execute("UPDATE event SET path = ? WHERE id = ?", (path, number))
        for number in _some(rng, ids):
            agent = rng.choice((*agents, *AGENTS))
            db.execute("UPDATE event SET agent = ? WHERE id = ?", (agent, number))
        for number in _some(rng, ids):
            db.execute("UPDATE event SET self_noise = 1 - self_noise WHERE id = ?", (number,))
        for number in _some(rng, ids):
            db.execute("DELETE FROM event WHERE id = ?", (number,))
        db.execute(DELETE_HOUR, (HOUR, HOUR, rng.choice(ids)))


def _some(rng: random.Random, ids: list[int]) -> Iterable[int]:
    return rng.sample(ids, max(len(ids) // PART, 1))
