"""One more response at the end of a session file, as when an agent works on."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_BELOW: Final = os.path.join(".claude", "projects")


class Appender:
    """Adds responses to one of Claude Code's files, each the last one again under a new id."""

    def __init__(self, home: str) -> None:
        self._path, self._row = next(_last_responses(home))
        self._numbers = itertools.count(1)

    def append(self) -> None:
        """Add one."""
        name = f"appended_{next(self._numbers)}"
        message = {**self._row["message"], "id": f"msg_{name}"}
        row = {**self._row, "message": message, "requestId": f"req_{name}", "uuid": name}
        with open(self._path, "ab") as file:
            file.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")


def _last_responses(home: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Give the files that end with a response, whole, and that response."""
    for path in sorted(Path(home, _BELOW).rglob("*.jsonl")):
        data = path.read_bytes()
        if not data.endswith(b"\n"):
            continue
        row = json.loads(data.splitlines()[-1])
        if row["type"] == "assistant" and row.get("requestId"):
            yield path, row
