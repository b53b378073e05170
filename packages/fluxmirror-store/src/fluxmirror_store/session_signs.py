"""What is known of sessions that have an odd call: whether hooks told of them, and how far they go.

Nearly all go on behind their odd calls, and one look at an index tells so. Only of the others it is
asked when exactly the last was heard.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.analysis.told_calls import FILES, HOOKS, SessionSigns
from fluxmirror_core.event import ANSWERED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from fluxmirror_core.analysis.told_calls import AgentSigns, OddCall

_DAY_MS: Final = 86_400_000
_LONG_MS: Final = 3_600_000
"""Hardly a call runs longer: what began so long before the last that began has ended before it."""
_IS_HOOKED: Final = "sources <> 'transcript' AND schema_version > 1"
"""Rows of older programs are no sign that these hooks were there."""
_OF_SESSION: Final = "FROM event WHERE session = :session AND agent = :agent"
_OF_ITS_FILE: Final = f"{_OF_SESSION} AND phases & {FILES}"
_LAST: Final = "SELECT max(max(coalesce(ended_ms, ts_ms), ts_ms))"
# Each looks at one end of the session alone: one of a day has thousands of events.
_SESSION: Final = f"""
SELECT EXISTS (SELECT 1 {_OF_SESSION} AND {_IS_HOOKED}), (SELECT min(ts_ms) {_OF_SESSION}),
    (SELECT max(ts_ms) {_OF_ITS_FILE}), (SELECT max(ts_ms) {_OF_SESSION})
"""
_ENDS: Final = f"""
SELECT ({_LAST} {_OF_ITS_FILE} AND ts_ms >= (SELECT max(ts_ms) {_OF_ITS_FILE}) - {_LONG_MS}),
    ({_LAST} {_OF_SESSION} AND ts_ms >= (SELECT max(ts_ms) {_OF_SESSION}) - {_LONG_MS})
"""
_RESPONSES: Final = """
SELECT agent, session, max(ts_ms) FROM response
WHERE ts_ms BETWEEN ? AND ? AND session IN (SELECT value FROM json_each(?))
GROUP BY agent, session
"""
STATEMENTS: Final = (_SESSION, _ENDS)


class _Name(NamedTuple):
    """What a session is known by."""

    agent: str
    session: str


def is_about_files(call: OddCall) -> bool:
    """Tell whether a call, or its end, may be missing in a session file."""
    return bool(call.phases & HOOKS and not call.phases & ANSWERED)


def session_signs(
    db: sqlite3.Connection, odd: Iterable[OddCall], agents: Mapping[str, AgentSigns]
) -> dict[tuple[str, str], SessionSigns]:
    """Look at the sessions of odd calls.

    Args:
        db: in a transaction.
        odd: calls of which something may be missing.
        agents: what is known of their agents.

    Returns:
        By agent and session.
    """
    named = [(_Name(call.agent, call.session), call) for call in odd if call.session]
    signs: dict[tuple[str, str], SessionSigns] = {
        name: _begun(db, name, agents[name.agent].hooked_ms)
        for name in sorted({name for name, _ in named})
    }
    about_files = [(name, call) for name, call in named if is_about_files(call)]
    ends = [(name, call) for name, call in about_files if _may_end(signs[name], call)]
    if ends:
        names = {name for name, _ in ends}
        # Whether a file tells anything at all is told by its earlier responses too.
        is_told = all(signs[name].filed_ms is not None for name in names)
        responded = _responded(db, names, [call for _, call in (ends if is_told else about_files)])
        for name in names:
            signs[name] = _ended(db, name, signs[name], responded.get(name))
    return signs


def _may_end(signs: SessionSigns, call: OddCall) -> bool:
    """Tell whether a session's file may hold nothing behind a call."""
    return signs.filed_ms is None or signs.filed_ms <= call.ended_ms


def _begun(db: sqlite3.Connection, name: _Name, heard_ms: int | None) -> SessionSigns:
    """Look at a session; its last is when the last call began, though an earlier may end later."""
    row = db.execute(_SESSION, name._asdict()).fetchone()
    is_hooked, began_ms, filed_ms, last_ms = row
    is_early = not is_hooked and (heard_ms is None or heard_ms >= began_ms)
    return SessionSigns(bool(is_hooked), is_early, filed_ms, last_ms)


def _ended(
    db: sqlite3.Connection, name: _Name, signs: SessionSigns, answered_ms: int | None
) -> SessionSigns:
    """Look when a session ended; a response may be the last of it."""
    filed_ms, last_ms = db.execute(_ENDS, name._asdict()).fetchone()
    if answered_ms is not None:
        filed_ms = answered_ms if filed_ms is None else max(filed_ms, answered_ms)
        last_ms = max(last_ms, answered_ms)
    return signs._replace(filed_ms=filed_ms, last_ms=last_ms)


def _responded(
    db: sqlite3.Connection, names: Iterable[_Name], odd: Sequence[OddCall]
) -> dict[tuple[str, str], int]:
    """Give when each session's file last told of a response, as far as that may matter."""
    first_ms = min(call.ts_ms for call in odd)
    last_ms = max(call.ended_ms for call in odd) + _DAY_MS
    sessions = json.dumps(sorted({name.session for name in names}))
    found = db.execute(_RESPONSES, (first_ms, last_ms, sessions))
    return {(agent, session): ts_ms for agent, session, ts_ms in found}
