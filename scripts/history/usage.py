"""What the models of a session used, response by response, as an import of its file would find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_store.importing.response_rows import Record, ResponseRow

if TYPE_CHECKING:
    from history.draw import Draw
    from history.plan import PlannedSession

_FIRST_TOKENS: Final = 14_000
_FULL_TOKENS: Final = 160_000
_COMPACTED_TOKENS: Final = 18_000
_LINE_BYTES: Final = (3_800, 0.8)
_CLAUDE: Final = (
    '{{"input_tokens":{0.input},"cache_creation_input_tokens":{1},'
    '"cache_read_input_tokens":{0.cache_read},"output_tokens":{0.output}}}'
)
_OTHERS: Final = (
    '{{"input_tokens":{0.input},"cached_input_tokens":{0.cache_read},'
    '"output_tokens":{0.output},"reasoning_output_tokens":{0.reasoning}}}'
)
_KEY_DIGITS: Final = 24


class Models:
    """The models of one session: the one it talks with, and what every response brings along."""

    def __init__(self, draw: Draw, planned: PlannedSession, source_id: int) -> None:
        self.name = planned.voice.models.draw(draw)
        self._end = 0
        """Of the session file, so far, in bytes."""
        self._draw = draw
        self._planned = planned
        self._source_id = source_id
        self._context: dict[str | None, int] = {}

    def respond(self, ts_ms: int, subagent: str | None) -> ResponseRow:
        """Make one response; what was said before is sent along."""
        draw, planned, voice = self._draw, self._planned, self._planned.voice
        known = self._context.get(subagent, _FIRST_TOKENS)
        tokens = self._tokens(known)
        self._context[subagent] = known + tokens.output + draw.around(1_100, 0.9)
        place, self._end = self._end, self._end + 200 + draw.around(*_LINE_BYTES)
        written = tokens.cache_write_5m + tokens.cache_write_1h
        raw = (_CLAUDE if voice.writes_cache else _OTHERS).format(tokens, written)
        return ResponseRow(
            agent=voice.agent,
            key=f"{voice.response}{draw.hex(_KEY_DIGITS)}",
            ts_ms=ts_ms,
            path=planned.path,
            source_id=self._source_id,
            offset=place,
            session=planned.session,
            subagent=subagent,
            model=self.name,
            project=planned.project.root,
            tokens=tokens,
            record=Record(planned.path, self._source_id, place, raw, sum(tokens)),
        )

    def is_full(self) -> bool:
        """Tell whether the session has to be compacted before it can go on."""
        return self._context.get(None, 0) > _FULL_TOKENS

    def compact(self) -> None:
        """Leave a summary of the session behind."""
        self._context[None] = _COMPACTED_TOKENS

    def _tokens(self, known: int) -> Tokens:
        draw = self._draw
        fresh, output = 80 + draw.around(900, 0.9), 30 + draw.around(260, 1.0)
        if not self._planned.voice.writes_cache:
            reasoning = output // 3 if draw.chance(0.5) else 0
            return Tokens(fresh, output, known, reasoning=reasoning)
        if draw.chance(0.2):
            return Tokens(draw.between(2, 12), output, known, cache_write_1h=fresh)
        return Tokens(draw.between(2, 12), output, known, cache_write_5m=fresh)
