"""GitHub Copilot CLI's event files: a record per response, a subagent's among its session's.

What a compaction asked its model for has no such record, and is not in the agent's own sums; the
event of the call itself has its counts.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.transcripts.usage import counts
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Part
    from fluxmirror_core.transcripts.response import Tokens

_RECORD: Final = "session.usage_record"
_CALL: Final = "model.model_call_success"
_MARKS: Final = tuple(
    f'"{kind}"'.encode() for kind in (_RECORD, _CALL, "session.start", "session.resume")
)
_COUNTS: Final[tuple[str, ...]] = (
    "inputTokens",
    "cacheReadTokens",
    "cacheWriteTokens",
    "outputTokens",
    "reasoningTokens",
)


def responses(part: Part) -> Iterator[Response]:
    """Read the responses of a session's file; its folder is named by the session."""
    for offset, row in part.marked(*_MARKS):
        data = members(row.get("data"))
        if directory := text(members(data.get("context")).get("cwd")):
            part.memory["cwd"] = directory
        kind = row.get("type")
        if kind == _RECORD and (usage := members(data.get("usage"))):
            key, model, tokens = text(usage.get("apiCallId")), usage.get("model"), _tokens(usage)
            raw = {name: usage[name] for name in _COUNTS if name in usage}
        elif kind == _CALL and (raw := members(members(data.get("responseChunk")).get("usage"))):
            call = members(data.get("modelCall"))
            key, model, tokens = text(call.get("api_id")), call.get("model"), _call_tokens(raw)
        else:
            continue
        yield Response(
            key=key,
            offset=offset,
            ts_ms=epoch_ms(row.get("timestamp")),
            session=os.path.basename(os.path.dirname(part.path)) or None,
            subagent=text(row.get("agentId")),
            model=text(model),
            cwd=part.memory.get("cwd"),
            tokens=tokens,
            raw=raw,
        )


def _tokens(usage: dict[str, Any]) -> Tokens:
    return counts.inclusive(*map(usage.get, _COUNTS))


def _call_tokens(usage: dict[str, Any]) -> Tokens:
    """Read the counts as the model's server gave them."""
    read = members(usage.get("prompt_tokens_details"))
    return counts.inclusive(
        usage.get("prompt_tokens"),
        read.get("cached_tokens"),
        read.get("cache_write_tokens"),
        usage.get("completion_tokens"),
        members(usage.get("completion_tokens_details")).get("reasoning_tokens"),
    )
