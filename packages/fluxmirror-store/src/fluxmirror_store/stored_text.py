"""Text as the database holds it: what an older program wrote need not be UTF-8."""

from __future__ import annotations


def lenient_text(raw: bytes) -> str:
    """Give stored bytes as text, a sign in place of each byte that is none; a `text_factory`."""
    return raw.decode("utf-8", "replace")
