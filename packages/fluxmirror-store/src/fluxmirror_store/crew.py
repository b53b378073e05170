"""A crew: several processes work through a long list, one stores what they found.

A few thousand files are read faster than processes are started, so only a long list has one.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.pool import AsyncResult

MOST_WORKERS: Final = 4
_AHEAD: Final = 2
"""Results that are there and not yet stored, per worker at most: memory stays flat."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def crew_size() -> int:
    """Say how many workers a long list may have; 1 where processes cannot be forked safely."""
    if sys.platform != "linux" or _has_threads():
        return 1
    return min(len(os.sched_getaffinity(0)), MOST_WORKERS)


def _has_threads() -> bool:
    """Tell whether the process has more than one thread, also such as Python knows nothing of."""
    try:
        return len(os.listdir("/proc/self/task")) > 1
    except OSError:
        return True


def in_order(
    work: Callable[[_Item], _Result], items: Iterable[_Item], size: int
) -> Iterator[_Result]:
    """Do `work` with each item in `size` processes; gives the results in the items' order."""
    import multiprocessing  # every report looks for work first, and next to none finds much

    context = multiprocessing.get_context("fork")
    with context.Pool(size, _enlist, (work,)) as pool:
        pending: deque[AsyncResult[_Result]] = deque()
        for item in items:
            pending.append(pool.apply_async(_work, (item,)))
            if len(pending) >= size * _AHEAD:
                yield pending.popleft().get()
        while pending:
            yield pending.popleft().get()


class _Post:
    """What a worker's process does; set when it starts, so that it need not be pickled."""

    work: Callable[[Any], Any]


def _enlist(work: Callable[[Any], Any]) -> None:
    """Start a worker's process: Ctrl-C is for the one that stores."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Post.work = work


def _work(item: Any) -> Any:  # noqa: ANN401 - as the work has it
    return _Post.work(item)
