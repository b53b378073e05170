"""What doctor looks at: one function per component, each giving the rows of a table."""

from __future__ import annotations

import os
import platform
import sqlite3
import stat
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core import journal
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import ExitCode, FluxMirrorError
from fluxmirror_store import aside, spool_reader, tally
from fluxmirror_store.checkpoint import wal_bytes
from fluxmirror_store.database import connect_to_read, is_outdated, newest_version, schema_version
from fluxmirror_store.queries import event_count

from fluxmirror_cli.command_table import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

OK: Final = "ok"
WARN: Final = "warn"
ERROR: Final = "error"
_EXITS: Final = {OK: ExitCode.OK, WARN: ExitCode.WARNING, ERROR: ExitCode.USAGE}

_WAL_BUG_FIXED: Final = (3, 51, 3)
_WAL_BUG_BACKPORTS: Final = ((3, 44, 6), (3, 50, 7))
_STALE_S: Final = 86_400
_PRIVATE: Final = 0o077


class Row(NamedTuple):
    """One line of doctor's table."""

    component: str
    status: str
    detail: str
    remedy: str = ""


def examine(places: Places) -> list[Row]:
    """Look at everything; nothing is changed."""
    return [
        *_program(),
        *_database(places),
        *_spool(places),
        *_permissions(places),
        *_journal(places),
    ]


def exit_code(rows: list[Row]) -> int:
    """Give the exit code for the worst row: 0 fine, 1 a warning, 2 an error."""
    return max((_EXITS[row.status] for row in rows), default=ExitCode.OK)


def _program() -> Iterator[Row]:
    where = f"Python {platform.python_version()}, {sys.platform}"
    yield Row("program", OK, f"fluxmirror {VERSION}, {where}")
    version = sqlite3.sqlite_version_info
    affected = version < _WAL_BUG_FIXED and not any(
        version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_BUG_BACKPORTS
    )
    note = " (has the WAL-reset bug; FluxMirror's way of writing avoids it)" if affected else ""
    yield Row("sqlite", OK, sqlite3.sqlite_version + note)


def _database(places: Places) -> Iterator[Row]:
    path = places.database
    if not os.path.exists(path):
        yield Row("database", OK, f"{path}: none yet; the first drained event makes it")
        return
    if is_outdated(path):
        yield Row("database", WARN, f"{path}: an older shape", "`fluxmirror drain` upgrades it")
        return
    try:
        with closing(connect_to_read(path)) as db:
            yield from _opened(db, path)
    except (FluxMirrorError, sqlite3.Error) as error:
        yield Row("database", ERROR, str(error), getattr(error, "hint", ""))


def _opened(db: sqlite3.Connection, path: str) -> Iterator[Row]:
    events = event_count(db)
    version = schema_version(db)
    size = _size(os.path.getsize(path))
    facts = f"{path}: {events:,} events, {size}, log {_size(wal_bytes(path))}, schema {version}"
    if version > newest_version():
        yield Row("database", WARN, f"{facts}: newer than this program", "upgrade fluxmirror")
    else:
        yield Row("database", OK, facts)
    yield from _tallied(db)


def _tallied(db: sqlite3.Connection) -> Iterator[Row]:
    for line in tally.tallied(db):
        agent = BY_ID[line.agent].name if line.agent in BY_ID else line.agent
        if line.kind == tally.TORN:
            yield Row("torn", WARN, f"{line.times:,} events arrived in part; kept as torn events")
        elif line.kind == tally.RECOVERED:
            yield Row("torn", OK, f"{line.times:,} torn files held a whole event; recorded")
        elif line.kind == tally.UNDECODABLE:
            yield Row("payloads", OK, f"{agent}: {line.times:,} with bytes that are no UTF-8")
        elif line.kind == tally.UNKNOWN_EVENT:
            yield Row(
                "format drift",
                WARN,
                f"{agent}: {line.times:,} of an unknown kind, {line.name!r}; kept as signals",
                "upgrade fluxmirror",
            )


def _spool(places: Places) -> Iterator[Row]:
    try:
        status = spool_reader.status(places.spool)
    except OSError as error:
        yield Row("spool", ERROR, f"{places.spool}: {error.strerror}", "check its permissions")
        return
    oldest = status.oldest_mtime_ns
    age_s = 0.0 if oldest is None else time.time() - oldest / 1e9
    facts = f"{places.spool}: {status.waiting:,} waiting ({_size(status.bytes)})"
    if oldest is not None:
        facts += f", the oldest for {_duration(age_s)}"
    stale = age_s > _STALE_S
    yield Row("spool", WARN if stale else OK, facts, "run `fluxmirror drain`" if stale else "")
    yield Row(
        "bad",
        WARN if status.bad else OK,
        f"{status.bad:,} set aside" + _reasons(places.spool),
        "`fluxmirror drain --again` after an upgrade" if status.bad else "",
    )
    refused = "" if not status.full else "; the spool is full now"
    yield Row(
        "refused",
        WARN if status.refused or status.full else OK,
        f"{status.refused:,} refused because the spool was full{refused}",
        "run `fluxmirror drain`" if status.full else "",
    )


def _reasons(spool: str) -> str:
    reasons = aside.count_reasons(spool)
    if not reasons:
        return ""
    return ": " + ", ".join(f"{reason} ({count:,})" for reason, count in reasons.items())


def _permissions(places: Places) -> Iterator[Row]:
    if sys.platform == "win32":
        return
    paths = (places.database, places.spool, os.path.dirname(places.database), places.logs)
    # A directory that other people's things live in too is not ours to judge.
    ours = [path for path in paths if path == places.data or path.startswith(places.data + os.sep)]
    wide = [path for path in ours if _is_wide(path)]
    for path in wide:
        yield Row("permissions", WARN, f"{path} can be read by others", f"chmod go-rwx '{path}'")
    if not wide:
        yield Row("permissions", OK, "only you can read what was recorded")
    if not _is_writable(places.spool):
        yield Row("permissions", ERROR, f"{places.spool} cannot be written", "check its owner")


def _is_wide(path: str) -> bool:
    try:
        return bool(stat.S_IMODE(os.stat(path).st_mode) & _PRIVATE)
    except OSError:
        return False


def _is_writable(path: str) -> bool:
    """Tell whether `path` can be written, or made where it is missing."""
    while not os.path.exists(path):
        parent = os.path.dirname(path)
        if parent == path or not parent:
            return False
        path = parent
    return os.path.isdir(path) and os.access(path, os.W_OK | os.X_OK)


def _journal(places: Places) -> Iterator[Row]:
    for kind, count in sorted(journal.counts(places.logs).items()):
        where = os.path.join(places.logs, journal.NAME)
        yield Row("journal", WARN, f"{kind}: {count:,} lines", f"see {where}")


def _size(size_bytes: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if size_bytes < 1024:  # noqa: PLR2004 - the unit's own number
            return f"{size_bytes:.0f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f} GiB"


def _duration(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
