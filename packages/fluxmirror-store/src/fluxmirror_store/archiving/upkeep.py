"""What is done with copies that are there: verified, given back, let go."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING, NamedTuple

from fluxmirror_core.errors import NoDataError, StoreError
from fluxmirror_core.private import make_directory

from fluxmirror_store.archiving import names
from fluxmirror_store.archiving.archive import open_archive
from fluxmirror_store.archiving.copies import DamagedError, read_copy, unpack
from fluxmirror_store.archiving.rows import (
    forget_copy,
    load_copies,
    note_verified,
    sources_of_session,
)
from fluxmirror_store.archiving.run import last_copies
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.paths import Places

    from fluxmirror_store.archiving.archive import Archive
    from fluxmirror_store.archiving.rows import Copy
    from fluxmirror_store.importing.run import Progress


class Verified(NamedTuple):
    """What reading every copy has shown."""

    whole: int
    damaged: list[tuple[Copy, str]]
    """With what is wrong with it."""
    unknown: list[str]
    """Files in the archive that the database does not know, by path below it."""


class Restored(NamedTuple):
    """A session file that was given back."""

    copy: Copy
    path: str


def verify_copies(places: Places, progress: Progress | None = None) -> Verified:
    """Read every copy from end to end; a damaged one is made anew when its file is still there.

    Raises:
        NoDataError: nothing was ever archived.
        StoreError: archive or database cannot be used.
    """
    with open_archive(places) as archive:
        copies = load_copies(archive.db)
        total, done = sum(copy.size for copy in copies), 0
        damaged = []
        for copy in copies:
            if reason := _damage(archive, copy):
                damaged.append((copy, reason))
            done += copy.size
            if progress is not None:
                progress(done, total)
        lost = {copy.id for copy, _ in damaged}
        with writing(archive.db):
            whole = [copy.id for copy in copies if copy.id not in lost]
            note_verified(archive.db, whole, archive.now_ms)
            note_verified(archive.db, lost, None)
        return Verified(len(whole), damaged, _unknown(archive, copies))


def _damage(archive: Archive, copy: Copy) -> str:
    """Say what is wrong with a copy; empty when nothing is."""
    try:
        content = read_copy(archive.place(copy.path))
    except DamagedError as error:
        return str(error)
    return "" if content == copy.content else "it holds something else"


def _unknown(archive: Archive, copies: Iterable[Copy]) -> list[str]:
    known = {archive.place(copy.path) for copy in copies}
    return sorted(
        os.path.relpath(path, archive.directory)
        for path in _files(archive.directory)
        if path not in known
    )


def _files(directory: str) -> Iterator[str]:
    for folder, _, files in os.walk(directory):
        for name in files:
            yield os.path.join(folder, name)


def restore_copies(places: Places, wanted: str, directory: str) -> list[Restored]:
    """Write session files as they were into a directory, laid out as below the agent's.

    Args:
        places: where the archive is.
        wanted: a session file's path, a copy's, or a session's id.
        directory: where to; made when missing. No file of it is written over, and links in it
            that lead elsewhere are not followed.

    Raises:
        NoDataError: there is no such copy.
        StoreError: a copy is damaged, a file is in the way, or cannot be written; those before it
            are restored.
    """
    with open_archive(places) as archive:
        copies = _find(archive, wanted)
        if not copies:
            hint = "`fluxmirror archive list` shows what there is"
            raise NoDataError(f"there is no copy of {wanted!r}", hint=hint)
        return [_restore(archive, copy, directory) for copy in copies]


def _find(archive: Archive, wanted: str) -> list[Copy]:
    """Find the copies that are meant: one by its own path, else those in use of each source."""
    copies = load_copies(archive.db)
    path = os.path.abspath(wanted)
    if named := [copy for copy in copies if path == archive.place(copy.path)]:
        return named
    last = last_copies(copies).values()
    if named := [copy for copy in last if copy.source in {wanted, path}]:
        return named
    told = sources_of_session(archive.db, wanted)
    return [copy for copy in last if copy.source_id in told or _is_named(copy, wanted)]


def _is_named(copy: Copy, session: str) -> bool:
    """Tell whether a file, or a folder it lies in below its agent's, has a session's id as name."""
    parts = (part.partition(".")[0] for part in names.original(copy.path).split("/"))
    return any(part == session or part.endswith(f"-{session}") for part in parts)


def _restore(archive: Archive, copy: Copy, directory: str) -> Restored:
    target = names.on_disk(os.path.abspath(directory), names.original(copy.path))
    folder = os.path.dirname(target)
    with _restore_errors(target):
        if not _is_within(folder, directory):
            sentence = f"{target} is not written: a link leads out of {directory}"
            raise StoreError(sentence, hint="choose another directory")
        make_directory(folder)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=folder) as private:
            whole = os.path.join(private, "file")
            if unpack(archive.place(copy.path), whole) != copy.content:
                raise DamagedError("it holds something else")
            _name(whole, target)
    return Restored(copy, target)


def _is_within(folder: str, directory: str) -> bool:
    above = os.path.realpath(directory).rstrip(os.sep)
    return f"{os.path.realpath(folder)}{os.sep}".startswith(f"{above}{os.sep}")


def _name(whole: str, target: str) -> None:
    """Give a file its name, unless something has it already.

    Raises:
        FileExistsError: something has.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    os.replace(whole, target)


@contextlib.contextmanager
def _restore_errors(target: str) -> Iterator[None]:
    try:
        yield
    except DamagedError as error:
        hint = "`fluxmirror archive verify` tells which others are"
        raise StoreError(f"the copy for {target} is damaged: {error}", hint=hint) from error
    except FileExistsError as error:
        hint = "choose another directory, or move that file away"
        raise StoreError(f"{target} is there already, and left alone", hint=hint) from error
    except OSError as error:
        hint = "check the directory's permissions and the free space"
        raise StoreError(
            f"{target} cannot be written: {error.strerror or error}", hint=hint
        ) from error


def prune_copies(places: Places, before_ms: int, *, dry_run: bool = False) -> list[Copy]:
    """Delete the copies of session files that were missed before a moment and are still gone.

    Args:
        places: where the archive is.
        before_ms: the moment, in UTC milliseconds.
        dry_run: only say which.

    Raises:
        NoDataError: nothing was ever archived.
        StoreError: archive or database cannot be used; the copies before it are deleted.
    """
    with open_archive(places) as archive:
        spare = [
            copy
            for copy in load_copies(archive.db)
            if copy.gone_ms is not None
            and copy.gone_ms < before_ms
            and not os.path.lexists(copy.source)
        ]
        for copy in () if dry_run else spare:
            _delete(archive, copy)
        return spare


def _delete(archive: Archive, copy: Copy) -> None:
    """Delete the file first: whoever is killed in between does both again."""
    place = archive.place(copy.path)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(place)
    forget_copy(archive.db, copy.id)
    folder = os.path.dirname(place)
    while folder != archive.directory and not os.listdir(folder):
        os.rmdir(folder)
        folder = os.path.dirname(folder)
