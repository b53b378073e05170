"""A day's figures → the sections of `today`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.report.cells import NAME_COLUMNS, agent_name, head, shown_path
from fluxmirror_core.report.sections import Column, Report, Section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fluxmirror_core.analysis.day import Day, Elsewhen
    from fluxmirror_core.messages import Catalog

_EDITED: Final = 20
_READ: Final = 10
_COMMAND_COLUMNS: Final = 80
_UNKNOWN: Final = "unknown"
_TOLD_OUTCOMES: Final = ("failed", "denied", "rejected", "interrupted", _UNKNOWN)
_MINUTE_MS: Final = 60_000


class _Clock(dict[int, str]):
    """Minute since the epoch → what a local clock showed; each is worked out once."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, minute: int) -> str:
        shown = f"{datetime.fromtimestamp(minute * 60, self._zone):%H:%M}"
        self[minute] = shown
        return shown


def build_day_report(
    day: Day, catalog: Catalog, *, today: date, home: str, cost: Sequence[Section] = ()
) -> Report:
    """Put a day into words.

    Args:
        day: a day with at least one call, or one that cost something.
        catalog: the words.
        today: which date is today, as only that day is called so.
        home: directory that paths are shown relative to, as `~`.
        cost: what is said of its cost.
    """
    sections = (
        _activity(day, catalog),
        *cost,
        _edited(day, catalog, home),
        _read(day, catalog, home),
        _shell(day, catalog),
        _directories(day, catalog, home),
        _tools(day, catalog),
        _hours(day, catalog),
    )
    which = _which(day, today)
    title = catalog.text(f"day.title.{which}", **_facts(day))
    return Report(title, tuple(one for one in sections if one.rows))


def no_activity(day: Day, catalog: Catalog, elsewhen: Elsewhen, *, today: date) -> tuple[str, str]:
    """Say that nothing happened, and what to do next: a line each.

    Args:
        day: a day without a call.
        catalog: the words.
        elsewhen: what there is on other days.
        today: which date is today.
    """
    which = _which(day, today)
    line = catalog.text(f"day.none.{which}", **_facts(day))
    if elsewhen.latest is not None:
        return line, catalog.text("day.none.earlier", date=elsewhen.latest)
    if elsewhen.earliest is not None:
        return line, catalog.text("day.none.later", date=elsewhen.earliest)
    if not elsewhen.any_recorded:
        return line, nothing_recorded(catalog, elsewhen.kept_since)
    if day.agent is not None:
        return line, catalog.text("day.none.never", agent=agent_name(day.agent))
    return line, catalog.text("day.none.uncounted")


def nothing_recorded(catalog: Catalog, kept_since: date | None) -> str:
    """Say that there is nothing at all: what was deleted is no reason to set anything up."""
    if kept_since is None:
        return catalog.text("day.none.nothing")
    return catalog.text("day.none.pruned", date=kept_since)


def _which(day: Day, today: date) -> str:
    """Choose among the four texts for a day: today or another, of all agents or of one."""
    when = "today" if day.period.first == today else "date"
    return when if day.agent is None else f"{when}_of_agent"


def _facts(day: Day) -> dict[str, object]:
    agent = "" if day.agent is None else agent_name(day.agent)
    return {"date": day.period.first, "zone": day.period.zone, "agent": agent}


def _activity(day: Day, catalog: Catalog) -> Section:
    rows = tuple(
        (agent_name(one.agent), one.calls, one.sessions, one.failed, one.unknown)
        for one in day.agents
    )
    numbers = ("column.calls", "column.sessions", "column.failed", "column.unknown")
    columns = _columns(catalog, ("column.agent",), numbers)
    return Section(catalog.text("day.section.activity"), "table", columns, rows)


def _edited(day: Day, catalog: Catalog, home: str) -> Section:
    shown = day.edited[:_EDITED]
    rows = tuple(
        (shown_path(one.path, home), head(one.tool, NAME_COLUMNS), one.times) for one in shown
    )
    columns = _columns(catalog, ("column.path", "column.tool"), ("column.count",))
    note = _more(catalog, day.edited, _EDITED)
    return Section(catalog.text("day.section.edited"), "table", columns, rows, note)


def _read(day: Day, catalog: Catalog, home: str) -> Section:
    rows = tuple((shown_path(one.name, home), one.times) for one in day.read[:_READ])
    columns = _columns(catalog, ("column.path",), ("column.count",))
    note = _more(catalog, day.read, _READ)
    return Section(catalog.text("day.section.read"), "table", columns, rows, note)


def _shell(day: Day, catalog: Catalog) -> Section:
    clock = _Clock(ZoneInfo(day.period.zone))
    # Only what went another way than it should is worth a word.
    told = {outcome: catalog.text(f"outcome.{outcome}") for outcome in _TOLD_OUTCOMES}
    rows = tuple(
        (
            clock[one.ts_ms // _MINUTE_MS],
            head(one.command, _COMMAND_COLUMNS) or catalog.text("day.no_command"),
            told.get(one.outcome, ""),
        )
        for one in day.commands
    )
    columns = _columns(catalog, ("column.time", "column.command", "column.outcome"))
    unknown = any(one.outcome == _UNKNOWN for one in day.commands)
    note = catalog.text("day.unknown") if unknown else ""
    return Section(catalog.text("day.section.shell"), "table", columns, rows, note)


def _directories(day: Day, catalog: Catalog, home: str) -> Section:
    rows = tuple((shown_path(one.name, home), one.times) for one in day.directories)
    columns = _columns(catalog, ("column.path",), ("column.count",))
    return Section(catalog.text("day.section.directories"), "table", columns, rows)


def _tools(day: Day, catalog: Catalog) -> Section:
    rows = tuple((head(one.name, NAME_COLUMNS), one.times) for one in day.tools)
    columns = _columns(catalog, ("column.tool",), ("column.count",))
    return Section(catalog.text("day.section.tools"), "table", columns, rows)


def _hours(day: Day, catalog: Catalog) -> Section:
    rows = tuple((f"{hour:02}:00", count) for hour, count in enumerate(day.hours) if count)
    return Section(catalog.text("day.section.hours"), "bars", rows=rows)


def _columns(
    catalog: Catalog, texts: Sequence[str], numbers: Sequence[str] = ()
) -> tuple[Column, ...]:
    return (
        *(Column(catalog.text(message_id)) for message_id in texts),
        *(Column(catalog.text(message_id), is_number=True) for message_id in numbers),
    )


def _more(catalog: Catalog, rows: Sequence[object], shown: int) -> str:
    return catalog.text("day.more", count=f"{len(rows) - shown:,}") if len(rows) > shown else ""
