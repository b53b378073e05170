"""What doctor says of the hours that reports are made of: which wait to be added up, and why."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core import journal
from fluxmirror_core.messages import counted, message
from fluxmirror_store.health_queries import waiting_hours

from fluxmirror_cli.health.clauses import besides
from fluxmirror_cli.health.elapsed import ago
from fluxmirror_cli.health.row import OK, WARN, Row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_DAY_MS: Final = 86_400_000


def examine_sums(db: sqlite3.Connection, logs: str) -> Iterator[Row]:
    """Count the hours in which something changed since they were added up.

    Reports count these themselves, so that no figure is wrong, but they take longer. Every report
    and every drain tries all that wait: a failure that nobody met again for a day is over.
    """
    waiting = waiting_hours(db)
    if waiting is None:
        return
    told = counted("doctor_records.hours", waiting.hours)
    now_ms = time.time_ns() // 1_000_000
    failed_ms, reason = journal.newest(logs, journal.SUMS) or (None, None)
    if failed_ms is not None and failed_ms < now_ms - _DAY_MS:
        failed_ms, reason = None, None
    facts = {**waiting._asdict(), "failed_ms": failed_ms, "reason": reason}
    if failed_ms is None:
        yield Row("sums", OK, told, message("doctor_records.next_report_adds"), facts)
        return
    when = ago(failed_ms, now_ms)
    failed = message("doctor_records.adding_failed", ago=when, reason=reason)
    remedy = message("doctor_records.add_again", path=os.path.join(logs, journal.NAME))
    yield Row("sums", WARN, besides(told, failed), remedy, facts)
