"""Claude Code's session files: a row per content block, with the whole response's usage on each.

Two rows of three repeat what the one before them said of its response. Such a row is known by its
bytes, and never parsed: it adds nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.transcripts.response import Response
from fluxmirror_core.transcripts.usage import counts
from fluxmirror_core.wire.observation import epoch_ms, members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.transcripts.part import Part

_MARK: Final = b'"usage":'
_USAGE: Final = re.compile(rb'"usage":\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}')
_TIMESTAMP: Final = b'"timestamp":"'
_TIME_BYTES: Final = len("2026-11-20T12:00:00.000Z")
_SYNTHETIC: Final = "<synthetic>"
"""The model of rows that Claude Code writes itself, for an error of the interface for one."""


def responses(part: Part) -> Iterator[Response]:
    """Read the responses of a session's or a subagent's file."""
    latest = _Latest()
    for first, after in part.places(_MARK):
        line = part.data[first:after]
        if latest.is_repeated_in(line):
            continue
        row = part.parse(first, after)
        told = None if row is None else _response(row, part.start + first)
        if told is not None:
            latest.keep(line, told.key)
            yield told


class _Latest:
    """The bytes by which a row is known to repeat the last one."""

    def __init__(self) -> None:
        self._key = self._usage = self._time = b""

    def keep(self, line: bytes, key: str | None) -> None:
        """Remember a row about the response `key`."""
        usage = _USAGE.search(line)
        self._key = f'"id":"{key}"'.encode() if key and usage else b""
        self._usage = usage[0] if usage else b""
        self._time = _time(line)

    def is_repeated_in(self, line: bytes) -> bool:
        """Tell whether a row has the same id and counts, and is not from an earlier time.

        Neither id nor counts can stand in a string like this: their quotes are escaped there.
        """
        return (
            self._key != b""
            and self._key in line
            and self._usage in line
            and _time(line) >= self._time != b""
        )


def _time(line: bytes) -> bytes:
    found = line.rfind(_TIMESTAMP) + len(_TIMESTAMP)
    return line[found : found + _TIME_BYTES] if found >= len(_TIMESTAMP) else b""


def _response(row: dict[str, Any], offset: int) -> Response | None:
    message = members(row.get("message"))
    usage, model = members(message.get("usage")), text(message.get("model"))
    if row.get("type") != "assistant" or not usage or model == _SYNTHETIC:
        return None
    return Response(
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
