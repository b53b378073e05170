"""Rework: files that were written, failed a test, and were written again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.analysis.hour import FAILED_TEST
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fluxmirror_core.analysis.hour import HourActivity


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
        told: dict[tuple[str, str], list[HourActivity]] = {}
        for one in activities:
            for session in one.steps:
                told.setdefault((one.agent, session), []).append(one)
        for key, own in told.items():
            known = self._sessions.get(key)
            if known is None:
                known = self._sessions[key] = _Files(set(), set())
            first, *others = own
            if others:
                # A session that works in several projects has its steps told in each.
                self._go_through(known, *_together(key[1], own))
            else:
                self._go_through(known, first.files, first.steps[key[1]][1::2])

    def _go_through(self, known: _Files, files: Sequence[str], steps: Iterable[int]) -> None:
        """Go through a session's steps; of a month there are very many."""
        written, failed = known
        for step in steps:
            if step >= 0:
                file = files[step]
                if file in failed:
                    failed.remove(file)
                    self.loops[file] = self.loops.get(file, 0) + 1
                written.add(file)
            elif step == FAILED_TEST:
                failed |= written
                written.clear()
            else:
                failed.clear()
                written.clear()


class _Files(NamedTuple):
    """Files of a session that may be in a loop."""

    written: set[str]
    """Since the last test run."""
    failed: set[str]
    """Written before a run that failed, and not since; no run has ended otherwise since."""


def _together(session: str, activities: Iterable[HourActivity]) -> tuple[list[str], list[int]]:
    """Give files and steps of a session in the order of its calls."""
    files: list[str] = []
    noted: list[tuple[int, int]] = []
    for one in activities:
        flat, first = one.steps[session], len(files)
        steps = (first + step if step >= 0 else step for step in flat[1::2])
        noted += zip(flat[::2], steps, strict=True)
        files += one.files
    noted.sort()
    return files, [step for _, step in noted]
