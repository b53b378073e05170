"""Patterns of work: what the minutes of a period tell that no count does.

All of it is worked out from minutes in which there was at least one call, the active ones. The
period's limits cut whatever goes on beyond them.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from fluxmirror_core.analysis.activity import Activity


BLOCK_GAP_MINUTES: Final = 10
"""Two minutes of a focus block are not further apart."""
BLOCK_MINUTES: Final = 25
"""What a focus block lasts at least."""
BURST_CALLS: Final = 20
"""Calls that a minute of a burst has at least."""
BURST_TIMES: Final = 3
"""So many times the mean of active minutes it has at least."""
SWITCH_GAP_MINUTES: Final = 30
"""After a longer pause a change of project is a new beginning, and no switch."""
_HOUR: Final = 60


class ProjectMinute(NamedTuple):
    """The project of an active minute."""

    minute: int
    """Since 1970, UTC."""
    project: str


class FocusBlock(NamedTuple):
    """A stretch of time that went to one project."""

    start: int
    """Its first minute since 1970, UTC."""
    minutes: int
    """Its length, the first and the last minute included."""
    project: str


class Focus(NamedTuple):
    """The focus blocks of a period."""

    blocks: tuple[FocusBlock, ...]
    """In the order of time."""

    @property
    def minutes(self) -> int:
        """Add up the length of all blocks."""
        return sum(block.minutes for block in self.blocks)

    @property
    def longest(self) -> FocusBlock | None:
        """Give the longest block, of equal ones the earliest; None without any."""
        return max(self.blocks, key=lambda block: (block.minutes, -block.start), default=None)


class Burst(NamedTuple):
    """Minutes in a row with far more calls than usual."""

    start: int
    """Its first minute since 1970, UTC."""
    minutes: int
    calls: int
    peak: int
    """The minute with most calls, the earliest of equal ones."""
    peak_calls: int


class Bursts(NamedTuple):
    """The bursts of a period."""

    all: tuple[Burst, ...]
    """In the order of time."""

    @property
    def peak(self) -> Burst | None:
        """Give the burst with the busiest minute, of equal ones the earliest; None without any."""
        return max(self.all, key=lambda burst: (burst.peak_calls, -burst.start), default=None)


class Switches(NamedTuple):
    """How often the work went from one project to another."""

    number: int
    active_minutes: int

    @property
    def rate(self) -> float | None:
        """Give switches per active hour; None without an active minute."""
        return self.number * _HOUR / self.active_minutes if self.active_minutes else None


class Overlap(NamedTuple):
    """How much of the time two or more agents worked in."""

    minutes: int
    active_minutes: int
    pair: tuple[str, str] | None
    """The two agents that shared most minutes, by name; None where no two did."""

    @property
    def share(self) -> float | None:
        """Give the part of all active minutes; None without any."""
        return self.minutes / self.active_minutes if self.active_minutes else None


class Patterns(NamedTuple):
    """All of them, for one period."""

    active_minutes: int
    focus: Focus
    bursts: Bursts
    switches: Switches
    overlap: Overlap


def build_patterns(activity: Activity) -> Patterns:
    """Work out all patterns of a period."""
    of_projects = project_minutes(activity.minutes)
    return Patterns(
        active_minutes=len(activity.minutes),
        focus=find_focus(of_projects),
        bursts=find_bursts(activity.minutes),
        switches=count_switches(of_projects, len(activity.minutes)),
        overlap=count_overlap(activity.agent_minutes, len(activity.minutes)),
    )


def project_minutes(minutes: Mapping[int, Mapping[str, int]]) -> list[ProjectMinute]:
    """Give the project of each active minute, in the order of time.

    The project of a minute is the one with most calls in it, of equal ones the first by name. Calls
    without a project have no say; a minute of such calls alone is left out.
    """
    found = ((minute, _project(calls)) for minute, calls in sorted(minutes.items()))
    return [ProjectMinute(minute, project) for minute, project in found if project]


def find_focus(minutes: Sequence[ProjectMinute]) -> Focus:
    """Find focus blocks.

    A focus block is a run of active minutes of one project, none more than `BLOCK_GAP_MINUTES`
    after the one before, that lasts `BLOCK_MINUTES` or longer from its first minute to its last,
    both included. A minute of another project ends it.

    Args:
        minutes: as `project_minutes` gives them.
    """
    blocks = (
        FocusBlock(run[0].minute, run[-1].minute - run[0].minute + 1, run[0].project)
        for run in _runs(minutes)
    )
    return Focus(tuple(block for block in blocks if block.minutes >= BLOCK_MINUTES))


def find_bursts(minutes: Mapping[int, Mapping[str, int]]) -> Bursts:
    """Find bursts.

    A minute belongs to a burst when it has `BURST_CALLS` calls or more, and `BURST_TIMES` times
    the mean of the period's active minutes or more; such minutes in a row are one burst.
    """
    calls = {minute: sum(own.values()) for minute, own in minutes.items()}
    total = sum(calls.values())
    busy = sorted(
        minute
        for minute, number in calls.items()
        if number >= BURST_CALLS and number * len(calls) >= BURST_TIMES * total
    )
    return Bursts(tuple(_burst(run, calls) for run in _in_a_row(busy)))


def count_switches(minutes: Sequence[ProjectMinute], active_minutes: int) -> Switches:
    """Count switches.

    A switch is a change of project from one active minute to the next, where the two are not more
    than `SWITCH_GAP_MINUTES` apart; its rate is the number of switches per active hour.

    Args:
        minutes: as `project_minutes` gives them.
        active_minutes: how many minutes the period has with a call, of a project or not.
    """
    number = sum(
        before.project != after.project and after.minute - before.minute <= SWITCH_GAP_MINUTES
        for before, after in pairwise(minutes)
    )
    return Switches(number, active_minutes)


def count_overlap(agent_minutes: Mapping[str, AbstractSet[int]], active_minutes: int) -> Overlap:
    """Count the minutes in which two agents or more had a call.

    The pair is the one with most such minutes, of equal ones the one whose names come first.

    Args:
        agent_minutes: by agent: the minutes in which it had a call.
        active_minutes: how many minutes there are in which any had.
    """
    shared: set[int] = set()
    best, most = None, 0
    for pair in combinations(sorted(agent_minutes), 2):
        together = agent_minutes[pair[0]] & agent_minutes[pair[1]]
        shared |= together
        if len(together) > most:
            best, most = pair, len(together)
    return Overlap(len(shared), active_minutes, best)


def _project(calls: Mapping[str, int]) -> str:
    """Name the project of one minute; empty where no call has one."""
    best, most = "", 0
    for project, number in calls.items():
        if project and (number > most or (number == most and project < best)):
            best, most = project, number
    return best


def _runs(minutes: Sequence[ProjectMinute]) -> Iterator[list[ProjectMinute]]:
    """Cut the minutes where the project changes, or where the pause is too long."""
    run: list[ProjectMinute] = []
    for one in minutes:
        goes_on = (
            run
            and one.project == run[-1].project
            and one.minute - run[-1].minute <= BLOCK_GAP_MINUTES
        )
        if run and not goes_on:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _in_a_row(minutes: Sequence[int]) -> Iterator[list[int]]:
    """Cut sorted minutes where one is missing."""
    run: list[int] = []
    for minute in minutes:
        if run and minute != run[-1] + 1:
            yield run
            run = []
        run.append(minute)
    if run:
        yield run


def _burst(run: Sequence[int], calls: Mapping[int, int]) -> Burst:
    peak = min(run, key=lambda minute: (-calls[minute], minute))
    return Burst(run[0], len(run), sum(calls[minute] for minute in run), peak, calls[peak])
