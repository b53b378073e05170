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
_FLAT: Final = rb"[^{}]*"
_USAGE: Final = re.compile(
    rb'"usage":\{%b(?:\{%b(?:\{%b\}%b)*\}%b)*\}' % (_FLAT, _FLAT, _FLAT, _FLAT, _FLAT)
)
_COUNTS: Final = b'"usage":{'
_MESSAGE: Final = b'"message":{'
_CONTENT: Final = b'"content":'
_MOST_USAGE: Final = 4096
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
        at = _place_of_usage(line)
        usage = _USAGE.match(line[at : at + _MOST_USAGE]) if key and at >= 0 else None
        self._key = f'"id":"{key}"'.encode()
        self._usage = usage[0] if usage else b""
        self._time = _time(line)

    def is_repeated_in(self, line: bytes) -> bool:
        """Tell whether a row has the same id and counts, and is not from an earlier time."""
        if not (self._usage and self._time and _time(line) >= self._time):
            return False
        at = _place_of_usage(line)
        if at < 0 or line[at : at + len(self._usage)] != self._usage:
            return False
        # The id is the message's own where it stands before whatever the message holds.
        first = line.find(_MESSAGE)
        return line.find(self._key, first, line.find(_CONTENT, first)) >= 0


def _place_of_usage(line: bytes) -> int:
    """Find the counts of a row; what a tool was given may hold some more, then it is parsed."""
    at = line.find(_COUNTS)
    return at if line.find(_COUNTS, at + 1) < 0 else -1


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
