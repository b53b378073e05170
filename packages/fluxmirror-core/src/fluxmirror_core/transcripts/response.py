"""Response: one answer of a model, and what it cost in tokens."""

from __future__ import annotations

from typing import Any

from fluxmirror_core.named_tuple import NamedTuple


class Tokens(NamedTuple):
    """What one response used; no token is in two of the first five."""

    input: int = 0
    """Read anew: neither out of a cache nor into one."""
    output: int = 0
    """Written, reasoning included."""
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    reasoning: int = 0
    """Of `output`."""
    tool_use: int = 0
    """Read anew for the results of tools, where a provider counts them beside the input."""


class Response(NamedTuple):
    """One record of a model's response. A response may have several; see `key`."""

    key: str | None
    """The same in every record of one response, in whatever file; None where there is none."""
    offset: int
    """Where the record's line begins in its file, in bytes."""
    ts_ms: int | None
    """When the response was written down; UTC milliseconds."""
    session: str | None
    subagent: str | None
    """The subagent that asked for it; None for the session itself."""
    model: str | None
    cwd: str | None
    """Where the agent worked, as far as the file tells."""
    tokens: Tokens
    raw: dict[str, Any]
    """The counts as the agent wrote them."""
