"""What models used → the sections of `cost`, and what `today` says of it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.analysis.usage import TIMES, By, billed
from fluxmirror_core.cutting import shown_of
from fluxmirror_core.messages import counted, message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.report.as_text import BAR_WIDTH, one_line, width
from fluxmirror_core.report.cells import (
    agent_name,
    below_home,
    head,
    money,
    money_decimals,
    short_count,
    tail,
)
from fluxmirror_core.report.joining import sentences
from fluxmirror_core.report.sections import NAME, NUMBER, Column, Report, Section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fluxmirror_core.analysis.usage import Usage, UsageRow
    from fluxmirror_core.messages import Catalog, Sayable
    from fluxmirror_core.period import Period
    from fluxmirror_core.report.sections import Cell

_SHORTEST_KEY: Final = 12
"""Of a longer one so many columns are shown on the narrowest of terminals."""
_MODEL_COLUMNS: Final = 40
_ROWS: Final = 30
"""On a terminal; a file or a pipe gets all."""
_BARS: Final = 31
_UNKNOWN_PART: Final = "+?"
_BORDERS: Final = len("|  ")
_FRAME: Final = len("|  |")
"""What is around the cells of the first column, and ends the line."""


class _Layout(Enum):
    """Which columns there are, the widest first: a terminal gets the first that fits."""

    WHOLE = ("input", "output", "cached", "written")
    ONE_CACHE = ("input", "output", "cache")
    TOKENS = ("tokens",)


_USUAL_LAYOUTS: Final = (_Layout.WHOLE, _Layout.ONE_CACHE)
_LAYOUTS: Final = {By.SESSION: (*_USUAL_LAYOUTS, _Layout.TOKENS)}
_LAYOUT_NOTES: Final = {
    _Layout.ONE_CACHE: "cost.note.cache",
    _Layout.TOKENS: "cost.note.tokens",
}


class AskedDays(NamedTuple):
    """Days in a row, both of them included."""

    first: date
    last: date
    zone: str


def build_usage_report(  # noqa: PLR0913 - what was asked for, each by its name
    usage: Usage,
    catalog: Catalog,
    *,
    period: Period,
    agent: str | None,
    home: str,
    terminal: int | None,
) -> Report:
    """Put what was used into words.

    Args:
        usage: with at least one response.
        catalog: the words.
        period: when it was.
        agent: the only agent that was asked for; None for all.
        home: directory that paths are shown relative to, as `~`.
        terminal: how many columns there are for it; None for all that it needs, and all rows.
    """
    sections = (
        _table(usage, catalog, home, ZoneInfo(period.zone), terminal),
        _bars(usage, catalog, home, terminal),
        _unpriced(usage, catalog),
    )
    first, last = period.first, period.last
    title = catalog.text(
        "cost.title.all" if agent is None else "cost.title.of_agent",
        dates=_dates(catalog, first, last),
        zone=period.zone,
        agent="" if agent is None else agent_name(agent),
    )
    return Report(title, tuple(one for one in sections if one.rows))


def no_usage(
    catalog: Catalog,
    recorded: tuple[date, date] | None,
    *,
    asked: AskedDays | None = None,
    kept_since: date | None = None,
    is_usual: bool = True,
) -> tuple[str, ...]:
    """Say that nothing was ever used, or when something was, and what to do next: a line each.

    Args:
        catalog: the words.
        recorded: the days of the first response there is and of the last; None without any.
        asked: the days that were asked for; None where not both ends of them were said.
        kept_since: the day before which nothing is kept; None where nothing was ever deleted.
        is_usual: whether it is the database that session files are read into.
    """
    if recorded is not None:
        first, last = recorded
        told = catalog.text("cost.none.recorded", first=first, last=last)
        return _nothing_like_that(catalog, asked), told
    if kept_since is not None:
        return (catalog.text("cost.none.pruned", date=kept_since),)
    if not is_usual:
        return (catalog.text("cost.none.other"),)
    return catalog.text("cost.none.nothing"), catalog.text("cost.none.import")


def _nothing_like_that(catalog: Catalog, asked: AskedDays | None) -> str:
    if asked is None:
        return catalog.text("cost.none.here")
    dates = _dates(catalog, asked.first, asked.last)
    return catalog.text("cost.none.dates", dates=dates, zone=asked.zone)


def _dates(catalog: Catalog, first: date, last: date) -> str:
    return f"{first}" if first == last else catalog.text("phrase.dates", first=first, last=last)


def _table(
    usage: Usage, catalog: Catalog, home: str, zone: ZoneInfo, terminal: int | None
) -> Section:
    all_shown = terminal is None or usage.by in TIMES
    shown = usage.rows if all_shown else usage.rows[: shown_of(len(usage.rows), _ROWS)]
    keys = [_key(usage.by, row, catalog, home) for row in shown]
    summed = (*shown, usage.total)
    beside = [_beside(usage.by, row, zone) for row in summed]
    costs = _aligned_costs(usage, summed, catalog)
    for layout in _LAYOUTS.get(usage.by, _USUAL_LAYOUTS):
        columns = (*_key_columns(usage.by, catalog), *_columns(catalog, layout))
        cells = [
            (*words, *_counts(row, layout), cost)
            for words, row, cost in zip(beside, summed, costs, strict=True)
        ]
        room = None if terminal is None else terminal - _width(columns[1:], cells) - _FRAME
        if room is None or room >= max(width(one_line(key)) for key in keys):
            break
    cut = [*(_cut(usage.by, key, room) for key in keys), catalog.text("cost.total")]
    rows = tuple((key, *some) for key, some in zip(cut, cells, strict=True))
    notes = (
        _more_note(len(usage.rows) - len(shown)),
        message("cost.note.equivalent"),
        message(_LAYOUT_NOTES[layout]) if layout in _LAYOUT_NOTES else "",
        _tool_note(usage.total),
    )
    title = catalog.text(f"cost.section.{usage.by}")
    return Section(title, "table", columns, rows, sentences(notes))


def _width(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]]) -> int:
    """Count what columns take on a terminal, with what is around their cells."""
    titles = tuple(column.title for column in columns)
    widest = (
        max(len(f"{cell:,}") if isinstance(cell, int) else width(cell) for cell in cells)
        for cells in zip(titles, *rows, strict=True)
    )
    return sum(one + _BORDERS for one in widest)


def _key_columns(by: By, catalog: Catalog) -> tuple[Column, ...]:
    more = ("column.agent", "cost.column.first") if by is By.SESSION else ()
    return _texts(catalog, (f"cost.key.{by}", *more))


def _beside(by: By, row: UsageRow, zone: ZoneInfo) -> tuple[str, ...]:
    """Tell what else a row is known by."""
    if by is not By.SESSION:
        return ()
    if row.agent is None or row.first_ms is None:
        return "", ""
    return row.agent, f"{datetime.fromtimestamp(row.first_ms // 1000, zone):%Y-%m-%d}"


def _columns(catalog: Catalog, layout: _Layout) -> tuple[Column, ...]:
    names = ("responses", *layout.value, "cost")
    titles = (catalog.text(f"cost.column.{name}") for name in names)
    return tuple(Column(title, NUMBER) for title in titles)


def _counts(row: UsageRow, layout: _Layout) -> tuple[Cell, ...]:
    tokens = row.tokens
    written = tokens.cache_write_5m + tokens.cache_write_1h
    counts = {
        "input": tokens.input,
        "output": tokens.output,
        "cached": tokens.cache_read,
        "written": written,
        "cache": tokens.cache_read + written,
        "tokens": billed(tokens),
    }
    return row.responses, *(short_count(counts[name]) for name in layout.value)


def _aligned_costs(usage: Usage, rows: Sequence[UsageRow], catalog: Catalog) -> list[str]:
    """Write a column of costs, each point below the other, also where a mark is behind some."""
    costs = _costs(usage, rows, catalog)
    if not any(row.costs and row.unpriced for row in rows):
        return costs
    room = " " * len(_UNKNOWN_PART)
    return [
        cost + room if row.costs and not row.unpriced else cost
        for row, cost in zip(rows, costs, strict=True)
    ]


def _costs(usage: Usage, rows: Sequence[UsageRow], catalog: Catalog) -> list[str]:
    """Write what rows cost, with as many decimals as all of a report's costs."""
    decimals = money_decimals(one.pico for row in (*usage.rows, usage.total) for one in row.costs)
    return [_cost(row, catalog, decimals) for row in rows]


def _cost(row: UsageRow, catalog: Catalog, decimals: int) -> str:
    if not row.costs:
        return catalog.text("cost.unknown")
    known = " + ".join(money(catalog, *one, decimals) for one in row.costs)
    return known + _UNKNOWN_PART if row.unpriced else known


def _key(by: By, row: UsageRow, catalog: Catalog, home: str) -> str:
    if row.key is None:
        return catalog.text("cost.unknown")
    if by is By.PROJECT:
        return below_home(row.key, home)
    return agent_name(row.key) if by is By.AGENT else row.key


def _cut(by: By, key: str, room: int | None) -> str:
    """Cut a long key where there is no room; of a path the end tells more."""
    if room is None:
        return key
    limit = max(room, _SHORTEST_KEY)
    return tail(key, limit) if by is By.PROJECT else head(key, limit)


def _more_note(left: int) -> Sayable:
    return message("cost.note.more", count=f"{left:,}") if left else ""


def _tool_note(total: UsageRow) -> Sayable:
    count = total.tokens.tool_use
    return counted("cost.note.tool_use", count, count=short_count(count)) if count else ""


def _bars(usage: Usage, catalog: Catalog, home: str, terminal: int | None) -> Section:
    """Draw what has a cost: the latest times, the most expensive of anything else."""
    title = catalog.text("cost.section.bars")
    if usage.total.cost is None:
        # Bars of different currencies say nothing about each other.
        return Section(title, "bars")
    priced = [row for row in usage.rows if row.cost and row.cost.pico]
    is_time = usage.by in TIMES
    number = shown_of(len(priced), _BARS)
    drawn = priced[-number:] if is_time else priced[:number]
    shown = _costs(usage, drawn, catalog)
    taken = BAR_WIDTH + max(map(width, shown), default=0) + len("  ")
    room = None if terminal is None else terminal - taken
    rows = tuple(
        (_cut(usage.by, _key(usage.by, row, catalog, home), room), row.costs[0].pico, cost)
        for row, cost in zip(drawn, shown, strict=True)
    )
    note = message(
        "cost.note.latest" if is_time else "cost.note.dearest",
        count=len(drawn),
        all=f"{len(priced):,}",
    )
    return Section(title, "bars", rows=rows, note=note if len(drawn) < len(priced) else "")


def _unpriced(usage: Usage, catalog: Catalog) -> Section:
    rows = tuple(
        (
            agent_name(one.agent),
            catalog.text("cost.unknown") if one.model is None else head(one.model, _MODEL_COLUMNS),
            one.responses,
        )
        for one in usage.unpriced
    )
    columns = (
        Column(catalog.text("column.agent")),
        Column(catalog.text("cost.key.model"), NAME),
        Column(catalog.text("cost.column.responses"), NUMBER),
    )
    # Where not one sum is known, none of them has the mark either.
    note = message("cost.note.unpriced" if usage.total.costs else "cost.note.unpriced_all")
    return Section(catalog.text("cost.section.unpriced"), "table", columns, rows, note)


def _texts(catalog: Catalog, names: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(catalog.text(name)) for name in names)
