"""Who told of which calls: counted by SQL; only those that may lack something are read."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.told_calls import (
    FILES,
    HOOKS,
    AgentSigns,
    Gap,
    OddCall,
    PhaseCount,
    ReadFile,
    SessionSigns,
    ToldCalls,
)
from fluxmirror_core.event import AFTER, ANSWERED, ASKED, BEFORE, Kind, Outcome

from fluxmirror_store.importing.sources import CALLS, stored_path
from fluxmirror_store.queries import snapshot

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fluxmirror_store.importing.session_files import SessionFile
    from fluxmirror_store.queries import Window

_ALL: Final = BEFORE | AFTER | ASKED | ANSWERED
_NS_PER_MS: Final = 1_000_000
_DAY_MS: Final = 86_400_000
_LONG_MS: Final = 3_600_000
"""Hardly a call runs longer: what began so long before the last that began has ended before it."""

_COUNTED: Final = f"""
kind = '{Kind.TOOL_CALL}' AND self_noise = 0 AND ts_ms >= :start_ms AND ts_ms < :end_ms
"""
_COUNTS: Final = f"""
SELECT agent, phases, count(*) FROM event
WHERE {_COUNTED} AND agent <> :hidden AND agent = coalesce(:agent, agent)
GROUP BY agent, phases ORDER BY agent, phases
"""
_IS_EARLY: Final = f"phases & {HOOKS} = 0 AND ts_ms < :hooked_ms"
_EARLY: Final = f"""
SELECT count(*) FROM event WHERE agent = :agent AND {_COUNTED} AND phases > 0 AND {_IS_EARLY}
"""
_IS_HOOKED: Final = "sources <> 'transcript' AND schema_version > 1"
"""Rows of older programs are no sign that these hooks were there."""
_FIRST_HEARD: Final = "SELECT first_ms FROM heard WHERE agent = ?"
_ODD: Final = f"""
SELECT agent, ts_ms, max(coalesce(ended_ms, ts_ms), ts_ms), session, subagent, call_id, tool,
    coalesce(detail, ''), cwd, outcome, exit_code, phases
FROM event
WHERE agent = :agent AND {_COUNTED} AND phases > 0 AND phases & {_ALL} <> {_ALL}
AND NOT ({_IS_EARLY})
AND CASE
    WHEN phases & {FILES} = 0 THEN :has_files
    WHEN phases & {HOOKS} = 0 THEN 1
    WHEN phases & {BEFORE | AFTER} = {AFTER} THEN 1
    WHEN phases & {AFTER} THEN phases & {ASKED | ANSWERED} = {ASKED}
    ELSE phases & {ANSWERED} AND outcome IN ('{Outcome.OK}', '{Outcome.FAILED}')
END
ORDER BY ts_ms, id
"""
_OF_SESSION: Final = "FROM event WHERE session = :session AND agent = :agent"
_OF_ITS_FILE: Final = f"{_OF_SESSION} AND phases & {FILES}"
_LAST: Final = "SELECT max(max(coalesce(ended_ms, ts_ms), ts_ms))"
# Each looks at one end of the session alone: one of a day has thousands of events.
_SESSION: Final = f"""
SELECT EXISTS (SELECT 1 {_OF_SESSION} AND {_IS_HOOKED}),
    (SELECT min(ts_ms) {_OF_SESSION}),
    ({_LAST} {_OF_SESSION} AND ts_ms >= (SELECT max(ts_ms) {_OF_SESSION}) - {_LONG_MS}),
    ({_LAST} {_OF_ITS_FILE} AND ts_ms >= (SELECT max(ts_ms) {_OF_ITS_FILE}) - {_LONG_MS})
"""
_RESPONSES: Final = """
SELECT agent, session, max(ts_ms) FROM response WHERE ts_ms BETWEEN ? AND ? GROUP BY agent, session
"""
_WITH_FILES: Final = "SELECT DISTINCT agent FROM source"
_FILES: Final = """
SELECT s.agent, s.path, r.mtime_ns
FROM source AS s LEFT JOIN reading AS r ON r.source_id = s.id AND r.what = ?
"""
_IS_TOLD: Final = f"""
SELECT EXISTS (
    SELECT 1 FROM event
    WHERE agent = :agent AND ts_ms BETWEEN :first_ms AND :last_ms AND kind = '{Kind.TOOL_CALL}'
    AND phases & :phases AND (:session IS NULL OR session = :session)
    AND (:failed IS NULL OR (outcome IS '{Outcome.FAILED}') = :failed))
"""
STATEMENTS: Final = (_COUNTS, _EARLY, _ODD, _SESSION, _IS_TOLD)


def told_calls(
    db: sqlite3.Connection, wanted: Window, unread: Callable[[], Iterable[SessionFile]]
) -> ToldCalls:
    """Ask who told of the calls of a window, of one state of the database.

    Args:
        db: open for reading, outside of a transaction.
        wanted: which calls.
        unread: gives the session files that hold more than was read; asked only if that matters.
    """
    with snapshot(db):
        counts = [PhaseCount(*row) for row in db.execute(_COUNTS, wanted._asdict())]
        with_files = {agent for (agent,) in db.execute(_WITH_FILES)}
        by_agent = {agent: list(own) for agent, own in groupby(counts, lambda one: one.agent)}
        agents = {
            agent: _signs(db, wanted, own, has_files=agent in with_files)
            for agent, own in by_agent.items()
        }
        odd = [
            call
            for agent, own in by_agent.items()
            for call in _odd_calls(db, wanted, own, agents[agent])
        ]
        of_files = [call for call in odd if _is_about_files(call)]
        files = _read_files(db, unread()) if of_files else []
        responded = _responded(db, of_files) if of_files else {}
        return ToldCalls(counts, agents, odd, _sessions(db, odd, responded), files)


def is_told(db: sqlite3.Connection, gap: Gap) -> bool:
    """Tell whether in a stretch of time anybody told of a call what others lack."""
    return bool(db.execute(_IS_TOLD, gap._asdict()).fetchone()[0])


def _signs(
    db: sqlite3.Connection, wanted: Window, counts: Sequence[PhaseCount], *, has_files: bool
) -> AgentSigns:
    """Look since when an agent's hooks are heard, and what was before.

    Args:
        db: open for reading.
        wanted: which calls.
        counts: those of the agent.
        has_files: whether any session file of it is known.
    """
    agent = counts[0].agent
    hooked_ms = _first_heard(db, agent)
    if hooked_ms is None or hooked_ms >= wanted.end_ms:
        alone = (count.calls for count in counts if count.phases and not count.phases & HOOKS)
        return AgentSigns(hooked_ms, sum(alone), has_files)
    early = 0
    if hooked_ms >= wanted.start_ms:
        early = db.execute(_EARLY, _values(wanted, agent, hooked_ms)).fetchone()[0]
    return AgentSigns(hooked_ms, early, has_files)


def _first_heard(db: sqlite3.Connection, agent: str) -> int | None:
    found = db.execute(_FIRST_HEARD, (agent,)).fetchone()
    return found[0] if found else None


def _odd_calls(
    db: sqlite3.Connection, wanted: Window, counts: Sequence[PhaseCount], signs: AgentSigns
) -> list[OddCall]:
    """Read calls that may lack something, where the counts say that there are any."""
    odd = sum(count.calls for count in counts if count.phases and count.phases & _ALL != _ALL)
    if odd == signs.early:
        return []
    values = {**_values(wanted, counts[0].agent, signs.hooked_ms), "has_files": signs.has_files}
    return [OddCall(*row) for row in db.execute(_ODD, values)]


def _values(wanted: Window, agent: str, hooked_ms: int | None) -> dict[str, object]:
    never = wanted.end_ms
    return {
        **wanted._asdict(),
        "agent": agent,
        "hooked_ms": never if hooked_ms is None else hooked_ms,
    }


def _read_files(db: sqlite3.Connection, unread: Iterable[SessionFile]) -> list[ReadFile]:
    """Give every session file the database knows, and how far its calls are read."""
    more = {stored_path(file.path) for file in unread}
    return [
        ReadFile(
            agent,
            path,
            read_ms=mtime_ns // _NS_PER_MS if mtime_ns else None,
            # One of which there is more is noted without a time.
            is_whole=bool(mtime_ns) and path not in more,
        )
        for agent, path, mtime_ns in db.execute(_FILES, (CALLS,))
    ]


def _is_about_files(call: OddCall) -> bool:
    return bool(call.phases & HOOKS and not call.phases & ANSWERED)


def _sessions(
    db: sqlite3.Connection, odd: Iterable[OddCall], responded: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], SessionSigns]:
    wanted = {(call.agent, call.session) for call in odd if call.session}
    signs = {}
    for agent, session in sorted((agent, session or "") for agent, session in wanted):
        row = db.execute(_SESSION, {"session": session, "agent": agent}).fetchone()
        is_hooked, began_ms, last_ms, filed_ms = row
        answered_ms = responded.get((agent, session))
        if answered_ms is not None:
            filed_ms, last_ms = max(filed_ms or 0, answered_ms), max(last_ms, answered_ms)
        heard_ms = _first_heard(db, agent)
        is_early = not is_hooked and (heard_ms is None or heard_ms >= began_ms)
        signs[agent, session] = SessionSigns(bool(is_hooked), is_early, filed_ms, last_ms)
    return signs


def _responded(db: sqlite3.Connection, odd: Sequence[OddCall]) -> dict[tuple[str, str], int]:
    """Give when each session's file last told of a response, as far as that may matter."""
    first_ms = min(call.ts_ms for call in odd)
    last_ms = max(call.ended_ms for call in odd) + _DAY_MS
    found = db.execute(_RESPONSES, (first_ms, last_ms))
    return {(agent, session): ts_ms for agent, session, ts_ms in found}
