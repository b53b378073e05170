"""Activity: hours of calls put together, for whatever a report asks of a period."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeVar

from fluxmirror_core.analysis.hour import HourActivity
from fluxmirror_core.analysis.rework import LoopFinder
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

_Key = TypeVar("_Key")

MINUTES: Final = 60
_HOUR: Final = itemgetter(0)


class DayPart(NamedTuple):
    """Hours of one local day, in the order of time."""

    date: date
    hours: Iterable[tuple[int, HourActivity]]
    """Each with its number since 1970, UTC; one number may come for several agents and projects."""


class Count:
    """Calls of one agent, one project, one day, or of all."""

    __slots__ = ("agents", "calls", "classes", "days", "outcomes", "sessions", "tools")

    def __init__(self) -> None:
        self.calls = 0
        self.outcomes: dict[str, int] = {}
        self.classes: dict[str, int] = {}
        self.sessions: set[tuple[str, str]] = set()
        """Agent and session."""
        self.days: set[date] = set()
        self.agents: dict[str, int] = {}
        self.tools: dict[str, list[int]] = {}
        """Calls, failures, and calls that are known to be either fine or failed."""

    def add(self, day: date, one: HourActivity) -> None:
        """Count what one agent did in one project, in some time of a day."""
        self.calls += one.calls
        self.days.add(day)
        add_up(self.outcomes, one.outcomes)
        add_up(self.classes, one.classes)
        self.agents[one.agent] = self.agents.get(one.agent, 0) + one.calls
        self.sessions.update((one.agent, session) for session in one.sessions)
        add_rows(self.tools, one.tools)


class WrittenFiles(NamedTuple):
    """What a local day did to files."""

    new: frozenset[str]
    """Files it made."""
    edited: frozenset[str]
    """Files it changed; one that it made and then changed is both."""


class Activity:
    """What happened in a period."""

    def __init__(self) -> None:
        self.total = Count()
        self.agents: dict[str, Count] = {}
        self.projects: dict[str, Count] = {}
        """By name; empty for calls of none."""
        self.roots: dict[str, int] = {}
        """Calls by the root of their project; empty for calls of none."""
        self.days: dict[date, Count] = {}
        self.programs: dict[str, list[int]] = {}
        """Of shell commands: runs, failures, and runs known to be either fine or failed."""
        self.servers: dict[str, list[int]] = {}
        """Of MCP: the same of calls."""
        self.directories: dict[str, int] = {}
        self.reads: dict[str, int] = {}
        """By file; also of those that were written."""
        self.writes: dict[str, int] = {}
        self.day_files: dict[date, WrittenFiles] = {}
        self.minutes: dict[int, dict[str, int]] = {}
        """Minute since 1970, UTC → project, which may be empty → calls."""
        self.agent_minutes: dict[str, set[int]] = {}
        """By agent: the minutes in which it had a call."""
        self.loops: dict[str, int] = {}
        """Rework loops by file."""
        self.phases: dict[str, dict[int, int]] = {}
        """By agent: calls by who told of them."""


def build_activity(
    parts: Iterable[DayPart], made: Mapping[str, date], project_of: Callable[[str], str]
) -> Activity:
    """Put hours together.

    Args:
        parts: of the period's days, in the order of time.
        made: on which local day a file was made, as far as the first that is known of it is that
            a call that counts here wrote it as a whole.
        project_of: gives the name of the project that a root belongs to.
    """
    activity, finder = Activity(), LoopFinder()
    activity.loops = finder.loops
    for part in parts:
        wholes: dict[tuple[str, str], HourActivity] = {}
        writes = _DayWrites()
        for hour, of_hour in groupby(part.hours, key=_HOUR):
            activities = [one for _, one in of_hour]
            for one in activities:
                _add_to_day(wholes, one)
                _note_minutes(activity, hour, one, project_of(one.root))
                _add_files(activity.reads, writes, one)
            finder.add_hour(activities)
        for whole in wholes.values():
            _add(activity, part.date, whole, project_of(whole.root))
        _add_writes(activity, part.date, writes, made)
    return activity


def add_up(counts: dict[_Key, int], more: Mapping[_Key, int]) -> None:
    """Add numbers to those of the same key."""
    for key, number in more.items():
        counts[key] = counts.get(key, 0) + number


def add_rows(counts: dict[str, list[int]], more: Mapping[str, list[int]]) -> None:
    """Add rows of three numbers to those of the same key."""
    for key, row in more.items():
        known = counts.get(key)
        if known is None:
            counts[key] = row[:]
        else:
            known[0] += row[0]
            known[1] += row[1]
            known[2] += row[2]


class _DayWrites:
    """Writes of a day by file, its hours put together."""

    def __init__(self) -> None:
        self.all: dict[str, int] = {}
        self.whole: set[str] = set()
        """Files that were written as a whole."""
        self.added: dict[str, int] = {}
        """Writes that say themselves that they make the file."""


def _add_to_day(wholes: dict[tuple[str, str], HourActivity], one: HourActivity) -> None:
    """Add an hour to what its agent did in its project that day, but for minutes and files."""
    key = one.agent, one.root
    whole = wholes.get(key)
    if whole is None:
        whole = wholes[key] = HourActivity(*key)
    whole.calls += one.calls
    add_up(whole.outcomes, one.outcomes)
    add_up(whole.classes, one.classes)
    add_up(whole.sessions, one.sessions)
    add_up(whole.directories, one.directories)
    add_up(whole.phases, one.phases)
    add_rows(whole.tools, one.tools)
    add_rows(whole.servers, one.servers)
    add_rows(whole.programs, one.programs)


def _note_minutes(activity: Activity, hour: int, one: HourActivity, project: str) -> None:
    first, minutes = hour * MINUTES, activity.minutes
    numbers = [first + minute for minute in one.minutes]
    activity.agent_minutes.setdefault(one.agent, set()).update(numbers)
    for minute, calls in zip(numbers, one.minutes.values(), strict=True):
        own = minutes.get(minute)
        if own is None:
            minutes[minute] = {project: calls}
        else:
            own[project] = own.get(project, 0) + calls


def _add(activity: Activity, day: date, one: HourActivity, project: str) -> None:
    for count in (
        activity.total,
        _counted(activity.agents, one.agent),
        _counted(activity.projects, project),
        _counted(activity.days, day),
    ):
        count.add(day, one)
    activity.roots[one.root] = activity.roots.get(one.root, 0) + one.calls
    add_rows(activity.programs, one.programs)
    add_rows(activity.servers, one.servers)
    add_up(activity.directories, one.directories)
    add_up(activity.phases.setdefault(one.agent, {}), one.phases)


def _counted(counts: dict[_Key, Count], key: _Key) -> Count:
    count = counts.get(key)
    if count is None:
        count = counts[key] = Count()
    return count


def _add_files(reads: dict[str, int], writes: _DayWrites, one: HourActivity) -> None:
    """Add an hour's files to the reads of the period, and to the writes of the day."""
    files, written = one.files, writes.all
    for file, times_read, times_written in zip(files, one.reads, one.writes, strict=True):
        if times_read:
            reads[file] = reads.get(file, 0) + times_read
        if times_written:
            written[file] = written.get(file, 0) + times_written
    writes.whole.update([files[place] for place in one.whole])
    for place in one.added:
        writes.added[files[place]] = writes.added.get(files[place], 0) + 1


def _add_writes(
    activity: Activity, day: date, writes: _DayWrites, made: Mapping[str, date]
) -> None:
    add_up(activity.writes, writes.all)
    makes = dict(writes.added)
    for file in writes.whole:
        if made.get(file) == day:
            makes[file] = makes.get(file, 0) + 1
    only_made = {file for file, times in makes.items() if times >= writes.all[file]}
    if writes.all:
        edited = frozenset(writes.all.keys() - only_made)
        activity.day_files[day] = WrittenFiles(frozenset(makes), edited)
