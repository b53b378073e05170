"""What happened in a session, in no agent's words: turns, responses, tool calls, tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from transcripts.plan import Usage

if TYPE_CHECKING:
    from transcripts.draw import Draw

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
FIRST_MS: Final = 1_786_320_000_000
"""2026-08-10, midnight UTC."""
DAYS: Final = 100
ZONE_HOURS: Final = 9
"""The zone that days are also told in; one without summer time."""

_SIZES: Final = (
    *(12_000,) * 6,
    *(40_000,) * 6,
    *(90_000,) * 4,
    *(180_000,) * 3,
    *(400_000,) * 2,
    1_500_000,
)
"""Bytes of a session's file: most are small, and a few are most of the whole."""

_DEEDS: Final = (
    *(("shell", 50, 2_500),) * 4,
    *(("read", 300, 8_000),) * 4,
    *(("edit", 200, 3_000),) * 2,
    ("write", 300, 5_000),
    ("search", 60, 2_000),
    ("mcp", 40, 900),
)
"""Kinds of tool calls, and how many bytes come back or go in."""


_WINDOW: Final = 150_000
"""How many tokens a session's context grows by before it is compacted."""
_SHORT: Final = 20_000
"""Bytes of a session whose turns are short."""


class Deed(NamedTuple):
    """One tool call; without an end when nothing tells how it went."""

    kind: str
    exit_code: int
    ends: bool
    lasted_ms: int
    size: int

    @property
    def outcome(self) -> str:
        """Say how it ended, as far as a reader can know."""
        if not self.ends:
            return "unknown"
        return "failed" if self.exit_code else "ok"


class Step(NamedTuple):
    """One response, the tool calls it asked for, and how many bytes of prose it said."""

    at_ms: int
    usage: Usage
    deeds: tuple[Deed, ...]
    said: int

    @property
    def end_ms(self) -> int:
        """Say when its last tool call had ended."""
        return self.at_ms + 400 + sum(deed.lasted_ms for deed in self.deeds)


class Turn(NamedTuple):
    """A prompt of `asked` bytes and the responses to it; before it the history may be compacted."""

    at_ms: int
    model: str
    asked: int
    steps: tuple[Step, ...]
    compaction: Usage | None

    @property
    def end_ms(self) -> int:
        """Say when all was done."""
        return self.steps[-1].end_ms


class Wish(NamedTuple):
    """What a session is to be like."""

    models: tuple[str, ...]
    start_ms: int
    size: int
    turns: int = 1
    writes_cache: bool = False
    compacts: bool = False
    cut_short: bool = False
    context_tokens: int = 20_000


def draw_start(draw: Draw) -> int:
    """Give a time somewhere in the hundred days, in milliseconds."""
    return FIRST_MS + draw.below(DAYS * DAY_MS)


def before_midnight(draw: Draw, zone_hours: int = 0) -> int:
    """Give the time of a prompt whose first response begins just before a day ends."""
    midnight = FIRST_MS + draw.between(1, DAYS - 1) * DAY_MS - zone_hours * HOUR_MS
    return midnight - 2_060


def draw_size(draw: Draw) -> int:
    """Give the bytes of an ordinary session's file."""
    return draw.pick(_SIZES) * draw.between(60, 140) // 100


def tell_turns(draw: Draw, wish: Wish) -> list[Turn]:
    """Make up a session: its turns in the order of their times.

    The last model of the wish is in use from the second turn on.
    """
    context = _Context(draw, wish)
    turns: list[Turn] = []
    left, now_ms = wish.size, wish.start_ms
    while left > 0 or len(turns) < wish.turns:
        turn = _tell_turn(draw, wish, context, (now_ms, len(turns)))
        turns.append(turn)
        left -= _weight(turn)
        now_ms = turn.end_ms + draw.between(5_000, 900_000)
    return _cut_short(turns) if wish.cut_short else turns


def _tell_turn(draw: Draw, wish: Wish, context: _Context, when: tuple[int, int]) -> Turn:
    at_ms, number = when
    forced = wish.compacts and number == 1
    compaction = context.compact() if forced or context.is_full() else None
    steps, now_ms = [], at_ms + 2_000
    for last in range(draw.between(1, 2 if wish.size < _SHORT else 9), -1, -1):
        step = Step(now_ms, context.respond(), _deeds(draw, last), draw.between(40, 900))
        steps.append(step)
        now_ms = step.end_ms + draw.between(500, 20_000)
    model = wish.models[0] if number == 0 else wish.models[-1]
    return Turn(at_ms, model, draw.between(20, 600), tuple(steps), compaction)


def _deeds(draw: Draw, last: int) -> tuple[Deed, ...]:
    """Give what a response asks for; the `last` of a turn, 0, only speaks."""
    return tuple(_deed(draw) for _ in range(draw.pick((1, 1, 1, 2, 3)))) if last else ()


def _deed(draw: Draw) -> Deed:
    kind, low, high = draw.pick(_DEEDS)
    exit_code = draw.pick((1, 2, 127)) if draw.chance(8) else 0
    return Deed(
        kind,
        exit_code,
        ends=True,
        lasted_ms=draw.between(5, 30_000),
        size=draw.between(low, high),
    )


def _weight(turn: Turn) -> int:
    """Estimate the bytes that a turn takes in a file: rows, prose, and each text twice."""
    deeds = [deed for step in turn.steps for deed in step.deeds]
    return 2_500 * (len(turn.steps) + 1) + 2 * sum(deed.size for deed in deeds)


def _cut_short(turns: list[Turn]) -> list[Turn]:
    """Let the session end in the midst of a tool call."""
    last = turns[-1]
    endless = Deed("shell", 0, ends=False, lasted_ms=0, size=0)
    steps = (*last.steps[:-1], last.steps[-1]._replace(deeds=(endless,)))
    return [*turns[:-1], last._replace(steps=steps)]


class _Context:
    """What a model is sent again each time, and so what each response uses."""

    def __init__(self, draw: Draw, wish: Wish) -> None:
        self._draw = draw
        self._writes_cache = wish.writes_cache
        self._tokens = wish.context_tokens
        self._full = wish.context_tokens + _WINDOW

    def is_full(self) -> bool:
        return self._tokens > self._full

    def compact(self) -> Usage:
        used = self.respond()
        self._tokens = 15_000
        return used

    def respond(self) -> Usage:
        draw, cached = self._draw, self._tokens
        new = draw.between(150, 6_000)
        output = draw.between(20, 1_800)
        reasoning = draw.below(output) if draw.chance(50) else 0
        self._tokens += new + output
        if not self._writes_cache:
            return Usage(new, output, cached // 128 * 128, reasoning_tokens=reasoning)
        an_hour = draw.pick((0, 0, new, draw.below(new)))
        return Usage(draw.between(2, 40), output, cached, new - an_hour, an_hour, reasoning)
