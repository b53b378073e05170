"""What doctor says of the database, and of what was counted beside the events."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import FluxMirrorError
from fluxmirror_store import aside, tally
from fluxmirror_store.checkpoint import wal_bytes
from fluxmirror_store.database import connect_to_read, is_outdated, newest_version
from fluxmirror_store.migrations import schema_version
from fluxmirror_store.queries import event_count

from fluxmirror_cli.health_row import ERROR, OK, WARN, Row, size
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places


def examine_database(places: Places) -> Iterator[Row]:
    """Look whether the database can be used, and at what it counts."""
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
    except (FluxMirrorError, OSError, sqlite3.Error) as error:
        yield Row("database", ERROR, str(error), _remedy(error))


def _remedy(error: Exception) -> str:
    """Give an error's hint, unless it sends people to where they are."""
    hint = error.hint if isinstance(error, FluxMirrorError) else ""
    return "" if "fluxmirror doctor" in hint else hint


def _opened(db: sqlite3.Connection, path: str) -> Iterator[Row]:
    events = counted(event_count(db), "event")
    version = schema_version(db)
    sizes = f"{size(os.path.getsize(path))}, log {size(wal_bytes(path))}"
    facts = f"{path}: {events}, {sizes}, schema {version}"
    if version > newest_version():
        yield Row("database", WARN, f"{facts}: newer than this program", "upgrade fluxmirror")
    else:
        yield Row("database", OK, facts)
    lines = tally.tallied(db)
    yield from _losses(lines)
    yield from _oddities(lines)


def _losses(lines: list[tally.Tallied]) -> Iterator[Row]:
    """Tell what did not come in whole, ever since the database was made."""
    totals: Counter[str] = Counter()
    for line in lines:
        totals[line.kind] += line.times
    if torn := totals[tally.TORN]:
        yield Row("torn", WARN, f"{counted(torn, 'event')} arrived in part; kept as torn")
    if recovered := totals[tally.RECOVERED]:
        yield Row("torn", OK, f"{counted(recovered, 'torn file')} held a whole event; recorded")
    if bad := totals[tally.BAD]:
        yield Row("bad ever", OK, f"{counted(bad, 'payload')} set aside in all this time")
    if pruned := totals[tally.PRUNED]:
        kept = f"of what is set aside the newest {aside.KEPT:,} are kept"
        yield Row("pruned", WARN, f"{counted(pruned, 'payload')} deleted: {kept}")


def _oddities(lines: list[tally.Tallied]) -> Iterator[Row]:
    """Tell what an agent sent that was not to be expected, and that is recorded all the same."""
    for line in lines:
        agent = BY_ID[line.agent].name if line.agent in BY_ID else line.agent
        if line.kind == tally.UNDECODABLE:
            payloads = counted(line.times, "payload")
            yield Row("payloads", OK, f"{agent}: {payloads} with bytes that are no UTF-8")
        elif line.kind == tally.UNKNOWN_EVENT:
            facts = f"{counted(line.times, 'event')} of an unknown kind, {line.name!r}"
            told = f"{agent} {line.version}".rstrip()
            yield Row("format drift", WARN, f"{told}: {facts}; kept", "upgrade fluxmirror")
