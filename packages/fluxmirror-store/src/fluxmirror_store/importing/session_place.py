"""Where the session of a file belongs: the directory it began in has its say on all of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts.first_directory import first_directory
from fluxmirror_core.wire.builder import EventBuilder

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.part import Part

Within = Callable[[str | None], EventBuilder | None]
"""Directory of a call or a response → what builds it; None where nothing of it is recorded."""

_LOOKED_AT: Final = 1 << 20
"""Bytes of a file's beginning: the directory stands in one of its first lines."""
_SUBAGENTS: Final = f"{os.sep}subagents{os.sep}"


def session_directories(part: Part) -> tuple[str | None, ...]:
    """Say where the session of a file began, and the one that a subagent's file is a part of.

    Hooks are told the project's directory by their agent; a file has it in its beginning, which is
    read again for each later part: what is remembered of a file has its secrets masked, and nobody
    knows a masked directory.
    """
    beginning = _beginning(part.path) if part.start else part.data[:_LOOKED_AT]
    sessions = map(_beginning, _session_paths(part.path))
    return tuple(map(first_directory, (beginning, *sessions)))


def _session_paths(path: str) -> tuple[str, ...]:
    """Say where the file of a subagent's session may lie: Claude Code's, or Qwen Code's."""
    above, found, below = path.rpartition(_SUBAGENTS)
    if not found:
        return ()
    session, _, _ = below.partition(os.sep)
    return f"{above}.jsonl", os.path.join(above, "chats", f"{session}.jsonl")


def _beginning(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_LOOKED_AT)
    except OSError:
        return b""
