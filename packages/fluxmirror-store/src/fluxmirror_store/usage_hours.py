"""Named questions on what models used in a period, answered from hours that are added up."""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fluxmirror_core.analysis.hour import HOUR_MS
from fluxmirror_core.analysis.usage import By, ModelCount, UsageSum, build_usage
from fluxmirror_core.analysis.work import PeriodUsage
from fluxmirror_core.transcripts.response import Tokens

from fluxmirror_store.activity_queries import Projects
from fluxmirror_store.hour_ranges import LocalDays, hour_ranges
from fluxmirror_store.summing import USAGE
from fluxmirror_store.usage_queries import load_currencies

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from fluxmirror_store.hour_ranges import HourRanges
    from fluxmirror_store.queries import Window

_NAMES: Final = tuple(f"{name}_tokens" for name in Tokens._fields)
_IN_TABLE: Final = f"""
SELECT hour, agent, root, model, price_id, responses, {", ".join(_NAMES)}, cost_pico, first_ms,
    last_ms
FROM usage_hour WHERE hour >= :first AND hour < :end AND agent = coalesce(:agent, agent)
"""
_OF_RESPONSES: Final = f"""
SELECT :hour, agent, coalesce(project, ''), coalesce(model, ''), coalesce(price_id, 0), count(*),
    {", ".join(f"sum({name})" for name in _NAMES)}, coalesce(sum(cost_pico), 0), min(ts_ms),
    max(ts_ms)
FROM response WHERE ts_ms >= :start_ms AND ts_ms < :end_ms AND agent = coalesce(:agent, agent)
GROUP BY 2, 3, 4, 5
"""


class Used(NamedTuple):
    """What one model was used for, by one agent in one project, in an hour or on a day."""

    begin_ms: int
    """When that begins, or the part of it that is asked for."""
    agent: str
    root: str
    model: str
    one: UsageSum
    """Without a key."""


def load_period_usage(
    db: sqlite3.Connection, wanted: Window, zone: ZoneInfo, projects: Projects | None = None
) -> PeriodUsage:
    """Add up what was used in a window.

    Args:
        db: in a transaction: what is added up and what is not has to be of one state.
        wanted: which responses.
        zone: whose days to count.
        projects: which projects' responses, and how these are called; None for all, by roots.
    """
    roots, project_of = projects or Projects()
    ranges = hour_ranges(db, USAGE, wanted.start_ms, wanted.end_ms, zone)
    hours = (
        one for one in _used(db, wanted._asdict(), ranges) if roots is None or one.root in roots
    )
    days = LocalDays(zone)
    used = _by_day(hours, days)
    unpriced = _unpriced(used)
    return PeriodUsage(
        build_usage(By.AGENT, [one.one._replace(key=one.agent) for one in used], unpriced),
        build_usage(By.MODEL, [one.one._replace(key=one.model or None) for one in used]),
        build_usage(
            By.PROJECT, [one.one._replace(key=project_of(one.root) or None) for one in used]
        ),
        build_usage(
            By.DAY, [one.one._replace(key=days.of(one.begin_ms).isoformat()) for one in used]
        ),
    )


def _used(db: sqlite3.Connection, asked: Mapping[str, Any], ranges: HourRanges) -> Iterator[Used]:
    currencies = load_currencies(db)
    rows = db.execute(_IN_TABLE, {**asked, "first": ranges.first, "end": ranges.end})
    for hour, *columns in rows:
        if hour not in ranges.counted_anew:
            yield _read(hour * HOUR_MS, columns, currencies)
    for hour in ranges.counted_anew:
        for part in ranges.counted_anew[hour]:
            values = {**asked, **part._asdict(), "hour": hour}
            for _, *columns in db.execute(_OF_RESPONSES, values):
                yield _read(part.start_ms, columns, currencies)


def _by_day(hours: Iterable[Used], days: LocalDays) -> list[Used]:
    """Add up what only the hour tells apart: there is little left to be looked at again."""
    sums: dict[tuple[object, ...], Used] = {}
    for used in hours:
        key = days.of(used.begin_ms), used.agent, used.root, used.model, used.one.currency
        known = sums.get(key)
        sums[key] = used if known is None else known._replace(one=_sum(known.one, used.one))
    return list(sums.values())


def _sum(one: UsageSum, other: UsageSum) -> UsageSum:
    return UsageSum(
        None,
        one.currency,
        one.responses + other.responses,
        Tokens(*map(add, one.tokens, other.tokens)),
        one.pico + other.pico,
        min(one.first_ms, other.first_ms),
        max(one.last_ms, other.last_ms),
    )


def _read(begin_ms: int, columns: list[Any], currencies: Mapping[int | None, str]) -> Used:
    agent, root, model, price_id, responses, *counts, pico, first_ms, last_ms = columns
    one = UsageSum(
        None, currencies.get(price_id), responses, Tokens(*counts), pico, first_ms, last_ms
    )
    return Used(begin_ms, agent, root, model, one)


def _unpriced(used: Iterable[Used]) -> list[ModelCount]:
    """Count responses without a price per agent and model, most first, ties by name."""
    counts: dict[tuple[str, str], int] = {}
    for each in used:
        if each.one.currency is None:
            key = each.agent, each.model
            counts[key] = counts.get(key, 0) + each.one.responses
    found = [ModelCount(agent, model or None, times) for (agent, model), times in counts.items()]
    return sorted(found, key=lambda one: (-one.responses, one.agent, one.model or ""))
