"""One drainer at a time: a lock the system takes back from a process that died."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

DRAIN: Final = "drain.lock"
"""A file of the spool that whoever writes calls holds: a drain, a pruning, a statement."""
_PAUSE_S: Final = 0.02

if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def held(path: str, wait_s: float = 0.0) -> Iterator[bool]:
    """Hold the lock for the block.

    Args:
        path: the lock file, made when missing; only who holds it may remove it.
        wait_s: how long to wait for another holder, in seconds.

    Yields:
        Whether the lock is ours; False when another process still has it.
    """
    deadline = time.monotonic() + wait_s
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            ours = _wait(descriptor, deadline)
            if ours and not _is_at(descriptor, path):
                continue  # its last holder removed it: who comes now locks another file
            yield ours
            return
        finally:
            os.close(descriptor)


def _is_at(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _wait(descriptor: int, deadline: float) -> bool:
    while not _try(descriptor):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE_S)
    return True
