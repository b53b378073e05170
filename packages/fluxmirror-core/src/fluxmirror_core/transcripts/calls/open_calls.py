"""Tool calls that later records of their file tell more of, kept in the memory of its reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.event import Kind, Outcome
from fluxmirror_core.transcripts.problem import NO_CALL, Problem
from fluxmirror_core.transcripts.told_call import ToldCall
from fluxmirror_core.wire.observation import Observation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Memory, Part

MOST: Final = 1_000
"""Kept at a time of each sort; the oldest is forgotten: its end will hardly come."""

_OPEN: Final = "open_calls"
_UNATTRIBUTED: Final = "unattributed_calls"


class OpenCalls:
    """Calls that have begun and not ended, by id, with what their end does not repeat."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._known: Memory = part.memory.setdefault(_OPEN, {})

    def begin(self, call_id: str, known: dict[str, Any]) -> None:
        """Keep what is `known` of a call, its tool's name for one, as JSON."""
        self._known.pop(call_id, None)
        self._known[call_id] = known
        if len(self._known) > MOST:
            del self._known[next(iter(self._known))]

    def end(self, call_id: str | None) -> dict[str, Any] | None:
        """Give what was known of a call, and forget it.

        An unknown one gives None, and is counted among the part's problems.
        """
        known: dict[str, Any] | None = self._known.pop(call_id or "", None)
        if known is None:
            self._part.problems[Problem(NO_CALL)] += 1
        return known


class UnattributedCalls:
    """Calls told before the record of the response that asked for them."""

    def __init__(self, part: Part) -> None:
        self._kept: list[Any] = part.memory.setdefault(_UNATTRIBUTED, [])

    def keep(self, told: ToldCall) -> None:
        """Keep a call's beginning, without its input: that has been told, and may be large."""
        seen = told.seen._replace(tool_input=None)
        set_fields = {
            name: value
            for name, value in zip(Observation._fields, seen, strict=True)
            if value != Observation._field_defaults.get(name)
        }
        self._kept.append([told.offset, told.ts_ms, set_fields])
        del self._kept[:-MOST]

    def attribute(self, response: str | None, subagent: str | None) -> Iterator[ToldCall]:
        """Tell again, with the response's key, what that subagent (or None) had asked for.

        They are forgotten also when the response has no key.
        """
        own = [kept for kept in self._kept if kept[2].get("subagent") == subagent]
        self._kept[:] = [kept for kept in self._kept if kept[2].get("subagent") != subagent]
        if response is None:
            return
        for offset, ts_ms, set_fields in own:
            yield ToldCall(offset, ts_ms, response, _observation(set_fields))


def _observation(set_fields: Memory) -> Observation:
    """Make an observation of what JSON kept of it."""
    seen = Observation(**set_fields)
    return seen._replace(
        kind=Kind(seen.kind),
        outcome=Outcome(seen.outcome) if seen.outcome else None,
        mcp=(seen.mcp[0], seen.mcp[1]) if seen.mcp else None,
    )
