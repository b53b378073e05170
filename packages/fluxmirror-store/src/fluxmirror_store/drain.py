"""The drain: what waits in the spool → rows. The only writer of the database.

Files are unlinked after their rows are committed and every event has an identity of its own, so a
kill at any moment loses nothing and doubles nothing.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sqlite3
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core import journal
from fluxmirror_core.event import Kind
from fluxmirror_core.paths import mirror
from fluxmirror_core.private import make_directory

from fluxmirror_store import lock, spool, spool_reader, tally
from fluxmirror_store.batch import Batch, failure_of
from fluxmirror_store.checkpoint import WAL_BYTES, checkpoint, wal_bytes
from fluxmirror_store.database import connect_to_write, store_errors
from fluxmirror_store.machine import payload_reader
from fluxmirror_store.mirror import append_lines
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.paths import Places
    from fluxmirror_core.wire.reader import PayloadReader

    from fluxmirror_store.migrations import Progress

LISTED: Final = 50_000
"""Files that are listed at once: memory stays flat however many wait."""
BATCH_FILES: Final = 1_000
BATCH_BYTES: Final = 16 << 20
"""A batch, one transaction, ends at either."""


_NOT_STORABLE: Final = (
    OverflowError,
    ValueError,
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
"""What SQLite and its module say of a value that no column takes; never of a full disk."""


class Drained(NamedTuple):
    """What a drain did."""

    files: int = 0
    """Files taken out of the spool."""
    events: int = 0
    """Rows that are new; a replay or the second half of a call makes none."""
    torn: int = 0
    bad: int = 0
    busy: bool = False
    """Another process was draining, and was left to it."""

    def plus(self, other: Drained) -> Drained:
        """Add up two drains."""
        return Drained(
            self.files + other.files,
            self.events + other.events,
            self.torn + other.torn,
            self.bad + other.bad,
        )


def drain(places: Places, *, wait_s: float = 0.0, progress: Progress | None = None) -> Drained:
    """Take everything that waits in the spool into the database.

    Args:
        places: where spool and database are.
        wait_s: how long to wait for another drainer before leaving it to that one, in seconds.
        progress: told how far an upgrade of an older database is.

    Raises:
        StoreError: the database cannot be written; everything still waits in the spool.
    """
    with store_errors(places.spool):
        make_directory(os.path.join(places.spool, "new"))
        with lock.held(os.path.join(places.spool, "drain.lock"), wait_s) as ours:
            return _drain_held(places, progress) if ours else Drained(busy=True)


def run_quietly(places: Places) -> None:
    """Drain on behalf of a hook: nobody listens, so an error goes into the journal alone."""
    try:
        drain(places)
    except Exception as error:  # noqa: BLE001 - the hook's agent must not notice anything
        journal.note(places.logs, "drain", type(error).__name__)


def _drain_held(places: Places, progress: Progress | None) -> Drained:
    with (
        contextlib.closing(connect_to_write(places.database, progress)) as db,
        store_errors(places.database),
    ):
        drained = _drain_all(places, db)
    spool.update_full(places.spool)
    return drained


def _drain_all(places: Places, db: sqlite3.Connection) -> Drained:
    reader = payload_reader(places)
    total = Drained()
    with _without_collector():
        while True:
            before = total.files
            for names in _batches(spool_reader.oldest(places.spool, LISTED)):
                total = total.plus(_drain_files(places, db, reader, names))
            if total.files == before:
                return total


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Keep Python from looking for cycles among a batch's many objects: there are none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _drain_files(
    places: Places, db: sqlite3.Connection, reader: PayloadReader, names: list[str]
) -> Drained:
    """Drain some files in one transaction; one that cannot be stored is found and set aside."""
    batch = Batch(places.spool, reader, time.time_ns())
    for name in names:
        batch.take(name)
    try:
        return _commit(places, db, batch)
    except _NOT_STORABLE as error:
        if len(names) > 1:
            total = Drained()
            for name in names:
                total = total.plus(_drain_files(places, db, reader, [name]))
            return total
        refused = Batch(places.spool, reader, time.time_ns())
        refused.refuse(names[0], failure_of(error))
        return _commit(places, db, refused)


def _batches(waiting: Iterable[spool_reader.Waiting]) -> Iterator[list[str]]:
    names: list[str] = []
    size = 0
    for file in waiting:
        if names and (len(names) >= BATCH_FILES or size + file.size > BATCH_BYTES):
            yield names
            names, size = [], 0
        names.append(file.name)
        size += file.size
    if names:
        yield names


def _commit(places: Places, db: sqlite3.Connection, batch: Batch) -> Drained:
    """Write a batch, then let go of its files: in that order, so that a kill loses nothing."""
    with writing(db):
        new = write_events(db, batch.events)
        torn = sum(event.kind == Kind.TORN for event in new)
        batch.tally.add(tally.TORN, times=torn)
        batch.tally.flush(db, time.time_ns() // 1_000_000)
    _mirror(places, batch)
    gone = _let_go(places, batch)
    if wal_bytes(places.database) > WAL_BYTES:
        checkpoint(places.database)
    return Drained(gone, len(new), torn, len(batch.bad))


def _mirror(places: Places, batch: Batch) -> None:
    """Copy a batch for whoever asked; between commit and unlink, so that a kill leaves no gap."""
    directory = mirror(os.environ)
    if directory is None:
        return
    try:
        append_lines(directory, batch.events)
    except OSError as error:
        journal.note(places.logs, "mirror", error.strerror or type(error).__name__)


def _let_go(places: Places, batch: Batch) -> int:
    """Take a batch's files out of the spool; how many are gone."""
    gone = sum([_is_gone(places, name) for name in batch.done])
    for name, reason in batch.bad:
        gone += _is_gone(places, name, reason)
        journal.note(places.logs, "bad", f"{name}: {reason}")
    return gone


def _is_gone(places: Places, name: str, reason: str | None = None) -> bool:
    """Delete a file, or set it aside; one that cannot be moved stays, as its events are stored."""
    try:
        if reason is None:
            os.unlink(spool_reader.new_path(places.spool, name))
        else:
            spool_reader.set_aside(places.spool, name, reason)
    except FileNotFoundError:
        return True
    except OSError as error:
        journal.note(places.logs, "stuck", f"{name}: {error.strerror}")
        return False
    return True
