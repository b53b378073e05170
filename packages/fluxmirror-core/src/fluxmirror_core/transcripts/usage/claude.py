"""Claude Code's session files: a row per content block, with the whole response's usage on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.transcripts.usage import counts
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Part

_MARK: Final = b'"usage":'
_SYNTHETIC: Final = "<synthetic>"
"""The model of rows that Claude Code writes itself, for an error of the interface for one."""


def responses(part: Part) -> Iterator[Response]:
    """Read the responses of a session's or a subagent's file."""
    for offset, row in part.marked(_MARK):
        message = members(row.get("message"))
        usage, model = members(message.get("usage")), text(message.get("model"))
        if row.get("type") != "assistant" or not usage or model == _SYNTHETIC:
            continue
        yield Response(
            key=text(message.get("id")),
            offset=offset,
            ts_ms=epoch_ms(row.get("timestamp")),
            session=_session(row),
            subagent=text(row.get("agentId")),
            model=model,
            cwd=text(row.get("cwd")),
            tokens=counts.anthropic(usage),
            raw=usage,
        )


def _session(row: dict[str, Any]) -> str | None:
    """Give the session that the response was made in; a fork's copy of its row tells it apart."""
    origin = text(members(row.get("forkedFrom")).get("sessionId"))
    return origin or text(row.get("sessionId"))
