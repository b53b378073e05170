"""Codex CLI's rollout files: a record per response; the model is in the context before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts import counts
from fluxmirror_core.transcripts.lines import marked_lines
from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.lines import Data
    from fluxmirror_core.transcripts.response import Memory

# The quote before it keeps out `latest_token_usage_record`, which repeats one in a compaction.
_USAGE: Final = b'"token_usage_record"'
_CONTEXT: Final = b'"turn_context"'


def responses(data: Data, start: int, end: int, path: str, memory: Memory) -> Iterator[Response]:  # noqa: ARG001 - as every reader
    """Read the responses of a thread's file; running totals beside them are left alone."""
    for offset, row in marked_lines(data, (_USAGE, _CONTEXT), start, end):
        payload = members(row.get("payload"))
        if row.get("type") == "turn_context":
            memory["model"] = text(payload.get("model"))
        elif row.get("type") == "token_usage_record":
            session, thread = text(payload.get("session_id")), text(payload.get("thread_id"))
            usage = members(payload.get("usage"))
            yield Response(
                key=text(payload.get("response_id")),
                offset=offset,
                ts_ms=epoch_ms(row.get("timestamp")),
                session=session or thread,
                subagent=thread if thread != session else None,
                model=memory.get("model"),
                tokens=counts.inclusive(
                    usage.get("input_tokens"),
                    usage.get("cached_input_tokens"),
                    usage.get("cache_write_input_tokens"),
                    usage.get("output_tokens"),
                    usage.get("reasoning_output_tokens"),
                ),
                raw=usage,
            )
