"""The mirror: a copy of every event as JSON lines, for whoever asks for one.

Off unless `mirror` of the configuration names a directory. One file per agent and UTC day; a line
is complete and versioned, so that the rows can be made again from it. A call whose end is told
later has a line for each telling; the last line of a `uid` holds.
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core.private import make_directory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.event import AgentEvent

VERSION: Final = 2
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def append_lines(directory: str, events: Iterable[AgentEvent]) -> None:
    """Append a line per event; the caller holds the drain's lock.

    A copy at the best of efforts: what could not be appended is not tried again.

    Raises:
        OSError: a file could not be written.
    """
    files: dict[str, list[str]] = {}
    for event in events:
        files.setdefault(_path(directory, event), []).append(_line(event))
    for path, lines in files.items():
        make_directory(os.path.dirname(path))
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(descriptor, "ab") as file:
            file.write("".join(lines).encode("utf-8"))


def file_name(ts_ms: int) -> str:
    """Name the file of what happened then: one for each day of UTC."""
    return time.strftime("%Y-%m-%d.jsonl", time.gmtime(ts_ms // 1000))


def _path(directory: str, event: AgentEvent) -> str:
    return os.path.join(directory, event.agent, file_name(event.ts_ms))


def _line(event: AgentEvent) -> str:
    record = {name: _plain(value) for name, value in event._asdict().items()}
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(event.ts_ms // 1000))
    return _ENCODER.encode({**record, "ts": moment, "version": VERSION}) + "\n"


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
