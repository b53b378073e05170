"""What is done with copies that are there: verified, and in time let go."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_store.archiving.archive import nothing_archived, open_archive
from fluxmirror_store.archiving.copies import DamagedError, read_copy
from fluxmirror_store.archiving.rows import forget_copy, load_copies, note_verified
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.paths import Places

    from fluxmirror_store.archiving.archive import Archive
    from fluxmirror_store.archiving.rows import Copy
    from fluxmirror_store.importing.run import Progress


class Verified(NamedTuple):
    """What reading every copy has shown."""

    whole: int
    damaged: list[tuple[Copy, Sayable]]
    """With what is wrong with it."""
    unknown: list[str]
    """Files in the archive that the database does not know, by path below it."""


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
        unknown = _unknown(archive, copies)
        if not copies and not unknown:
            raise nothing_archived()
        lost = {copy.id for copy, _ in damaged}
        with writing(archive.db):
            whole = [copy.id for copy in copies if copy.id not in lost]
            note_verified(archive.db, whole, archive.now_ms)
            note_verified(archive.db, lost, None)
        return Verified(len(whole), damaged, unknown)


def _damage(archive: Archive, copy: Copy) -> Sayable:
    """Say what is wrong with a copy; empty when nothing is."""
    try:
        content = read_copy(archive.place(copy.path))
    except DamagedError as error:
        return error.reason
    return "" if content == copy.content else message("copies.damage.other")


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
