"""Reading: what one stretch of a session file told; made by a worker, stored by who started it."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.transcripts.problem import FAILED, SLOW_PATTERN, Problem

from fluxmirror_store.importing.calls import read_calls
from fluxmirror_store.importing.passes import CALLS, USAGE
from fluxmirror_store.importing.session_files import UNREADABLE
from fluxmirror_store.importing.session_place import session_directories
from fluxmirror_store.importing.stretch import BLOCK_BYTES, marked, read_stretch
from fluxmirror_store.importing.usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fluxmirror_core.transcripts.part import Part
    from fluxmirror_core.wire.builders import Builders
    from fluxmirror_core.wire.scrubber import Scrubber

    from fluxmirror_store.importing.session_place import Within
    from fluxmirror_store.importing.sources import Job
    from fluxmirror_store.importing.stretch import Mark

    Read = Callable[[Job, Part, Within], list[Any]]

_READERS: Final[dict[str, Read]] = {USAGE: read_usage, CALLS: read_calls}
_NAME_BYTES: Final = 60
GROUP_BYTES: Final = 4 << 20
GROUP_FILES: Final = 200
"""A group of files, read by one worker, ends at either: small, so that all workers end together."""
STORED_BYTES: Final = {USAGE: 16 << 20, CALLS: 8 << 20}
"""About so much is stored in one transaction: each begins with pages that all of them change."""


class Reading(NamedTuple):
    """One stretch."""

    job: Job
    mark: Mark | None
    """Where to read on; None when the file could not be opened and is to be tried again."""
    told: list[Any]
    """Rows of responses, or events."""
    problems: Counter[Problem]
    rewritten: bool
    """What was read of the file before is not there any more."""
    more: bool
    """The file goes on."""


def read_group(what: str, builders: Builders, jobs: list[Job]) -> list[Reading]:
    """Read a stretch of each of some files.

    Args:
        what: `USAGE` or `CALLS`.
        builders: scrub what is told, and leave out what is not recorded.
        jobs: where to read on.
    """
    return [_read(what, builders, job) for job in jobs]


def gathered(what: str, groups: Iterable[list[Reading]]) -> Iterator[list[Reading]]:
    """Put what groups of files told together, as much as is stored at once."""
    together: list[Reading] = []
    size = 0
    for readings in groups:
        together += readings
        size += sum(min(reading.job.size, BLOCK_BYTES) for reading in readings)
        if size >= STORED_BYTES[what]:
            yield together
            together, size = [], 0
    if together:
        yield together


def groups(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Put jobs into groups of a bounded size, in their order."""
    group: list[Job] = []
    size = 0
    for job in jobs:
        if group and (len(group) >= GROUP_FILES or size + job.size > GROUP_BYTES):
            yield group
            group, size = [], 0
        group.append(job)
        size += job.size
    if group:
        yield group


def _read(what: str, builders: Builders, job: Job) -> Reading:
    try:
        stretch = read_stretch(job.file.path, job.mark, afresh=job.afresh)
    except FileNotFoundError:
        return Reading(job, None, [], Counter(), rewritten=False, more=False)
    except (OSError, MemoryError) as error:
        return unreadable(job, getattr(error, "strerror", None) or type(error).__name__)
    part = stretch.part
    within = partial(builders.within, job.file.agent, *session_directories(part))
    try:
        told = _READERS[what](job, part, within)
    except Exception as error:  # noqa: BLE001 - one odd file must not keep the others waiting
        return _failed(job, error)
    scrubber = (within() or builders.everywhere).scrubber
    problems = _scrubbed(part.problems, scrubber)
    mark = _scrubbed_mark(marked(stretch), scrubber)
    count_slow_values(problems, builders)
    return Reading(job, mark, told, problems, stretch.rewritten, stretch.more)


def count_slow_values(problems: Counter[Problem], builders: Builders) -> None:
    """Count what was masked whole, because a pattern of the user's took too long with it."""
    if times := builders.take_slow_values():
        problems[Problem(SLOW_PATTERN)] += times


def _scrubbed_mark(mark: Mark, scrubber: Scrubber) -> Mark:
    """Take secrets out of what is remembered of a file, where there may be any."""
    if not scrubber.may_hold_secret(mark.memory):
        return mark
    return mark._replace(memory=json.dumps(scrubber.value(json.loads(mark.memory), numbers=False)))


def _scrubbed(problems: Counter[Problem], scrubber: Scrubber) -> Counter[Problem]:
    """Bound what a file calls its records, and take secrets out of it."""
    scrubbed: Counter[Problem] = Counter()
    for (kind, *names), times in problems.items():
        scrubbed[Problem(kind, *(scrubber.name(name, _NAME_BYTES) or "" for name in names))] += (
            times
        )
    return scrubbed


def unreadable(job: Job, reason: str) -> Reading:
    """Say that a file cannot be read now: it is tried again."""
    problems = Counter([Problem(UNREADABLE, reason)])
    return Reading(job, None, [], problems, rewritten=False, more=False)


def _failed(job: Job, error: Exception) -> Reading:
    problems = Counter([Problem(FAILED, type(error).__name__)])
    return Reading(job, job.mark, [], problems, rewritten=False, more=False)
