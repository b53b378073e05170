"""What doctor says of the database, and of what was counted beside the events."""

from __future__ import annotations

import os
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.errors import FluxMirrorError
from fluxmirror_store import aside, tally
from fluxmirror_store.checkpoint import wal_bytes
from fluxmirror_store.database import connect_to_read, is_outdated, newest_version
from fluxmirror_store.health_queries import free_bytes
from fluxmirror_store.migrations import schema_version
from fluxmirror_store.queries import event_count
from fluxmirror_store.retention import marked_ms

from fluxmirror_cli.health.evidence import UNREADABLE
from fluxmirror_cli.health.row import ERROR, OFF, OK, WARN, Row, size
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

LONG_LOG_BYTES: Final = 256 << 20
"""The write-ahead log is a sixteenth of this before it is brought into the database."""
_SKEW_MS: Final = 60_000
"""So much a clock may be put right by."""
_WORTH_TELLING: Final = 0.1
"""Of a file that is empty: deleting leaves it, and later rows fill it."""


def examine_database(places: Places) -> Iterator[Row]:
    """Look whether the database can be used, and at what it counts."""
    path = places.database
    facts = {"path": path}
    if not os.path.exists(path):
        yield Row("database", OFF, f"none yet; the first event makes {path}", facts=facts)
        return
    if is_outdated(path):
        remedy = "`fluxmirror drain` upgrades it"
        yield Row("database", WARN, f"{path}: an older shape", remedy, facts)
        return
    try:
        with closing(connect_to_read(path)) as db:
            yield from _opened(db, path)
    except UNREADABLE as error:
        yield Row("database", ERROR, str(error), _remedy(error), facts)


def _remedy(error: Exception) -> str:
    """Give an error's hint, unless it sends people to where they are."""
    hint = str(error.hint) if isinstance(error, FluxMirrorError) else ""
    return "" if "fluxmirror doctor" in hint else hint


def _opened(db: sqlite3.Connection, path: str) -> Iterator[Row]:
    events, version = event_count(db), schema_version(db)
    size_bytes, log, free = os.path.getsize(path), wal_bytes(path), free_bytes(db)
    facts = {
        "path": path,
        "events": events,
        "size_bytes": size_bytes,
        "wal_bytes": log,
        "free_bytes": free,
        "schema": version,
        "newest_schema": newest_version(),
    }
    told = f"{path}: {counted(events, 'event')}, {size(size_bytes)}"
    if free > _WORTH_TELLING * size_bytes:
        told += f" ({size(free)} of it free)"
    told += f", log {size(log)}" if log else ""
    told += f", schema {version}"
    if version > newest_version():
        yield Row("database", WARN, f"{told}: newer than this program", "upgrade fluxmirror", facts)
    elif log > LONG_LOG_BYTES:
        remedy = "end what reads it for hours, then run `fluxmirror drain`"
        yield Row("database", WARN, f"{told}: the log is long", remedy, facts)
    else:
        yield Row("database", OK, told, facts=facts)
    lines = tally.tallied(db)
    yield from _losses(lines)
    yield from _clock(db)
    yield from _oddities(lines)


def _losses(lines: list[tally.Tallied]) -> Iterator[Row]:
    """Tell what did not come in whole, ever since the database was made."""
    totals: Counter[str] = Counter()
    for line in lines:
        totals[line.kind] += line.times
    if torn := totals[tally.TORN]:
        told = f"{counted(torn, 'event')} arrived in part; kept as torn"
        yield Row("torn", WARN, told, facts={"events": torn})
    if recovered := totals[tally.RECOVERED]:
        told = f"{counted(recovered, 'torn file')} held a whole event; recorded"
        yield Row("recovered", OK, told, facts={"files": recovered})
    if bad := totals[tally.BAD]:
        told = f"{counted(bad, 'payload')} set aside in all this time"
        yield Row("bad ever", OK, told, facts={"payloads": bad})
    if pruned := totals[tally.PRUNED]:
        told = f"{counted(pruned, 'payload')} deleted"
        kept = f"of what is set aside the newest {aside.KEPT:,} are kept"
        yield Row("pruned", WARN, f"{told}: {kept}", facts={"payloads": pruned})


def _clock(db: sqlite3.Connection) -> Iterator[Row]:
    """Tell when something was pruned by a clock that is not the one of now."""
    at_ms = marked_ms(db)
    if at_ms is None or at_ms <= time.time_ns() // 1_000_000 + _SKEW_MS:
        return
    day = datetime.fromtimestamp(at_ms / 1000, UTC).date()
    told = f"what was old on {day} was deleted, and that day has not come yet"
    remedy = "set the clock; `fluxmirror prune --lift` has session files tell once more"
    yield Row("clock", ERROR, told, remedy, {"pruned_ms": at_ms})


def _oddities(lines: list[tally.Tallied]) -> Iterator[Row]:
    """Tell what an agent sent that is not kept as it came, or was not to be expected."""
    for line in lines:
        agent = BY_ID[line.agent].name if line.agent in BY_ID else line.agent
        facts = {"agent": line.agent, "times": line.times, "last_ms": line.last_ms}
        if line.kind == tally.UNDECODABLE:
            payloads = counted(line.times, "payload")
            told = f"{agent}: {payloads} with bytes that are no UTF-8"
            yield Row("payloads", OK, told, facts=facts)
        elif line.kind == tally.OFF:
            told = f"{agent}: {counted(line.times, 'event')} not kept, as you wish"
            yield Row("not kept", OK, told, facts=facts)
        elif line.kind == tally.SLOW_PATTERN:
            values = counted(line.times, "value")
            told = f"{agent}: {values} masked whole: a pattern of yours took too long"
            remedy = "`fluxmirror config explain redaction.patterns` shows them"
            yield Row("slow pattern", WARN, told, remedy, facts)
        elif line.kind == tally.UNKNOWN_EVENT:
            odd = f"{counted(line.times, 'event')} of an unknown kind, {line.name!r}"
            told = f"{agent} {line.version}".rstrip()
            facts |= {"event": line.name, "agent_version": line.version or None}
            yield Row("format drift", WARN, f"{told}: {odd}; kept", "upgrade fluxmirror", facts)
