"""The archive, open for work: one process at a time, and what a killed one left put right."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import NoDataError, StoreError
from fluxmirror_core.messages import message
from fluxmirror_core.private import make_directory

from fluxmirror_store import lock
from fluxmirror_store.archiving.copies import NO_ROOM, DamagedError, read_copy
from fluxmirror_store.archiving.names import archive_directory, on_disk
from fluxmirror_store.archiving.rows import load_copies
from fluxmirror_store.database import (
    connect_to_read,
    connect_to_write,
    is_outdated,
    spool_errors,
    store_errors,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

    from fluxmirror_store.archiving.copies import Content
    from fluxmirror_store.archiving.rows import Copy

_LOCK: Final = "archive.lock"
_WAIT_S: Final = 10.0

_FREE: Final = message("copies.free_space")
_CHECK: Final = message("copies.check_rights")


class Archive:
    """Where the copies are, and what is known of them."""

    def __init__(self, places: Places, db: sqlite3.Connection) -> None:
        self.db = db
        self.directory = archive_directory(places)
        self.part = os.path.join(self.directory, "copy.part")
        """A copy that is being written; it gets its name once it is whole and noted."""
        self.scratch = os.path.join(self.directory, "database.part")
        """Directory for a database that is being copied."""
        self.now_ms = time.time_ns() // 1_000_000

    def place(self, path: str) -> str:
        """Give the file of a copy."""
        return on_disk(self.directory, path)

    def name_part(self, path: str) -> None:
        """Give what was written its name, in the place of what has it."""
        place = self.place(path)
        make_directory(os.path.dirname(place))
        os.replace(self.part, place)

    def recover(self) -> None:
        """Put right what a killed process left: a noted copy gets its name, the rest goes."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        if not os.path.exists(self.part):
            return
        try:
            content = read_copy(self.part)
        except DamagedError:
            os.unlink(self.part)
            return
        for copy in load_copies(self.db):
            if copy.content == content and not self._holds(copy.path, content):
                self.name_part(copy.path)
                return
        os.unlink(self.part)

    def _holds(self, path: str, content: Content) -> bool:
        try:
            return read_copy(self.place(path)) == content
        except DamagedError:
            return False


@contextmanager
def open_archive(places: Places, *, make: bool = False) -> Iterator[Archive]:
    """Open the archive for work, with no other process in it.

    Args:
        places: where everything is.
        make: whether to make what is not there yet.

    Raises:
        NoDataError: nothing was ever archived.
        StoreError: database or archive cannot be used, or another process works in it.
    """
    if not make and not os.path.isdir(archive_directory(places)):
        raise nothing_archived()
    with spool_errors(places.spool):
        make_directory(places.spool)
        with lock.held(os.path.join(places.spool, _LOCK), _WAIT_S) as ours:
            if not ours:
                hint = message("copies.when_ended")
                raise StoreError(message("copies.working"), hint=hint)
            with store_errors(places.database), archive_errors(places):
                make_directory(archive_directory(places))
                with closing(connect_to_write(places.database)) as db:
                    archive = Archive(places, db)
                    archive.recover()
                    yield archive


def nothing_archived() -> NoDataError:
    """Say that there are no copies."""
    return NoDataError(message("copies.none"), hint=message("copies.make"))


def known_copies(places: Places) -> list[Copy]:
    """Read what is noted of every copy; nothing is changed, nothing made.

    Raises:
        StoreError: the database cannot be read.
    """
    if not os.path.exists(places.database) or is_outdated(places.database):
        return []
    with closing(connect_to_read(places.database)) as db, store_errors(places.database):
        return load_copies(db)


@contextmanager
def archive_errors(places: Places) -> Iterator[None]:
    """Say in one sentence what the system says of the archive."""
    try:
        yield
    except OSError as error:
        path, reason = archive_directory(places), error.strerror or str(error)
        raise StoreError(
            message("copies.unwritable", path=path, reason=reason),
            hint=_FREE if error.errno in NO_ROOM else _CHECK,
        ) from error
