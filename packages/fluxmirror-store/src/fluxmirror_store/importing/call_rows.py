"""Calls that session files tell of → the events they are: those of the hooks, or new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.wire.identity import digest

from fluxmirror_store.writer import join_rows, stored_uids, write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from fluxmirror_core.event import AgentEvent

_SESSIONS: Final = "SELECT key, session FROM response WHERE agent = ? AND key IN"
_KNOWN: Final = "SELECT response_key, call_id, uid FROM event WHERE response_key IN"
_CALLS_OF: Final = """
SELECT id, call_id FROM event WHERE response_key = ? AND agent = ? AND sources = 'transcript'
"""
_MOVE: Final = "UPDATE OR IGNORE event SET session = ?, uid = ? WHERE id = ?"
_VARIABLES: Final = 900
"""Most variables of one statement: every SQLite takes 999."""


def call_uid(session: str | None, call_id: str) -> bytes:
    """Give the identity of a call that has an id, as the hooks' reader does."""
    return digest("call", session or "", call_id)


def write_calls(db: sqlite3.Connection, calls: Iterable[AgentEvent]) -> int:
    """Write calls inside the caller's transaction, each into the row that is there already.

    A fork or a copy of a file tells of a call once more: it is the one that the same response
    asked for. It belongs to the session whose hooks saw it, or else to the response's.

    Returns:
        How many became new rows.
    """
    told = list(calls)
    sessions = _sessions_of(db, told)
    asked = _known_asked(db, told)
    hooked = stored_uids(db, told)
    placed = []
    for event in told:
        known = asked.get(_Asked(event.response_key, event.call_id))
        if event.uid in hooked:
            if known is not None and known != event.uid:
                join_rows(db, event.uid, known)
            placed.append(event)
        elif known is not None:
            placed.append(event._replace(uid=known))
        else:
            placed.append(_placed(event, sessions))
    return len(write_events(db, placed))


def move_calls(db: sqlite3.Connection, agent: str, key: str, session: str | None) -> None:
    """Have a response's calls follow it into the session that turned out to be its first."""
    for number, call_id in db.execute(_CALLS_OF, (key, agent)).fetchall():
        if call_id is not None:
            db.execute(_MOVE, (session, call_uid(session, call_id), number))


class _Asked(NamedTuple):
    """What asked for a call: stays the same in every copy of it."""

    response_key: str | None
    call_id: str | None


def _placed(event: AgentEvent, sessions: dict[tuple[str, str], str | None]) -> AgentEvent:
    session = sessions.get((event.agent, event.response_key or ""))
    if session is None or session == event.session or event.call_id is None:
        return event
    return event._replace(session=session, uid=call_uid(session, event.call_id))


def _sessions_of(
    db: sqlite3.Connection, events: Sequence[AgentEvent]
) -> dict[tuple[str, str], str | None]:
    sessions: dict[tuple[str, str], str | None] = {}
    for agent in {event.agent for event in events}:
        keys = {event.response_key for event in events if event.agent == agent}
        for some, marks in _portions(keys):
            found = db.execute(f"{_SESSIONS} ({marks})", (agent, *some))
            sessions.update(((agent, key), session) for key, session in found)
    return sessions


def _known_asked(db: sqlite3.Connection, events: Sequence[AgentEvent]) -> dict[_Asked, bytes]:
    known: dict[_Asked, bytes] = {}
    for some, marks in _portions({event.response_key for event in events}):
        found = db.execute(f"{_KNOWN} ({marks})", some)
        known.update((_Asked(key, call_id), uid) for key, call_id, uid in found)
    return known


def _portions(keys: Iterable[str | None]) -> Iterable[tuple[list[str], str]]:
    """Cut keys into portions that one statement can take, each with its marks."""
    wanted = sorted(key for key in keys if key is not None)
    for start in range(0, len(wanted), _VARIABLES):
        some = wanted[start : start + _VARIABLES]
        yield some, ", ".join("?" * len(some))
