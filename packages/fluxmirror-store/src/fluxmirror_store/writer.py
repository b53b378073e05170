"""write_events: events into the database, each once, the tellings of one call in one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import (
    AFTER,
    BEFORE,
    SCHEMA_VERSION,
    TRANSCRIPT,
    AgentEvent,
    Kind,
)
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.pairing import merge
from fluxmirror_core.wire.identity import TWIN_WINDOW_MS

from fluxmirror_store.closing import close_calls, ends_calls
from fluxmirror_store.portions import portions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

_FIELDS: Final = AgentEvent._fields
EVENT_COLUMNS: Final = _FIELDS[: _FIELDS.index("input_json")]
_PAYLOAD_AT: Final = len(EVENT_COLUMNS)
_PAYLOAD_COLUMNS: Final = _FIELDS[_PAYLOAD_AT:]
_MARKS: Final = ", ".join("?" * len(EVENT_COLUMNS))
# `OR FAIL`: for the usual `OR ABORT` SQLite copies each page that a row with a trigger changes, to
# take the row back alone; here the transaction is rolled back as a whole.
_INSERT: Final = f"INSERT OR FAIL INTO event (id, {', '.join(EVENT_COLUMNS)}) VALUES (?, {_MARKS})"
_UPDATE: Final = (
    f"UPDATE OR FAIL event SET {', '.join(f'{name} = ?' for name in EVENT_COLUMNS)} WHERE id = ?"
)
_INSERT_PAYLOAD: Final = f"""
INSERT OR REPLACE INTO payload (event_id, {", ".join(_PAYLOAD_COLUMNS)}) VALUES (?, ?, ?, ?)
"""
_SELECT: Final = f"""
SELECT e.id, {", ".join(f"e.{name}" for name in EVENT_COLUMNS)},
    {", ".join(f"p.{name}" for name in _PAYLOAD_COLUMNS)}
FROM event AS e LEFT JOIN payload AS p ON p.event_id = e.id WHERE
"""
_BY_UID: Final = f"{_SELECT} e.uid = ?"
_WAITING_HALVES: Final = """
SELECT uid FROM event WHERE pair_key = ? AND phases = ? AND ts_ms BETWEEN ? AND ?
ORDER BY ts_ms, id
"""
_EVER: Final = 1 << 62
_SELECT_UIDS: Final = "SELECT uid FROM event WHERE uid IN"
_KNOWN_TWIN: Final = "SELECT ts_ms FROM event WHERE twin_uid = ?"
_STARTED: Final = f"""
SELECT 1 FROM event
WHERE session = ? AND kind = '{Kind.SESSION_START}' AND ts_ms BETWEEN ? AND ?
"""
_LAST_ID: Final = "SELECT seq FROM sqlite_sequence WHERE name = 'event'"
_HEARD: Final = """
INSERT INTO heard (agent, first_ms) VALUES (?, ?)
ON CONFLICT DO UPDATE SET first_ms = excluded.first_ms WHERE excluded.first_ms < first_ms
"""
_HALVES: Final = {BEFORE: AFTER, AFTER: BEFORE}


class _Row(NamedTuple):
    """A row as it stands in the batch."""

    id: int
    event: AgentEvent
    stored: AgentEvent | None
    """What the database holds of it; None for a new row."""


def write_events(db: sqlite3.Connection, events: Sequence[AgentEvent]) -> list[AgentEvent]:
    """Write events inside the caller's transaction.

    Returns:
        The events that became new rows; the others were known, or are more of a known call.

    Raises:
        sqlite3.Error: the caller's transaction must be rolled back.
    """
    new: list[AgentEvent] = []
    for part in _parts(events):
        writer = _Writer(db, part)
        for event in part:
            writer.add(event)
        new += writer.flush()
    return new


def join_rows(db: sqlite3.Connection, kept: bytes, other: bytes) -> None:
    """Make one row of two that turned out to be one call, inside the caller's transaction.

    Args:
        db: where both rows are.
        kept: identity of the row that stays.
        other: identity of the row that goes into it.
    """
    ids, events = [], []
    for uid in (kept, other):
        number, *columns = db.execute(_BY_UID, (uid,)).fetchone()
        ids.append(number)
        events.append(AgentEvent(*columns))
    whole = merge(*events)
    db.execute("DELETE FROM payload WHERE event_id = ?", (ids[1],))
    db.execute("DELETE FROM event WHERE id = ?", (ids[1],))
    db.execute(_UPDATE, (*whole[:_PAYLOAD_AT], ids[0]))
    db.executemany(_INSERT_PAYLOAD, _payloads([_Row(ids[0], whole, None)]))


def _parts(events: Sequence[AgentEvent]) -> Iterator[Sequence[AgentEvent]]:
    """Split where halves of calls stop waiting, so that the size of a batch decides nothing."""
    if all(event.pair_key is None for event in events):
        yield events
        return
    start = 0
    for number, event in enumerate(events, 1):
        if ends_calls(event):
            yield events[start:number]
            start = number
    yield events[start:]


class _Writer:
    """One batch: the rows it makes or changes, until they are flushed."""

    def __init__(self, db: sqlite3.Connection, events: Sequence[AgentEvent]) -> None:
        self._db = db
        found = db.execute(_LAST_ID).fetchone()
        self._last_id: int = found[0] if found else 0
        self._stored = _stored_uids(db, events)
        self._rows: dict[bytes, _Row] = {}
        self._waiting: dict[tuple[bytes, int], list[bytes]] = {}
        self._twins: dict[bytes, list[int]] = {}

    def add(self, event: AgentEvent) -> None:
        """Take one event: a new row, more of a known one, or nothing new."""
        if event.pair_key is not None:
            self._add_half(event)
        elif event.twin_uid is None or not self._is_twin(event):
            self._put(event)

    def flush(self) -> list[AgentEvent]:
        """Write what was added; gives the events that are new rows."""
        new = [row for row in self._rows.values() if row.stored is None]
        changed = [row for row in self._rows.values() if row.stored not in (None, row.event)]
        self._db.executemany(_INSERT, ((row.id, *row.event[:_PAYLOAD_AT]) for row in new))
        self._db.executemany(_UPDATE, ((*row.event[:_PAYLOAD_AT], row.id) for row in changed))
        self._db.executemany(_INSERT_PAYLOAD, _payloads(new + changed))
        self._db.executemany(_HEARD, _heard(new + changed))
        events = [row.event for row in new]
        close_calls(self._db, events)
        return events

    def _put(self, event: AgentEvent) -> None:
        known = self._known(event.uid)
        if known is None:
            self._last_id += 1
            self._keep(_Row(self._last_id, event, None))
        elif event.phases:
            self._keep(known._replace(event=merge(known.event, event)))

    def _keep(self, row: _Row) -> None:
        event = row.event
        self._rows[event.uid] = row
        if event.twin_uid is not None:
            self._twins.setdefault(event.twin_uid, []).append(event.ts_ms)
        if event.pair_key is not None:
            self._waiting.setdefault((event.pair_key, event.phases), []).append(event.uid)

    def _known(self, uid: bytes) -> _Row | None:
        known = self._rows.get(uid)
        if known is None and uid in self._stored:
            return self._load(_BY_UID, (uid,))
        return known

    def _load(self, query: str, values: tuple[object, ...]) -> _Row | None:
        """Read a row and take it into the batch, unless the batch has it and knows better."""
        found = self._db.execute(query, values).fetchone()
        if found is None:
            return None
        event = AgentEvent(*found[1:])
        return self._rows.setdefault(event.uid, _Row(found[0], event, event))

    def _add_half(self, event: AgentEvent) -> None:
        """Join one half of a call without an id to the other half that waits longest."""
        if self._known(event.uid) is not None or self._twin_times(event.uid):
            return
        other = self._take_waiting(event)
        if other is None:
            self._put(event)
        else:
            whole = merge(other.event, event)._replace(twin_uid=event.uid)
            self._keep(other._replace(event=whole))

    def _take_waiting(self, event: AgentEvent) -> _Row | None:
        """Find the other half: in the database first, as what is there is older."""
        wanted = _HALVES.get(event.phases)
        if wanted is None or event.pair_key is None:
            return None
        # A call begins before it ends: a half that was lost must not shift all that follow.
        first, last = (event.ts_ms, _EVER) if wanted == AFTER else (-_EVER, event.ts_ms)
        stored = self._db.execute(_WAITING_HALVES, (event.pair_key, wanted, first, last))
        for (uid,) in stored:
            row = self._rows.get(uid) or self._load(_BY_UID, (uid,))
            if row is not None and row.event.pair_key is not None:
                return row
        queue = self._waiting.get((event.pair_key, wanted), [])
        for uid in queue:
            if first <= self._rows[uid].event.ts_ms <= last:
                queue.remove(uid)
                return self._rows[uid]
        return None

    def _is_twin(self, event: AgentEvent) -> bool:
        """Tell whether a second registration told of this event already."""
        if self._known(event.uid) is not None:
            return True
        times = self._twin_times(event.twin_uid)
        near = [known_ms for known_ms in times if abs(event.ts_ms - known_ms) <= TWIN_WINDOW_MS]
        return any(not self._is_restarted(event, known_ms) for known_ms in near)

    def _is_restarted(self, event: AgentEvent, since_ms: int) -> bool:
        """Tell whether a session's end is its second: both are told in equal words."""
        if event.kind != Kind.SESSION_END:
            return False
        stored = self._db.execute(_STARTED, (event.session, since_ms, event.ts_ms)).fetchone()
        return stored is not None or any(
            row.event.session == event.session
            and row.event.kind == Kind.SESSION_START
            and since_ms <= row.event.ts_ms <= event.ts_ms
            for row in self._rows.values()
        )

    def _twin_times(self, twin_uid: bytes | None) -> list[int]:
        stored = self._db.execute(_KNOWN_TWIN, (twin_uid,))
        return [ts_ms for (ts_ms,) in stored] + self._twins.get(twin_uid or b"", [])


def _stored_uids(db: sqlite3.Connection, events: Sequence[AgentEvent]) -> set[bytes]:
    """Give those of the events' identities that the database has: in few queries, not in many."""
    stored: set[bytes] = set()
    for some, marks in portions(event.uid for event in events):
        stored.update(uid for (uid,) in db.execute(f"{_SELECT_UIDS} ({marks})", some))
    return stored


def _heard(rows: Iterable[_Row]) -> list[tuple[str, int]]:
    """Give when a hook of each agent told of any of the rows for the first time.

    Rows of older programs are no sign that these hooks were there.
    """
    first: dict[str, int] = {}
    for row in rows:
        event = row.event
        ours = event.schema_version == SCHEMA_VERSION
        if ours and event.ts_ms and event.sources != TRANSCRIPT:
            first[event.agent] = min(event.ts_ms, first.get(event.agent, event.ts_ms))
    return list(first.items())


def _payloads(rows: Iterable[_Row]) -> Iterator[tuple[int | str | bytes | None, ...]]:
    for row in rows:
        event = row.event
        if event.input_json is not None or event.output_sha256 is not None:
            yield row.id, *event[_PAYLOAD_AT:]
