"""Calls whose hooks had no id → the calls of the session file that they are."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_store.writer import join_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

NEAR_MS: Final = 600_000
"""Equal calls further apart are two: a hook and its record are written within seconds, but a call
may wait for its user's permission between the two."""

_NAMELESS: Final = """
SELECT e.uid, e.ts_ms, e.agent, e.session, e.tool,
    coalesce(p.input_json, e.input_bytes || ' bytes: ' || e.detail, e.detail)
FROM event AS e LEFT JOIN payload AS p ON p.event_id = e.id
WHERE e.call_id IS NULL AND e.phases > 0 AND e.phases < 8 AND e.session IS NOT NULL
"""
_TOLD: Final = """
SELECT e.uid, e.ts_ms, e.agent, e.session, e.tool,
    coalesce(p.input_json, e.input_bytes || ' bytes: ' || e.detail, e.detail)
FROM event AS e LEFT JOIN payload AS p ON p.event_id = e.id
WHERE e.session = ? AND e.phases >= 8 AND e.sources = 'transcript'
"""

_What = tuple[str, str, str, str]
"""Agent, session, tool and input; where inputs are not kept, how long it is and what is shown."""


class _Seen(NamedTuple):
    uid: bytes
    ts_ms: int


def join_nameless(db: sqlite3.Connection) -> int:
    """Join every call that hooks without an id told of with its telling by a session file.

    By session, tool, input and the nearest time, inside the caller's transaction.

    Returns:
        How many were joined.
    """
    hooked = _by_what(db.execute(_NAMELESS))
    joined = 0
    for session in {what[1] for what in hooked}:
        told = _by_what(db.execute(_TOLD, (session,)))
        for what in hooked.keys() & told.keys():
            for kept, other in _nearest(hooked[what], told[what]):
                join_rows(db, kept.uid, other.uid)
                joined += 1
    return joined


def _by_what(rows: sqlite3.Cursor) -> dict[_What, list[_Seen]]:
    calls: dict[_What, list[_Seen]] = defaultdict(list)
    for uid, ts_ms, agent, session, tool, given in rows:
        calls[agent, session, tool or "", given or ""].append(_Seen(uid, ts_ms))
    return calls


def _nearest(hooked: list[_Seen], told: list[_Seen]) -> Iterator[tuple[_Seen, _Seen]]:
    """Pair equal calls in the order of time; one is left out where the next is nearer."""
    hooks, records = deque(sorted(hooked, key=_ts)), deque(sorted(told, key=_ts))
    while hooks and records:
        hook, record = hooks[0], records[0]
        distance = abs(hook.ts_ms - record.ts_ms)
        if len(records) > 1 and abs(hook.ts_ms - records[1].ts_ms) < distance:
            records.popleft()
        elif len(hooks) > 1 and abs(hooks[1].ts_ms - record.ts_ms) < distance:
            hooks.popleft()
        elif distance > NEAR_MS:
            (hooks if hook.ts_ms < record.ts_ms else records).popleft()
        else:
            yield hooks.popleft(), records.popleft()


def _ts(seen: _Seen) -> int:
    return seen.ts_ms
