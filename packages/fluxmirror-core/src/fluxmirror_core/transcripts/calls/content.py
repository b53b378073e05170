"""The content of a message: text, or a list of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.wire.observation import members, text

if TYPE_CHECKING:
    from fluxmirror_core.wire.observation import Message


def blocks(content: object) -> list[Message]:
    """Give the blocks of a content, without what is none; a plain text has none."""
    return [block for block in map(members, content) if block] if isinstance(content, list) else []


def told_text(content: object) -> str:
    """Give the text of a content: itself, or what its blocks tell, line by line."""
    if isinstance(content, list):
        return "\n".join(filter(None, (text(block.get("text")) for block in blocks(content))))
    return text(content) or ""
