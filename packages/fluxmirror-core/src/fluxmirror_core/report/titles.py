"""What a report is called, and what it is of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.messages import message
from fluxmirror_core.report.dates import date_range, short_range
from fluxmirror_core.report.sections import AGENT, NAME, Shown

if TYPE_CHECKING:
    from datetime import date

    from fluxmirror_core.analysis.work import Scope, Summary
    from fluxmirror_core.messages import Message
    from fluxmirror_core.period import Period

_SHARE_DECIMALS: Final = 4
"""Of a share in JSON."""
_TITLES: Final = {
    "today": ("day.title.today", "day.title.today_of_agent"),
    "yesterday": ("day.title.yesterday", "day.title.yesterday_of_agent"),
    "days": ("day.title.date", "day.title.date_of_agent"),
    "week": ("day.title.week", "day.title.week_of_agent"),
    "month": ("day.title.month", "day.title.month_of_agent"),
}


def day_title(scope: Scope, today: date) -> Message:
    """Call a day: two of them have a name."""
    names = {today: "today", today - timedelta(days=1): "yesterday"}
    return title(scope, names.get(scope.period.first, "days"))


def title(scope: Scope, called: str) -> Message:
    """Call a report.

    Args:
        scope: what it is about.
        called: `today`, `yesterday`, `week`, `month`, or `days` for any others.
    """
    of_all, of_agent = _TITLES[called]
    if scope.agent is None:
        return message(of_all)
    return message(of_agent, agent=Shown(AGENT, scope.agent))


def subtitle(scope: Scope) -> Message:
    """Say which days a report is of, in which zone, and of which project alone.

    The title has said of which agent.
    """
    return _of_project(_days_of(scope), scope)


def subtitle_with_agent(scope: Scope) -> Message:
    """Say the same under a title that names no agent."""
    return narrowed(_days_of(scope), scope)


def narrowed(subtitle: Message, scope: Scope) -> Message:
    """Say behind a subtitle of which agent and of which project alone a report is."""
    if scope.agent is not None:
        subtitle = message("clause.dotted", told=subtitle, more=Shown(AGENT, scope.agent))
    return _of_project(subtitle, scope)


def _days_of(scope: Scope) -> Message:
    period = scope.period
    dates = date_range(period.first, period.last)
    return message("work.subtitle.all", dates=dates, zone=period.zone)


def _of_project(subtitle: Message, scope: Scope) -> Message:
    if scope.project is None:
        return subtitle
    project = message("work.subtitle.of_project", project=project_name(scope.project))
    return message("clause.dotted", told=subtitle, more=project)


def project_name(name: str) -> Message:
    """Quote the name of a project within a sentence: it may be a word, such as `project`."""
    return message("project.named", name=Shown(NAME, name))


def period_names(one: Period, other: Period) -> tuple[Message, Message]:
    """Call two periods as the heads of a table do: `Sun 22 Nov`, `9\u201315 Nov`.

    By their days, also today: what is forwarded is read tomorrow. Years are named where there are
    several.
    """
    with_year = len({day.year for each in (one, other) for day in (each.first, each.last)}) > 1
    return (
        short_range(one.first, one.last, with_year=with_year),
        short_range(other.first, other.last, with_year=with_year),
    )


def period_facts(period: Period) -> dict[str, Any]:
    """Give what JSON says of a period."""
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "timezone": period.zone,
        "start_ms": period.start_ms,
        "end_ms": period.end_ms,
    }


def work_facts(summary: Summary) -> dict[str, Any]:
    """Give what JSON says of a period's work as a whole: what it is of, and all that is counted."""
    counted = summary.totals._asdict()
    files, rate = counted.pop("files"), counted["failure_rate"]
    totals = {
        **counted,
        "failure_rate": None if rate is None else round(rate, _SHARE_DECIMALS),
        "files_written": files.written,
        "files_only_read": files.only_read,
        "new_files": files.new,
        "edited_files": files.edited,
    }
    return {**scope_facts(summary.scope), "totals": totals}


def scope_facts(scope: Scope) -> dict[str, Any]:
    """Give what JSON says of what a report is about."""
    return {**period_facts(scope.period), "agent": scope.agent, "project": scope.project}
