"""What doctor says of coverage: agents whose hooks are silent while they work, and losses."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.analysis.losses import HOOKED_LATER, NEVER_HOOKED
from fluxmirror_core.errors import FluxMirrorError
from fluxmirror_core.period import Period, local_date
from fluxmirror_core.report.coverage import coverage_line
from fluxmirror_store.coverage_queries import hooked_before
from fluxmirror_store.database import connect_to_read, is_outdated

from fluxmirror_cli.configured import chosen_catalog
from fluxmirror_cli.covered import covered, hooks_told_ms, unread_files
from fluxmirror_cli.health_row import OK, WARN, Row, duration
from fluxmirror_cli.registration.agent_home import BY_ID, CODEX, name_of
from fluxmirror_cli.registration.settings_file import RegistrationError
from fluxmirror_cli.registration.situation import survey
from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.analysis.coverage import Coverage
    from fluxmirror_core.paths import Places

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.situation import Situation

_DAY_MS: Final = timedelta(days=1) // timedelta(milliseconds=1)
_WEEK_MS: Final = 7 * _DAY_MS
_COMPONENT: Final = "coverage"


def examine_coverage(places: Places) -> Iterator[Row]:
    """Look at what both sources told of late; nothing is drained or imported."""
    if not os.path.exists(places.database) or is_outdated(places.database):
        return
    try:
        with closing(connect_to_read(places.database)) as db:
            now_ms = time.time_ns() // 1_000_000
            yield from _silent_agents(db, places, now_ms)
            week = covered(db, _period(now_ms - _WEEK_MS, now_ms), None, is_usual=True)
        yield from _week(week, places, now_ms)
    except (FluxMirrorError, OSError, sqlite3.Error):
        return  # the database's own row says why


def _silent_agents(db: sqlite3.Connection, places: Places, now_ms: int) -> Iterator[Row]:
    try:
        situation = survey(os.environ, sys.platform)
        registered = {agent.id: _registered_ms(agent, situation) for agent in BY_ID.values()}
    except RegistrationError:
        return  # the agents' own row says why
    until_ms = hooks_told_ms(places)
    for agent, since_ms in registered.items():
        first_ms = None if since_ms is None else max(since_ms, now_ms - _DAY_MS)
        if first_ms is not None and first_ms < until_ms:
            yield from _silent(db, agent, _period(first_ms, until_ms))


def _silent(db: sqlite3.Connection, agent: str, period: Period) -> Iterator[Row]:
    """Warn of an agent that worked in a period in which no hook of it was heard."""
    heard_ms = hooked_before(db, agent, period.end_ms)
    if heard_ms is not None and heard_ms >= period.start_ms:
        return
    missed = _missed(covered(db, period, agent, is_usual=True))
    if missed:
        calls = counted(missed, "call")
        facts = f"{name_of(agent)} made {calls} in the last 24 hours that none of its hooks told of"
        yield Row(_COMPONENT, WARN, facts, _remedy(agent))


def _missed(coverage: Coverage) -> int:
    """Count the calls that hooks should have told of, had they been there."""
    unheard = (NEVER_HOOKED, HOOKED_LATER)
    explained = sum(one.calls for one in coverage.explained if one.reason in unheard)
    return explained + coverage.total.unexplained


def _remedy(agent: str) -> str:
    trust = " has it trust our hooks" if agent == CODEX else " registers them anew"
    return (
        f"`fluxmirror agents list` tells more, `fluxmirror install {agent}`{trust}; start it anew"
    )


def _registered_ms(agent: AgentHome, situation: Situation) -> int | None:
    """Give when our hooks were last changed in an agent; None when it has none."""
    standing = situation.standing(agent)
    if standing.registered in {"no", "disabled"}:
        return None
    own = [standing.plugin.directory] if standing.plugin else []
    if standing.entries:
        own.append(agent.settings_path(situation.env))
    return max((_changed_ms(path) for path in own), default=0)


def _changed_ms(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns // 1_000_000
    except OSError:
        return 0


def _week(week: Coverage, places: Places, now_ms: int) -> Iterator[Row]:
    if not week.total.calls:
        return
    if week.findings:
        losses = "1 loss" if len(week.findings) == 1 else f"{len(week.findings):,} losses"
        facts = f"{losses} in the last 7 days that nothing explains"
        yield Row(_COMPONENT, WARN, facts, "`fluxmirror coverage` names them")
    elif line := coverage_line(week, chosen_catalog()).removeprefix(f"{_COMPONENT}: "):
        yield Row(_COMPONENT, OK, f"{line}, in the last 7 days{_unread(places, now_ms)}")


def _unread(places: Places, now_ms: int) -> str:
    """Say when session files changed that were not read since."""
    waiting = unread_files(places)
    if not waiting:
        return ""
    age_s = max(now_ms - max(file.mtime_ns for file in waiting) // 1_000_000, 0) / 1000
    return f"; session files changed since they were read, the last {duration(age_s)} ago"


def _period(start_ms: int, end_ms: int) -> Period:
    zone = ZoneInfo("UTC")
    return Period(start_ms, end_ms, local_date(start_ms, zone), local_date(end_ms, zone), zone.key)
