"""What doctor says of the agents' session files: read or not, gone, or soon to be deleted."""

from __future__ import annotations

import os
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import FluxMirrorError
from fluxmirror_store.archiving.archive import known_copies
from fluxmirror_store.archiving.run import files_to_archive
from fluxmirror_store.database import connect_to_read, is_outdated
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.sources import USAGE, load_sources, stored_path
from fluxmirror_store.importing.waiting import Wanted, is_running, pending

from fluxmirror_cli.health_row import OK, WARN, Row
from fluxmirror_cli.retention import DAY_MS, kept_ms
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.paths import Places
    from fluxmirror_store.importing.session_files import Found, SessionFile

_SOON_MS: Final = 7 * DAY_MS
_IMPORT: Final = "run `fluxmirror import`"
_ARCHIVE: Final = "`fluxmirror archive` keeps copies of them"
_NO_RIGHT: Final = "no right to read it"


class _Looked(NamedTuple):
    """What was found out."""

    found: Found
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


def examine_sources(places: Places) -> Iterator[Row]:
    """Look at the session files that there are, and that there were; no file is opened."""
    try:
        looked = _look(places)
    except (FluxMirrorError, OSError, sqlite3.Error):
        return  # the database's own row says why
    yield from _counted(looked)
    yield from _unreadable(looked.found)
    for agent in sorted({file.agent for file in looked.found.files}):
        yield from _soon_deleted(agent, looked)


def _look(places: Places) -> _Looked:
    found = find_session_files(os.environ)
    return _Looked(
        found,
        _count_gone(places, found),
        _paths(pending(places, found, Wanted())),
        frozenset(copy.agent for copy in known_copies(places)),
        _paths(files_to_archive(places, found)),
        is_running(places),
    )


def _paths(files: Iterable[SessionFile]) -> frozenset[str]:
    return frozenset(file.path for file in files)


def _count_gone(places: Places, found: Found) -> int:
    if not os.path.exists(places.database) or is_outdated(places.database):
        return 0
    with closing(connect_to_read(places.database)) as db:
        known = load_sources(db, USAGE)
    there = {stored_path(file.path) for file in found.files}
    return sum(path not in there and not os.path.lexists(path) for path in known)


def _counted(looked: _Looked) -> Iterator[Row]:
    files, waiting = len(looked.found.files), len(looked.waiting)
    if not files and not looked.gone:
        return
    facts = f"{counted(files, 'file')}, {files - waiting:,} read to the end"
    facts += f", {waiting:,} {looked.until_read}"
    if looked.gone:
        facts += f"; {looked.gone:,} more gone by now, what they told is kept"
    yield Row("session files", OK, facts)


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
        )


def _is_readable(file: SessionFile) -> bool:
    return os.access(file.path, os.R_OK) or not os.path.exists(file.path)


def _soon_deleted(agent: str, looked: _Looked) -> Iterator[Row]:
    """Tell what an agent deletes within a week; a warning when that would be a loss."""
    kept = kept_ms(agent, os.environ)
    if kept is None:
        return
    now_ms = time.time_ns() // 1_000_000
    ends = {
        file.path: file.mtime_ns // 1_000_000 + kept
        for file in looked.found.files
        if file.agent == agent
    }
    soon = {path for path, end_ms in ends.items() if end_ms <= now_ms + _SOON_MS}
    if not soon:
        return
    first_ms = min(ends[path] for path in soon)
    files = counted(len(soon), "session file")
    facts = f"{BY_ID[agent].name} deletes {files} within a week, from {_when(first_ms, now_ms)} on"
    unread = len(soon & looked.waiting)
    lost = len(soon & looked.not_archived)
    if unread and not looked.is_importing:
        todo = f"{_IMPORT}; {_ARCHIVE}" if lost else _IMPORT
        yield Row("retention", WARN, f"{facts}; {unread:,} not read yet", todo)
    else:
        read = f"{unread:,} being read now" if unread else "what they tell is recorded"
        yield _archived(f"{facts}; {read}", lost, in_use=agent in looked.archived_agents)


def _archived(facts: str, lost: int, *, in_use: bool) -> Row:
    """Word which files have no copy: a fault where the others have."""
    if not lost:
        return Row("retention", OK, f"{facts}, and copies of them are archived")
    if in_use:
        told = f"{facts}; {lost:,} not archived as they are now"
        return Row("retention", WARN, told, "run `fluxmirror archive`")
    return Row("retention", OK, f"{facts}; they are not archived", _ARCHIVE)


def _when(first_ms: int, now_ms: int) -> str:
    """Write the day of the first deletion; what is overdue goes when the agent is next started."""
    if first_ms <= now_ms:
        return "its next start"
    return datetime.fromtimestamp(first_ms / 1000, UTC).astimezone().date().isoformat()
