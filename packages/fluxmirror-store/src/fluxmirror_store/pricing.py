"""Prices again what is recorded, by the prices of now."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
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
_UNKNOWN: Final = """
SELECT DISTINCT agent, model FROM response WHERE cost_pico IS NULL AND model IS NOT NULL
"""
_OF_MODEL: Final = f"""
SELECT id, agent, model, ts_ms, cost_pico, price_id, {_COUNTS} FROM response
WHERE cost_pico IS NULL AND agent = ? AND model = ?
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
    while True:
        with writing(db):  # an import beside it may change what was read before
            rows = db.execute(_SELECT, (first, last, _BATCH)).fetchall()
            now = [_now(prices, row) for row in rows]
            pairs = list(zip(now, rows, strict=True))
            db.executemany(_UPDATE, [new for new, row in pairs if new[:2] != row[4:6]])
        if not rows:
            break
        total += len(rows)
        unpriced += sum(pico is None for pico, _, _ in now)
        changed += sum(new[0] != row[4] for new, row in pairs)
        last = rows[-1][0]
    with writing(db):
        db.execute(_DROP_UNUSED)
    return Repriced(total, changed, unpriced)


def price_unknown(db: sqlite3.Connection, book: PriceBook) -> int:
    """Price the responses whose price nobody knew, and somebody knows now; gives how many.

    A list may have grown, or the user has named a price.
    """
    now_ms = time.time_ns() // 1_000_000
    unknown: list[tuple[str, str]] = db.execute(_UNKNOWN).fetchall()
    known = [of for of in unknown if book.find(of[0], of[1], now_ms) is not None]
    if not known:
        return 0
    with writing(db):
        prices = Prices(db, book, now_ms)
        rows = [row for of in known for row in db.execute(_OF_MODEL, of)]
        now = [new for new in (_now(prices, row) for row in rows) if new[0] is not None]
        db.executemany(_UPDATE, now)
    return len(now)


def _now(
    prices: Prices, row: tuple[int, str, str | None, int, int | None, int | None, int]
) -> tuple[int | None, int | None, int]:
    number, agent, model, ts_ms, _, _, *counts = row
    pico, price_id = prices.cost_of(agent, model, ts_ms, Tokens(*counts))
    return pico, price_id, number
