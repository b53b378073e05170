"""What doctor says of coverage: calls that nobody's hooks told of, and losses that have no reason.

A week of a busy machine is more than doctor has time for: of more calls than `MOST_CALLS` it looks
at the newest, and says how far back that is.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.analysis.coverage import build_coverage
from fluxmirror_core.analysis.losses import HOOKED_LATER, NEVER_HOOKED, Moment
from fluxmirror_core.messages import counted, message
from fluxmirror_core.paths import home
from fluxmirror_core.period import Period, local_date
from fluxmirror_store.coverage_queries import is_told, told_calls
from fluxmirror_store.health_queries import crowded_ms
from fluxmirror_store.queries import window

from fluxmirror_cli.covered import YOUNG_MS
from fluxmirror_cli.health.clauses import besides
from fluxmirror_cli.health.coverage_words import told_of
from fluxmirror_cli.health.elapsed import ago, duration
from fluxmirror_cli.health.evidence import UNREADABLE
from fluxmirror_cli.health.row import OK, WARN, Row
from fluxmirror_cli.registration.settings_file import RegistrationError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from fluxmirror_core.analysis.coverage import Coverage, Finding

    from fluxmirror_cli.health.evidence import Evidence

DAY_MS: Final = timedelta(days=1) // timedelta(milliseconds=1)
MOST_CALLS: Final = 10_000
_WEEK_MS: Final = 7 * DAY_MS
_COMPONENT: Final = "coverage"


def examine_coverage(evidence: Evidence) -> Iterator[Row]:
    """Look at what both sources told of late; nothing is drained or imported."""
    try:
        with evidence.reading() as db:
            if db is not None:
                week = _period(db, evidence.now_ms - _WEEK_MS, evidence.now_ms)
                yield from _told(_covered(db, evidence, week, None), evidence)
    except UNREADABLE:
        return


def missed_calls(db: sqlite3.Connection, evidence: Evidence, agent: str, since_ms: int) -> int:
    """Count the calls since a moment that hooks should have told of, had they been there.

    What waits in the spool may tell of a call still: the count ends where it begins.
    """
    if since_ms >= evidence.hooks_ms:
        return 0
    coverage = _covered(db, evidence, _period(db, since_ms, evidence.hooks_ms), agent)
    unheard = (NEVER_HOOKED, HOOKED_LATER)
    explained = sum(one.calls for one in coverage.explained if one.reason in unheard)
    return explained + coverage.total.unexplained


def _covered(
    db: sqlite3.Connection, evidence: Evidence, period: Period, agent: str | None
) -> Coverage:
    told = told_calls(db, window(db, period, agent), lambda _, path: evidence.files.get(path))
    files_ms = evidence.now_ms - YOUNG_MS
    moment = Moment(evidence.now_ms, evidence.hooks_ms, files_ms, home(os.environ))
    return build_coverage(period, told, moment, lambda gap: is_told(db, gap))


def _period(db: sqlite3.Connection, start_ms: int, end_ms: int) -> Period:
    """Give a period, cut at its beginning where more calls lie in it than can be looked at."""
    start_ms = max(start_ms, crowded_ms(db, end_ms, MOST_CALLS) or start_ms)
    zone = ZoneInfo("UTC")
    return Period(start_ms, end_ms, local_date(start_ms, zone), local_date(end_ms, zone), zone.key)


def _told(week: Coverage, evidence: Evidence) -> Iterator[Row]:
    total = week.total
    if not total.calls:
        return
    losses = _losses(week, evidence)
    span = duration((week.period.end_ms - week.period.start_ms) / 1000)
    unread = evidence.unread
    facts = {
        "since_ms": week.period.start_ms,
        "calls": total.calls,
        "losses": len(losses),
        "percent": None if total.tenths is None else total.tenths / 10,
        "unread_files": len(unread),
    }
    if losses:
        told = counted("doctor_agents.losses", len(losses), span=span)
        yield Row(_COMPONENT, WARN, told, message("doctor_agents.losses_named"), facts)
    elif line := told_of(week):
        newest_ms = max((file.mtime_ns // 1_000_000 for file in unread), default=None)
        told = message("doctor_agents.covered", told=line, span=span)
        if newest_ms is not None:
            late = message("doctor_agents.changed", ago=ago(newest_ms, evidence.now_ms))
            told = besides(told, late)
        yield Row(_COMPONENT, OK, told, facts=facts)


def _losses(week: Coverage, evidence: Evidence) -> list[Finding]:
    """Give the losses of agents that our hooks are in, without those from before they were."""
    try:
        since_ms = {one.agent: evidence.registered_ms(one.agent) for one in week.agents}
    except RegistrationError:
        return list(week.findings)
    return [
        one
        for one in week.findings
        if (first_ms := since_ms[one.agent]) is not None and one.last_ms >= first_ms
    ]
