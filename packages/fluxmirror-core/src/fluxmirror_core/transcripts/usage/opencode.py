"""OpenCode's database: a row of table `message` per response, and a row of `session` about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxmirror_core.transcripts.response import Response, Tokens
from fluxmirror_core.transcripts.usage.counts import count
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from fluxmirror_core.wire.observation import Message


def responses_of(message: dict[str, Any], session: dict[str, Any]) -> Response | None:
    """Read one message; None where it is no model's, or tells no tokens.

    Args:
        message: the row's `rowid`, `id` and `time_created`, and its `data` parsed.
        session: the row of its session: `id`, `directory`, and `root`, the session of the whole
            where this one is a subagent's.

    Returns:
        A response without a tier for what was written to the cache, as none is told; its
        `offset` is the row's number.
    """
    data = members(message.get("data"))
    tokens = members(data.get("tokens"))
    if data.get("role") != "assistant" or not tokens:
        return None
    root, own = text(session.get("root")), text(session.get("id"))
    return Response(
        key=text(message.get("id")),
        offset=count(message.get("rowid")),
        ts_ms=epoch_ms(message.get("time_created")),
        session=root or own,
        subagent=own if root else None,
        model=text(data.get("modelID")),
        cwd=text(members(data.get("path")).get("cwd")) or text(session.get("directory")),
        tokens=_tokens(tokens),
        raw=tokens,
    )


def _tokens(told: Message) -> Tokens:
    """Read the counts, of which none is a part of another."""
    cache, reasoning = members(told.get("cache")), count(told.get("reasoning"))
    return Tokens(
        input=count(told.get("input")),
        output=count(told.get("output")) + reasoning,
        cache_read=count(cache.get("read")),
        cache_write_5m=count(cache.get("write")),
        reasoning=reasoning,
    )
