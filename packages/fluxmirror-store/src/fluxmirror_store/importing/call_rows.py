"""Calls that session files tell of → the events they are: those of the hooks, or new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from fluxmirror_core.wire.identity import digest

from fluxmirror_store.writer import join_rows, write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from fluxmirror_core.event import AgentEvent

_SESSIONS: Final = "SELECT key, session FROM response WHERE agent = ? AND key IN"
_ASKED: Final = """
SELECT agent, response_key, call_id, uid, sources <> 'transcript' FROM event
WHERE response_key IN
"""
_STORED: Final = "SELECT uid, sources <> 'transcript' FROM event WHERE uid IN"
_CALLS_OF: Final = """
SELECT id, call_id FROM event WHERE response_key = ? AND agent = ? AND sources = 'transcript'
"""
_MOVE: Final = "UPDATE OR IGNORE event SET session = ?, uid = ? WHERE id = ?"
_RENAME: Final = "UPDATE event SET session = ?, uid = ? WHERE uid = ?"
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
    told = _with_keys(list(calls))
    places = _Places(db, told)
    return len(write_events(db, [places.placed(event) for event in told]))


def move_calls(db: sqlite3.Connection, agent: str, key: str, session: str | None) -> None:
    """Have a response's calls follow it into the session that turned out to be its first."""
    for number, call_id in db.execute(_CALLS_OF, (key, agent)).fetchall():
        if call_id is not None:
            db.execute(_MOVE, (session, call_uid(session, call_id), number))


class _Asked(NamedTuple):
    """What asked for a call: stays the same in every copy of it."""

    agent: str
    response_key: str | None
    call_id: str | None


class _Places:
    """Finds the row that a call belongs into, and makes it one where copies had made two."""

    def __init__(self, db: sqlite3.Connection, told: Sequence[AgentEvent]) -> None:
        self._db = db
        self._sessions: dict[tuple[str, str], str | None] = {}
        for agent in {event.agent for event in told}:
            keys = {event.response_key for event in told if event.agent == agent}
            for some, marks in _portions(keys):
                found = db.execute(f"{_SESSIONS} ({marks})", (agent, *some))
                self._sessions.update(((agent, key), session) for key, session in found)
        self._asked: dict[_Asked, bytes] = {}
        self._hooked: dict[bytes, bool] = {}
        for some, marks in _portions({event.response_key for event in told}):
            for *asked, uid, hooked in db.execute(f"{_ASKED} ({marks})", some):
                self._asked[_Asked(*asked)] = uid
                self._hooked[uid] = bool(hooked)
        for uids, marks in _portions({event.uid for event in told}):
            self._hooked.update(db.execute(f"{_STORED} ({marks})", uids))

    def placed(self, event: AgentEvent) -> AgentEvent:
        """Give the event as the row that it is to go into would tell it."""
        asked = _Asked(event.agent, event.response_key, event.call_id)
        known = self._asked.get(asked)
        there = [uid for uid in (event.uid, known) if uid is not None and uid in self._hooked]
        of_hooks = next((uid for uid in there if self._hooked[uid]), None)
        if of_hooks is not None:
            target = event._replace(uid=of_hooks)
        else:
            target = self._in_session_of_response(event)
        for other in dict.fromkeys(there):
            if other != target.uid:
                self._bring(other, target)
        if event.response_key is not None and target.uid in self._hooked:
            self._asked[asked] = target.uid
        return target

    def _in_session_of_response(self, event: AgentEvent) -> AgentEvent:
        session = self._sessions.get((event.agent, event.response_key or ""))
        if session is None or session == event.session or event.call_id is None:
            return event
        return event._replace(session=session, uid=call_uid(session, event.call_id))

    def _bring(self, other: bytes, target: AgentEvent) -> None:
        """Have the row `other` become the target's, or go into it."""
        if target.uid in self._hooked:
            join_rows(self._db, target.uid, other)
        else:
            self._db.execute(_RENAME, (target.session, target.uid, other))
        self._hooked[target.uid] = self._hooked.get(target.uid, False) or self._hooked[other]
        del self._hooked[other]


def _with_keys(told: list[AgentEvent]) -> list[AgentEvent]:
    """Tell of each call with its response's key from the first, where a later telling has it."""
    keys = {event.uid: event.response_key for event in told if event.response_key is not None}
    return [
        event._replace(response_key=keys[event.uid])
        if event.response_key is None and event.uid in keys
        else event
        for event in told
    ]


_Key = TypeVar("_Key", str, bytes)


def _portions(keys: Iterable[_Key | None]) -> Iterable[tuple[list[_Key], str]]:
    """Cut keys into portions that one statement can take, each with its marks."""
    wanted = sorted(key for key in keys if key is not None)
    for start in range(0, len(wanted), _VARIABLES):
        some = wanted[start : start + _VARIABLES]
        yield some, ", ".join("?" * len(some))
