"""What waits in session files: asked before every report, so nothing is loaded that reads them."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_store import lock
from fluxmirror_store.database import connect_to_read, is_outdated, store_errors
from fluxmirror_store.importing import sources
from fluxmirror_store.importing.passes import CALLS, USAGE

if TYPE_CHECKING:
    import sqlite3

    from fluxmirror_core.paths import Places

    from fluxmirror_store.importing.session_files import Found, SessionFile

LOCK: Final = "import.lock"
"""A file of the spool that an import holds while it runs."""


class Wanted(NamedTuple):
    """What an import is to do."""

    passes: tuple[str, ...] = (USAGE, CALLS)
    since_ms: int | None = None
    """Only files that changed since then."""
    full: bool = False
    """Read every file from its beginning."""
    budget_s: float | None = None
    """Leave the older files to another import when so many seconds are over."""
    wait_s: float = 0.0
    """How long to wait for another importer."""


def is_running(places: Places) -> bool:
    """Tell whether any process is importing now."""
    path = os.path.join(places.spool, LOCK)
    if not os.path.exists(path):
        return False
    try:
        with lock.held(path) as ours:
            return not ours
    except OSError:
        return False


def pending(places: Places, found: Found, wanted: Wanted) -> list[SessionFile]:
    """Give the files that an import would read, the newest first; the database is only read."""
    files = recent(found, wanted).files
    newest = sorted(files, key=lambda file: -file.mtime_ns)
    if not os.path.exists(places.database) or is_outdated(places.database):
        return newest
    with closing(connect_to_read(places.database)) as db, store_errors(places.database):
        if not _unread_bytes(db, recent(found, wanted), wanted):
            return []  # quickly told, and so most of the time
        plans = [
            sources.build_plan(files, sources.load_sources(db, what), full=wanted.full)
            for what in wanted.passes
        ]
    paths = {job.file.path for plan in plans for job in plan.jobs}
    paths |= {file.path for plan in plans for file in plan.new}
    return [file for file in newest if file.path in paths]


def news(places: Places, found: Found, wanted: Wanted) -> dict[str, int]:
    """Say how many bytes each pass would read, of those that have anything to do.

    The database is only read.
    """
    of_late = recent(found, wanted)
    if not os.path.exists(places.database) or is_outdated(places.database):
        total = sum(file.size for file in of_late.files)
        return dict.fromkeys(wanted.passes, total) if of_late.files else {}
    with closing(connect_to_read(places.database)) as db, store_errors(places.database):
        return _unread_bytes(db, of_late, wanted)


def _unread_bytes(db: sqlite3.Connection, found: Found, wanted: Wanted) -> dict[str, int]:
    return {
        what: waiting
        for what in wanted.passes
        if (waiting := sources.unread_bytes(db, what, found, full=wanted.full)) is not None
    }


def recent(found: Found, wanted: Wanted) -> Found:
    """Leave out the files that did not change of late; then none can be missed either."""
    if wanted.since_ms is None:
        return found
    since_ns = wanted.since_ms * 1_000_000
    files = [file for file in found.files if file.mtime_ns >= since_ns]
    return found._replace(files=files, roots=[])
