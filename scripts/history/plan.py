"""The plan of a history: which sessions there are, when they begin, how many calls each makes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from history.draw import Draw, Weighted
from history.projects import build_projects
from history.voices import HOME, VOICES, session_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from history.projects import Project
    from history.voices import Voice

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
_EPOCH: Final = date(1970, 1, 1)
_SATURDAY: Final = 5
_WEEKDAYS: Final = (1.0, 1.15, 1.1, 1.1, 0.85, 0.14, 0.1)
"""How much is done, Monday first."""
_DAYS_DIFFER: Final = 0.3
_HOURS: Final = Weighted(
    range(24),
    (
        *(0.5, 0.3, 0.2, 0.1, 0.1, 0.2, 0.8, 3, 9, 12, 11, 8),
        *(3, 7, 11, 10, 8, 5, 2, 1.5, 2, 2, 1.5, 0.8),
    ),
)
"""Hours, UTC, at which sessions begin."""
_MOST_CALLS, _FEWEST_CALLS = 1_500, 6
_MEDIAN_CALLS, _CALLS_DIFFER = 130, 0.9
_PROJECTS_A_DAY: Final = (3, 6)
_CALL_MS: Final = 22_000
"""A session takes about so long for each of its calls, pauses included."""


class PlannedSession(NamedTuple):
    """A session that is to be told."""

    start_ms: int
    number: int
    """No other session has it; with the seed it decides what happens."""
    voice: Voice
    project: Project
    session: str
    path: str
    """Of its session file."""
    calls: int
    end_ms: int
    """Nothing happens from then on."""


class Plan(NamedTuple):
    """A history to be told."""

    seed: int
    first_ms: int
    end_ms: int
    sessions: list[PlannedSession]
    """In the order of their beginnings."""


def build_plan(calls: int, days: int, until: date, seed: int) -> Plan:
    """Plan a history.

    Args:
        calls: how many tool calls there are, of all agents.
        days: how many days, the last of them `until`; days are UTC's.
        until: a whole day: nothing comes after it.
        seed: the same seed gives the same history.
    """
    draw = Draw(seed, "plan")
    dates = [until - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
    weights = [_weight(draw, day, voice) for day in dates for voice in VOICES]
    cells = zip(
        [(day, voice) for day in dates for voice in VOICES],
        _shared_out(calls, weights),
        strict=True,
    )
    projects = build_projects(seed)
    at_work = {day: _at_work(draw, projects) for day in dates}
    end_ms = _start_of(until) + DAY_MS
    sessions = [
        session
        for (day, voice), share in cells
        for session in _sessions(draw, day, voice, at_work[day], (share, end_ms))
    ]
    sessions.sort(key=lambda one: (one.start_ms, one.session))
    numbered = [one._replace(number=number) for number, one in enumerate(sessions)]
    return Plan(seed, _start_of(dates[0]), end_ms, numbered)


def _weight(draw: Draw, day: date, voice: Voice) -> float:
    """Say how much an agent is used on a day; nothing on some."""
    if draw.chance(voice.rest * (2 if day.weekday() >= _SATURDAY else 1)):
        return 0.0
    return voice.share * _WEEKDAYS[day.weekday()] * draw.around(1_000, _DAYS_DIFFER)


def _shared_out(whole: int, weights: Sequence[float]) -> Iterator[int]:
    """Share a number out: every share is whole, and none is lost."""
    total, so_far, given = sum(weights) or 1.0, 0.0, 0
    for weight in weights:
        so_far += weight
        upto = round(whole * so_far / total)
        yield upto - given
        given = upto


def _at_work(draw: Draw, projects: Weighted[Project]) -> Weighted[Project]:
    """Choose the projects of a day: the first that comes to mind is worked on most."""
    few = draw.between(*_PROJECTS_A_DAY)
    chosen = list(dict.fromkeys(projects.draw(draw) for _ in range(few)))
    return Weighted(chosen, [1 / place for place in range(1, len(chosen) + 1)])


def _sessions(
    draw: Draw, day: date, voice: Voice, projects: Weighted[Project], upto: tuple[int, int]
) -> Iterator[PlannedSession]:
    left, end_ms = upto
    while left > 0:
        wanted = draw.around(_MEDIAN_CALLS, _CALLS_DIFFER)
        calls = min(left, max(_FEWEST_CALLS, min(wanted, _MOST_CALLS)))
        if left - calls < _FEWEST_CALLS:
            calls = left
        left -= calls
        project, session = projects.draw(draw), session_id(draw, voice)
        start_ms = _start_of(day) + _HOURS.draw(draw) * HOUR_MS + draw.below(HOUR_MS)
        # A long one begins early, so that it ends on its day.
        latest_ms = _start_of(day) + max(DAY_MS - calls * _CALL_MS, HOUR_MS)
        start_ms = min(start_ms, latest_ms - draw.below(HOUR_MS))
        path = voice.file.format(
            session=session,
            folder=project.root.replace("/", "-"),
            day=day.strftime("%Y/%m/%d"),
        )
        yield PlannedSession(start_ms, 0, voice, project, session, f"{HOME}/{path}", calls, end_ms)


def _start_of(day: date) -> int:
    """Give the first instant of a UTC day, in milliseconds."""
    return (day - _EPOCH).days * DAY_MS
