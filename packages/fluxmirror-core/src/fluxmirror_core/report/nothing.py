"""What to say of a time in which nothing happened: that it is so, and where there is something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.report.day import earlier_facts
from fluxmirror_core.report.sections import AGENT, Report, Section, Shown
from fluxmirror_core.report.titles import project_name, subtitle, work_facts

if TYPE_CHECKING:
    from datetime import date

    from fluxmirror_core.analysis.day import Elsewhen
    from fluxmirror_core.analysis.work import Scope, Summary
    from fluxmirror_core.messages import Message, Sayable

_BY_DATE: Final = "--date"
"""What a command line has before the date that it asks for."""


def no_activity(scope: Scope, elsewhen: Elsewhen, *, today: date) -> tuple[Message, Message]:
    """Say that nothing happened, and what to do next: a line each.

    Args:
        scope: in which nothing happened.
        elsewhen: what there is of it at other times.
        today: which date is today.
    """
    return _none(scope, today), what_next(scope, elsewhen, _BY_DATE)


def what_next(scope: Scope, elsewhen: Elsewhen, asked_by: str) -> Message:
    """Say on which days there is something, else why there is nothing at any time.

    Args:
        scope: in which nothing happened.
        elsewhen: what there is of it at other times.
        asked_by: what a command line has before the date that it asks for.
    """
    return _day_with_any(elsewhen, asked_by) or _why(scope, elsewhen)


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


def _none(scope: Scope, today: date) -> Message:
    """Say that nothing happened; the subtitle above has said when, and in which project."""
    if scope.period.first > today:
        return message("day.none.not_begun")
    is_today = scope.period.first == scope.period.last == today
    if scope.agent is None:
        return message("day.none.today" if is_today else "day.none.date")
    agent = Shown(AGENT, scope.agent)
    return message("day.none.today_of_agent" if is_today else "day.none.date_of_agent", agent=agent)


def _day_with_any(elsewhen: Elsewhen, asked_by: str) -> Message | None:
    """Name the nearest days that have something, the one before first."""
    before, after = elsewhen.latest, elsewhen.earliest
    if before is not None and after is not None:
        return message("day.none.around", date=before, later=after, asked_by=asked_by)
    if before is not None:
        return message("day.none.earlier", date=before, asked_by=asked_by)
    if after is not None:
        return message("day.none.later", date=after, asked_by=asked_by)
    return None


def _why(scope: Scope, elsewhen: Elsewhen) -> Message:
    """Say why there is nothing at any time."""
    if not elsewhen.any_recorded:
        return nothing_recorded(elsewhen.kept_since)
    if scope.agent is None:
        return message("day.none.uncounted")
    agent = Shown(AGENT, scope.agent)
    if scope.project is not None and elsewhen.in_other_projects:
        project = project_name(scope.project)
        return message("day.none.not_in_project", agent=agent, project=project)
    return message("day.none.never", agent=agent)
