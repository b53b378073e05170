"""A day's figures → the report of it, or what to say of a day that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.messages import message
from fluxmirror_core.report.dates import date_range
from fluxmirror_core.report.insights import day_insights
from fluxmirror_core.report.narrative import day_narrative
from fluxmirror_core.report.sections import (
    AGENT,
    CLOCK,
    COMMAND,
    OUTCOME,
    Column,
    Report,
    Section,
    Shown,
)
from fluxmirror_core.report.titles import day_title, period_facts, subtitle, work_facts
from fluxmirror_core.report.work_sections import (
    agents_section,
    cost_section,
    directories_section,
    head_figures,
    hours_section,
    pattern_figures,
    programs_section,
    projects_section,
    read_section,
    rework_section,
    servers_section,
    tools_section,
    written_section,
)

if TYPE_CHECKING:
    from datetime import date

    from fluxmirror_core.analysis.day import Day, Elsewhen
    from fluxmirror_core.analysis.earlier import Earlier
    from fluxmirror_core.analysis.work import Scope, Summary
    from fluxmirror_core.messages import Message, Sayable

_NONE: Final = {
    "today": ("day.none.today", "day.none.today_of_agent"),
    "days": ("day.none.date", "day.none.date_of_agent"),
}


def build_day_report(day: Day, *, today: date, commits: tuple[Section, ...] = ()) -> Report:
    """Put a day into sections.

    Args:
        day: one with at least one call, or one that cost something.
        today: which date is today: that day and the one before have names.
        commits: what was committed meanwhile, where that was asked for.
    """
    work = day.work
    return Report(
        day_title(work.summary.scope, today),
        _with_calls(_sections(day, commits))
        if work.summary.totals.calls
        else (cost_section(work),),
        subtitle(work.summary.scope),
        "day",
        {**work_facts(work.summary), **earlier_facts(day.earlier)},
    )


def _sections(day: Day, commits: tuple[Section, ...]) -> tuple[Section, ...]:
    work, before = day.work, day.before
    is_part = day.earlier is not None and day.earlier.until_ms is not None
    return (
        day_narrative(work, before, is_part=is_part),
        head_figures(work, before, compared_line(day.earlier)),
        hours_section(work),
        agents_section(work),
        projects_section(work),
        cost_section(work),
        *commits,
        written_section(work),
        read_section(work),
        _commands(day),
        programs_section(work),
        tools_section(work),
        servers_section(work),
        directories_section(work),
        pattern_figures(work, before),
        rework_section(work),
        day_insights(work),
    )


def no_activity(
    scope: Scope, elsewhen: Elsewhen, *, today: date, asked_by: str = "--date"
) -> tuple[Message, Message]:
    """Say that nothing happened, and what to do next: a line each.

    Args:
        scope: in which nothing happened.
        elsewhen: what there is at other times.
        today: which date is today.
        asked_by: what a command line has before the date that it asks for.
    """
    line = _none(scope, today)
    if elsewhen.latest is not None:
        return line, message("day.none.earlier", date=elsewhen.latest, asked_by=asked_by)
    if elsewhen.earliest is not None:
        return line, message("day.none.later", date=elsewhen.earliest, asked_by=asked_by)
    if not elsewhen.any_recorded:
        return line, nothing_recorded(elsewhen.kept_since)
    if scope.agent is not None:
        return line, message("day.none.never", agent=Shown(AGENT, scope.agent))
    return line, message("day.none.uncounted")


def build_empty_report(title: Sayable, summary: Summary, lines: tuple[Message, ...]) -> Report:
    """Give the report of a time in which nothing happened."""
    rows = tuple((line,) for line in lines)
    nothing = Section("", "paragraph", rows=rows, key="nothing")
    facts = {**work_facts(summary), **earlier_facts(None)}
    return Report(title, (nothing,), subtitle(summary.scope), "nothing", facts)


def nothing_recorded(kept_since: date | None) -> Message:
    """Say that there is nothing at all: what was deleted is no reason to set anything up."""
    if kept_since is None:
        return message("day.none.nothing")
    return message("day.none.pruned", date=kept_since)


def earlier_facts(earlier: Earlier | None) -> dict[str, Any]:
    """Give what JSON says of the time that a report compares with."""
    return {"before": None if earlier is None else period_facts(earlier.period)}


def compared_line(earlier: Earlier | None) -> Sayable:
    """Say what a report compares with; nothing where it does not."""
    if earlier is None:
        return ""
    dates = date_range(earlier.period.first, earlier.period.last)
    if earlier.until_ms is None:
        return message("work.compared.whole", dates=dates)
    return message("work.compared.part", dates=dates, clock=Shown(CLOCK, earlier.until_ms))


def _none(scope: Scope, today: date) -> Message:
    period = scope.period
    when = "today" if period.first == period.last == today else "days"
    of_all, of_agent = _NONE[when]
    values = {"date": date_range(period.first, period.last), "zone": period.zone}
    if scope.agent is None:
        return message(of_all, **values)
    return message(of_agent, **values, agent=Shown(AGENT, scope.agent))


def _with_calls(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    return tuple(one for one in sections if not one.is_empty)


def _commands(day: Day) -> Section:
    unknown = any(one.outcome == "unknown" for one in day.commands)
    return Section(
        message("day.section.shell"),
        "table",
        (
            Column(message("column.time"), CLOCK, "time"),
            Column(message("column.command"), COMMAND, "command"),
            Column(message("column.outcome"), OUTCOME, "outcome"),
        ),
        tuple(tuple(one) for one in day.commands),
        note=message("day.unknown") if unknown else "",
        key="commands",
        shown=len(day.commands),
        total=day.work.summary.totals.shells,
    )
