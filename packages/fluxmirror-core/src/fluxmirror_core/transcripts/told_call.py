"""ToldCall: what one record of a session file says of one tool call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fluxmirror_core.wire.observation import Observation


class ToldCall(NamedTuple):
    """A call's beginning, its end, or both in one; `seen.phase` says which."""

    offset: int
    """Where the record's line begins in its file, in bytes."""
    ts_ms: int | None
    """When the record was written; UTC milliseconds."""
    response: str | None
    """`Response.key` of the response that asked for the call, where the file tells."""
    seen: Observation
