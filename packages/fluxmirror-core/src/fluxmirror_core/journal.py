"""One line per thing that went wrong where nobody was listening; doctor counts the lines."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from fluxmirror_core.private import make_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 5 << 20
"""A longer journal is set aside as `….1`, in place of the one before."""
SUMS: Final = "sums"
"""Kind of a line that tells that hours could not be added up."""
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
    for line in _lines(logs):
        kind = line.partition(" ")[2].partition(" ")[0]
        found[kind] = found.get(kind, 0) + 1
    return found


def newest(logs: str, kind: str) -> tuple[int, str] | None:
    """Give the last line of a kind: when it was noted, in UTC milliseconds, and its message.

    None without one that can be read; a full disk may have torn one.
    """
    from datetime import datetime  # a hook that notes something has no use for it

    found = None
    for line in _lines(logs):
        moment, _, rest = line.rstrip("\n").partition(" ")
        noted_as, _, told = rest.partition(" ")
        if noted_as == kind:
            try:
                found = int(datetime.fromisoformat(moment).timestamp() * 1000), told
            except ValueError:
                continue
    return found


def _lines(logs: str) -> Iterator[str]:
    """Read the journal, what was set aside first."""
    for name in (f"{NAME}.1", NAME):
        try:
            with open(os.path.join(logs, name), encoding="utf-8", errors="replace") as file:
                yield from file
        except OSError:
            continue


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
