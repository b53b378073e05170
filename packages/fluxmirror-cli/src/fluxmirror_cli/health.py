"""What doctor looks at, in the order of its table; the machine's part of it is here."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import stat
import sys
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal

from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.health_agents import examine_agents
from fluxmirror_cli.health_coverage import examine_coverage
from fluxmirror_cli.health_database import examine_database
from fluxmirror_cli.health_oddities import examine_oddities
from fluxmirror_cli.health_prices import examine_prices
from fluxmirror_cli.health_row import ERROR, OK, WARN, Row, size
from fluxmirror_cli.health_sources import examine_sources
from fluxmirror_cli.health_spool import examine_spool
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

_WAL_BUG_FIXED: Final = (3, 51, 3)
_WAL_BUG_BACKPORTS: Final = ((3, 44, 6), (3, 50, 7))
_PRIVATE: Final = 0o077
LEAST_FREE_BYTES: Final = 100_000_000
"""With less room than this on its disk a database is soon not written any more."""
_TOLD_ELSEWHERE: Final = "bad"
"""A kind of journal line that says file by file what the spool's row says in one."""


def examine(places: Places) -> list[Row]:
    """Look at everything; nothing is changed."""
    return [
        *_program(),
        *examine_database(places),
        *examine_spool(places),
        *examine_sources(places),
        *examine_oddities(places),
        *examine_agents(),
        *examine_coverage(places),
        *examine_prices(places),
        *_permissions(places),
        *_room(places),
        *_journal(places),
        *_errors(places),
    ]


def _program() -> Iterator[Row]:
    where = f"Python {platform.python_version()}, {sys.platform}"
    yield Row("program", OK, f"fluxmirror {VERSION}, {where}")
    version = sqlite3.sqlite_version_info
    affected = version < _WAL_BUG_FIXED and not any(
        version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_BUG_BACKPORTS
    )
    note = " (its known WAL bug is avoided)" if affected else ""
    yield Row("sqlite", OK, sqlite3.sqlite_version + note)


def _permissions(places: Places) -> Iterator[Row]:
    """Look at what is ours; a directory that other people's things live in is not to be judged."""
    if sys.platform == "win32":
        return
    ours = (places.data, places.database, places.spool, places.logs)
    wide = [path for path in ours if _is_wide(path)]
    for path in wide:
        yield Row("permissions", WARN, f"{path} can be read by others", f"chmod go-rwx '{path}'")
    writable = _is_writable(places.spool)
    if not writable:
        yield Row("permissions", ERROR, f"{places.spool} cannot be written", "check its owner")
    recorded = os.path.exists(places.database) or os.path.exists(places.spool)
    if recorded and writable and not wide:
        yield Row("permissions", OK, "only you can read what was recorded")


def _is_wide(path: str) -> bool:
    try:
        return bool(stat.S_IMODE(os.stat(path).st_mode) & _PRIVATE)
    except OSError:
        return False


def _is_writable(path: str) -> bool:
    """Tell whether `path` can be written, or made where it is missing."""
    there = _nearest(path)
    return os.path.isdir(there) and os.access(there, os.W_OK | os.X_OK)


def _nearest(path: str) -> str:
    """Give `path`, or the nearest folder above it that there is; empty when there is none."""
    while not os.path.exists(path):
        parent = os.path.dirname(path)
        if parent == path:
            return ""
        path = parent
    return path


def _room(places: Places) -> Iterator[Row]:
    """Warn before the disk is full; for the database alone, as all else is beside it."""
    folder = _nearest(os.path.dirname(os.path.abspath(places.database)))
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    if free < LEAST_FREE_BYTES:
        told = f"{size(free)} are left where {places.database} is"
        yield Row("free space", WARN, told, "free some: nothing is recorded on a full disk")


def _journal(places: Places) -> Iterator[Row]:
    where = os.path.join(places.logs, journal.NAME)
    for kind, count in sorted(journal.counts(places.logs).items()):
        if kind != _TOLD_ELSEWHERE:
            yield Row("journal", WARN, f"{kind}: {counted(count, 'line')}", f"see {where}")


def _errors(places: Places) -> Iterator[Row]:
    """Count the logs of unexpected errors; their names sort by time."""
    try:
        names = [name for name in os.listdir(places.logs) if name.startswith("error-")]
    except OSError:
        return
    if names:
        newest = os.path.join(places.logs, max(names))
        yield Row(
            "errors",
            WARN,
            f"{counted(len(names), 'unexpected error')}; the newest is in {newest}",
            "please report it; then delete these logs",
        )
