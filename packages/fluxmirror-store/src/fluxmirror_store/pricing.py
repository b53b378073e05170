"""Prices again what is recorded, by the prices of now."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.transcripts.response import Tokens

from fluxmirror_store.importing.response_rows import Prices
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    import sqlite3

    from fluxmirror_store.importing.response_rows import PriceBook

_COUNTS: Final = ", ".join(f"{name}_tokens" for name in Tokens._fields)
_SELECT: Final = f"""
SELECT id, agent, model, ts_ms, cost_pico, price_id, {_COUNTS} FROM response
WHERE ts_ms >= ? AND id > ? ORDER BY id LIMIT ?
"""
_UPDATE: Final = "UPDATE response SET cost_pico = ?, price_id = ? WHERE id = ?"
_DROP_UNUSED: Final = """
DELETE FROM price WHERE id NOT IN (SELECT price_id FROM response WHERE price_id IS NOT NULL)
"""
_BATCH: Final = 5_000
_EVER: Final = -(1 << 62)


class Repriced(NamedTuple):
    """What became of the recorded responses."""

    responses: int
    changed: int
    """Those that cost something else now, or have a price for the first time."""
    unpriced: int
    """Those whose price nobody knows."""


def reprice(db: sqlite3.Connection, book: PriceBook, since_ms: int | None = None) -> Repriced:
    """Price every response again, a batch in a transaction; whoever is killed may start anew.

    Args:
        db: open for writing.
        book: knows the prices.
        since_ms: leave responses from before it as they are; UTC milliseconds.
    """
    total = changed = unpriced = last = 0
    first = _EVER if since_ms is None else since_ms
    prices = Prices(db, book, time.time_ns() // 1_000_000)
    while rows := db.execute(_SELECT, (first, last, _BATCH)).fetchall():
        with writing(db):
            now = [_now(prices, row) for row in rows]
            updates = [new for new, row in zip(now, rows, strict=True) if new[:2] != row[4:6]]
            db.executemany(_UPDATE, updates)
        total += len(rows)
        unpriced += sum(pico is None for pico, _, _ in now)
        costs = dict(zip((row[0] for row in rows), (row[4] for row in rows), strict=True))
        changed += sum(pico != costs[number] for pico, _, number in updates)
        last = rows[-1][0]
    with writing(db):
        db.execute(_DROP_UNUSED)
    return Repriced(total, changed, unpriced)


def _now(
    prices: Prices, row: tuple[int, str, str | None, int, int | None, int | None, int]
) -> tuple[int | None, int | None, int]:
    number, agent, model, ts_ms, _, _, *counts = row
    pico, price_id = prices.cost_of(agent, model, ts_ms, Tokens(*counts))
    return pico, price_id, number
