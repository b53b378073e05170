"""Counts as agents write them → Tokens, whatever a provider's own convention is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_core.wire.observation import members

if TYPE_CHECKING:
    from collections.abc import Mapping

    Counts = Mapping[str, object]


_MOST: Final = 1 << 40
"""A trillion tokens: no response has more, and a sum of so many of them still is a number."""


def count(value: object) -> int:
    """Give a count, and 0 for everything that is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 <= value < _MOST else 0


def anthropic(usage: Counts) -> Tokens:
    """Input excludes what was cached; a cache write without a word on its tier is for 5 minutes."""
    tiers = members(usage.get("cache_creation"))
    hour = count(tiers.get("ephemeral_1h_input_tokens"))
    short = count(tiers.get("ephemeral_5m_input_tokens"))
    written = max(count(usage.get("cache_creation_input_tokens")), hour + short)
    return Tokens(
        input=count(usage.get("input_tokens")),
        output=count(usage.get("output_tokens")),
        cache_read=count(usage.get("cache_read_input_tokens")),
        cache_write_5m=written - hour,
        cache_write_1h=hour,
        reasoning=count(members(usage.get("output_tokens_details")).get("thinking_tokens")),
    )


def inclusive(
    read: object, cached: object, written: object, output: object, reasoning: object
) -> Tokens:
    """Input includes what was read from the cache and written to it; output, the reasoning."""
    cache_read, cache_write = count(cached), count(written)
    return Tokens(
        input=max(count(read) - cache_read - cache_write, 0),
        output=count(output),
        cache_read=cache_read,
        cache_write_5m=cache_write,
        reasoning=count(reasoning),
    )


def gemini(usage: Counts) -> Tokens:
    """Input includes what was cached; thoughts and tool results stand beside the rest."""
    cached, thoughts = count(usage.get("cached")), count(usage.get("thoughts"))
    return Tokens(
        input=max(count(usage.get("input")) - cached, 0),
        output=count(usage.get("output")) + thoughts,
        cache_read=cached,
        reasoning=thoughts,
        tool_use=count(usage.get("tool")),
    )
