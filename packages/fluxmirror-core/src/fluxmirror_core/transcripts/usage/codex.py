"""Codex CLI's rollout files: a record per response; the model is in the context before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.transcripts.usage import counts
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Part

# The quote before it keeps out `latest_token_usage_record`, which repeats one in a compaction.
_USAGE: Final = b'"token_usage_record"'
_CONTEXT: Final = b'"turn_context"'


def responses(part: Part) -> Iterator[Response]:
    """Read the responses of a thread's file; running totals beside them are left alone."""
    for offset, row in part.marked(_USAGE, _CONTEXT):
        payload = members(row.get("payload"))
        if row.get("type") == "turn_context":
            part.memory["model"] = text(payload.get("model"))
            part.memory["cwd"] = text(payload.get("cwd"))
        elif row.get("type") == "token_usage_record":
            session, thread = text(payload.get("session_id")), text(payload.get("thread_id"))
            usage = members(payload.get("usage"))
            yield Response(
                key=text(payload.get("response_id")),
                offset=offset,
                ts_ms=epoch_ms(row.get("timestamp")),
                session=session or thread,
                subagent=thread if thread != session else None,
                model=part.memory.get("model"),
                cwd=part.memory.get("cwd"),
                tokens=counts.inclusive(
                    usage.get("input_tokens"),
                    usage.get("cached_input_tokens"),
                    usage.get("cache_write_input_tokens"),
                    usage.get("output_tokens"),
                    usage.get("reasoning_output_tokens"),
                ),
                raw=usage,
            )
