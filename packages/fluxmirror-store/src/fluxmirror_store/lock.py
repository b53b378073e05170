"""One drainer at a time: a lock the system takes back from a process that died."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        path: the lock file, made when missing and never removed.
        wait_s: how long to wait for another holder, in seconds.

    Yields:
        Whether the lock is ours; False when another process still has it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _wait(descriptor, time.monotonic() + wait_s)
    finally:
        os.close(descriptor)


def _wait(descriptor: int, deadline: float) -> bool:
    while not _try(descriptor):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE_S)
    return True
