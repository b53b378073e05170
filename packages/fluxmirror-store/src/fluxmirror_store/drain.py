"""The drain: what waits in the spool → rows. The only writer of the database.

Files are unlinked after their rows are committed and every event has an identity of its own, so a
kill at any moment loses nothing and doubles nothing.
"""

from __future__ import annotations

import contextlib
import gc
import os
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal
from fluxmirror_core.event import Kind
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.private import make_directory

from fluxmirror_store import aside, lock, spool, spool_reader, tally
from fluxmirror_store.batch import Batch, failure_of, read_batch
from fluxmirror_store.checkpoint import shorten_log
from fluxmirror_store.crew import crew_size, in_order
from fluxmirror_store.database import connect_to_write, spool_errors, store_errors
from fluxmirror_store.machine import payload_reader
from fluxmirror_store.mirror import append_lines
from fluxmirror_store.projects import look_for_older_remotes, look_for_remotes, note_remotes
from fluxmirror_store.transaction import NOT_STORABLE, writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.paths import Places
    from fluxmirror_core.wire.reader import PayloadReader

    from fluxmirror_store.migrations import Progress
    from fluxmirror_store.spool_waiting import Waiting

LISTED: Final = 25_000
"""Files that are listed at once: memory stays flat however many wait."""
BACKLOG: Final = 5_000
"""So many waiting files are worth the start of several processes."""
BATCH_FILES: Final = 1_000
BATCH_BYTES: Final = 16 << 20
"""A batch, one transaction, ends at either."""


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
    off: int = 0
    """Events that are not to be recorded: counted, and gone."""

    def plus(self, other: Drained) -> Drained:
        """Add up two drains."""
        return Drained(
            self.files + other.files,
            self.events + other.events,
            self.torn + other.torn,
            self.bad + other.bad,
            off=self.off + other.off,
        )


class _Work(NamedTuple):
    """What one drain works with."""

    places: Places
    db: sqlite3.Connection
    reader: PayloadReader
    mirror: str | None
    """The directory of the mirror."""


def drain(
    places: Places,
    settings: Settings,
    *,
    wait_s: float = 0.0,
    again: bool = False,
    progress: Progress | None = None,
) -> Drained:
    """Take everything that waits in the spool into the database.

    Args:
        places: where spool and database are.
        settings: what is to be kept; what is not is counted, and deleted like the rest.
        wait_s: how long to wait for another drainer before leaving it to that one, in seconds.
        again: whether to try what was set aside as bad once more.
        progress: told how far an upgrade of an older database is.

    Raises:
        StoreError: the database cannot be written; everything still waits in the spool.
    """
    with spool_errors(places.spool):
        make_directory(os.path.join(places.spool, "new"))
        with lock.held(os.path.join(places.spool, lock.DRAIN), wait_s) as ours:
            if not ours:
                return Drained(busy=True)
            if again:
                aside.bring_back(places.spool)
            return _drain_held(places, settings, progress)


def run_quietly(places: Places, settings: Settings) -> None:
    """Drain on behalf of a hook: nobody listens, so an error goes into the journal alone."""
    try:
        drain(places, settings)
    except Exception as error:  # noqa: BLE001 - the hook's agent must not notice anything
        journal.note(places.logs, "drain", type(error).__name__)


def _drain_held(places: Places, settings: Settings, progress: Progress | None) -> Drained:
    try:
        with (
            contextlib.closing(connect_to_write(places.database, progress)) as db,
            store_errors(places.database),
        ):
            work = _Work(places, db, payload_reader(places, settings), settings.mirror)
            drained = _drain_all(work)
            _note_older_remotes(work)
            return drained
    finally:
        spool.update_full(places.spool)


def _drain_all(work: _Work) -> Drained:
    total = Drained()
    with _without_collector():
        while True:
            before = total.files
            for batch in _read_waiting(work.places.spool, work.reader):
                total = total.plus(_drain_batch(work, batch))
            if total.files == before:
                return total


def _read_waiting(spool_directory: str, reader: PayloadReader) -> Iterator[Batch]:
    """Read the oldest of what waits, batch by batch; a long backlog with several processes."""
    waiting = spool_reader.oldest(spool_directory, LISTED)
    lists = _batches(waiting)
    read = partial(read_batch, spool_directory, reader)
    if len(waiting) >= BACKLOG and (size := crew_size()) > 1:
        yield from in_order(read, lists, size)
    else:
        yield from map(read, lists)


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


def _drain_batch(work: _Work, batch: Batch) -> Drained:
    """Store a batch in one transaction; a file that cannot be stored is found and set aside."""
    spool_directory = work.places.spool
    try:
        new = _store(work, batch)
    except NOT_STORABLE as error:
        if len(batch.names) > 1:
            total = Drained()
            for name in batch.names:
                alone = read_batch(spool_directory, work.reader, [name])
                total = total.plus(_drain_batch(work, alone))
            return total
        refused = Batch(spool_directory, work.reader, time.time_ns())
        refused.bad.append((batch.names[0], failure_of(error)))
        return _let_go(work, refused, [])
    return _let_go(work, batch, new)


def _batches(waiting: Iterable[Waiting]) -> Iterator[list[str]]:
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


def _store(work: _Work, batch: Batch) -> list[AgentEvent]:
    """Write what a batch's files told, in one transaction; gives the events that are new rows."""
    db, now_ms = work.db, _now_ms()
    remotes = look_for_remotes(db, batch.events, work.reader.builders, now_ms)
    with writing(db):
        new = write_events(db, batch.events)
        note_remotes(db, remotes, now_ms)
        batch.tally.add(tally.TORN, times=_torn(new))
        batch.tally.flush(db, now_ms)
        batch.hook_times.flush(db, now_ms)
    return new


def _note_older_remotes(work: _Work) -> None:
    if remotes := look_for_older_remotes(work.db, work.reader.builders):
        with writing(work.db):
            note_remotes(work.db, remotes, _now_ms())


def _torn(events: Iterable[AgentEvent]) -> int:
    return sum(event.kind == Kind.TORN for event in events)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _let_go(work: _Work, batch: Batch, new: list[AgentEvent]) -> Drained:
    """Take a batch's files out of the spool: after the commit, so that a kill loses nothing."""
    places = work.places
    _mirror(work, batch)
    gone = sum([_is_deleted(places, name) for name in batch.done])
    bad = _set_aside(places, work.db, batch.bad) if batch.bad else 0
    shorten_log(places.database)
    return Drained(gone + bad, len(new), _torn(new), bad, off=batch.off)


def _mirror(work: _Work, batch: Batch) -> None:
    """Copy a batch for whoever asked; between commit and unlink, so that a kill leaves no gap."""
    if work.mirror is None:
        return
    try:
        append_lines(work.mirror, batch.events)
    except (OSError, ValueError, OverflowError) as error:
        journal.note(work.places.logs, "mirror", type(error).__name__)


def _is_deleted(places: Places, name: str) -> bool:
    """Delete a file; one that cannot be deleted stays, as its events are stored once anyway."""
    try:
        os.unlink(spool_reader.new_path(places.spool, name))
    except FileNotFoundError:
        return True
    except OSError as error:
        journal.note(places.logs, "stuck", f"{name}: {error.strerror}")
        return False
    return True


def _set_aside(places: Places, db: sqlite3.Connection, bad: list[tuple[str, str]]) -> int:
    """Move files to `bad/` and count them, each once it is there; how many are."""
    counts = tally.Tally()
    moved = 0
    for name, reason in bad:
        try:
            pruned = aside.set_aside(places.spool, name, reason)
        except FileNotFoundError:
            continue
        except OSError as error:
            journal.note(places.logs, "stuck", f"{name}: {error.strerror}")
            continue
        moved += 1
        counts.add(tally.BAD, name=reason)
        counts.add(tally.PRUNED, times=pruned)
        journal.note(places.logs, "bad", f"{name}: {reason}")
    with writing(db):
        counts.flush(db, _now_ms())
    return moved
