"""Calls that never got their after: what the end of a turn or session says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import Kind, Outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from fluxmirror_core.event import AgentEvent

_OPEN: Final = """
session = :session AND phases & 3 = 1 AND ts_ms <= :ts_ms AND outcome = 'unknown'
"""
"""Told of before it ran, never after; a batch has only the text that the model got."""
_DENIED: Final = f"""
UPDATE event SET outcome = '{Outcome.DENIED}'
WHERE {_OPEN} AND subagent IS :subagent AND EXISTS (
    SELECT 1 FROM event AS asked
    WHERE asked.session = event.session AND asked.kind = '{Kind.PERMISSION_REQUEST}'
      AND asked.tool_canonical = event.tool_canonical AND asked.detail = event.detail
      AND asked.ts_ms BETWEEN event.ts_ms AND :ts_ms)
"""
"""The agent ended its turn by itself: a call it asked for and never ran was refused."""

_INTERRUPTED: Final = f"""
UPDATE event SET outcome = '{Outcome.INTERRUPTED}'
WHERE {_OPEN} AND (:all OR subagent IS :subagent) AND NOT EXISTS (
    SELECT 1 FROM event AS ended
    WHERE ended.session = event.session AND ended.kind = '{Kind.TURN_END}'
      AND ended.ts_ms BETWEEN event.ts_ms AND :ts_ms)
"""
"""The next prompt or the session's end came with no end of the turn between: it was cut short."""


_UNPAIRED: Final = """
UPDATE event SET pair_key = NULL
WHERE session = :session AND phases & 3 = 1 AND ts_ms <= :ts_ms AND pair_key IS NOT NULL
  AND (:all OR subagent IS :subagent)
"""
"""An equal call of a later turn must not end this one."""

STATEMENTS: Final = (_DENIED, _INTERRUPTED, _UNPAIRED)
_ENDINGS: Final = (Kind.TURN_END, Kind.PROMPT, Kind.SESSION_END)


def close_calls(db: sqlite3.Connection, events: Iterable[AgentEvent]) -> None:
    """Give calls without an after the outcome that a turn's or session's end is evidence of."""
    for event in sorted(filter(ends_calls, events), key=lambda event: event.ts_ms):
        values = {
            "session": event.session,
            "ts_ms": event.ts_ms,
            "subagent": event.subagent,
            "all": event.kind == Kind.SESSION_END,
        }
        db.execute(_DENIED if event.kind == Kind.TURN_END else _INTERRUPTED, values)
        db.execute(_UNPAIRED, values)


def ends_calls(event: AgentEvent) -> bool:
    """Tell whether no call that was open before this event can still get its after."""
    return event.kind in _ENDINGS and event.session is not None
