"""The identity of an event: what makes a second telling of it change nothing."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fluxmirror_core.wire.observation import Observation

TWIN_WINDOW_MS: Final = 2_000
"""Two equal payloads without any identity are one event when captured this close together."""


class Identity(NamedTuple):
    """`AgentEvent.uid` and `AgentEvent.twin_uid`."""

    uid: bytes
    twin_uid: bytes | None = None


def identify(seen: Observation, payload: bytes, spool_name: str) -> Identity:
    """Give the identity of an observed event.

    A call is its session and its id, as the id alone is unique in no agent. An event the agent
    numbered is its number; a payload with a time of its own is its bytes. What is left is the
    spool file, with the bytes as the mark by which a double registration is known.
    """
    if seen.phase and seen.call_id:
        return Identity(digest("call", seen.session or "", seen.call_id))
    if seen.event_id:
        return Identity(digest("event", seen.session or "", seen.event_id))
    told = digest("payload", payload, str(seen.part))
    if seen.sent_ms is not None:
        return Identity(told)
    return Identity(digest("spool", spool_name, payload, str(seen.part)), told)


def digest(*parts: str | bytes) -> bytes:
    """Give 16 bytes for `parts`, told apart by their lengths."""
    state = blake2b(digest_size=16)
    for part in parts:
        raw = part.encode("utf-8", "replace") if isinstance(part, str) else part
        state.update(b"%d:" % len(raw))
        state.update(raw)
    return state.digest()
