"""Records of one response make one row, in whatever order and grouping they come."""

from __future__ import annotations

from functools import reduce
from itertools import permutations
from typing import TYPE_CHECKING

from fluxmirror_core.pricing import Price, Rates
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_store.importing.response_rows import (
    Record,
    ResponseRow,
    merge_rows,
    write_responses,
)
from fluxmirror_store.pricing import Repriced, reprice
from fluxmirror_store.transaction import writing
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    import sqlite3

ROWS = st.builds(
    lambda ts_ms, path, session, tokens, offset: ResponseRow(
        "claude-code",
        "k",
        ts_ms,
        path,
        1,
        offset,
        session,
        None,
        None if offset == 1 else f"m{session}",
        None,
        Tokens(*tokens),
        Record(path, 1, offset, "{}", sum(tokens)),
    ),
    st.integers(0, 3),
    st.sampled_from("ab"),
    st.sampled_from("st"),
    st.lists(st.integers(0, 3), min_size=7, max_size=7),
    st.integers(0, 3),
)


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_order_decides_nothing(rows: list[ResponseRow]) -> None:
    """The larger of each count; time, session and model of the first by time, path and place."""
    unlike = {(row.ts_ms, row.path, row.offset): row for row in rows}
    merged = [reduce(merge_rows, order) for order in permutations(unlike.values())]
    counts = [max(column) for column in zip(*(row.tokens for row in unlike.values()), strict=True)]
    first = unlike[min(unlike)]
    assert len({row.record for row in merged}) == 1
    assert merged[0].record.total == max(row.record.total for row in unlike.values())
    for row in merged:
        assert list(row.tokens) == counts
        assert (row.ts_ms, row.path, row.session, row.model) == (
            first.ts_ms,
            first.path,
            first.session,
            first.model,
        )


class Book:
    """Prices that can change."""

    def __init__(self, **dollars: int) -> None:
        self.dollars = dollars

    def find(self, agent: str, model: str | None, ts_ms: int) -> Price | None:  # noqa: ARG002 - a book's
        """Give a model's price of a token that is read."""
        pico = self.dollars.get(model or "")
        rates = Rates(pico or 0, 0, 0, 0, 0)
        return None if pico is None else Price("own", model or "", "USD", "test", None, rates)


def row(key: str, model: str, *, ts_ms: int = 0) -> ResponseRow:
    """Make a response of ten tokens that were read."""
    record = Record("p", 1, 0, "{}", 10)
    return ResponseRow(
        "codex-cli", key, ts_ms, "p", 1, 0, "s", None, model, None, Tokens(input=10), record
    )


def costs(db: sqlite3.Connection) -> dict[str, int | None]:
    """Give each response's cost."""
    return dict(db.execute("SELECT key, cost_pico FROM response"))


def test_recorded_responses_are_priced_again(db: sqlite3.Connection) -> None:
    """By the prices of now; those from before a day can be left as they are."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'codex-cli', 'p', 0)")
    rows = [row("old", "m"), row("new", "m", ts_ms=1_000), row("none", "nova", ts_ms=1_000)]
    with writing(db):
        write_responses(db, rows, Book(m=5), 0)
    assert costs(db) == {"old": 50, "new": 50, "none": None}
    assert reprice(db, Book(m=7, nova=1), 500) == Repriced(2, 2, 0)
    assert costs(db) == {"old": 50, "new": 70, "none": 10}
    assert reprice(db, Book(m=7)) == Repriced(3, 2, 1)
    assert costs(db) == {"old": 70, "new": 70, "none": None}
    assert db.execute("SELECT count(*) FROM price").fetchone() == (1,)


def test_a_cost_beyond_reason_is_unknown(db: sqlite3.Connection) -> None:
    """A file edited by hand must not make every sum overflow."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'codex-cli', 'p', 0)")
    huge = row("huge", "m")._replace(tokens=Tokens(input=(1 << 40) - 1))
    with writing(db):
        write_responses(db, [huge, row("one", "m")], Book(m=10**9), 0)
    assert costs(db) == {"huge": None, "one": 10**10}
