"""Responses → rows: the records of one response, from whatever files, in one row, priced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.pricing import cost
from fluxmirror_core.transcripts.response import Tokens

from fluxmirror_store.importing.call_rows import move_calls
from fluxmirror_store.portions import portions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmirror_core.pricing import Price

_COUNTS: Final = tuple(f"{name}_tokens" for name in Tokens._fields)
_COLUMNS: Final = (
    "agent", "key", "ts_ms", "session", "subagent", "model", "project", "source_id", "offset",
    *_COUNTS,
)  # fmt: skip
_SELECT: Final = f"""
SELECT r.id, {", ".join(f"r.{name}" for name in _COLUMNS)}, s.path,
    d.source_id, t.path, d.offset, d.raw_json, d.total
FROM response AS r JOIN source AS s ON s.id = r.source_id
JOIN record AS d ON d.response_id = r.id JOIN source AS t ON t.id = d.source_id
WHERE r.agent = ? AND r.key IN
"""
_INTO: Final = f"""
INTO response ({", ".join(_COLUMNS)}, cost_pico, price_id, id)
VALUES ({", ".join("?" * (len(_COLUMNS) + 3))})
"""
_RECORD_INTO: Final = """
INTO record (source_id, offset, raw_json, total, response_id) VALUES (?, ?, ?, ?, ?)
"""
_FORGET: Final = "DELETE FROM response WHERE agent = ? AND key GLOB ?"
_FORGET_RECORDS: Final = """
DELETE FROM record WHERE response_id IN (SELECT id FROM response WHERE agent = ? AND key GLOB ?)
"""
_MOST_PICO: Final = 1 << 50
"""About a thousand of a currency's units: no response costs more, and thousands can be summed."""
_NAMELESS: Final = "@"
"""Begins the key of a response without an id: its source and its place there."""


class PriceBook(Protocol):
    """Knows what a model's tokens cost."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> Price | None:
        """Give the price at a time; None when nobody knows it."""


class Record(NamedTuple):
    """Where a response's counts stand as the agent wrote them."""

    path: str
    source_id: int
    offset: int
    raw_json: str
    total: int
    """All of its counts added up."""


class ResponseRow(NamedTuple):
    """A response, as far as its records are known."""

    agent: str
    key: str
    ts_ms: int
    path: str
    """The file that told of it first."""
    source_id: int
    offset: int
    """And where in it, in bytes."""
    session: str | None
    subagent: str | None
    model: str | None
    project: str | None
    tokens: Tokens
    record: Record
    """The record with the largest counts."""


def nameless_key(source_id: int, offset: int) -> str:
    """Give the key of a response that has no id of its own."""
    return f"{_NAMELESS}{source_id}:{offset}"


def merge_rows(one: ResponseRow, other: ResponseRow) -> ResponseRow:
    """Put what two records, or groups of them, say of one response together.

    In whatever order they come: the larger of each count, and all else from the first by time,
    then by path, then by place.
    """
    first, later = (one, other) if _order(one) <= _order(other) else (other, one)
    tokens = Tokens(*map(max, first.tokens, later.tokens))
    return first._replace(tokens=tokens, record=_larger(first.record, later.record))


def write_responses(
    db: sqlite3.Connection,
    rows: Iterable[ResponseRow],
    book: PriceBook,
    now_ms: int,
    written: set[int] | None = None,
) -> int:
    """Write responses inside the caller's transaction, each merged with what is known of it.

    Args:
        db: where they go.
        rows: one or more of each.
        book: knows the prices.
        now_ms: when; UTC milliseconds.
        written: hashes of the keys of all that were ever written, where the caller knows them, as
            in a first import: others need not be looked for.

    Returns:
        How many became new rows.
    """
    told: dict[tuple[str, str], ResponseRow] = {}
    for row in rows:
        other = told.get((row.agent, row.key))
        told[row.agent, row.key] = row if other is None else merge_rows(other, row)
    last = db.execute("SELECT coalesce(max(id), 0) FROM response").fetchone()[0]
    sought = [key for key in told if written is None or hash(key) in written]
    stored = _stored(db, sought) if last else ()
    known = {(row.agent, row.key): (number, row) for number, row in stored}
    new = [row for key, row in told.items() if key not in known]
    changed = [
        (number, merged)
        for key, (number, row) in known.items()
        if (merged := merge_rows(row, told[key])) != row
    ]
    if written is not None:
        written.update(map(hash, told))
    prices = Prices(db, book, now_ms)
    _write(db, "INSERT OR FAIL", enumerate(new, last + 1), prices)
    _write(db, "REPLACE", changed, prices)
    for _, merged in changed:
        if merged.session != known[merged.agent, merged.key][1].session:
            move_calls(db, merged.agent, merged.key, merged.session)
    return len(new)


def forget_nameless(db: sqlite3.Connection, agent: str, source_id: int) -> None:
    """Delete what a file told without ids: it was rewritten, and places in it mean nothing now."""
    pattern = nameless_key(source_id, 0).removesuffix("0") + "*"
    db.execute(_FORGET_RECORDS, (agent, pattern))
    db.execute(_FORGET, (agent, pattern))


class Prices:
    """The prices of the database, each in one row."""

    def __init__(self, db: sqlite3.Connection, book: PriceBook, now_ms: int) -> None:
        self._db = db
        self._book = book
        self._now_ms = now_ms
        self._ids: dict[Price, int] = {}

    def cost_of(
        self, agent: str, model: str | None, ts_ms: int, tokens: Tokens
    ) -> tuple[int | None, int | None]:
        """Give a response's cost in pico-units and its price's id; None when nobody knows one."""
        price = self._book.find(agent, model, ts_ms)
        if price is None:
            return None, None
        pico = cost(price, tokens)
        return (pico, self._id_of(price)) if pico <= _MOST_PICO else (None, None)

    def _id_of(self, price: Price) -> int:
        known = self._ids.get(price)
        if known is None:
            values = (price.to_json(), self._now_ms)
            self._db.execute(
                "INSERT OR IGNORE INTO price (price_json, made_ms) VALUES (?, ?)", values
            )
            found = self._db.execute("SELECT id FROM price WHERE price_json = ?", values[:1])
            known = self._ids[price] = found.fetchone()[0]
        return known


def _larger(one: Record, other: Record) -> Record:
    """Give the record with the larger counts; of equal ones the first by path and place."""
    if one.total != other.total:
        return one if one.total > other.total else other
    return min(one, other, key=lambda record: (record.path, record.offset))


def _order(row: ResponseRow) -> tuple[int, str, int]:
    return row.ts_ms, row.path, row.offset


def _stored(
    db: sqlite3.Connection, keys: Sequence[tuple[str, str]]
) -> Iterator[tuple[int, ResponseRow]]:
    """Give those of the keys' responses that the database has, with their ids."""
    for agent in {agent for agent, _ in keys}:
        for some, marks in portions(key for of, key in keys if of == agent):
            for found in db.execute(f"{_SELECT} ({marks})", (agent, *some)):
                yield found[0], _row(found[1:])


def _row(columns: Sequence[Any]) -> ResponseRow:
    agent, key, ts_ms, session, subagent, model, project, source_id, offset, *rest = columns
    counts, (path, record_source, record_path, place, raw_json, total) = rest[:-6], rest[-6:]
    record = Record(record_path, record_source, place, raw_json, total)
    return ResponseRow(
        agent, key, ts_ms, path, source_id, offset, session, subagent, model, project,
        Tokens(*counts), record,
    )  # fmt: skip


def _write(
    db: sqlite3.Connection, how: str, rows: Iterable[tuple[int, ResponseRow]], prices: Prices
) -> None:
    responses, records = [], []
    for number, row in rows:
        cost_pico, price_id = prices.cost_of(row.agent, row.model, row.ts_ms, row.tokens)
        responses.append(
            (
                row.agent, row.key, row.ts_ms, row.session, row.subagent, row.model,
                row.project, row.source_id, row.offset, *row.tokens, cost_pico, price_id, number,
            )
        )  # fmt: skip
        records.append((*row.record[1:], number))
    db.executemany(f"{how} {_INTO}", responses)
    db.executemany(f"{how} {_RECORD_INTO}", records)
