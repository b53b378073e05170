"""What is known of sessions that have an odd call: whether hooks told of them, and how far they go.

Nearly all go on behind their odd calls, and one look at an index tells so. Only of the others it is
asked when exactly the last was heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.told_calls import FILES, HOOKS, FileSigns, HookSigns
from fluxmirror_core.event import ANSWERED
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from fluxmirror_core.analysis.told_calls import AgentSigns, OddCall

_LONG_MS: Final = 3_600_000
"""Hardly a call runs longer: what began so long before the last that began has ended before it."""
_RESUMED_MS: Final = 86_400_000
"""So long after a call, its session may be taken up again, by an answer without any call."""
_OF_SESSION: Final = "FROM event WHERE session = :session AND agent = :agent"
_OF_ITS_FILE: Final = f"{_OF_SESSION} AND phases & {FILES}"
_LAST: Final = "SELECT max(max(coalesce(ended_ms, ts_ms), ts_ms))"
# Rows of older programs are no sign that these hooks were there.
_IS_HOOKED: Final = f"""
SELECT EXISTS (SELECT 1 {_OF_SESSION} AND sources <> 'transcript' AND schema_version > 1)
"""
_BEGAN: Final = f"SELECT min(ts_ms) {_OF_SESSION}"
# Each looks at one end of the session alone: one of a day has thousands of events.
_BEGUN_LAST: Final = f"""
SELECT (SELECT max(ts_ms) {_OF_ITS_FILE}), (SELECT max(ts_ms) {_OF_SESSION})
"""
_ENDS: Final = f"""
SELECT ({_LAST} {_OF_ITS_FILE} AND ts_ms >= (SELECT max(ts_ms) {_OF_ITS_FILE}) - {_LONG_MS}),
    ({_LAST} {_OF_SESSION} AND ts_ms >= (SELECT max(ts_ms) {_OF_SESSION}) - {_LONG_MS})
"""
# By the time, in an index that knows sessions too: one of sessions would take a quarter of what it
# takes to add a response.
_RESPONDED: Final = """
SELECT max(ts_ms) FROM response
WHERE ts_ms BETWEEN :first_ms AND :last_ms AND session = :session AND +agent = :agent
"""
STATEMENTS: Final = (_IS_HOOKED, _BEGAN, _BEGUN_LAST, _ENDS, _RESPONDED)


class _Name(NamedTuple):
    """What a session is known by."""

    agent: str
    session: str


def hook_signs(
    db: sqlite3.Connection, odd: Iterable[OddCall], agents: Mapping[str, AgentSigns]
) -> dict[tuple[str, str], HookSigns]:
    """Look at the sessions of calls that no hook told of.

    Args:
        db: in a transaction.
        odd: calls of which something may be missing; others than those change nothing.
        agents: what is known of their agents.

    Returns:
        By agent and session.
    """
    names = {
        _Name(call.agent, call.session) for call in odd if call.session and not call.phases & HOOKS
    }
    return {name: _hooked(db, name, agents[name.agent].hooked_ms) for name in sorted(names)}


def file_signs(db: sqlite3.Connection, odd: Iterable[OddCall]) -> dict[tuple[str, str], FileSigns]:
    """Look at the sessions of calls that may lack something in a session file.

    Args:
        db: in a transaction.
        odd: as `hook_signs` has it.

    Returns:
        By agent and session.
    """
    named = [
        (_Name(call.agent, call.session), call)
        for call in odd
        if call.session and is_about_files(call)
    ]
    signs: dict[tuple[str, str], FileSigns] = {
        name: _begun_last(db, name) for name in sorted({name for name, _ in named})
    }
    at_end: dict[_Name, list[OddCall]] = {}
    for name, call in named:
        if _may_end(signs[name], call):
            at_end.setdefault(name, []).append(call)
    signs.update({name: _ended(db, name, calls) for name, calls in at_end.items()})
    return signs


def is_about_files(call: OddCall) -> bool:
    """Tell whether a call, or its end, may be missing in a session file."""
    return bool(call.phases & HOOKS and not call.phases & ANSWERED)


def _hooked(db: sqlite3.Connection, name: _Name, heard_ms: int | None) -> HookSigns:
    if db.execute(_IS_HOOKED, name._asdict()).fetchone()[0]:
        return HookSigns(is_hooked=True, is_early=False)
    began_ms = db.execute(_BEGAN, name._asdict()).fetchone()[0]
    return HookSigns(is_hooked=False, is_early=heard_ms is None or heard_ms >= began_ms)


def _begun_last(db: sqlite3.Connection, name: _Name) -> FileSigns:
    """Look when a session's last call began, though an earlier may end later."""
    return FileSigns(*db.execute(_BEGUN_LAST, name._asdict()).fetchone())


def _may_end(signs: FileSigns, call: OddCall) -> bool:
    """Tell whether a session's file may hold nothing behind a call."""
    return signs.filed_ms is None or signs.filed_ms <= call.ended_ms


def _ended(db: sqlite3.Connection, name: _Name, calls: Sequence[OddCall]) -> FileSigns:
    """Look when a session ended; a response around these calls, or later, may be the last."""
    filed_ms, last_ms = db.execute(_ENDS, name._asdict()).fetchone()
    limits = {
        "first_ms": min(call.ts_ms for call in calls) - _LONG_MS,
        "last_ms": max(call.ended_ms for call in calls) + _RESUMED_MS,
    }
    answered_ms = db.execute(_RESPONDED, {**name._asdict(), **limits}).fetchone()[0]
    if answered_ms is not None:
        filed_ms = answered_ms if filed_ms is None else max(filed_ms, answered_ms)
        last_ms = max(last_ms, answered_ms)
    return FileSigns(filed_ms, last_ms)
