"""Gemini CLI's chat files: a row is written again under the same id when its tool calls arrive."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.transcripts import counts
from fluxmirror_core.transcripts.lines import marked_lines
from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.lines import Data
    from fluxmirror_core.transcripts.response import Memory

_USAGE: Final = b'"tokens":'
_HEADER: Final = b'"projectHash":'


def responses(data: Data, start: int, end: int, path: str, memory: Memory) -> Iterator[Response]:
    """Read the responses of a session's file, or of a subagent's in the session's folder."""
    for offset, row in marked_lines(data, (_USAGE, _HEADER), start, end):
        if "projectHash" in row:
            memory.update(_owner(row, path))
        for message in _messages(row):
            usage = members(message.get("tokens"))
            if message.get("type") != "gemini" or not usage:
                continue
            yield Response(
                key=text(message.get("id")),
                offset=offset,
                ts_ms=epoch_ms(message.get("timestamp")),
                session=memory.get("session"),
                subagent=memory.get("subagent"),
                model=text(message.get("model")),
                tokens=counts.gemini(usage),
                raw=usage,
            )


def _owner(header: dict[str, Any], path: str) -> Memory:
    """Say whose file this is: a subagent's lies in a folder that its session names."""
    own = text(header.get("sessionId"))
    if header.get("kind") != "subagent":
        return {"session": own, "subagent": None}
    return {"session": os.path.basename(os.path.dirname(path)), "subagent": own}


def _messages(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the messages of a row: itself, or those that it sets anew."""
    told = members(row.get("$set")).get("messages")
    return list(map(members, told)) if isinstance(told, list) else [row]
