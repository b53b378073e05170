"""Work: the figures of a period, as every report of it shows them, however long it is."""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.analysis.activity import MINUTES
from fluxmirror_core.analysis.file_languages import file_languages
from fluxmirror_core.analysis.patterns import build_patterns
from fluxmirror_core.analysis.rates import failed, failure_rate, share, stopped, unknown
from fluxmirror_core.analysis.rework import build_rework
from fluxmirror_core.analysis.themes import (
    day_themes,
    file_totals,
    main_thread,
    shape_of,
    week_theme,
)
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import local_days
from fluxmirror_core.tools import ToolClass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.analysis.activity import Activity, Count
    from fluxmirror_core.analysis.file_languages import LanguageFiles
    from fluxmirror_core.analysis.patterns import Patterns
    from fluxmirror_core.analysis.rework import Rework
    from fluxmirror_core.analysis.themes import DayTheme, FileTotals, MainThread, Shape, WeekTheme
    from fluxmirror_core.analysis.usage import Usage, UsageRow
    from fluxmirror_core.period import Period

HOURS: Final = 24
WEEKDAYS: Final = 7
_QUARTER: Final = 15
"""Minutes throughout which every zone's clock shows one hour."""


class Scope(NamedTuple):
    """What a report is about."""

    period: Period
    agent: str | None = None
    """Only this one's calls; None for all."""
    project: str | None = None
    """Only this one's calls; None for all."""


class Totals(NamedTuple):
    """What is counted of all calls together."""

    calls: int
    failed: int
    failure_rate: float | None
    stopped: int
    unknown: int
    sessions: int
    active_days: int
    active_minutes: int
    reads: int
    writes: int
    shells: int
    mcp_calls: int
    projects: int
    """With a call; without those that nothing tells the project of."""
    directories: int
    files: FileTotals


class AgentWork(NamedTuple):
    """What one agent did."""

    agent: str
    calls: int
    share: float
    """Of all calls."""
    sessions: int
    active_days: int
    active_minutes: int
    failed: int
    failure_rate: float | None
    unknown: int
    top_tool: str
    """That was called most, of equal ones the first by name; empty where nothing tells tools."""
    reads: int
    writes: int
    shells: int


class ProjectWork(NamedTuple):
    """What was done in one project."""

    name: str
    """Empty for calls whose project nothing tells."""
    calls: int
    share: float
    """Of all calls."""
    sessions: int
    agents: int


class NamedCalls(NamedTuple):
    """Calls of a tool or of an MCP server, or runs of a program."""

    name: str
    calls: int
    failed: int
    failure_rate: float | None


class NameCount(NamedTuple):
    """How often something with a name was counted."""

    name: str
    times: int


class WrittenFile(NamedTuple):
    """A file that was written."""

    path: str
    writes: int
    is_new: bool
    """Whether it was made in the period."""


class Summary(NamedTuple):
    """The figures of a period that can be set beside those of another."""

    scope: Scope
    totals: Totals
    patterns: Patterns
    rework: Rework
    used: UsageRow
    """All that models used."""


class Work(NamedTuple):
    """Everything that was counted of a period; lists in their canonical order."""

    summary: Summary
    agents: tuple[AgentWork, ...]
    projects: tuple[ProjectWork, ...]
    days: tuple[DayTheme, ...]
    """Every local day of the period, the oldest first."""
    hours: tuple[int, ...]
    """Calls per local hour, 24 of them; an hour that a clock shows twice holds both."""
    heat: tuple[tuple[int, ...], ...]
    """Calls per weekday, Monday first, and local hour."""
    written: tuple[WrittenFile, ...]
    read: tuple[NameCount, ...]
    """Files that were read and not written."""
    programs: tuple[NamedCalls, ...]
    tools: tuple[NamedCalls, ...]
    servers: tuple[NamedCalls, ...]
    """Of MCP."""
    directories: tuple[NameCount, ...]
    roots: tuple[NameCount, ...]
    """Of projects: repositories, else directories."""
    languages: tuple[LanguageFiles, ...]
    shape: Shape
    theme: WeekTheme
    thread: MainThread | None
    usage: PeriodUsage


class PeriodUsage(NamedTuple):
    """What models used in a period, by whatever a report tells it by."""

    by_agent: Usage
    by_day: Usage

    @property
    def total(self) -> UsageRow:
        """Give all of it."""
        return self.by_agent.total


def build_summary(scope: Scope, activity: Activity, used: UsageRow) -> Summary:
    """Work out the figures of a period that another one is compared with."""
    return Summary(
        scope=scope,
        totals=build_totals(activity),
        patterns=build_patterns(activity),
        rework=build_rework(activity.loops),
        used=used,
    )


def build_work(scope: Scope, activity: Activity, usage: PeriodUsage) -> Work:
    """Work out everything that reports show of a period."""
    zone = ZoneInfo(scope.period.zone)
    days = day_themes(activity, local_days(scope.period, zone))
    heat = build_heat(activity, zone)
    return Work(
        summary=build_summary(scope, activity, usage.total),
        agents=build_agents(activity),
        projects=_projects(activity),
        days=days,
        hours=build_hours(heat),
        heat=heat,
        written=_written(activity),
        read=_counts({f: n for f, n in activity.reads.items() if f not in activity.writes}),
        programs=_named(activity.programs),
        tools=_named(activity.total.tools),
        servers=_named(activity.servers),
        directories=_counts(activity.directories),
        roots=_counts({root: calls for root, calls in activity.roots.items() if root}),
        languages=file_languages(activity),
        shape=shape_of(activity.total),
        theme=week_theme(days),
        thread=main_thread(activity),
        usage=usage,
    )


def build_totals(activity: Activity) -> Totals:
    """Count all calls together."""
    total = activity.total
    return Totals(
        calls=total.calls,
        failed=failed(total.outcomes),
        failure_rate=failure_rate(total.outcomes),
        stopped=stopped(total.outcomes),
        unknown=unknown(total.outcomes),
        sessions=len(total.sessions),
        active_days=len(total.days),
        active_minutes=len(activity.minutes),
        reads=_of_class(total, ToolClass.READ),
        writes=_of_class(total, ToolClass.WRITE),
        shells=_of_class(total, ToolClass.SHELL),
        mcp_calls=_of_class(total, ToolClass.MCP),
        projects=sum(1 for name in activity.projects if name),
        directories=len(activity.directories),
        files=file_totals(activity),
    )


def build_agents(activity: Activity) -> tuple[AgentWork, ...]:
    """Tell agents apart, most calls first, ties by id."""
    rows = [
        _agent(agent, count, activity.total.calls, len(activity.agent_minutes[agent]))
        for agent, count in activity.agents.items()
    ]
    return tuple(sorted(rows, key=lambda one: (-one.calls, one.agent)))


def build_hours(heat: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    """Add up the weekdays of a `build_heat`: calls per local hour."""
    return tuple(map(sum, zip(*heat, strict=True)))


def _agent(agent: str, count: Count, calls: int, active_minutes: int) -> AgentWork:
    tools = _named(count.tools)
    return AgentWork(
        agent=agent,
        calls=count.calls,
        share=share(count.calls, calls) or 0.0,
        sessions=len(count.sessions),
        active_days=len(count.days),
        active_minutes=active_minutes,
        failed=failed(count.outcomes),
        failure_rate=failure_rate(count.outcomes),
        unknown=unknown(count.outcomes),
        top_tool=tools[0].name if tools else "",
        reads=_of_class(count, ToolClass.READ),
        writes=_of_class(count, ToolClass.WRITE),
        shells=_of_class(count, ToolClass.SHELL),
    )


def _projects(activity: Activity) -> tuple[ProjectWork, ...]:
    whole = activity.total.calls
    rows = [
        ProjectWork(
            name,
            count.calls,
            share(count.calls, whole) or 0.0,
            len(count.sessions),
            len(count.agents),
        )
        for name, count in activity.projects.items()
    ]
    return tuple(sorted(rows, key=lambda one: (-one.calls, one.name)))


def _of_class(count: Count, tool_class: ToolClass) -> int:
    return count.classes.get(str(tool_class), 0)


def _named(rows: Mapping[str, list[int]]) -> tuple[NamedCalls, ...]:
    named = [
        NamedCalls(name, calls, wrong, share(wrong, decided))
        for name, (calls, wrong, decided) in rows.items()
    ]
    return tuple(sorted(named, key=lambda one: (-one.calls, one.name)))


def _counts(counts: Mapping[str, int]) -> tuple[NameCount, ...]:
    return tuple(map(NameCount._make, _most_first(counts)))


def _written(activity: Activity) -> tuple[WrittenFile, ...]:
    new = frozenset().union(*(one.new for one in activity.day_files.values()))
    rows = _most_first(activity.writes)
    return tuple(WrittenFile(path, writes, path in new) for path, writes in rows)


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Put counts in order, most first, then by name; in two steps, as there are thousands."""
    rows = sorted(counts.items(), key=itemgetter(0))
    rows.sort(key=itemgetter(1), reverse=True)
    return rows


def build_heat(activity: Activity, zone: ZoneInfo) -> tuple[tuple[int, ...], ...]:
    """Count calls per weekday, Monday first, and local hour."""
    quarters: dict[int, int] = {}
    for minute, projects in activity.minutes.items():
        quarter = minute // _QUARTER
        quarters[quarter] = quarters.get(quarter, 0) + sum(projects.values())
    heat = [[0] * HOURS for _ in range(WEEKDAYS)]
    for quarter, calls in quarters.items():
        moment = datetime.fromtimestamp(quarter * _QUARTER * MINUTES, zone)
        heat[moment.weekday()][moment.hour] += calls
    return tuple(map(tuple, heat))
