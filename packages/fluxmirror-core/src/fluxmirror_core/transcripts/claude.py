"""Claude Code's session files: a row per content block, with the whole response's usage on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts import counts
from fluxmirror_core.transcripts.lines import marked_lines
from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.lines import Data
    from fluxmirror_core.transcripts.response import Memory

_MARK: Final = b'"usage":'
_SYNTHETIC: Final = "<synthetic>"
"""The model of rows that Claude Code writes itself, for an error of the interface for one."""


def responses(data: Data, start: int, end: int, path: str, memory: Memory) -> Iterator[Response]:  # noqa: ARG001 - as every reader
    """Read the responses of a session's or a subagent's file."""
    for offset, row in marked_lines(data, (_MARK,), start, end):
        message = members(row.get("message"))
        usage, model = members(message.get("usage")), text(message.get("model"))
        if row.get("type") != "assistant" or not usage or model == _SYNTHETIC:
            continue
        yield Response(
            key=text(message.get("id")),
            offset=offset,
            ts_ms=epoch_ms(row.get("timestamp")),
            session=text(row.get("sessionId")),
            subagent=text(row.get("agentId")),
            model=model,
            tokens=counts.anthropic(usage),
            raw=usage,
        )
