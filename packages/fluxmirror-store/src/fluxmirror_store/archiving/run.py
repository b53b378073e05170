"""archive_session_files: what is new in session files → compressed copies."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import StoreError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.transcripts.problem import Problem

from fluxmirror_store.archiving import names
from fluxmirror_store.archiving.archive import known_copies, open_archive
from fluxmirror_store.archiving.companions import find_companions, is_companion
from fluxmirror_store.archiving.copies import (
    DamagedError,
    Written,
    measure,
    read_copy,
    write_copy,
)
from fluxmirror_store.archiving.rows import load_copies, renew_copy, save_copy
from fluxmirror_store.archiving.snapshot import UnreadableError, snapshot
from fluxmirror_store.importing import sources
from fluxmirror_store.importing.passes import USAGE
from fluxmirror_store.importing.session_files import DATABASE_AGENT, UNREADABLE, session_root
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Mapping

    from fluxmirror_core.paths import Places

    from fluxmirror_store.archiving.archive import Archive
    from fluxmirror_store.archiving.copies import Content
    from fluxmirror_store.archiving.rows import Copy
    from fluxmirror_store.importing.run import Progress
    from fluxmirror_store.importing.session_files import Found, SessionFile


class Archived(NamedTuple):
    """What was done."""

    problems: Counter[tuple[str, Problem]]
    """What could not be copied, by agent."""
    files: int
    """Session files that were copied."""
    companions: int
    """Companions of session files that were copied."""
    bytes: int
    """What they held."""
    stored_bytes: int
    """What their copies take."""
    unchanged: int
    """Session files that had a copy of what they hold."""


def archive_session_files(
    places: Places, found: Found, env: Mapping[str, str], progress: Progress | None = None
) -> Archived:
    """Copy what is new in the agents' session files, and in their companions.

    A file that has grown gets a new copy in the place of its old one; one that was written anew
    gets a second copy, as the old one holds what is nowhere else. A copy counts once it was read
    back; a kill at any moment leaves whole copies alone.

    Args:
        places: where the archive is.
        found: the files there are.
        env: the environment, which may move the agents' directories.
        progress: told how far it is, in bytes.

    Raises:
        StoreError: archive or database cannot be written, the disk being full among it.
    """
    with open_archive(places, make=True) as archive:
        return _Run(archive, found, env, progress).run()


def files_to_archive(places: Places, found: Found) -> list[SessionFile]:
    """Give the files, companions among them, without a copy of what they hold, by their times.

    Nothing is changed, and no file opened.
    """
    copies = last_copies(known_copies(places))
    directory = names.archive_directory(places)
    return [
        file
        for file in _with_companions(found.files)
        if not is_archived(file, copies.get(sources.stored_path(file.path)), directory)
    ]


def _with_companions(files: list[SessionFile]) -> list[SessionFile]:
    return [*files, *(companion for companion, _ in find_companions(files).values())]


def last_copies(copies: Iterable[Copy]) -> dict[str, Copy]:
    """Give each source's copy in use, by the source's path."""
    return {copy.source: copy for copy in copies}


def is_archived(file: SessionFile, copy: Copy | None, directory: str) -> bool:
    """Tell whether a file's copy holds what the file does, as far as names and sizes tell."""
    if copy is None:
        return False
    is_same = (copy.source_size, copy.source_mtime_ns) == (file.size, file.mtime_ns)
    return is_same and _seems_whole(copy, directory)


def _seems_whole(copy: Copy, directory: str) -> bool:
    """Tell whether a copy is there, as far as its size and the last look at it tell."""
    if copy.verified_ms is None:
        return False
    try:
        return os.path.getsize(names.on_disk(directory, copy.path)) == copy.stored_size
    except OSError:
        return False


class _Run:
    """One run, with what it has done so far."""

    def __init__(
        self, archive: Archive, found: Found, env: Mapping[str, str], progress: Progress | None
    ) -> None:
        self._archive = archive
        self._found = found
        self._companions = find_companions(found.files)
        self._env = env
        self._progress = progress
        self._problems = found.problems.copy()
        self._sources = self._register()
        copies = load_copies(archive.db)
        self._last = last_copies(copies)
        self._taken = {names.alike(copy.path) for copy in copies}

    def run(self) -> Archived:
        """Copy everything that is to be copied, the files that vanish first before the others."""
        companions = (companion for companion, _ in self._companions.values())
        files = [*self._found.files, *filter(self._can_be_told, companions)]
        waiting = [file for file in files if not self._is_done(file)]
        waiting.sort(key=lambda file: file.mtime_ns)
        total, done = sum(file.size for file in waiting), 0
        renewed: list[SessionFile] = []
        copied: list[tuple[SessionFile, Written]] = []
        for file in waiting:
            if self._is_renewed(file):
                renewed.append(file)
            elif (written := self._copy(file)) is not None:
                copied.append((file, written))
            done += file.size
            if self._progress is not None:
                self._progress(done, total)
        sessions = self._count_sessions(file for file, _ in copied)
        changed = self._count_sessions(waiting) - self._count_sessions(renewed)
        return Archived(
            self._problems,
            sessions,
            len(copied) - sessions,
            sum(written.content.size for _, written in copied),
            sum(written.stored_size for _, written in copied),
            len(self._found.files) - changed,
        )

    def _count_sessions(self, files: Iterable[SessionFile]) -> int:
        """Count session files; companions are left out."""
        return sum(file.path not in self._companions for file in files)

    def _can_be_told(self, companion: SessionFile) -> bool:
        """Tell whether a companion's copy can be known as one: of a long name only a part stays."""
        return is_companion(companion.agent, names.original(self._path(companion)))

    def _register(self) -> dict[str, int]:
        """Make the files known as an import does; gives the sources' ids by path."""
        db, found, now_ms = self._archive.db, self._found, self._archive.now_ms
        known = sources.load_sources(db, USAGE)
        with writing(db):
            sources.register(db, sources.build_plan(found.files, known), now_ms)
            sources.note_missing(db, known, found, now_ms)
        known = sources.load_sources(db, USAGE)
        return {path: source.id for path, source in known.items()}

    def _is_done(self, file: SessionFile) -> bool:
        copy = self._last.get(sources.stored_path(file.path))
        return is_archived(file, copy, self._archive.directory)

    def _is_renewed(self, file: SessionFile) -> bool:
        """Note a file's new time when it holds what its copy does, as one that was restored."""
        archive, copy = self._archive, self._last.get(sources.stored_path(file.path))
        if copy is None or copy.size != file.size or not _seems_whole(copy, archive.directory):
            return False
        try:
            with snapshot(file, archive.scratch) as blocks:
                is_same = measure(blocks) == copy.content
        except UnreadableError:
            return False  # who copies it says so
        if is_same:
            with writing(archive.db):
                renew_copy(archive.db, copy.id, file)
        return is_same

    def _copy(self, file: SessionFile) -> Written | None:
        """Make one copy; None when the file cannot be read."""
        before = self._before(file)
        try:
            written = self._write(file, before)
        except UnreadableError as error:
            self._problems[file.agent, Problem(UNREADABLE, str(error))] += 1
            return None
        stays = before is not None and self._is_kept(file, before, written)
        path = self._free_path(file) if before is None or stays else before.path
        # Noted first: of a copy that is whole and noted, a killed process left only the name.
        self._note(path, written, file)
        self._archive.name_part(path)
        return written

    def _is_kept(self, file: SessionFile, before: _Before, written: Written) -> bool:
        """Tell whether an earlier copy holds what the new one does not.

        A database is written all over: what it lost is only known when it has shrunk. A companion
        says how things are; how they were is of no use.
        """
        if not before.is_whole or file.path in self._companions:
            return False
        if file.agent == DATABASE_AGENT:
            return written.content.size < before.content.size
        return not written.continues

    def _write(self, file: SessionFile, before: _Before | None) -> Written:
        archive = self._archive
        try:
            with snapshot(file, archive.scratch) as blocks:
                return write_copy(blocks, archive.part, before.content if before else None)
        except DamagedError as error:
            raise StoreError(
                message("copies.not_kept", path=archive.directory, reason=error.reason),
                hint=message("copies.look_after_disk"),
            ) from error

    def _before(self, file: SessionFile) -> _Before | None:
        """Say what of a file was copied before."""
        copy = self._last.get(sources.stored_path(file.path))
        if copy is None:
            return self._adopted(file)
        is_there = os.path.exists(self._archive.place(copy.path))
        return _Before(copy.path, copy.content, is_there and copy.verified_ms is not None)

    def _adopted(self, file: SessionFile) -> _Before | None:
        """Note the copy that another database knew, when there is one under the file's name."""
        path = self._path(file)
        place = self._archive.place(path)
        if names.alike(path) in self._taken or not os.path.exists(place):
            return None
        try:
            content = read_copy(place)
        except DamagedError:
            return None
        # Of what file it was a copy is not known, so the time is nobody's.
        written = Written(content, os.path.getsize(place), continues=True)
        self._note(path, written, file._replace(mtime_ns=0))
        return _Before(path, content, is_whole=True)

    def _note(self, path: str, written: Written, file: SessionFile) -> None:
        archive = self._archive
        owner = self._companions[file.path][1] if file.path in self._companions else file
        source_id = self._sources[sources.stored_path(owner.path)]
        with writing(archive.db):
            save_copy(archive.db, source_id, path, written, file, archive.now_ms)
        self._taken.add(names.alike(path))

    def _free_path(self, file: SessionFile) -> str:
        """Name a file's new copy as nothing is named yet, whatever the file system compares."""
        first = path = self._path(file)
        number = 1
        while names.alike(path) in self._taken or os.path.lexists(self._archive.place(path)):
            number += 1
            path = names.numbered(first, number)
        return path

    def _path(self, file: SessionFile) -> str:
        root = session_root(BY_ID[file.agent], self._env)
        return names.mirrored(file.agent, *map(sources.stored_path, (file.path, root)))


class _Before(NamedTuple):
    """An earlier copy of a file."""

    path: str
    content: Content
    is_whole: bool
