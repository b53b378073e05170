"""Rework: files that were written, failed a test, and were written again."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.analysis.hour import FAILED_TEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fluxmirror_core.analysis.hour import HourActivity

_NUMBER: Final = itemgetter(1)
"""Of the call that a step is."""


class Rework(NamedTuple):
    """The rework loops of a period."""

    loops: int
    files: tuple[tuple[str, int], ...]
    """Loops of each file, most first, then by path."""


def build_rework(loops: Mapping[str, int]) -> Rework:
    """Put the rework loops of each file in order."""
    files = sorted(loops.items(), key=lambda one: (-one[1], one[0]))
    return Rework(sum(loops.values()), tuple(files))


class LoopFinder:
    """Finds rework loops in hours that come in the order of time.

    A rework loop: in one session a file is written, the next test run fails, and the file is
    written again before a test run ends in any other way. A file counts once for each failed run
    that followed a write of it; what other tests do in between changes nothing as long as they
    fail.
    """

    def __init__(self) -> None:
        self.loops: dict[str, int] = {}
        """By file."""
        self._sessions: dict[tuple[str, str], _Files] = {}
        """By agent and session."""

    def add_hour(self, activities: Iterable[HourActivity]) -> None:
        """Go through what every agent did in every project in an hour."""
        by_agent: dict[str, list[HourActivity]] = {}
        for one in activities:
            if one.steps:
                by_agent.setdefault(one.agent, []).append(one)
        for own in by_agent.values():
            if _share_a_session(own):
                # A session that works in several projects has its steps told in each.
                self._add_together(own)
            else:
                for one in own:
                    self._add(one)

    def _add(self, one: HourActivity) -> None:
        steps = iter(one.steps)
        self._go_through(self._known(one), one.files, zip(steps, steps, steps, strict=True))

    def _add_together(self, activities: Iterable[HourActivity]) -> None:
        sessions: list[_Files] = []
        files: list[str] = []
        noted: list[tuple[int, int, int]] = []
        for one in activities:
            first_session, first_file = len(sessions), len(files)
            steps = iter(one.steps)
            noted += [
                (first_session + place, number, first_file + step if step >= 0 else step)
                for place, number, step in zip(steps, steps, steps, strict=True)
            ]
            sessions += self._known(one)
            files += one.files
        noted.sort(key=_NUMBER)
        self._go_through(sessions, files, noted)

    def _known(self, one: HourActivity) -> list[_Files]:
        """Give what is known of each session of an hour, by its place."""
        return [
            self._sessions.setdefault((one.agent, session), _Files(set(), set()))
            for session in one.sessions
        ]

    def _go_through(
        self,
        sessions: Sequence[_Files],
        files: Sequence[str],
        steps: Iterable[tuple[int, int, int]],
    ) -> None:
        """Go through steps; of a month there are hundreds of thousands."""
        loops = self.loops
        for place, _, step in steps:
            written, failed = sessions[place]
            if step >= 0:
                file = files[step]
                if failed and file in failed:
                    failed.remove(file)
                    loops[file] = loops.get(file, 0) + 1
                written.add(file)
            else:
                if step == FAILED_TEST:
                    failed |= written
                else:
                    failed.clear()
                written.clear()


class _Files(NamedTuple):
    """Files of a session that may be in a loop."""

    written: set[str]
    """Since the last test run."""
    failed: set[str]
    """Written before a run that failed, and not since; no run has ended otherwise since."""


def _share_a_session(activities: Sequence[HourActivity]) -> bool:
    if len(activities) == 1:
        return False
    apart = sum(len(one.sessions) for one in activities)
    return apart > len(set().union(*(one.sessions for one in activities)))
