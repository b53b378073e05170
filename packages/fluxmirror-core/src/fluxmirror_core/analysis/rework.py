"""Rework: files that were written, failed a test, and were written again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fluxmirror_core.analysis.activity import TEST_FAILED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fluxmirror_core.analysis.activity import Step


class Rework(NamedTuple):
    """The rework loops of a period."""

    loops: int
    files: tuple[tuple[str, int], ...]
    """Loops of each file, most first, then by path."""


def count_rework(steps: Mapping[tuple[str, str], Sequence[Step]]) -> Rework:
    """Count rework loops.

    A rework loop: in one session a file is written, the next test run fails, and the file is
    written again before a test run ends in any other way. A file counts once for each failed run
    that followed a write of it; what other tests do in between changes nothing as long as they
    fail.

    Args:
        steps: as `Activity.steps`.
    """
    loops: dict[str, int] = {}
    for own in steps.values():
        for file in _reworked(own):
            loops[file] = loops.get(file, 0) + 1
    files = sorted(loops.items(), key=lambda one: (-one[1], one[0]))
    return Rework(sum(loops.values()), tuple(files))


def _reworked(steps: Iterable[Step]) -> list[str]:
    """Name the file of each loop of one session."""
    found: list[str] = []
    written: set[str] = set()
    """Since the last test run."""
    failed: set[str] = set()
    """Written before a run that failed, and not since; no run has ended otherwise since."""
    for step in steps:
        if isinstance(step, str):
            if step in failed:
                failed.remove(step)
                found.append(step)
            written.add(step)
        elif step is TEST_FAILED:
            failed |= written
            written.clear()
        else:
            failed.clear()
            written.clear()
    return found
