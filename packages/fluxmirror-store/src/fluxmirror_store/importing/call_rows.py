"""Calls that session files tell of → the events they are: those of the hooks, or new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.wire.identity import digest

from fluxmirror_store.portions import portions
from fluxmirror_store.writer import join_rows, write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from fluxmirror_core.event import AgentEvent

_SESSIONS: Final = "SELECT key, session, ts_ms FROM response WHERE agent = ? AND key IN"
_ASKED: Final = """
SELECT e.agent, e.response_key, e.call_id, e.sources <> 'transcript', e.uid, e.session, e.tool,
    p.input_json
FROM event AS e LEFT JOIN payload AS p ON p.event_id = e.id WHERE e.response_key IN
"""
_STORED: Final = "SELECT uid, sources <> 'transcript' FROM event WHERE uid IN"
_CALLS_OF: Final = """
SELECT id, call_id FROM event WHERE response_key = ? AND agent = ? AND sources = 'transcript'
"""
_MOVE: Final = "UPDATE OR IGNORE event SET session = ?, uid = ? WHERE id = ?"
_RENAME: Final = "UPDATE event SET session = ?, uid = ? WHERE uid = ?"
_SOON_MS: Final = 600_000
"""A call is asked for in its response: what is told of it much later is another's, of the same id.

Copies keep the times of what they copy; ids alone are repeated by some models' servers.
"""


def call_uid(session: str | None, call_id: str) -> bytes:
    """Give the identity of a call that has an id, as the hooks' reader does."""
    return digest("call", session or "", call_id)


def write_calls(db: sqlite3.Connection, calls: Iterable[AgentEvent]) -> int:
    """Write calls inside the caller's transaction, each into the row that is there already.

    A fork or a copy of a file tells of a call once more: it is the one that the same response
    asked for, with the same input. It belongs to the session whose hooks saw it, or else to the
    response's. Two calls that hooks saw are two, whatever their ids.

    Returns:
        How many became new rows.
    """
    told = _with_keys(list(calls))
    places = _Places(db, told)
    # Where a call was made is known best from the session that its response belongs to.
    told.sort(key=places.is_away)
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


class _Row(NamedTuple):
    """A call as it is stored."""

    uid: bytes
    session: str | None
    tool: str | None
    input_json: str | None

    def is_of(self, event: AgentEvent) -> bool:
        """Tell whether an event may be another telling of it."""
        unknown = self.input_json is None or event.input_json is None
        return self.tool == event.tool and (unknown or self.input_json == event.input_json)


class _Places:
    """Finds the row that a call belongs into, and makes it one where copies had made two."""

    def __init__(self, db: sqlite3.Connection, told: Sequence[AgentEvent]) -> None:
        self._db = db
        self._responses: dict[tuple[str, str], tuple[str | None, int]] = {}
        keys = {(event.agent, event.response_key) for event in told if event.response_key}
        for agent in {agent for agent, _ in keys}:
            for some, marks in portions(key or "" for of, key in keys if of == agent):
                found = db.execute(f"{_SESSIONS} ({marks})", (agent, *some))
                self._responses.update(((agent, key), where) for key, *where in found)
        self._asked: dict[_Asked, _Row] = {}
        self._hooked: dict[bytes, bool] = {}
        for some, marks in portions(key or "" for _, key in keys):
            for agent, key, call_id, hooked, *row in db.execute(f"{_ASKED} ({marks})", some):
                self._asked[_Asked(agent, key, call_id)] = _Row(*row)
                self._hooked[row[0]] = bool(hooked)
        for uids, marks in portions(event.uid for event in told):
            self._hooked.update(db.execute(f"{_STORED} ({marks})", uids))
        self._went: dict[bytes, AgentEvent] = {}
        """Where the first telling of a call went, by the identity that its own file gives it."""

    def placed(self, event: AgentEvent) -> AgentEvent:
        """Give the event as the row that it is to go into would tell it."""
        if event.call_id is None:
            return event
        target = self._target(event)
        self._went.setdefault(event.uid, target)
        asked = _Asked(event.agent, event.response_key, event.call_id)
        if event.response_key is not None:
            row = _Row(target.uid, target.session, event.tool, event.input_json)
            self._asked.setdefault(asked, row)
        return target

    def is_away(self, event: AgentEvent) -> bool:
        """Tell whether the response that asked for a call belongs to another session."""
        where = self._responses.get((event.agent, event.response_key or ""))
        return where is not None and where[0] not in (None, event.session)

    def _target(self, event: AgentEvent) -> AgentEvent:
        went = self._went.get(event.uid)
        if went is not None:
            return event._replace(uid=went.uid, session=went.session)
        known = self._asked.get(_Asked(event.agent, event.response_key, event.call_id))
        other = known if known is not None and known.is_of(event) else None
        uids = (event.uid, None if other is None else other.uid)
        there = [uid for uid in uids if uid in self._hooked]
        of_hooks = [uid for uid in there if self._hooked[uid]]
        if of_hooks:
            target = event._replace(uid=of_hooks[0])
        elif other is not None and self.is_away(event):
            target = event._replace(uid=other.uid, session=other.session)
        elif known is not None and other is None:
            target = event  # of another session, whose ids are the same
        else:
            target = self._in_session_of_response(event)
        for uid in dict.fromkeys(there):
            if uid != target.uid and uid not in of_hooks:
                self._bring(uid, target)
        return target

    def _in_session_of_response(self, event: AgentEvent) -> AgentEvent:
        if not self.is_away(event) or event.call_id is None:
            return event
        session, asked_ms = self._responses[event.agent, event.response_key or ""]
        if abs(event.ts_ms - asked_ms) > _SOON_MS:
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
