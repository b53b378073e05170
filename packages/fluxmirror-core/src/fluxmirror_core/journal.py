"""One line per thing that went wrong where nobody was listening; doctor counts the lines."""

from __future__ import annotations

import os
import time
from typing import Final

from fluxmirror_core.private import make_directory

MAX_BYTES: Final = 5 << 20
"""A longer journal is set aside as `….1`, in place of the one before."""
NAME: Final = "capture.log"


def note(logs: str, kind: str, message: str) -> None:
    """Append a line; a failure to do so is nobody's business any more.

    Args:
        logs: the directory of logs.
        kind: what doctor counts by, one word.
        message: one line, without anything a payload said.
    """
    # The name of a file may hold anything.
    line = "".join(character if character.isprintable() else "?" for character in message)
    try:
        _append(logs, f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {kind} {line}\n")
    except OSError:
        return


def counts(logs: str) -> dict[str, int]:
    """Count the lines of the journal by kind, those set aside included."""
    found: dict[str, int] = {}
    for name in (f"{NAME}.1", NAME):
        try:
            with open(os.path.join(logs, name), encoding="utf-8", errors="replace") as file:
                for line in file:
                    kind = line.partition(" ")[2].partition(" ")[0]
                    found[kind] = found.get(kind, 0) + 1
        except OSError:
            continue
    return found


def _append(logs: str, line: str) -> None:
    path = os.path.join(logs, NAME)
    make_directory(logs)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, line.encode("utf-8", "replace"))
        ours = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    # Another process may have set the same file aside already, and begun a new one.
    if ours.st_size >= MAX_BYTES and os.path.samestat(ours, os.stat(path)):
        os.replace(path, f"{path}.1")
