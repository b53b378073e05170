"""What doctor says of the agents' session files: read or not, gone, or soon to be deleted."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.messages import Message, Sayable, counted, message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.stored_reasons import said_reason
from fluxmirror_store.archiving.archive import known_copies
from fluxmirror_store.archiving.run import files_to_archive
from fluxmirror_store.importing.sources import known_paths
from fluxmirror_store.importing.waiting import is_running

from fluxmirror_cli.agent_retention import DAY_MS, kept_ms
from fluxmirror_cli.health.clauses import besides
from fluxmirror_cli.health.evidence import UNREADABLE
from fluxmirror_cli.health.row import OFF, OK, WARN, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_store.importing.session_files import Found, SessionFile

    from fluxmirror_cli.health.evidence import Evidence

_SOON_MS: Final = 7 * DAY_MS
_NO_RIGHT: Final = message("doctor_files.no_right")


class _Looked(NamedTuple):
    """What was found out."""

    found: Found
    now_ms: int
    gone: int
    """Session files that were read once and are nowhere now."""
    waiting: frozenset[str]
    """Paths of files that hold what was not read yet."""
    archived_agents: frozenset[str]
    """Agents whose files are archived."""
    not_archived: frozenset[str]
    """Paths of files that have no copy of what they hold."""
    is_importing: bool
    """What waits is being read now."""


def examine_sources(evidence: Evidence) -> Iterator[Row]:
    """Look at the session files that there are, and that there were; no file is opened."""
    if not evidence.settings.session_files:
        told = message("doctor_files.switched_off")
        yield Row("session files", OFF, told, message("doctor_files.switch_on"))
        return
    try:
        looked = _look(evidence)
    except UNREADABLE:
        return
    yield _counted(looked)
    yield from _unreadable(looked.found)
    for agent in sorted({file.agent for file in looked.found.files}):
        yield from _soon_deleted(agent, looked)


def _look(evidence: Evidence) -> _Looked:
    places, found = evidence.places, evidence.found
    copies = known_copies(places)
    # Without a copy of any there is nothing to compare.
    not_archived = files_to_archive(places, found) if copies else found.files
    return _Looked(
        found,
        evidence.now_ms,
        _count_gone(evidence),
        _paths(evidence.unread),
        frozenset(copy.agent for copy in copies),
        _paths(not_archived),
        is_running(places),
    )


def _paths(files: Iterable[SessionFile]) -> frozenset[str]:
    return frozenset(file.path for file in files)


def _count_gone(evidence: Evidence) -> int:
    with evidence.reading() as db:
        known = known_paths(db) if db is not None else []
    missed = [path for path in known if path not in evidence.files]
    # Most of them lie in few folders: where that of a file is gone, nobody asks for the file.
    is_there = {folder: os.path.lexists(folder) for folder in set(map(_folder, missed))}
    return sum(not (is_there[_folder(path)] and os.path.lexists(path)) for path in missed)


def _folder(path: str) -> str:
    return path.rpartition(os.sep)[0] or os.sep


def _counted(looked: _Looked) -> Row:
    files, waiting = len(looked.found.files), len(looked.waiting)
    facts = {
        "files": files,
        "waiting": waiting,
        "gone": looked.gone,
        "is_importing": looked.is_importing,
        "agents": dict(sorted(Counter(file.agent for file in looked.found.files).items())),
    }
    if not files and not looked.gone:
        return Row("session files", OFF, message("doctor_files.none"), facts=facts)
    how_many = "doctor_files.being_read" if looked.is_importing else "doctor_files.waiting"
    read, left = f"{files - waiting:,}", f"{waiting:,}"
    told: Sayable = counted(how_many, files, read=read, waiting=left)
    if looked.gone:
        told = besides(told, message("doctor_files.gone", count=f"{looked.gone:,}"))
    is_waiting = waiting and not looked.is_importing
    remedy = message("doctor_files.will_be_read") if is_waiting else ""
    return Row("session files", OK, told, remedy, facts)


def _unreadable(found: Found) -> Iterator[Row]:
    """Tell of folders that could not be looked into, and of files that cannot be read."""
    problems: Counter[tuple[str, Sayable]] = Counter()
    for (agent, problem), times in found.problems.items():
        problems[agent, said_reason(problem.name)] += times
    problems.update((file.agent, _NO_RIGHT) for file in found.files if not _is_readable(file))
    for agent, reason in sorted(problems, key=lambda one: (one[0], str(one[1]))):
        times = problems[agent, reason]
        name = BY_ID[agent].name
        yield Row(
            "unreadable",
            WARN,
            counted("doctor_files.unreadable", times, agent=name, reason=reason),
            message("doctor_files.see_rights"),
            {"agent": agent, "reason": str(reason), "things": times},
        )


def _is_readable(file: SessionFile) -> bool:
    return os.access(file.path, os.R_OK) or not os.path.exists(file.path)


def _soon_deleted(agent: str, looked: _Looked) -> Iterator[Row]:
    """Tell what an agent deletes within a week; a warning when that would be a loss."""
    kept = kept_ms(agent, os.environ)
    if kept is None:
        return
    ends = {
        file.path: file.mtime_ns // 1_000_000 + kept
        for file in looked.found.files
        if file.agent == agent
    }
    soon = {path for path, end_ms in ends.items() if end_ms <= looked.now_ms + _SOON_MS}
    if soon:
        yield _at_stake(agent, looked, soon, min(ends[path] for path in soon))


def _at_stake(agent: str, looked: _Looked, soon: set[str], first_ms: int) -> Row:
    """Word what would be lost with the files that are soon deleted."""
    unread, lost = len(soon & looked.waiting), len(soon & looked.not_archived)
    facts = {
        "agent": agent,
        "files": len(soon),
        "first_ms": first_ms,
        "unread": unread,
        "not_archived": lost,
    }
    told = _deleted(agent, len(soon), first_ms, looked.now_ms)
    if unread and not looked.is_importing:
        told = besides(told, message("doctor_files.not_read", count=f"{unread:,}"))
        todo = message("doctor.run", command="fluxmirror import")
        return Row("retention", WARN, told, besides(todo, _keeps_copies()) if lost else todo, facts)
    told = besides(told, _read(unread))
    in_use = agent in looked.archived_agents
    status, detail, remedy = _archived(told, lost, in_use=in_use)
    return Row("retention", status, detail, remedy, facts)


def _deleted(agent: str, files: int, first_ms: int, now_ms: int) -> Message:
    """Say what is deleted from when on; what is overdue goes when the agent is next started."""
    name = BY_ID[agent].name
    if first_ms <= now_ms:
        return counted("doctor_files.deleted_from_next_start", files, agent=name)
    day = datetime.fromtimestamp(first_ms / 1000, UTC).astimezone().date()
    return counted("doctor_files.deleted_from", files, agent=name, date=day)


def _read(unread: int) -> Message:
    if unread:
        return message("doctor_files.reading", count=f"{unread:,}")
    return message("doctor_files.recorded")


def _keeps_copies() -> Message:
    return message("doctor_files.keeps_copies")


def _archived(told: Sayable, lost: int, *, in_use: bool) -> tuple[str, Sayable, Sayable]:
    """Word which files have no copy: a fault where the others have."""
    if not lost:
        return OK, message("doctor_files.archived", told=told), ""
    if in_use:
        missing = message("doctor_files.not_archived_now", count=f"{lost:,}")
        return WARN, besides(told, missing), message("doctor.run", command="fluxmirror archive")
    return OK, besides(told, message("doctor_files.not_archived")), _keeps_copies()
