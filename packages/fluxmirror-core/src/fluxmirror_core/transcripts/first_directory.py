"""Where a session began, as the first of its file's lines tells that names a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts import gemini_chat
from fluxmirror_core.transcripts.part import parse_line
from fluxmirror_core.wire.observation import members, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.wire.observation import Message

_MARKS: Final = (b'"cwd"', b'"directories"', b"Workspace Directories:")


def first_directory(beginning: bytes) -> str | None:
    """Find the first directory that the beginning of a session file tells; its end may be cut."""
    start = 0
    while start < len(beginning):
        end = beginning.find(b"\n", start) + 1 or len(beginning)
        line = beginning[start:end]
        row = parse_line(line) if any(mark in line for mark in _MARKS) else None
        if row is not None and (found := next(_directories(row), None)):
            return found
        start = end
    return None


def _directories(row: Message) -> Iterator[str]:
    data = members(row.get("data"))  # Copilot's
    tellers = (row, members(row.get("payload")), members(data.get("context")), data)
    told = [text(teller.get("cwd")) for teller in tellers]
    told += map(gemini_chat.directory, gemini_chat.messages(row))
    yield from filter(None, told)
