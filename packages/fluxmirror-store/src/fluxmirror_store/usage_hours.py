"""Named questions on what models used in a period, answered from hours that are added up."""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fluxmirror_core.analysis.hour import HOUR_MS
from fluxmirror_core.analysis.usage import By, ModelCount, UsageSum, build_total, build_usage
from fluxmirror_core.analysis.work import PeriodUsage
from fluxmirror_core.transcripts.response import Tokens

from fluxmirror_store.hour_ranges import LocalDays, hour_ranges
from fluxmirror_store.summing import USAGE
from fluxmirror_store.usage_queries import load_currencies

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.usage import UsageRow

    from fluxmirror_store.activity_queries import Projects
    from fluxmirror_store.queries import Window

_NAMES: Final = tuple(f"{name}_tokens" for name in Tokens._fields)
_IN_TABLE: Final = f"""
SELECT hour, agent, root, model, price_id, responses, {", ".join(_NAMES)}, cost_pico, first_ms,
    last_ms
FROM usage_hour WHERE hour >= :first AND hour < :end AND agent = coalesce(:agent, agent)
"""
_OF_RESPONSES: Final = f"""
SELECT agent, coalesce(project, ''), coalesce(model, ''), coalesce(price_id, 0), count(*),
    {", ".join(f"sum({name})" for name in _NAMES)}, coalesce(sum(cost_pico), 0), min(ts_ms),
    max(ts_ms)
FROM response WHERE ts_ms >= :start_ms AND ts_ms < :end_ms AND agent = coalesce(:agent, agent)
GROUP BY 1, 2, 3, 4
"""


_Key: TypeAlias = tuple[str | None, str | None]
"""An agent, a day or nothing, and a currency; None for responses without a price."""
_Sums: TypeAlias = dict[_Key, list[int]]
"""How many responses, tokens of each sort, pico, when the first and when the last was."""


def load_period_usage(
    db: sqlite3.Connection, wanted: Window, zone: ZoneInfo, projects: Projects | None = None
) -> PeriodUsage:
    """Add up what was used in a window, by agents and by days.

    Args:
        db: in a transaction: what is added up and what is not has to be of one state.
        wanted: which responses.
        zone: whose days to count.
        projects: which projects' responses; None for all.
    """
    days = LocalDays(zone)
    by_agent: _Sums = {}
    by_day: _Sums = {}
    unpriced: dict[tuple[str, str], int] = {}
    for begin_ms, agent, model, currency, numbers in _used(db, wanted, zone, projects):
        _add(by_agent, (agent, currency), numbers)
        _add(by_day, (days.of(begin_ms).isoformat(), currency), numbers)
        if currency is None:
            unpriced[agent, model] = unpriced.get((agent, model), 0) + numbers[0]
    return PeriodUsage(
        build_usage(By.AGENT, _usage_sums(by_agent), _most_first(unpriced)),
        build_usage(By.DAY, _usage_sums(by_day)),
    )


def load_total_usage(
    db: sqlite3.Connection, wanted: Window, zone: ZoneInfo, projects: Projects | None = None
) -> UsageRow:
    """Add up all that was used in a window; as `load_period_usage` has it."""
    sums: _Sums = {}
    for _, _, _, currency, numbers in _used(db, wanted, zone, projects):
        _add(sums, (None, currency), numbers)
    return build_total(_usage_sums(sums))


def _used(
    db: sqlite3.Connection, wanted: Window, zone: ZoneInfo, projects: Projects | None
) -> Iterator[tuple[int, str, str, str | None, list[int]]]:
    """Give what each model was used for by each agent in each hour, or in a part of one.

    Yields:
        When the hour or the part of it begins; agent; model; currency; numbers as `_Sums` has them.
    """
    roots = None if projects is None else projects.roots
    currencies = load_currencies(db)
    for begin_ms, row in _rows(db, wanted, zone):
        agent, root, model, price_id, *numbers = row
        if roots is None or root in roots:
            yield begin_ms, agent, model, currencies.get(price_id), numbers


def _rows(
    db: sqlite3.Connection, wanted: Window, zone: ZoneInfo
) -> Iterator[tuple[int, Sequence[Any]]]:
    ranges = hour_ranges(db, USAGE, wanted.start_ms, wanted.end_ms, zone)
    asked = wanted._asdict()
    limits = {"first": ranges.first, "end": ranges.end}
    for hour, *row in db.execute(_IN_TABLE, {**asked, **limits}):
        if hour not in ranges.counted_anew:
            yield hour * HOUR_MS, row
    for parts in ranges.counted_anew.values():
        for part in parts:
            for row in db.execute(_OF_RESPONSES, {**asked, **part._asdict()}):
                yield part.start_ms, row


def _add(sums: _Sums, key: _Key, numbers: list[int]) -> None:
    known = sums.get(key)
    if known is None:
        sums[key] = numbers
        return
    *counts, first_ms, last_ms = known
    *more, other_first_ms, other_last_ms = numbers
    times = min(first_ms, other_first_ms), max(last_ms, other_last_ms)
    sums[key] = [*map(add, counts, more), *times]


def _usage_sums(sums: _Sums) -> list[UsageSum]:
    return [
        UsageSum(key, currency, responses, Tokens(*tokens), pico, first_ms, last_ms)
        for (key, currency), (responses, *tokens, pico, first_ms, last_ms) in sums.items()
    ]


def _most_first(unpriced: Mapping[tuple[str, str], int]) -> list[ModelCount]:
    """Put models without a price in order, most responses first, ties by name."""
    found = [ModelCount(agent, model or None, times) for (agent, model), times in unpriced.items()]
    return sorted(found, key=lambda one: (-one.responses, one.agent, one.model or ""))
