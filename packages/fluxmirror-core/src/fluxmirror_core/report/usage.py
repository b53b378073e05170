"""What models used → the sections of `cost`, and what `today` says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.usage import TIMES, By
from fluxmirror_core.report.cells import agent_name, head, money, short_count, shown_path
from fluxmirror_core.report.sections import Column, Report, Section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fluxmirror_core.analysis.usage import Usage, UsageRow
    from fluxmirror_core.messages import Catalog
    from fluxmirror_core.period import Period
    from fluxmirror_core.report.sections import Cell

_SHORT_KEYS: Final = (*TIMES, By.AGENT)
"""These leave room in 80 columns to tell what was read from a cache and what was written to it."""
_SHORT_KEY_CHARS: Final = 14
_KEY_CHARS: Final = 25
_BAR_CHARS: Final = 38
_MODEL_CHARS: Final = 40
_ROWS: Final = 50
_BARS: Final = 31
_UNKNOWN_PART: Final = "+?"


def build_usage_report(
    usage: Usage, catalog: Catalog, *, period: Period, agent: str | None, home: str
) -> Report:
    """Put what was used into words.

    Args:
        usage: with at least one response.
        catalog: the words.
        period: when it was.
        agent: the only agent that was asked for; None for all.
        home: directory that paths are shown relative to, as `~`.
    """
    sections = (
        _table(usage, catalog, home),
        _bars(usage, catalog, home),
        _unpriced(usage, catalog),
    )
    first, last = period.first, period.last
    title = catalog.text(
        "cost.title.all" if agent is None else "cost.title.of_agent",
        dates=first if first == last else catalog.text("cost.dates", first=first, last=last),
        zone=period.zone,
        agent="" if agent is None else agent_name(agent),
    )
    return Report(title, tuple(one for one in sections if one.rows))


def build_day_cost(usage: Usage, catalog: Catalog) -> tuple[Section, ...]:
    """Put what a day cost, by agent, into sections of its report; none when nothing was used."""
    if not usage.rows:
        return ()
    rows = [(agent_name(row.key or ""), *_numbers(row, catalog, short=True)) for row in usage.rows]
    columns = (Column(catalog.text("column.agent")), *_columns(catalog, short=True))
    note = catalog.text("cost.note.equivalent")
    table = Section(catalog.text("cost.section.today"), "table", columns, tuple(rows), note)
    return tuple(one for one in (table, _unpriced(usage, catalog)) if one.rows)


def no_usage(catalog: Catalog, recorded: tuple[date, date] | None) -> tuple[str, str]:
    """Say that nothing was used, and what to do next: a line each.

    Args:
        catalog: the words.
        recorded: the days of the first response there is and of the last; None without any.
    """
    if recorded is None:
        return catalog.text("cost.none.nothing"), catalog.text("cost.none.import")
    first, last = recorded
    return catalog.text("cost.none.here"), catalog.text(
        "cost.none.recorded", first=first, last=last
    )


def _table(usage: Usage, catalog: Catalog, home: str) -> Section:
    short = usage.by in _SHORT_KEYS
    limit = _SHORT_KEY_CHARS if short else _KEY_CHARS
    shown = usage.rows if usage.by in TIMES else usage.rows[:_ROWS]
    rows = [
        (_key(usage.by, row, catalog, home, limit), *_numbers(row, catalog, short=short))
        for row in shown
    ]
    left = len(usage.rows) - len(rows)
    total = (catalog.text("cost.total"), *_numbers(usage.total, catalog, short=short))
    columns = (
        Column(catalog.text(f"cost.key.{usage.by}")),
        *_columns(catalog, short=short),
    )
    notes = (
        catalog.text("cost.note.more", count=f"{left:,}") if left else "",
        catalog.text("cost.note.equivalent"),
        _tool_note(usage.total, catalog),
    )
    note = " ".join(filter(None, notes))
    title = catalog.text(f"cost.section.{usage.by}")
    return Section(title, "table", columns, (*rows, total), note)


def _columns(catalog: Catalog, *, short: bool) -> tuple[Column, ...]:
    caches = ("cost.column.cached", "cost.column.written") if short else ("cost.column.cache",)
    names = ("cost.column.responses", "cost.column.input", "cost.column.output", *caches)
    titles = [catalog.text(name) for name in (*names, "cost.column.cost")]
    return tuple(Column(title, is_number=True) for title in titles)


def _numbers(row: UsageRow, catalog: Catalog, *, short: bool) -> tuple[Cell, ...]:
    tokens = row.tokens
    written = tokens.cache_write_5m + tokens.cache_write_1h
    caches = (tokens.cache_read, written) if short else (tokens.cache_read + written,)
    counts = (short_count(one) for one in (tokens.input, tokens.output, *caches))
    return row.responses, *counts, _cost(row, catalog)


def _cost(row: UsageRow, catalog: Catalog) -> str:
    if not row.costs:
        return catalog.text("cost.unknown")
    known = " + ".join(money(catalog, *one) for one in row.costs)
    return known + _UNKNOWN_PART if row.unpriced else known


def _key(by: By, row: UsageRow, catalog: Catalog, home: str, limit: int) -> str:
    if row.key is None:
        return catalog.text("cost.unknown")
    if by is By.PROJECT:
        return shown_path(row.key, home, limit)
    return head(agent_name(row.key) if by is By.AGENT else row.key, limit)


def _tool_note(total: UsageRow, catalog: Catalog) -> str:
    count = total.tokens.tool_use
    return catalog.text("cost.note.tool_use", count=short_count(count)) if count else ""


def _bars(usage: Usage, catalog: Catalog, home: str) -> Section:
    """Draw what has a cost: the latest times, the most expensive of anything else."""
    shown = usage.rows[-_BARS:] if usage.by in TIMES else usage.rows[:_BARS]
    rows = [
        (_key(usage.by, row, catalog, home, _BAR_CHARS), row.cost.pico, money(catalog, *row.cost))
        for row in shown
        if row.cost and row.cost.pico
    ]
    # Bars of different currencies say nothing about each other.
    drawn = tuple(rows) if usage.total.cost else ()
    return Section(catalog.text("cost.section.bars"), "bars", rows=drawn)


def _unpriced(usage: Usage, catalog: Catalog) -> Section:
    rows = tuple(
        (
            agent_name(one.agent),
            catalog.text("cost.unknown") if one.model is None else head(one.model, _MODEL_CHARS),
            one.responses,
        )
        for one in usage.unpriced
    )
    columns = (
        *_texts(catalog, ("column.agent", "cost.key.model")),
        Column(catalog.text("cost.column.responses"), is_number=True),
    )
    note = catalog.text("cost.note.unpriced")
    return Section(catalog.text("cost.section.unpriced"), "table", columns, rows, note)


def _texts(catalog: Catalog, names: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(catalog.text(name)) for name in names)
