"""Named questions on what models used, added up by SQL; costs are whole pico-units throughout."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.analysis.usage import MAIN, NO_TOOL, TIMES, By, ModelCount, UsageSum
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.transcripts.response import Tokens

from fluxmirror_store.hour_ranges import LocalDays
from fluxmirror_store.queries import snapshot

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

FIRST_MS: Final = -62_135_424_000_000
"""In the first days of the year 1."""
EVER_MS: Final = 253_402_128_000_000
"""In the last days of the year 9999: no calendar shows what lies behind."""

COUNTS: Final = ", ".join(f"r.{name}_tokens" for name in Tokens._fields)
SUMS: Final = f"""
r.price_id, count(*), {", ".join(f"sum(r.{name}_tokens)" for name in Tokens._fields)},
    coalesce(sum(r.cost_pico), 0), min(r.ts_ms), max(r.ts_ms)
"""
"""What `usage_sum` reads."""
_IN_TIME: Final = "r.ts_ms >= :start_ms AND r.ts_ms < :end_ms"
_FROM: Final = f"FROM response AS r WHERE {_IN_TIME}"
_ONLY: Final = {
    "agent": "AND r.agent = :agent",
    "model": "AND r.model = :model",
    "project": "AND r.project = :project",
    "session": "AND r.session = :session",
}
ASKED_TOOLS: Final = """(
    SELECT json_group_array(DISTINCT e.tool_canonical) FROM event AS e
    WHERE e.response_key = r.key AND e.agent = r.agent AND e.tool_canonical IS NOT NULL
)"""
"""The canonical tools that a response asked for, as `tool_key` reads them."""
# Key, agent and session group the rows; a session's project is told beside them.
_GROUPS: Final = {
    By.AGENT: ("r.agent", "NULL", "NULL", "NULL"),
    By.MODEL: ("r.model", "NULL", "NULL", "NULL"),
    By.PROJECT: ("r.project", "NULL", "NULL", "NULL"),
    By.SESSION: ("r.session", "r.agent", "NULL", "max(r.project)"),
    By.SUBAGENT: (
        f"coalesce(r.subagent, '{MAIN}')",
        "CASE WHEN r.subagent IS NOT NULL THEN r.agent END",
        "CASE WHEN r.subagent IS NOT NULL THEN r.session END",
        "NULL",
    ),
    By.TOOL: (ASKED_TOOLS, "NULL", "NULL", "NULL"),
}
_MODELS: Final = """
SELECT r.agent, r.model, count(*), max(r.ts_ms) FROM response AS r
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
_CURRENCIES: Final = "SELECT id, json_extract(price_json, '$.currency') FROM price"
_FIRST: Final = "SELECT min(ts_ms) FROM response"
_LAST: Final = "SELECT max(ts_ms) FROM response"


class UsageWindow(NamedTuple):
    """Which responses a question is about: `start_ms <= ts_ms < end_ms`, and of these alone."""

    start_ms: int = FIRST_MS
    end_ms: int = EVER_MS
    agent: str | None = None
    model: str | None = None
    project: str | None = None
    session: str | None = None


class RecordedModel(NamedTuple):
    """A model that was used."""

    agent: str
    model: str | None
    responses: int
    last_ms: int
    """When the last response was, in UTC milliseconds."""


class CountedUsage(NamedTuple):
    """What a report of usage is built from."""

    sums: list[UsageSum]
    unpriced: list[ModelCount]


def count_usage(
    db: sqlite3.Connection, wanted: UsageWindow, by: By, zone: ZoneInfo
) -> CountedUsage:
    """Ask everything that a report of usage is built from, of one state of the database."""
    with snapshot(db):
        sums = usage_by(db, wanted, by, zone)
        any_unpriced = any(one.currency is None for one in sums)
        return CountedUsage(sums, unpriced_models(db, wanted) if any_unpriced else [])


def usage_by(db: sqlite3.Connection, wanted: UsageWindow, by: By, zone: ZoneInfo) -> list[UsageSum]:
    """Add up responses.

    Args:
        db: a database.
        wanted: which responses.
        by: what to add them up by. Weeks and months come as their days. A session is one agent's,
            a subagent one session's; `MAIN` is what all sessions used themselves. By tool means by
            the set of canonical tools that a response asked for, joined by ` + `, or `NO_TOOL`:
            so each response counts once.
        zone: whose days to count.

    Returns:
        A sum for each key and price, in no order.
    """
    currencies = load_currencies(db)
    if by in TIMES:
        return list(_by_day(db, wanted, zone, currencies))
    group = ", ".join(_GROUPS[by])
    query = f"SELECT {group}, {SUMS} {_of(wanted)} GROUP BY 1, 2, 3, r.price_id"
    found = db.execute(query, wanted._asdict())
    sums = (
        usage_sum(key, rest, currencies)._replace(agent=agent, session=session, project=project)
        for key, agent, session, project, *rest in found
    )
    return list(map(_with_tools, sums)) if by is By.TOOL else list(sums)


def unpriced_models(db: sqlite3.Connection, wanted: UsageWindow) -> list[ModelCount]:
    """Count responses without a price per agent and model, most first, ties by name."""
    query = f"""
    SELECT r.agent, r.model, count(*) {_of(wanted)} AND r.price_id IS NULL
    GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
    """
    return [ModelCount(*row) for row in db.execute(query, wanted._asdict())]


def recorded_models(db: sqlite3.Connection) -> list[RecordedModel]:
    """Count all responses per agent and model, most first, ties by name."""
    return [RecordedModel(*row) for row in db.execute(_MODELS)]


def response_times(db: sqlite3.Connection) -> tuple[int, int] | None:
    """Give the times of the first and the last response, in UTC milliseconds; None without one."""
    first, last = (db.execute(one).fetchone()[0] for one in (_FIRST, _LAST))
    return None if first is None else (first, last)


def load_currencies(db: sqlite3.Connection) -> dict[int | None, str]:
    """Read each price's currency, by its id."""
    return dict(db.execute(_CURRENCIES).fetchall())


def usage_sum(
    key: str | None, columns: Iterable[Any], currencies: dict[int | None, str]
) -> UsageSum:
    """Read what `SUMS` selects."""
    price_id, responses, *counts, pico, first_ms, last_ms = columns
    tokens = Tokens(*counts)
    return UsageSum(key, currencies.get(price_id), responses, tokens, pico, first_ms, last_ms)


def within(wanted: UsageWindow) -> str:
    """Say which responses `r` are wanted, as SQL; a limit that is none is not asked for."""
    asked = wanted._asdict()
    timed = (wanted.start_ms, wanted.end_ms) != (FIRST_MS, EVER_MS)
    only = [only for name, only in _ONLY.items() if asked[name] is not None]
    return " ".join([_IN_TIME if timed else "true", *only])


def tool_key(tools: str) -> str:
    """Write what `ASKED_TOOLS` gives as the key of a row."""
    return " + ".join(sorted(json.loads(tools))) or NO_TOOL


def _of(wanted: UsageWindow) -> str:
    """Say where to look, and for what: a condition that always holds would be asked of each row."""
    asked = wanted._asdict()
    return " ".join([_FROM, *(only for name, only in _ONLY.items() if asked[name] is not None)])


def _by_day(
    db: sqlite3.Connection,
    wanted: UsageWindow,
    zone: ZoneInfo,
    currencies: dict[int | None, str],
) -> Iterator[UsageSum]:
    """Go from day to day with something in it: each is a stretch of the index on time."""
    following = f"SELECT r.ts_ms {_of(wanted)} ORDER BY r.ts_ms LIMIT 1"
    added = f"SELECT {SUMS} {_of(wanted)} GROUP BY r.price_id"
    days, left = LocalDays(zone), wanted
    while (found := db.execute(following, left._asdict()).fetchone()) is not None:
        day, end_ms = days.of(found[0]), min(days.end_ms(found[0]), wanted.end_ms)
        for row in db.execute(added, left._replace(end_ms=end_ms)._asdict()):
            yield usage_sum(day.isoformat(), row, currencies)
        left = left._replace(start_ms=end_ms)


def _with_tools(one: UsageSum) -> UsageSum:
    return one._replace(key=tool_key(one.key or "[]"))
