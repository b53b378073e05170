"""GitHub Copilot CLI's event files: a record per response, a subagent's among its session's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.transcripts.usage import counts
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Part

_KIND: Final = "session.usage_record"
_MARK: Final = f'"{_KIND}"'.encode()
_START: Final = b'"session.start"'
_RESUME: Final = b'"session.resume"'
_COUNTS: Final = (
    "inputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "outputTokens",
    "reasoningTokens",
)


def responses(part: Part) -> Iterator[Response]:
    """Read the responses of a session's file; its folder is named by the session."""
    for offset, row in part.marked(_MARK, _START, _RESUME):
        data = members(row.get("data"))
        if directory := text(members(data.get("context")).get("cwd")):
            part.memory["cwd"] = directory
        usage = members(data.get("usage"))
        if row.get("type") != _KIND or not usage:
            continue
        yield Response(
            key=text(usage.get("apiCallId")),
            offset=offset,
            ts_ms=epoch_ms(row.get("timestamp")),
            session=os.path.basename(os.path.dirname(part.path)) or None,
            subagent=text(row.get("agentId")),
            model=text(usage.get("model")),
            cwd=part.memory.get("cwd"),
            tokens=counts.inclusive(*map(usage.get, _COUNTS)),
            raw={name: usage[name] for name in _COUNTS if name in usage},
        )
