"""Qwen Code's chat files: only the telemetry of a response has its id; other rows repeat it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.transcripts.usage import counts
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Part

_EVENT: Final = "qwen-code.api_response"
_MARK: Final = _EVENT.encode()
_COUNTS: Final = (
    "input_token_count",
    "cached_content_token_count",
    "cache_write_token_count",
    "output_token_count",
    "thoughts_token_count",
)


def responses(part: Part) -> Iterator[Response]:
    """Read the responses of a session's file, its subagents' and compactions' among them."""
    for offset, row in part.marked(_MARK):
        told = members(members(row.get("systemPayload")).get("uiEvent"))
        if row.get("subtype") != "ui_telemetry" or told.get("event.name") != _EVENT:
            continue
        yield Response(
            key=text(told.get("response_id")),
            offset=offset,
            ts_ms=epoch_ms(row.get("timestamp")),
            session=text(row.get("sessionId")),
            subagent=text(told.get("subagent_id")),
            model=text(told.get("model")),
            cwd=text(row.get("cwd")),
            tokens=counts.inclusive(*map(told.get, _COUNTS)),
            raw={name: told[name] for name in (*_COUNTS, "total_token_count") if name in told},
        )
