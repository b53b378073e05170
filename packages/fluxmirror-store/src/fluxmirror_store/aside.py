"""What the drain could not understand: kept in `bad/`, each file's reason in `bad/reasons`."""

from __future__ import annotations

import contextlib
import heapq
import os
from typing import Final

from fluxmirror_core.private import make_directory

from fluxmirror_store.spool_reader import new_path
from fluxmirror_store.spool_waiting import files_in

KEPT: Final = 1000
"""How many files are kept: the newest. Those deleted for it are counted."""


def set_aside(spool: str, name: str, reason: str) -> int:
    """Move a waiting file that cannot be understood to `bad/`; the caller holds the drain's lock.

    Args:
        spool: the spool directory.
        name: the file's name in `new/`.
        reason: one line, holding nothing of the payload.

    Returns:
        How many older files were deleted because only the newest `KEPT` are kept.

    Raises:
        OSError: it could not be moved.
    """
    directory, reasons = _directories(spool)
    make_directory(reasons)
    kept_as = _free_name(directory, name)
    # The reason first: whoever is killed in between does both again.
    descriptor = os.open(
        os.path.join(reasons, kept_as), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
    )
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(reason + "\n")
    os.replace(new_path(spool, name), os.path.join(directory, kept_as))
    return _prune(directory, reasons)


def bring_back(spool: str) -> int:
    """Move everything set aside back to `new/`, for a newer program to try; how many.

    The caller holds the drain's lock.

    Raises:
        OSError: one could not be moved; those before it have been.
    """
    directory, reasons = _directories(spool)
    names = [entry.name for entry in files_in(directory)]
    for name in names:
        back = _free_name(new_path(spool, ""), name)
        os.replace(os.path.join(directory, name), new_path(spool, back))
        _unlink(os.path.join(reasons, name))
    return len(names)


def count_reasons(spool: str) -> dict[str, int]:
    """Count what is set aside by the reason for it."""
    directory, reasons = _directories(spool)
    counts: dict[str, int] = {}
    for entry in files_in(directory):
        reason = _first_line(os.path.join(reasons, entry.name))
        counts[reason] = counts.get(reason, 0) + 1
    return counts


def _directories(spool: str) -> tuple[str, str]:
    return os.path.join(spool, "bad"), os.path.join(spool, "bad", "reasons")


def _free_name(directory: str, name: str) -> str:
    free, number = name, 0
    while os.path.lexists(os.path.join(directory, free)):
        number += 1
        free = f"{name}.{number}"
    return free


def _first_line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.readline().strip()
    except OSError:
        return "no reason is known"


def _prune(directory: str, reasons: str) -> int:
    kept = list(files_in(directory))
    spare = heapq.nsmallest(max(0, len(kept) - KEPT), kept)
    for entry in spare:
        _unlink(os.path.join(directory, entry.name))
        _unlink(os.path.join(reasons, entry.name))
    return len(spare)


def _unlink(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
