"""Sources: the session files the database knows, and what of them is still to be read."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.transcripts.problem import BAD_LINE, LONG_LINE, REWRITTEN, TORN_END, Problem

from fluxmirror_store.importing.passes import CALLS
from fluxmirror_store.importing.stretch import Mark, continues

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from fluxmirror_store.importing.session_files import Found, SessionFile

_SELECT: Final = """
SELECT s.id, s.agent, s.path, s.identity, s.gone_ms, r.size, r.mtime_ns, r.end, r.tail, r.memory
FROM source AS s LEFT JOIN reading AS r ON r.source_id = s.id AND r.what = ?
"""
# As one text: thousands of rows take twice as long. No path has a NUL in it.
_READ: Final = """
SELECT coalesce(
    group_concat(s.path || char(0) || r.size || char(0) || r.mtime_ns, char(0, 0)), '')
FROM source AS s JOIN reading AS r ON r.source_id = s.id
WHERE r.what = ? AND s.gone_ms IS NULL
"""
_REGISTER: Final = """
INSERT INTO source (agent, path, identity, seen_ms) VALUES (?, ?, ?, ?)
ON CONFLICT (path) DO UPDATE SET identity = excluded.identity, gone_ms = NULL
"""
_MOVE: Final = "UPDATE OR IGNORE source SET path = ?, gone_ms = NULL WHERE id = ?"
_SAVE: Final = """
INSERT OR REPLACE INTO reading (source_id, what, size, mtime_ns, end, tail, memory, problems)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


_PROBLEMS: Final = """
SELECT s.agent, r.what, r.problems FROM reading AS r JOIN source AS s ON s.id = r.source_id
WHERE r.problems <> ?
"""
_BEFORE: Final = "SELECT problems FROM reading WHERE source_id = ? AND what = ?"
_NONE: Final = "[]"
SEEN_TWICE: Final = (TORN_END, LONG_LINE, REWRITTEN, BAD_LINE)
"""What every pass over a file meets: it is counted once."""


class ReadSoFar(NamedTuple):
    """What a reading of a file came to."""

    mark: Mark
    problems: Counter[Problem]
    rewritten: bool
    """What was read of the file before is not there any more."""
    more: bool
    """The file goes on."""


class Source(NamedTuple):
    """A session file as it was when it was last read."""

    id: int
    agent: str
    path: str
    identity: str | None
    gone_ms: int | None
    """When it was first missed; UTC milliseconds."""
    size: int | None
    """None when it was never read."""
    mtime_ns: int | None
    mark: Mark


class Job(NamedTuple):
    """A file that has something new."""

    source_id: int
    file: SessionFile
    mark: Mark
    """Where to read on."""
    afresh: bool
    """It has changed without growing."""

    @property
    def size(self) -> int:
        """Say how many bytes are to be read, at least."""
        return max(self.file.size - (0 if self.afresh else self.mark.end), 0)


class Plan(NamedTuple):
    """What is to be read."""

    jobs: list[Job]
    """The newest files first; those of `new` are not among them yet."""
    new: list[SessionFile]
    """Files the database does not know."""
    moved: list[tuple[int, SessionFile]]
    """Known files that lie elsewhere now, by their source's id."""


def stored_path(path: str) -> str:
    r"""Write a path as the database can: bytes that are no UTF-8 as `\x…`."""
    if path.isascii():
        return path
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def load_sources(db: sqlite3.Connection, what: str) -> dict[str, Source]:
    """Read every known source, by path, with how far `what` of it was read."""
    sources = {}
    for row in db.execute(_SELECT, (what,)):
        number, agent, path, identity, gone_ms, size, mtime_ns, end, tail, memory = row
        mark = Mark() if end is None else Mark(end, tail, memory)
        sources[path] = Source(number, agent, path, identity, gone_ms, size, mtime_ns, mark)
    return sources


def known_paths(db: sqlite3.Connection) -> list[str]:
    """Give the paths of all sources, as they are stored."""
    return [path for (path,) in db.execute("SELECT path FROM source")]


def unread_bytes(db: sqlite3.Connection, what: str, found: Found, *, full: bool) -> int | None:
    """Say how many bytes are still to be read, about; None when nothing has changed."""
    read = set(filter(None, db.execute(_READ, (what,)).fetchone()[0].split("\0\0")))
    there = {_state(file): file for file in found.files}
    changed = [file for state, file in there.items() if full or state not in read]
    other = read - there.keys()
    if not changed:
        below = _below(found)
        return 0 if any(state.startswith(below) for state in other) else None
    sizes = {} if full else _sizes(other)
    return sum(_new_bytes(file, sizes.get(stored_path(file.path), 0)) for file in changed)


def _state(file: SessionFile) -> str:
    """Write a file's path, size and time as `_READ` gives them."""
    return f"{stored_path(file.path)}\0{file.size}\0{file.mtime_ns}"


def _sizes(states: Iterable[str]) -> dict[str, int]:
    """Give the sizes of files that `_READ` tells of, by their paths."""
    told = (state.split("\0") for state in states)
    return {path: int(size) for path, size, _ in told}


def _new_bytes(file: SessionFile, read: int) -> int:
    """Say how many bytes of a changed file are to be read; all where it has not grown."""
    return file.size if read >= file.size else file.size - read


def build_plan(
    files: Iterable[SessionFile], known: dict[str, Source], *, full: bool = False
) -> Plan:
    """Compare what there is with what was read; a full import reads everything anew.

    A known file under another name is known by its identity, which systems give to new files too,
    and by what stands in it.
    """
    found = {stored_path(file.path): file for file in files}
    missing = {
        source.identity: source
        for path, source in known.items()
        if path not in found and source.identity
    }
    plan = Plan([], [], [])
    for path, file in found.items():
        source = known.get(path)
        if source is None and _is_moved(missing.get(file.identity), file):
            source = missing.pop(file.identity)
            plan.moved.append((source.id, file))
        if source is None:
            plan.new.append(file)
        elif full:
            plan.jobs.append(Job(source.id, file, source.mark, afresh=True))
        elif (source.size, source.mtime_ns) != (file.size, file.mtime_ns):
            plan.jobs.append(_job(source, file))
    plan.jobs.sort(key=lambda job: -job.file.mtime_ns)
    return plan


def _is_moved(source: Source | None, file: SessionFile) -> bool:
    """Tell whether a file is a known one that is missing elsewhere."""
    return (
        source is not None
        and source.agent == file.agent
        and 0 < source.mark.end <= file.size
        and continues(file.path, source.mark)
    )


def _job(source: Source, file: SessionFile) -> Job:
    afresh = source.size is not None and file.size <= source.size
    return Job(source.id, file, source.mark, afresh)


def register(db: sqlite3.Connection, plan: Plan, now_ms: int) -> list[Job]:
    """Make the new files known, inside the caller's transaction; gives all jobs, newest first."""
    db.executemany(_MOVE, ((stored_path(file.path), source_id) for source_id, file in plan.moved))
    db.executemany(
        _REGISTER,
        ((file.agent, stored_path(file.path), file.identity or None, now_ms) for file in plan.new),
    )
    ids: dict[str, int] = dict(db.execute("SELECT path, id FROM source"))
    new = [Job(ids[stored_path(file.path)], file, Mark(), afresh=False) for file in plan.new]
    return sorted(plan.jobs + new, key=lambda job: -job.file.mtime_ns)


def save_reading(db: sqlite3.Connection, what: str, job: Job, so_far: ReadSoFar) -> None:
    """Note how far a file is read, inside the transaction that holds what it told.

    A file of which there is more is noted as shorter than it is: whoever is killed now reads on.
    """
    mark = so_far.mark
    size = mark.end if so_far.more else job.file.size
    mtime_ns = 0 if so_far.more else job.file.mtime_ns
    problems = so_far.problems.copy()
    if job.mark.end and not (job.afresh or so_far.rewritten):
        problems.update(_problems_before(db, what, job))
    told = json.dumps([[*problem, times] for problem, times in sorted(problems.items())])
    db.execute(_SAVE, (job.source_id, what, size, mtime_ns, *mark, told))


def known_problems(db: sqlite3.Connection) -> Counter[tuple[str, Problem]]:
    """Count what is odd in the files that were read, by agent; each oddity once."""
    problems: Counter[tuple[str, Problem]] = Counter()
    for agent, what, told in db.execute(_PROBLEMS, (_NONE,)):
        for problem, times in _problems_of(told).items():
            if what == CALLS or problem.kind not in SEEN_TWICE:
                problems[agent, problem] += times
    return problems


def note_missing(
    db: sqlite3.Connection, known: dict[str, Source], found: Found, now_ms: int
) -> None:
    """Note which known files are gone, and which are back.

    Only a file below a directory that was looked through to its end can be missed.
    """
    there = {stored_path(file.path) for file in found.files}
    below = _below(found)
    changed: list[tuple[int | None, int]] = [
        (now_ms, source.id)
        for path, source in known.items()
        if source.gone_ms is None and path not in there and path.startswith(below)
    ]
    changed += [
        (None, source.id)
        for path, source in known.items()
        if source.gone_ms is not None and path in there
    ]
    db.executemany("UPDATE source SET gone_ms = ? WHERE id = ?", changed)


def _below(found: Found) -> tuple[str, ...]:
    """Give what the paths begin with of files that could be missed."""
    return tuple(f"{stored_path(root)}{os.sep}" for root in found.roots)


def _problems_of(told: str) -> Counter[Problem]:
    return Counter({Problem(*problem): times for *problem, times in json.loads(told)})


def _problems_before(db: sqlite3.Connection, what: str, job: Job) -> Counter[Problem]:
    """Give what was odd before; a line that was torn is whole by now, or told of once more."""
    found = db.execute(_BEFORE, (job.source_id, what)).fetchone()
    problems = _problems_of(found[0] if found else _NONE)
    del problems[Problem(TORN_END)]
    return problems
