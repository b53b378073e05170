"""The made-up fortnight: who worked when on what, from a seed, up to now."""

from __future__ import annotations

import os
from datetime import datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.touched import Repositories

from fluxmirror_cli.demo.conversation import Conversation
from fluxmirror_cli.demo.projects import WEEKENDS, WORKDAYS
from fluxmirror_cli.demo.voices import CLAUDE, CODEX, GEMINI, QWEN
from fluxmirror_cli.demo.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from fluxmirror_core.wire.reader import Capture

    from fluxmirror_cli.demo.projects import Project
    from fluxmirror_cli.demo.voices import Voice

_T = TypeVar("_T")

DAYS: Final = 14
SEED: Final = 20_260_302
_VOICES: Final = ((CLAUDE, 9), (CODEX, 4), (GEMINI, 3), (QWEN, 2))
_SATURDAY: Final = 5
_STARTS: Final = (8.6, 9.1, 9.9, 10.8, 11.6, 13.3, 14.1, 15.0, 16.2, 17.1, 20.6)
"""Hours at which people sit down to work: little at noon, rarely in the evening."""
_LAST_HOURS: Final = ((3.6, CLAUDE), (2.9, GEMINI), (2.1, CODEX), (1.4, CLAUDE), (0.7, QWEN))
_HOUR_MS: Final = 3_600_000


class _Start(NamedTuple):
    """A session that is to begin."""

    start_ms: int
    voice: Voice
    projects: tuple[tuple[Project, int], ...]


def build_history(now_ms: int, zone: ZoneInfo, home: str, seed: int = SEED) -> list[Capture]:
    """Make up what the hooks of a fortnight captured, in the order of time.

    Args:
        now_ms: where it ends; a session is on at that moment.
        zone: whose working hours are kept.
        home: the directory that holds the projects' directory, `code`.
        seed: the same seed gives the same fortnight.
    """
    random = Random(seed)  # noqa: S311 - made-up data has to be the same every time
    sessions = [_session(random, home, start) for start in _starts(now_ms, zone, random)]
    captures = [one for session in sessions for one in session if one.captured_ms <= now_ms]
    return sorted(captures, key=lambda one: one.captured_ms)


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


def _starts(now_ms: int, zone: ZoneInfo, random: Random) -> Iterator[_Start]:
    """Choose when sessions begin, whose they are, and the projects of that day."""
    today = datetime.fromtimestamp(now_ms / 1000, zone).date()
    for ago in range(DAYS - 1, 0, -1):
        day = today - timedelta(days=ago)
        is_weekend = day.weekday() >= _SATURDAY
        sessions = random.randrange(3) if is_weekend else random.randrange(6, 10)
        for hour in sorted(random.sample(_STARTS, sessions)):
            start = datetime.combine(day, time(), zone) + timedelta(hours=hour)
            start_ms = int(start.timestamp() * 1000) + random.randrange(_HOUR_MS // 2)
            yield _Start(start_ms, _pick(random, _VOICES), WEEKENDS if is_weekend else WORKDAYS)
    midnight = datetime.combine(today, time(), zone)
    yield from _last_starts(now_ms, int(midnight.timestamp() * 1000))


def _last_starts(now_ms: int, midnight_ms: int) -> Iterator[_Start]:
    """Begin something of everyone today, whenever it is that the demo is made."""
    for hours, voice in _LAST_HOURS:
        yield _Start(max(now_ms - int(hours * _HOUR_MS), midnight_ms), voice, WORKDAYS)


def _session(random: Random, home: str, start: _Start) -> list[Capture]:
    project = _pick(random, start.projects)
    root = os.path.join(_code(home), project.name)
    talk = Conversation(start.voice, home, root, start.start_ms, random)
    work = Work(talk, project, root, random)
    for _ in range(random.randrange(2, 7)):
        talk.wait(20, 400)
        work.turn()
    talk.wait(10, 200)
    talk.end()
    return talk.captures


def _pick(random: Random, weighted: Sequence[tuple[_T, int]]) -> _T:
    values, weights = zip(*weighted, strict=True)
    chosen: _T = random.choices(values, weights)[0]
    return chosen


def _code(home: str) -> str:
    return os.path.join(home, "code")
