"""One session, told in the order of time: its turns, their calls, what the models used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import AgentEvent, Kind, Outcome
from fluxmirror_store.importing.response_rows import ResponseRow

from history.draw import Draw
from history.plan import DAY_MS, HOUR_MS
from history.rows import Rows, Told
from history.sizes import SIZES, drawn
from history.usage import Models
from history.work import DENIED, Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from history.plan import PlannedSession
    from history.work import Deed, Step

Row = AgentEvent | ResponseRow
_MINUTE_MS: Final = 60_000
_ANSWER_MS: Final = (5_500, 0.7)
"""How long a model takes for a response."""
_READING_MS: Final = (55_000, 1.1)
"""How long a person takes from the end of a turn to the next prompt."""
_NOON_MS: Final = 12 * HOUR_MS
_LUNCH: Final = 0.3
_INTERRUPTED, _TURN_FAILED = 0.03, 0.006
_SESSION_KILLED: Final = 0.12
_TORN: Final = 0.000_4
"""Of all turns."""


class Session:
    """Tells one planned session."""

    def __init__(self, planned: PlannedSession, source_id: int, seed: int) -> None:
        self._planned = planned
        self._draw = Draw(seed, f"session {planned.number}")
        self._models = Models(self._draw, planned, source_id)
        self._rows = Rows(self._draw, planned, self._models.name)
        self._work = Work(self._draw, planned.project)
        self._left = planned.calls
        self._now_ms = planned.start_ms
        self._turn: str | None = None
        self._told: list[Row] = []

    def tell(self) -> Iterator[Row]:
        """Give the session's rows, the oldest first."""
        self._event(Kind.SESSION_START, "startup")
        while self._left:
            self._tell_turn()
            yield from self._in_order()
            self._pause()
        if not self._draw.chance(_SESSION_KILLED):
            self._event(Kind.SESSION_END, "other")
        yield from self._in_order()

    def _in_order(self) -> list[Row]:
        told, self._told = sorted(self._told, key=lambda row: row.ts_ms), []
        return told

    def _tell_turn(self) -> None:
        draw = self._draw
        self._turn = draw.uuid() if self._planned.voice.numbers_turns else None
        prompt = self._work.prompt()
        self._event(Kind.PROMPT, prompt, input_bytes=len(prompt) + draw.around(90, 1.2))
        if draw.chance(_TORN):
            self._told.append(self._rows.torn(self._now_ms))
        is_interrupted = draw.chance(_INTERRUPTED)
        for step in self._work.turn():
            self._tell_step(step, None)
            if not self._left:
                break
            if is_interrupted and draw.chance(0.1):
                self._interrupt(step[-1])
                return
        self._told.append(self._models.respond(self._now_ms, None))
        if draw.chance(_TURN_FAILED):
            self._event(Kind.TURN_FAILED, "overloaded")
        else:
            self._event(Kind.TURN_END)
        if self._models.is_full():
            self._event(Kind.COMPACTION_START, "auto")
            self._models.compact()
            self._wait(25_000, 0.4)
            self._event(Kind.COMPACTION_END, "auto")

    def _tell_step(self, step: Step, subagent: str | None) -> None:
        """Tell of one response and the calls it asks for, which run side by side."""
        self._wait(*_ANSWER_MS)
        response = self._models.respond(self._now_ms, subagent)
        self._told.append(response)
        told = Told(subagent, self._turn, response.key)
        began_ms = ended_ms = self._now_ms + self._draw.between(5, 400)
        for place, deed in enumerate(step[: self._left]):
            ended_ms = max(ended_ms, self._tell_call(deed, told, began_ms + 9 * place))
        self._now_ms = self._at_most(ended_ms)

    def _tell_call(self, deed: Deed, told: Told, ts_ms: int) -> int:
        """Tell of one call; gives when it ended."""
        self._left -= 1
        ts_ms = self._at_most(ts_ms)
        ended_ms = self._at_most(ts_ms + drawn(self._draw, SIZES[deed.kind].duration))
        if deed.helper:
            ended_ms = self._help(deed, ts_ms)
        call = self._rows.call(deed, told, ts_ms, ended_ms - ts_ms)
        self._told.append(call)
        if deed.end == DENIED and self._rows.tells(Kind.PERMISSION_REQUEST):
            self._told.append(self._rows.asked_for(call, ts_ms))
        return ended_ms

    def _help(self, deed: Deed, ts_ms: int) -> int:
        """Tell what a subagent does; gives when it has ended."""
        subagent = f"a{self._draw.hex(16)}"
        self._now_ms = self._at_most(ts_ms + 40)
        self._event(Kind.SUBAGENT_START, "Explore", subagent=subagent)
        for step in deed.helper:
            if self._left:
                self._tell_step(step, subagent)
        self._event(Kind.SUBAGENT_END, "Explore", subagent=subagent)
        return self._at_most(self._now_ms + 60)

    def _interrupt(self, deed: Deed) -> None:
        """Stop a call before it ends, and with it the turn."""
        cut_short = deed._replace(end=str(Outcome.INTERRUPTED), helper=())
        self._tell_step((cut_short,), None)

    def _event(
        self,
        kind: Kind,
        detail: str = "",
        *,
        subagent: str | None = None,
        input_bytes: int | None = None,
    ) -> None:
        if self._rows.tells(kind):
            event = self._rows.other(
                kind,
                self._now_ms,
                detail,
                turn=self._turn,
                subagent=subagent,
                input_bytes=input_bytes,
            )
            self._told.append(event)
        self._now_ms = self._at_most(self._now_ms + 20)

    def _pause(self) -> None:
        """Let a person read, think, and have lunch."""
        self._wait(*_READING_MS)
        since_noon_ms = self._now_ms % DAY_MS - _NOON_MS
        if 0 <= since_noon_ms < HOUR_MS and self._draw.chance(_LUNCH):
            self._now_ms = self._at_most(self._now_ms + self._draw.between(25, 70) * _MINUTE_MS)

    def _wait(self, median_ms: float, spread: float) -> None:
        self._now_ms = self._at_most(self._now_ms + self._draw.around(median_ms, spread))

    def _at_most(self, ts_ms: int) -> int:
        return min(ts_ms, self._planned.end_ms - 1)
