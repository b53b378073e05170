"""What Gemini CLI's chat files tell beside their messages: whose they are, and where it worked."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.transcripts.calls.content import blocks
from fluxmirror_core.wire.observation import members, text

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.part import Memory

_DIRECTORY: Final = re.compile(r"\*\*Workspace Directories:\*\*\s+- (\S[^\r\n]*)")


def is_header(row: dict[str, Any]) -> bool:
    """Say whether a row opens a file, or goes on with one in a resumed session."""
    return "projectHash" in row


def owner(header: dict[str, Any], path: str) -> Memory:
    """Say whose file this is: a subagent's lies in a folder that its session names."""
    own = text(header.get("sessionId"))
    if header.get("kind") != "subagent":
        return {"session": own, "subagent": None}
    return {"session": os.path.basename(os.path.dirname(path)) or None, "subagent": own}


def directory(row: dict[str, Any]) -> str | None:
    """Give the project's directory, if this header or message of a user tells it.

    A session's first message, which the agent writes for the model, lists the directories.
    """
    told = row.get("directories")
    if isinstance(told, list) and told:
        return text(told[0])
    for block in blocks(row.get("content")) if row.get("type") == "user" else ():
        if found := _DIRECTORY.search(text(block.get("text")) or ""):
            return found[1]
    return None


def messages(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the messages of a row: itself, or those that it sets anew."""
    if "$set" not in row:
        return [row]
    return blocks(members(row["$set"]).get("messages"))
