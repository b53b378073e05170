"""Minutes: focus, bursts, switches and overlap, of the chapter "Patterns" of metrics.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Row = dict[str, Any]

MINUTE_MS = 60_000
FOCUS_PAUSE = 10
FOCUS_LENGTH = 25
BURST_CALLS = 20
BURST_TIMES = 3
SWITCH_PAUSE = 30


class Block(NamedTuple):
    """A focus block: its first minute, its length in minutes and its project."""

    start: int
    length: int
    project: str


class Burst(NamedTuple):
    """The densest minute of all bursts."""

    minute: int
    calls: int


def minute_of(call: Row) -> int:
    """Give the minute of a call, counted from 1970."""
    return int(call["ts_ms"]) // MINUTE_MS


def projects_of_minutes(
    calls: Iterable[Row], project_of: Callable[[Row], str | None]
) -> dict[int, str]:
    """Give the project of each minute that has one, the earliest minute first."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for call in calls:
        project = project_of(call)
        if project is not None:
            counts[minute_of(call)][project] += 1
    return {
        minute: min(some, key=lambda name: (-some[name], name))
        for minute, some in sorted(counts.items())
    }


def focus_blocks(projects: dict[int, str]) -> list[Block]:
    """Cut minutes with a project into pieces, and keep the long ones."""
    pieces: list[list[int]] = []
    for minute, project in projects.items():
        last = pieces[-1][-1] if pieces else None
        if last is None or minute - last > FOCUS_PAUSE or project != projects[last]:
            pieces.append([])
        pieces[-1].append(minute)
    blocks = [Block(piece[0], piece[-1] - piece[0] + 1, projects[piece[0]]) for piece in pieces]
    return [block for block in blocks if block.length >= FOCUS_LENGTH]


def bursts(calls: list[Row]) -> tuple[int, Burst | None]:
    """Count the bursts, and give the peak of all."""
    counts = Counter(map(minute_of, calls))
    dense = [
        minute
        for minute, count in sorted(counts.items())
        if count >= BURST_CALLS and count * len(counts) >= BURST_TIMES * len(calls)
    ]
    runs = sum(1 for minute in dense if minute - 1 not in dense)
    peak = min(dense, key=lambda minute: (-counts[minute], minute), default=None)
    return runs, None if peak is None else Burst(peak, counts[peak])


def switches(projects: dict[int, str]) -> int:
    """Count changes of the project from one minute with a project to the next."""
    return sum(
        1
        for one, other in pairwise(projects)
        if projects[one] != projects[other] and other - one <= SWITCH_PAUSE
    )


def overlap(calls: Iterable[Row]) -> tuple[int, tuple[str, str] | None]:
    """Count the minutes of two agents or more, and name the pair that shared most of them."""
    agents: dict[int, set[str]] = defaultdict(set)
    for call in calls:
        agents[minute_of(call)].add(call["agent"])
    shared = [some for some in agents.values() if len(some) > 1]
    pairs = Counter(pair for some in shared for pair in combinations(sorted(some), 2))
    return len(shared), min(pairs, key=lambda pair: (-pairs[pair], pair), default=None)
