"""What doctor says of the agents' session files: read or not, gone, or soon to be deleted."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.agents import BY_ID
from fluxmirror_store.archiving.archive import known_copies
from fluxmirror_store.archiving.run import files_to_archive
from fluxmirror_store.importing.sources import known_paths, stored_path
from fluxmirror_store.importing.waiting import is_running

from fluxmirror_cli.agent_retention import DAY_MS, kept_ms
from fluxmirror_cli.health.evidence import UNREADABLE
from fluxmirror_cli.health.row import OFF, OK, WARN, Row
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_store.importing.session_files import Found, SessionFile

    from fluxmirror_cli.health.evidence import Evidence

_SOON_MS: Final = 7 * DAY_MS
_IMPORT: Final = "run `fluxmirror import`"
_READS: Final = "the next report reads them, or `fluxmirror import`"
_ARCHIVE: Final = "`fluxmirror archive` keeps copies of them"
_NO_RIGHT: Final = "no right to read it"


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

    @property
    def until_read(self) -> str:
        """Say what becomes of files that wait."""
        return "being read now" if self.is_importing else "waiting"


def examine_sources(evidence: Evidence) -> Iterator[Row]:
    """Look at the session files that there are, and that there were; no file is opened."""
    if not evidence.settings.session_files:
        remedy = "`fluxmirror config set session_files on` has them read"
        yield Row("session files", OFF, "not read: session_files is false", remedy)
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
    there = {stored_path(file.path) for file in evidence.found.files}
    return sum(path not in there and not os.path.lexists(path) for path in known)


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
        return Row("session files", OFF, "no agent has left any yet", facts=facts)
    told = f"{counted(files, 'file')}, {files - waiting:,} read to the end"
    told += f", {waiting:,} {looked.until_read}"
    if looked.gone:
        told += f"; {looked.gone:,} more gone by now, what they told is kept"
    is_waiting = waiting and not looked.is_importing
    return Row("session files", OK, told, _READS if is_waiting else "", facts)


def _unreadable(found: Found) -> Iterator[Row]:
    """Tell of folders that could not be looked into, and of files that cannot be read."""
    problems = Counter(
        {(agent, problem.name): times for (agent, problem), times in found.problems.items()}
    )
    problems.update((file.agent, _NO_RIGHT) for file in found.files if not _is_readable(file))
    for (agent, reason), times in sorted(problems.items()):
        things = "file or folder" if times == 1 else "files or folders"
        yield Row(
            "unreadable",
            WARN,
            f"{BY_ID[agent].name}: {times:,} {things} with sessions cannot be read: {reason}",
            "see who owns them and what rights they have, then run `fluxmirror import`",
            {"agent": agent, "reason": reason, "things": times},
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
    files = counted(len(soon), "session file")
    when = _when(first_ms, looked.now_ms)
    told = f"{BY_ID[agent].name} deletes {files} within a week, from {when} on"
    if unread and not looked.is_importing:
        todo = f"{_IMPORT}; {_ARCHIVE}" if lost else _IMPORT
        return Row("retention", WARN, f"{told}; {unread:,} not read yet", todo, facts)
    read = f"{unread:,} being read now" if unread else "what they tell is recorded"
    in_use = agent in looked.archived_agents
    status, archived, todo = _archived(lost, in_use=in_use)
    return Row("retention", status, f"{told}; {read}{archived}", todo, facts)


def _archived(lost: int, *, in_use: bool) -> tuple[str, str, str]:
    """Word which files have no copy: a fault where the others have."""
    if not lost:
        return OK, ", and copies of them are archived", ""
    if in_use:
        return WARN, f"; {lost:,} not archived as they are now", "run `fluxmirror archive`"
    return OK, "; they are not archived", _ARCHIVE


def _when(first_ms: int, now_ms: int) -> str:
    """Write the day of the first deletion; what is overdue goes when the agent is next started."""
    if first_ms <= now_ms:
        return "its next start"
    return datetime.fromtimestamp(first_ms / 1000, UTC).astimezone().date().isoformat()
