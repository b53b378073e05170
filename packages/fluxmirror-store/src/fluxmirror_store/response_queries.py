"""Named questions on single responses: which they are, and where each is told of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.explanation import Named, ToldResponse
from fluxmirror_core.analysis.usage import MAIN
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.transcripts.response import Tokens

from fluxmirror_store.queries import snapshot
from fluxmirror_store.usage_queries import (
    ASKED_TOOLS,
    COUNTS,
    SUMS,
    load_currencies,
    tool_key,
    usage_sum,
    within,
)

if TYPE_CHECKING:
    import sqlite3

    from fluxmirror_core.analysis.usage import UsageSum

    from fluxmirror_store.usage_queries import UsageWindow

_COLUMNS: Final = {
    Named.SESSION: "r.session",
    Named.SUBAGENT: "r.subagent",
    Named.RESPONSE: "r.key",
    Named.AGENT: "r.agent",
    Named.MODEL: "r.model",
    Named.PROJECT: "r.project",
}
_CONDITIONS: Final = {
    **{named: f"{column} IS :name" for named, column in _COLUMNS.items()},
    Named.SUBAGENT: f"coalesce(r.subagent, '{MAIN}') = :name",
    Named.CALL: """
        (r.agent, r.key) IN (SELECT agent, response_key FROM event WHERE call_id = :name)
    """,
    Named.FILE: "d.source_id IN (SELECT id FROM source WHERE path = :name)",
    # A set of tools is told in the order of its calls: one key is found in several of them.
    Named.TOOL: f"{ASKED_TOOLS} IN (SELECT value FROM json_each(:name))",
}
_FROM: Final = "FROM response AS r JOIN record AS d ON d.response_id = r.id"
_SELECT: Final = f"""
SELECT r.ts_ms, r.agent, r.key, r.session, r.subagent, r.model, r.project, r.cost_pico,
    p.price_json, s.path, d.offset, d.raw_json, {COUNTS}
{_FROM} JOIN source AS s ON s.id = d.source_id LEFT JOIN price AS p ON p.id = r.price_id
"""
_NEWEST: Final = "ORDER BY r.ts_ms DESC, r.id DESC LIMIT :limit"
_CALLS_ENDING: Final = """
SELECT DISTINCT call_id FROM event WHERE response_key IS NOT NULL
AND substr(call_id, -length(:end)) = :end ORDER BY 1 LIMIT :limit
"""
_ALL: Final = -1
"""As a limit in SQL."""


class Sought(NamedTuple):
    """What responses have in common."""

    named: Named
    name: str | None
    """As it is recorded; None for what nothing told."""


class Owner(NamedTuple):
    """Whose responses are: what is called the same in two sessions is not the same."""

    agent: str
    session: str | None


class FoundResponses(NamedTuple):
    """Responses, and what all of them add up to."""

    sums: list[UsageSum]
    """One for each price; none when there are no responses."""
    newest: list[ToldResponse]
    """The oldest of them first."""


def what_is_named(db: sqlite3.Connection, wanted: UsageWindow, name: str | None) -> list[Named]:
    """Tell what a name is of, in the order of `Named`; a set of tools only if nothing else is."""
    found: list[Named] = [
        named
        for named in Named
        if named is not Named.TOOL and is_recorded(db, wanted, Sought(named, name))
    ]
    if not found and is_recorded(db, wanted, Sought(Named.TOOL, name)):
        return [Named.TOOL]
    return found


def is_recorded(db: sqlite3.Connection, wanted: UsageWindow, sought: Sought) -> bool:
    """Tell whether there is a response of that name."""
    if sought.name is None and sought.named not in _COLUMNS:
        return False
    condition, values = _condition(db, wanted, sought)
    found = db.execute(f"SELECT EXISTS (SELECT 1 {_FROM} WHERE {condition})", values).fetchone()
    return bool(found[0])


def names_of(db: sqlite3.Connection, wanted: UsageWindow, named: Named) -> list[str]:
    """Give what is recorded of a kind, sorted; of the kinds that have a column."""
    column = _COLUMNS[named]
    query = f"""
    SELECT DISTINCT {column} FROM response AS r WHERE {within(wanted)} AND {column} IS NOT NULL
    ORDER BY 1
    """
    return [name for (name,) in db.execute(query, wanted._asdict())]


def names_beginning(
    db: sqlite3.Connection, wanted: UsageWindow, named: Named, begin: str, limit: int
) -> list[str]:
    """Give the first ids of a kind that begin so, sorted; of the kinds that have a column."""
    column = _COLUMNS[named]
    query = f"""
    SELECT DISTINCT {column} FROM response AS r
    WHERE {within(wanted)} AND substr({column}, 1, length(:begin)) = :begin ORDER BY 1 LIMIT :limit
    """
    values = {**wanted._asdict(), "begin": begin, "limit": limit}
    return [name for (name,) in db.execute(query, values)]


def calls_ending(db: sqlite3.Connection, end: str, limit: int) -> list[str]:
    """Give the first ids of calls with a response that end so, sorted."""
    return [name for (name,) in db.execute(_CALLS_ENDING, {"end": end, "limit": limit})]


def owners_of(db: sqlite3.Connection, wanted: UsageWindow, sought: Sought) -> list[Owner]:
    """Give whose the responses of a name are, sorted."""
    condition, values = _condition(db, wanted, sought)
    query = f"SELECT DISTINCT r.agent, r.session {_FROM} WHERE {condition} ORDER BY 1, 2"
    return [Owner(*row) for row in db.execute(query, values)]


def responses_of(
    db: sqlite3.Connection, wanted: UsageWindow, sought: Sought | None, limit: int | None = None
) -> FoundResponses:
    """Find responses: the newest so many, or all.

    Args:
        db: a database.
        wanted: of which time and of whom.
        sought: what they have in common beside that.
        limit: how many of them; None for all. The sums are of all of them in any case.
    """
    with snapshot(db):
        condition, values = _condition(db, wanted, sought)
        currencies = load_currencies(db)
        added = db.execute(f"SELECT {SUMS} {_FROM} WHERE {condition} GROUP BY r.price_id", values)
        sums = [usage_sum(None, row, currencies) for row in added]
        limited = {**values, "limit": _ALL if limit is None else limit}
        found = db.execute(f"{_SELECT} WHERE {condition} {_NEWEST}", limited)
        newest = [_response(*row) for row in found]
    return FoundResponses(sums, newest[::-1])


def _condition(
    db: sqlite3.Connection, wanted: UsageWindow, sought: Sought | None
) -> tuple[str, dict[str, str | int | None]]:
    """Give SQL for which responses are meant, and its values."""
    if sought is None:
        return within(wanted), wanted._asdict()
    name = sought.name
    if sought.named is Named.TOOL:
        name = json.dumps(_told_sets(db, wanted, name))
    return f"{_CONDITIONS[sought.named]} AND {within(wanted)}", {**wanted._asdict(), "name": name}


def _told_sets(db: sqlite3.Connection, wanted: UsageWindow, key: str | None) -> list[str]:
    """Give each way in which a set of tools is told."""
    query = f"SELECT DISTINCT {ASKED_TOOLS} FROM response AS r WHERE {within(wanted)}"
    found = (tools for (tools,) in db.execute(query, wanted._asdict()))
    return [tools for tools in found if tool_key(tools) == key]


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
