"""A crew reads a long backlog: several processes understand files, one stores what they tell.

A few thousand files are read faster than processes are started, so only a long backlog has one.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from fluxmirror_store.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from multiprocessing.pool import AsyncResult

    from fluxmirror_core.wire.reader import PayloadReader

MOST_READERS: Final = 4
_AHEAD: Final = 2
"""Batches that are read and not yet stored, per reader at most: memory stays flat."""


def crew_size() -> int:
    """Say how many readers a backlog may have; 1 where processes cannot be forked safely."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(len(os.sched_getaffinity(0)), MOST_READERS)


def read_in_order(
    spool: str, reader: PayloadReader, lists: Iterable[list[str]], size: int
) -> Iterator[Batch]:
    """Read lists of waiting files with `size` processes; gives the batches in the lists' order."""
    import multiprocessing  # every report drains first, and next to none meets a long backlog

    context = multiprocessing.get_context("fork")
    with context.Pool(size, _enlist, (spool, reader)) as pool:
        pending: deque[AsyncResult[Batch]] = deque()
        for names in lists:
            pending.append(pool.apply_async(_read, (names,)))
            if len(pending) >= size * _AHEAD:
                yield pending.popleft().get()
        while pending:
            yield pending.popleft().get()


def read_batch(spool: str, reader: PayloadReader, names: list[str]) -> Batch:
    """Read one list of waiting files."""
    batch = Batch(spool, reader, time.time_ns())
    for name in names:
        batch.take(name)
    return batch


class _Post:
    """What a reader's process works with; set when it starts."""

    spool: str
    reader: PayloadReader


def _enlist(spool: str, reader: PayloadReader) -> None:
    """Start a reader's process: Ctrl-C is for the one that stores."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Post.spool, _Post.reader = spool, reader


def _read(names: list[str]) -> Batch:
    return read_batch(_Post.spool, _Post.reader, names)
