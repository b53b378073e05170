"""The made-up fortnight: who worked when on what, from a seed, up to now."""

from __future__ import annotations

import os
from datetime import datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.touched import Repositories

from fluxmirror_cli.demo.checkout import Checkout
from fluxmirror_cli.demo.conversation import Conversation
from fluxmirror_cli.demo.projects import PROJECTS, WEEKENDS, WORKDAYS
from fluxmirror_cli.demo.voices import CLAUDE, CODEX, GEMINI, QWEN
from fluxmirror_cli.demo.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from fluxmirror_core.wire.reader import Capture

    from fluxmirror_cli.demo.voices import Voice

_T = TypeVar("_T")

DAYS: Final = 14
SEED: Final = 20_260_302
_VOICES: Final = ((CLAUDE, 9), (CODEX, 4), (GEMINI, 3), (QWEN, 2))
_FREE_VOICES: Final = ((CLAUDE, 2), (GEMINI, 1))
"""Agents, and how many of the sessions are theirs: of a working day, and of one off."""
_SATURDAY: Final = 5
_STARTS: Final = (8.6, 9.1, 9.9, 10.8, 11.6, 13.3, 14.1, 15.0, 16.2, 17.1, 20.6) * 2
"""Hours at which people sit down to work: little at noon, rarely in the evening."""
_LAST_HOURS: Final = ((3.6, CLAUDE), (2.9, GEMINI), (2.1, CODEX), (1.4, CLAUDE), (0.7, QWEN))
_HOUR_MS: Final = 3_600_000


class _Day(NamedTuple):
    """How people work on a day: bounds of what is chosen, both included."""

    sessions: tuple[int, int]
    turns: tuple[int, int]
    """Of a session."""
    built: tuple[int, ...]
    """In how many of its first turns a session adds something new: one of these."""


_POLISHING: Final = _Day(sessions=(6, 9), turns=(3, 6), built=(0, 0, 0, 0, 0, 1))
_BUILDING: Final = _Day(sessions=(7, 8), turns=(3, 4), built=(1, 1, 2))
_SHIPPING: Final = _Day(sessions=(20, 22), turns=(6, 8), built=(0, 1, 1, 1, 2))
_WEEKEND: Final = _Day(sessions=(1, 2), turns=(2, 6), built=(0, 1))
_TODAY: Final = _Day(sessions=(5, 5), turns=(3, 6), built=(0, 0, 1))
_LAST_WORKDAYS: Final = (
    *(_POLISHING, _SHIPPING, _BUILDING, _POLISHING, _POLISHING),
    *(_BUILDING, _POLISHING, _POLISHING, _BUILDING, _POLISHING),
)
"""The fortnight's working days, the last one first."""


class _Start(NamedTuple):
    """A session that is to begin."""

    start_ms: int
    voice: Voice


def build_history(now_ms: int, zone: ZoneInfo, home: str, seed: int = SEED) -> list[Capture]:
    """Make up what the hooks of a fortnight captured, in the order of time.

    Args:
        now_ms: where it ends; a session is on at that moment.
        zone: whose working hours are kept.
        home: the directory that holds the projects' directory, `code`.
        seed: the same seed gives the same fortnight.
    """
    code = _code(home)
    checkouts = {one.name: Checkout(one, os.path.join(code, one.name)) for one in PROJECTS}
    today = datetime.fromtimestamp(now_ms / 1000, zone).date()
    captures: list[Capture] = []
    for number, (day, plan) in enumerate(_plans(today)):
        # Each day has a random of its own: how much is done on one of them changes no other.
        random = Random(f"{seed} {number}")  # noqa: S311 - made-up data is the same every time
        midnight = datetime.combine(day, time(), zone)
        starts = _last_starts(now_ms, midnight) if day == today else _starts(midnight, plan, random)
        for start in starts:
            project = _pick(random, WORKDAYS if plan is not _WEEKEND else WEEKENDS)
            captures += _session(random, home, start, checkouts[project.name], plan)
    told = (one for one in captures if one.captured_ms <= now_ms)
    return sorted(told, key=lambda one: one.captured_ms)


class MadeUpRepositories(Repositories):
    """Every project is a repository; the disk is not asked, as nothing of it is there."""

    def __init__(self, home: str) -> None:
        super().__init__()
        self._code = _code(home)

    def root_of(self, directory: str) -> str | None:
        """Give the project's directory that `directory` lies in."""
        below = os.path.relpath(directory, self._code)
        name = below.replace("\\", "/").partition("/")[0]
        return os.path.join(self._code, name) if name not in (".", "..") else None


def last_workday(today: date) -> date:
    """Give the last day before `today` on which people work."""
    day = today - timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    return day


def _plans(today: date) -> Iterator[tuple[date, _Day]]:
    """Say of each day of the fortnight how people work on it, the first one first."""
    workdays = iter(_LAST_WORKDAYS)
    days = [today - timedelta(days=ago) for ago in range(1, DAYS)]
    plans = [_WEEKEND if day.weekday() >= _SATURDAY else next(workdays) for day in days]
    yield from reversed(list(zip(days, plans, strict=True)))
    yield today, _TODAY


def _starts(midnight: datetime, plan: _Day, random: Random) -> Iterator[_Start]:
    """Choose when a day's sessions begin, and whose they are."""
    voices = _FREE_VOICES if plan is _WEEKEND else _VOICES
    for hour in sorted(random.sample(_STARTS, random.randint(*plan.sessions))):
        start = midnight + timedelta(hours=hour)
        start_ms = int(start.timestamp() * 1000) + random.randrange(_HOUR_MS // 2)
        yield _Start(start_ms, _pick(random, voices))


def _last_starts(now_ms: int, midnight: datetime) -> Iterator[_Start]:
    """Begin something of everyone today, whenever it is that the demo is made."""
    first_ms = int(midnight.timestamp() * 1000)
    for hours, voice in _LAST_HOURS:
        yield _Start(max(now_ms - int(hours * _HOUR_MS), first_ms), voice)


def _session(
    random: Random, home: str, start: _Start, checkout: Checkout, plan: _Day
) -> list[Capture]:
    talk = Conversation(start.voice, home, checkout.root, start.start_ms, random)
    work = Work(talk, checkout, random)
    built = random.choice(plan.built)
    for turn in range(random.randint(*plan.turns)):
        talk.wait(20, 400)
        if turn < built:
            work.build()
        else:
            work.improve()
    talk.wait(10, 200)
    talk.end()
    return talk.captures


def _pick(random: Random, weighted: Sequence[tuple[_T, int]]) -> _T:
    values, weights = zip(*weighted, strict=True)
    chosen: _T = random.choices(values, weights)[0]
    return chosen


def _code(home: str) -> str:
    return os.path.join(home, "code")
