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
from fluxmirror_core.messages import counted, message
from fluxmirror_store import aside, tally
from fluxmirror_store.checkpoint import wal_bytes
from fluxmirror_store.database import connect_to_read, is_outdated, newest_version
from fluxmirror_store.health_queries import free_bytes
from fluxmirror_store.indexes import missing_indexes
from fluxmirror_store.migrations import schema_version
from fluxmirror_store.queries import event_count
from fluxmirror_store.retention import marked_ms

from fluxmirror_cli.health.clauses import about, joined, named
from fluxmirror_cli.health.evidence import UNREADABLE
from fluxmirror_cli.health.row import ERROR, OFF, OK, UPGRADE, WARN, Row, size
from fluxmirror_cli.health.sums import examine_sums

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from fluxmirror_core.messages import Sayable
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
        yield Row("database", OFF, message("doctor_records.no_database", path=path), facts=facts)
        return
    if is_outdated(path):
        told = about(path, message("doctor_records.older_shape"))
        yield Row("database", WARN, told, message("doctor_records.drain_upgrades"), facts)
        return
    try:
        with closing(connect_to_read(path)) as db:
            yield from _opened(db, path)
            yield from examine_sums(db, places.logs)
    except UNREADABLE as error:
        sentence = error.sentence if isinstance(error, FluxMirrorError) else str(error)
        yield Row("database", ERROR, sentence, _remedy(error), facts)


def _remedy(error: Exception) -> Sayable:
    """Give an error's hint, unless it sends people to where they are."""
    hint = error.hint if isinstance(error, FluxMirrorError) else ""
    return "" if "fluxmirror doctor" in str(hint) else hint


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
    told = about(path, joined(_figures(events, size_bytes, free, log, version)))
    if version > newest_version():
        newer = about(told, message("doctor_records.newer"))
        yield Row("database", WARN, newer, UPGRADE, facts)
    elif lacking := missing_indexes(db):
        facts["missing_indexes"] = list(lacking)
        told = about(told, message("doctor_records.lacking", indexes=named(lacking)))
        yield Row("database", WARN, told, message("doctor_records.make_indexes"), facts)
    elif log > LONG_LOG_BYTES:
        long = about(told, message("doctor_records.long_log"))
        yield Row("database", WARN, long, message("doctor_records.end_readers"), facts)
    else:
        yield Row("database", OK, told, facts=facts)
    lines = tally.tallied(db)
    yield from _losses(lines)
    yield from _clock(db)
    yield from _oddities(lines)


def _figures(events: int, size_bytes: int, free: int, log: int, version: int) -> Iterator[Sayable]:
    yield counted("unit.events", events)
    if free > _WORTH_TELLING * size_bytes:
        yield message("doctor_records.size_free", size=size(size_bytes), free=size(free))
    else:
        yield size(size_bytes)
    if log:
        yield message("doctor_records.log", size=size(log))
    yield message("doctor_records.schema", version=version)


def _losses(lines: list[tally.Tallied]) -> Iterator[Row]:
    """Tell what did not come in whole, ever since the database was made."""
    totals: Counter[str] = Counter()
    for line in lines:
        totals[line.kind] += line.times
    if torn := totals[tally.TORN]:
        yield Row("torn", WARN, counted("doctor_records.torn", torn), facts={"events": torn})
    if recovered := totals[tally.RECOVERED]:
        told = counted("doctor_records.recovered", recovered)
        yield Row("recovered", OK, told, facts={"files": recovered})
    if bad := totals[tally.BAD]:
        told = counted("doctor_records.bad_ever", bad)
        yield Row("bad ever", OK, told, facts={"payloads": bad})
    if pruned := totals[tally.PRUNED]:
        told = counted("doctor_records.pruned", pruned, kept=f"{aside.KEPT:,}")
        yield Row("pruned", WARN, told, facts={"payloads": pruned})


def _clock(db: sqlite3.Connection) -> Iterator[Row]:
    """Tell when something was pruned by a clock that is not the one of now."""
    at_ms = marked_ms(db)
    if at_ms is None or at_ms <= time.time_ns() // 1_000_000 + _SKEW_MS:
        return
    day = datetime.fromtimestamp(at_ms / 1000, UTC).date()
    told = message("doctor_records.clock", date=day)
    yield Row("clock", ERROR, told, message("doctor_records.set_clock"), {"pruned_ms": at_ms})


def _oddities(lines: list[tally.Tallied]) -> Iterator[Row]:
    """Tell what an agent sent that is not kept as it came, or was not to be expected."""
    for line in lines:
        agent = BY_ID[line.agent].name if line.agent in BY_ID else line.agent
        facts = {"agent": line.agent, "times": line.times, "last_ms": line.last_ms}
        if line.kind == tally.UNDECODABLE:
            told = about(agent, counted("doctor_records.undecodable", line.times))
            yield Row("payloads", OK, told, facts=facts)
        elif line.kind == tally.OFF:
            told = about(agent, counted("doctor_records.not_kept", line.times))
            yield Row("not kept", OK, told, facts=facts)
        elif line.kind == tally.SLOW_PATTERN:
            told = about(agent, counted("doctor_records.slow_pattern", line.times))
            yield Row("slow pattern", WARN, told, message("doctor_records.show_patterns"), facts)
        elif line.kind == tally.UNKNOWN_EVENT:
            odd = counted("doctor_records.unknown_event", line.times, event=repr(line.name))
            told = about(f"{agent} {line.version}".rstrip(), odd)
            facts |= {"event": line.name, "agent_version": line.version or None}
            yield Row("format drift", WARN, told, UPGRADE, facts)
