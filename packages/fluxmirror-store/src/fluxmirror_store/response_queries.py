"""Named questions on single responses: which they are, and where each is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.analysis.explanation import Named, ToldResponse
from fluxmirror_core.transcripts.response import Tokens

from fluxmirror_store.queries import snapshot
from fluxmirror_store.usage_queries import COUNTS, SUMS, load_currencies, usage_sum

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from fluxmirror_core.analysis.usage import UsageSum
    from fluxmirror_core.period import Period

_CONDITIONS: Final = {
    Named.SESSION: "r.session = :name",
    Named.SUBAGENT: "r.subagent = :name",
    Named.RESPONSE: "r.key = :name",
    Named.CALL: """
        (r.agent, r.key) IN (SELECT agent, response_key FROM event WHERE call_id = :name)
    """,
    Named.AGENT: "r.agent = :name",
    Named.MODEL: "r.model = :name",
    Named.PROJECT: "r.project = :name",
    Named.FILE: "d.source_id IN (SELECT id FROM source WHERE path = :name)",
}
_IN_DAY: Final = "r.ts_ms >= :start_ms AND r.ts_ms < :end_ms"
_FROM: Final = "FROM response AS r JOIN record AS d ON d.response_id = r.id"
_SELECT: Final = f"""
SELECT r.ts_ms, r.agent, r.key, r.session, r.subagent, r.model, r.project, r.cost_pico,
    p.price_json, s.path, d.offset, d.raw_json, {COUNTS}
{_FROM} JOIN source AS s ON s.id = d.source_id LEFT JOIN price AS p ON p.id = r.price_id
"""
_NEWEST: Final = "ORDER BY r.ts_ms DESC, r.id DESC LIMIT :limit"
_ALL: Final = -1
"""As a limit in SQL."""


class FoundResponses(NamedTuple):
    """Responses, and what all of them add up to."""

    sums: list[UsageSum]
    """One for each price; none when there are no responses."""
    newest: list[ToldResponse]
    """The oldest of them first."""


def what_is_named(db: sqlite3.Connection, name: str) -> Named | None:
    """Tell what a name is of, in the order of `Named`; None when nothing is called so."""
    for named, condition in _CONDITIONS.items():
        query = f"SELECT EXISTS (SELECT 1 {_FROM} WHERE {condition})"
        if db.execute(query, {"name": name}).fetchone()[0]:
            return named
    return None


def responses_of(
    db: sqlite3.Connection, named: Named, name: str, limit: int | None = None
) -> FoundResponses:
    """Find the responses of what has a name: the newest so many, or all."""
    return _found(db, _CONDITIONS[named], {"name": name}, limit)


def responses_in(
    db: sqlite3.Connection, period: Period, limit: int | None = None
) -> FoundResponses:
    """Find the responses of a period: the newest so many, or all."""
    values = {"start_ms": period.start_ms, "end_ms": period.end_ms}
    return _found(db, _IN_DAY, values, limit)


def _found(
    db: sqlite3.Connection, condition: str, values: Mapping[str, str | int], limit: int | None
) -> FoundResponses:
    limited = {**values, "limit": _ALL if limit is None else limit}
    with snapshot(db):
        currencies = load_currencies(db)
        added = db.execute(f"SELECT {SUMS} {_FROM} WHERE {condition} GROUP BY r.price_id", values)
        sums = [usage_sum(None, row, currencies) for row in added]
        found = db.execute(f"{_SELECT} WHERE {condition} {_NEWEST}", limited)
        newest = [_response(*row) for row in found]
    return FoundResponses(sums, newest[::-1])


def _response(  # noqa: PLR0913, PLR0917 - the columns of `_SELECT`
    ts_ms: int,
    agent: str,
    key: str,
    session: str | None,
    subagent: str | None,
    model: str | None,
    project: str | None,
    pico: int | None,
    price_json: str | None,
    path: str,
    offset: int,
    raw_json: str,
    *counts: int,
) -> ToldResponse:
    return ToldResponse(
        ts_ms, agent, key, session, subagent, model, project, Tokens(*counts), pico,
        price_json, path, offset, raw_json,
    )  # fmt: skip
