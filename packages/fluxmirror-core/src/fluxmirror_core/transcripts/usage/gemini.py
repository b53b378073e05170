"""Gemini CLI's chat files: a row is written again under the same id when its tool calls arrive."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.transcripts.usage import counts
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Memory, Part

_USAGE: Final = b'"tokens":'
_HEADER: Final = b'"projectHash":'
_DIRECTORIES: Final = b"**Workspace Directories:**"
_DIRECTORY: Final = re.compile(r"\*\*Workspace Directories:\*\*\s+- (\S[^\r\n]*)")


def responses(part: Part) -> Iterator[Response]:
    """Read the responses of a session's file, or of a subagent's in the session's folder."""
    for offset, row in part.marked(_USAGE, _HEADER, _DIRECTORIES):
        if "projectHash" in row:
            part.memory.update(_owner(row, part.path))
        for message in _messages(row):
            _notice_directory(message, part)
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


def _owner(header: dict[str, Any], path: str) -> Memory:
    """Say whose file this is: a subagent's lies in a folder that its session names."""
    own = text(header.get("sessionId"))
    if header.get("kind") != "subagent":
        return {"session": own, "subagent": None}
    return {"session": os.path.basename(os.path.dirname(path)), "subagent": own}


def _notice_directory(message: dict[str, Any], part: Part) -> None:
    """Take the project's directory from what the agent tells the model first of all."""
    if message.get("type") != "user" or "cwd" in part.memory:
        return
    content = message.get("content")
    for block in content if isinstance(content, list) else ():
        found = _DIRECTORY.search(text(members(block).get("text")) or "")
        if found:
            part.memory["cwd"] = found[1]
            return


def _messages(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the messages of a row: itself, or those that it sets anew."""
    told = members(row.get("$set")).get("messages")
    return list(map(members, told)) if isinstance(told, list) else [row]
