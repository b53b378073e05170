"""Coverage of a period, as a database and what waits beside it tell."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.coverage import build_coverage, count_seen
from fluxmirror_core.analysis.losses import Moment
from fluxmirror_core.paths import home
from fluxmirror_store.coverage_queries import is_told, told_calls
from fluxmirror_store.importing.session_files import look_at
from fluxmirror_store.queries import window
from fluxmirror_store.spool_waiting import oldest_mtime_ns

from fluxmirror_cli.configured import here, own_settings

if TYPE_CHECKING:
    import sqlite3

    from fluxmirror_core.analysis.coverage import Coverage, Seen
    from fluxmirror_core.analysis.told_calls import ToldCalls
    from fluxmirror_core.paths import Places
    from fluxmirror_core.period import Period
    from fluxmirror_store.coverage_queries import Look
    from fluxmirror_store.importing.session_files import SessionFile

YOUNG_MS: Final = 60_000
"""A hook and a session file tell of a call within so much of each other."""


def covered(
    db: sqlite3.Connection, period: Period, agent: str | None, *, is_usual: bool
) -> Coverage:
    """Work out the coverage of a period.

    Args:
        db: open for reading.
        period: which days.
        agent: only this one; None for all.
        is_usual: whether it is the database that this machine's spool and session files go into.
    """
    told, moment = _asked(db, period, agent, is_usual=is_usual)
    return build_coverage(period, told, moment, partial(is_told, db))


def seen(db: sqlite3.Connection, period: Period, agent: str | None, *, is_usual: bool) -> Seen:
    """Count who saw what of a period, and put no findings together; as `covered` has it."""
    return count_seen(*_asked(db, period, agent, is_usual=is_usual))


def hooks_told_ms(places: Places) -> int:
    """Give up to when everything that hooks told has come into the database, in milliseconds."""
    told_ms = time.time_ns() // 1_000_000 - YOUNG_MS
    try:
        oldest_ns = oldest_mtime_ns(places.spool)
    except OSError:
        return told_ms
    return told_ms if oldest_ns is None else min(told_ms, oldest_ns // 1_000_000 - YOUNG_MS)


def _asked(
    db: sqlite3.Connection, period: Period, agent: str | None, *, is_usual: bool
) -> tuple[ToldCalls, Moment]:
    told = told_calls(db, window(db, period, agent), _look() if is_usual else _look_away)
    return told, _moment(here(), is_usual=is_usual)


def _moment(places: Places, *, is_usual: bool) -> Moment:
    now_ms = time.time_ns() // 1_000_000
    hooks_ms = hooks_told_ms(places) if is_usual else now_ms - YOUNG_MS
    return Moment(now_ms, hooks_ms, now_ms - YOUNG_MS, home(os.environ), is_usual)


def _look() -> Look:
    """Make what looks at the session files of the agents that are recorded."""
    settings = own_settings()

    def look(agent: str, path: str) -> SessionFile | None:
        return look_at(os.environ, agent, path) if settings.is_recorded(agent) else None

    return look


def _look_away(_agent: str, _path: str) -> None:
    """Look at no file: nobody reads session files into this database."""
