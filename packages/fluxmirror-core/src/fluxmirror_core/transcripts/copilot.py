"""GitHub Copilot CLI's event files: a record per response, a subagent's among its session's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts import counts
from fluxmirror_core.transcripts.lines import marked_lines
from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.lines import Data
    from fluxmirror_core.transcripts.response import Memory

_KIND: Final = "session.usage_record"
_MARK: Final = f'"{_KIND}"'.encode()
_COUNTS: Final = (
    "inputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "outputTokens",
    "reasoningTokens",
)


def responses(data: Data, start: int, end: int, path: str, memory: Memory) -> Iterator[Response]:  # noqa: ARG001 - as every reader
    """Read the responses of a session's file; its folder is named by the session."""
    for offset, row in marked_lines(data, (_MARK,), start, end):
        usage = members(members(row.get("data")).get("usage"))
        if row.get("type") != _KIND or not usage:
            continue
        yield Response(
            key=text(usage.get("apiCallId")),
            offset=offset,
            ts_ms=epoch_ms(row.get("timestamp")),
            session=os.path.basename(os.path.dirname(path)) or None,
            subagent=text(row.get("agentId")),
            model=text(usage.get("model")),
            tokens=counts.inclusive(*map(usage.get, _COUNTS)),
            raw={name: usage[name] for name in _COUNTS if name in usage},
        )
