"""A day's figures → the report of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.dates import date_range
from fluxmirror_core.report.figures import is_nothing
from fluxmirror_core.report.insights import day_insights
from fluxmirror_core.report.joining import sentences
from fluxmirror_core.report.narrative import day_narrative
from fluxmirror_core.report.sections import (
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

    from fluxmirror_core.analysis.day import Day
    from fluxmirror_core.analysis.earlier import Earlier
    from fluxmirror_core.analysis.work import Summary
    from fluxmirror_core.messages import Sayable


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
        head_figures(work, before, compared_line(day.earlier, before)),
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


def earlier_facts(earlier: Earlier | None) -> dict[str, Any]:
    """Give what JSON says of the time that a report compares with."""
    return {"before": None if earlier is None else period_facts(earlier.period)}


def compared_line(earlier: Earlier | None, before: Summary | None) -> Sayable:
    """Say what a report compares with; nothing where it does not.

    Args:
        earlier: which time that is.
        before: the figures of that.
    """
    if earlier is None:
        return ""
    values: dict[str, object] = {"dates": date_range(earlier.period.first, earlier.period.last)}
    if earlier.until_ms is not None:
        values["clock"] = Shown(CLOCK, earlier.until_ms)
    if before is not None and is_nothing(before):
        dates = message("work.subtitle.part", **values) if "clock" in values else values["dates"]
        return message("work.compared.nothing", dates=dates)
    return message("work.compared.part" if "clock" in values else "work.compared.whole", **values)


def _with_calls(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    return tuple(one for one in sections if not one.is_empty)


def _commands(day: Day) -> Section:
    left = day.work.summary.totals.shells - len(day.commands)
    unknown = any(one.outcome == "unknown" for one in day.commands)
    notes = (
        # The last ones are shown: what is left out came before them.
        counted("day.earlier_commands", left) if left > 0 else "",
        message("day.unknown") if unknown else "",
    )
    return Section(
        message("day.section.shell"),
        "table",
        (
            Column(message("column.time"), CLOCK, "time"),
            Column(message("column.command"), COMMAND, "command"),
            Column(message("column.outcome"), OUTCOME, "outcome"),
        ),
        tuple(tuple(one) for one in day.commands),
        note=sentences(notes),
        key="commands",
    )
