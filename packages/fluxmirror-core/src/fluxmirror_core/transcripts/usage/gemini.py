"""Gemini CLI's chat files: a row is written again under the same id when its tool calls arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts.gemini_chat import directory, is_header, messages, owner
from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.transcripts.usage import counts
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Part

_USAGE: Final = b'"tokens":'
_HEADER: Final = b'"projectHash":'
_DIRECTORIES: Final = b"**Workspace Directories:**"


def responses(part: Part) -> Iterator[Response]:
    """Read the responses of a session's file, or of a subagent's in the session's folder."""
    for offset, row in part.marked(_USAGE, _HEADER, _DIRECTORIES):
        if is_header(row):
            part.memory.update(owner(row, part.path))
        for message in messages(row):
            if told := directory(message):
                part.memory.setdefault("cwd", told)
            usage = members(message.get("tokens"))
            if message.get("type") != "gemini" or not usage:
                continue
            yield Response(
                key=text(message.get("id")),
                offset=offset,
                ts_ms=epoch_ms(message.get("timestamp")),
                session=part.memory.get("session"),
                subagent=part.memory.get("subagent"),
                model=text(message.get("model")),
                cwd=part.memory.get("cwd"),
                tokens=counts.gemini(usage),
                raw=usage,
            )
