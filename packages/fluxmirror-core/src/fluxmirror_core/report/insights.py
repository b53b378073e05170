"""What is worth saying of a period in a sentence: rules over its figures, never more than these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.messages import counted, message
from fluxmirror_core.period import local_date
from fluxmirror_core.report.joining import several, together
from fluxmirror_core.report.sections import (
    AGENT,
    BASE,
    CLOCK,
    DATE,
    DECIMAL,
    FOLDER,
    HOUR,
    MINUTES,
    NAME,
    PATH,
    SHARE,
    PathEnd,
    Section,
    Shown,
)
from fluxmirror_core.report.titles import project_name
from fluxmirror_core.report.work_sections import theme_word
from fluxmirror_core.telling_apart import shortest_ends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fluxmirror_core.analysis.work import NamedCalls, Work
    from fluxmirror_core.messages import Message
    from fluxmirror_core.report.joining import Value

_MINUTE_MS: Final = 60_000
_PROJECT_CALLS: Final = 5
"""A project with fewer calls was hardly worked in."""
_TRIES: Final = 10
"""What was tried less often says little about what fails."""
_FAILING: Final = 0.2
"""The part of a tool's or program's calls whose failure is worth a word."""
_LOUD_MCP: Final = 50
"""MCP calls of up to a week; more are much traffic."""
_WEEK_DAYS: Final = 7
_TRAFFIC: Final = {
    (True, True): "insight.mcp_active_one",
    (True, False): "insight.mcp_active",
    (False, True): "insight.mcp_light_one",
    (False, False): "insight.mcp_light",
}
"""By whether there is much of it, and whether all of it is with one server."""
_LISTED: Final = 3
_MODES: Final = {
    "build": message("insight.mode.build"),
    "refactor": message("insight.mode.refactor"),
    "balanced": message("insight.mode.balanced"),
}


def day_insights(work: Work) -> Section:
    """Say what stands out of a day with at least one call."""
    rules: tuple[Callable[[Work], Iterator[Message]], ...] = (
        _busiest_hour, _new_to_edited, _several_projects, _failing, _longest_focus, _burst,
        _rework, _overlap, _servers,
    )  # fmt: skip
    return _points(*(rule(work) for rule in rules))


def span_insights(work: Work) -> Section:
    """Say what stands out of several days with at least one call."""
    rules: tuple[Callable[[Work], Iterator[Message]], ...] = (
        _busiest_day, _new_to_edited, _project_focus, _failing, _longest_focus, _burst, _rework,
        _overlap, _servers,
    )  # fmt: skip
    return _points(*(rule(work) for rule in rules))


def highlights(work: Work) -> Section:
    """Say what several days were about: area, spine, agents, projects, main thread."""
    rules = (_feature_area, _spine, _leading_agent, _main_projects, _thread)
    found = _points(*(rule(work) for rule in rules))
    return found._replace(title=message("work.section.highlights"), key="highlights")


def _points(*found: Iterable[Message]) -> Section:
    rows = tuple((point,) for points in found for point in points)
    return Section(message("work.section.insights"), "points", rows=rows, key="insights")


def _busiest_hour(work: Work) -> Iterator[Message]:
    most = max(work.hours)
    hour = Shown(HOUR, work.hours.index(most))
    yield counted("insight.busiest_hour", most, hour=hour)


def _busiest_day(work: Work) -> Iterator[Message]:
    most = max(work.days, key=lambda one: (one.calls, -one.date.toordinal()))
    yield counted(
        "insight.busiest_day",
        most.calls,
        date=Shown(DATE, most.date),
        new=f"{most.new:,}",
        edited=f"{most.edited:,}",
        theme=theme_word(most.theme),
    )


def _new_to_edited(work: Work) -> Iterator[Message]:
    files = work.summary.totals.files
    values = {"new": f"{files.new:,}", "edited": f"{files.edited:,}", "mode": _MODES[files.mode]}
    if files.new and files.edited:
        # Who adds the two gets more than were written.
        is_shared = files.new + files.edited > files.written
        text = "insight.new_to_edited_shared" if is_shared else "insight.new_to_edited"
        yield message(text, **values, ratio=Shown(DECIMAL, files.ratio))
    elif files.new or files.edited:
        yield message("insight.new_or_edited", **values)


def _several_projects(work: Work) -> Iterator[Message]:
    worked_in = [one for one in work.projects if one.name and one.calls >= _PROJECT_CALLS]
    if len(worked_in) > 1:
        number = work.summary.patterns.switches.number
        switches = counted("insight.switches", number) if number else message("insight.no_switch")
        yield counted("insight.several_projects", len(worked_in), switches=switches)


def _project_focus(work: Work) -> Iterator[Message]:
    """Name the main project where calls went to others too, or to none."""
    named = [one for one in work.projects if one.name]
    if named and len(work.projects) > 1 and work.summary.scope.project is None:
        first = named[0]
        yield message(
            "insight.project_focus",
            project=project_name(first.name),
            share=Shown(SHARE, first.share),
            calls=f"{first.calls:,}",
        )


def _failing(work: Work) -> Iterator[Message]:
    """Name what fails most of what was tried often: a program, or a tool that runs none."""
    tried = [one for one in (*work.programs, *work.tools) if one.calls >= _TRIES]
    failing = [one for one in tried if (one.failure_rate or 0.0) >= _FAILING]
    if failing:
        worst = max(failing, key=_failures)
        # Not of how many calls: those that nothing tells the end of are in no rate.
        yield counted(
            "insight.failing",
            worst.failed,
            name=Shown(NAME, worst.name),
            rate=Shown(SHARE, worst.failure_rate),
        )


def _failures(one: NamedCalls) -> tuple[int, float]:
    return one.failed, one.failure_rate or 0.0


def _longest_focus(work: Work) -> Iterator[Message]:
    longest = work.summary.patterns.focus.longest
    if longest is not None:
        values: dict[str, Value] = {
            "length": Shown(MINUTES, longest.minutes),
            "project": project_name(longest.project)
            if longest.project
            else message("project.none"),
            **_when(work, longest.start),
        }
        of_days = "insight.longest_focus_of_days"
        yield message(of_days if "date" in values else "insight.longest_focus", **values)


def _burst(work: Work) -> Iterator[Message]:
    peak = work.summary.patterns.bursts.peak
    if peak is not None:
        when = _when(work, peak.peak)
        text = "insight.burst_of_days" if "date" in when else "insight.burst"
        yield counted(text, peak.peak_calls, **when)


def _when(work: Work, minute: int) -> dict[str, Shown]:
    """Tell the time of a minute; among several days, with its date."""
    period, ts_ms = work.summary.scope.period, minute * _MINUTE_MS
    clock = {"clock": Shown(CLOCK, ts_ms)}
    if period.first == period.last:
        return clock
    return {"date": Shown(DATE, local_date(ts_ms, ZoneInfo(period.zone))), **clock}


def _rework(work: Work) -> Iterator[Message]:
    number = work.summary.rework.loops
    if not number:
        return
    file, loops = work.summary.rework.files[0]
    values = {"count": f"{number:,}", "file": Shown(PATH, file), "loops": f"{loops:,}"}
    if number == 1:
        yield message("insight.rework_one", **values)
    else:
        yield message("insight.rework" if loops > 1 else "insight.rework_even", **values)


def _overlap(work: Work) -> Iterator[Message]:
    overlap = work.summary.patterns.overlap
    if overlap.pair is not None:
        one, other = overlap.pair
        yield message(
            "insight.overlap",
            minutes=Shown(MINUTES, overlap.minutes),
            share=Shown(SHARE, overlap.share),
            one=Shown(AGENT, one),
            other=Shown(AGENT, other),
        )


def _servers(work: Work) -> Iterator[Message]:
    """Say how much MCP traffic there was: of more than a week by its calls per seven days."""
    calls = sum(one.calls for one in work.servers)
    if calls == 1:
        yield message("insight.mcp_single", server=Shown(NAME, work.servers[0].name))
    elif calls:
        days = max(len(work.days), _WEEK_DAYS)
        text = _TRAFFIC[calls * _WEEK_DAYS > _LOUD_MCP * days, len(work.servers) == 1]
        server = Shown(NAME, work.servers[0].name)
        yield message(text, calls=counted("insight.calls", calls), server=server)


def _feature_area(work: Work) -> Iterator[Message]:
    """Name the directory that most writes of the thirty most-written files went into."""
    areas: dict[str, int] = {}
    top = work.written[:30]
    for one in top:
        area = _area(one.path)
        areas[area] = areas.get(area, 0) + one.writes
    if not areas:
        return
    busiest = min(areas, key=lambda area: (-areas[area], area))
    own = [one for one in top if _area(one.path) == busiest]
    yield message(
        "highlight.area",
        area=Shown(FOLDER, own[0].path),
        files=_files((one.path, one.writes) for one in own[:_LISTED]),
    )


def _spine(work: Work) -> Iterator[Message]:
    if work.written:
        top = work.written[:5]
        yield message("highlight.spine", files=_files((one.path, one.writes) for one in top))


def _leading_agent(work: Work) -> Iterator[Message]:
    first, *others = work.agents
    values = {
        "agent": Shown(AGENT, first.agent),
        "calls": counted("insight.calls", first.calls),
        "sessions": counted("insight.sessions", first.sessions),
    }
    if not others:
        yield message("highlight.one_agent", **values)
        return
    rest = tuple(
        message("highlight.times", what=Shown(AGENT, one.agent), times=f"{one.calls:,}")
        for one in others[:2]
    )
    yield message("highlight.agents", **values, others=together(rest))


def _main_projects(work: Work) -> Iterator[Message]:
    shown = [one for one in work.projects if one.name and one.calls >= _TRIES]
    if len(shown) > 1:
        told = tuple(
            message(
                "highlight.project",
                project=Shown(NAME, one.name),
                calls=f"{one.calls:,}",
                share=Shown(SHARE, one.share),
            )
            for one in shown[:_LISTED]
        )
        yield message("highlight.projects", projects=several(told))


def _thread(work: Work) -> Iterator[Message]:
    if work.thread is not None:
        yield counted(
            "highlight.thread",
            work.thread.days,
            file=Shown(PATH, work.thread.file),
            writes=f"{work.thread.writes:,}",
        )


def _files(files: Iterable[tuple[str, int]]) -> Value:
    """List different files with their writes, each by as much of its path as no other ends with."""
    listed = tuple(files)
    ends = shortest_ends({path: path.replace("\\", "/").split("/") for path, _ in listed})
    told = tuple(
        message("highlight.times", what=Shown(BASE, PathEnd(path, ends[path])), times=f"{times:,}")
        for path, times in listed
    )
    return several(told)


def _area(path: str) -> str:
    """Give the directory that a file is in."""
    return path[: max(path.rfind("/"), path.rfind("\\"), 0)]
