"""Text of bounded length that any database and terminal can take."""

from __future__ import annotations

from typing import Final

DETAIL_BYTES: Final = 200
"""Longest `detail` and `error`, in bytes of UTF-8."""
NAME_BYTES: Final = 400
"""Longest name or identifier an agent may give, in bytes of UTF-8."""
PATH_BYTES: Final = 4096
"""Longest path, in bytes of UTF-8: the longest that the systems we run on open."""


def storable(text: str) -> str:
    """Replace lone surrogates, which JSON can spell and UTF-8 cannot."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def cut(text: str, limit: int) -> str:
    """Cut `text` to at most `limit` bytes of UTF-8, back to a whole code point."""
    if len(text) <= limit and text.isascii():
        return text
    return text[:limit].encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


def cut_or_none(text: str | None, limit: int) -> str | None:
    """Cut a text that may be missing."""
    if text is None or (len(text) <= limit and text.isascii()):
        return text
    return cut(text, limit)
