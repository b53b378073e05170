"""Hook times: what recording took of the agents, told by the spool's files, as a histogram a day.

A shim makes its file before it reads the payload and writes the file's last line when it has all of
it, so a file's age at its last change is what the agent waited for, but for the start of the shim's
own interpreter.
"""

from __future__ import annotations

import sys
import time
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    import os
    import sqlite3

EDGES_US: Final = (
    250, 500, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 12_000, 16_000, 24_000, 32_000,
    48_000, 64_000, 100_000, 160_000, 250_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
    15_000_000, 60_000_000,
)  # fmt: skip
"""The longest time that each bucket holds."""
KEPT_DAYS: Final = 90
_DAY_S: Final = 86_400
_DAY_NS: Final = _DAY_S * 1_000_000_000
_DAY_MS: Final = _DAY_S * 1_000
_NS_PER_US: Final = 1_000
_COARSE_CLOCK: Final = 5
"""Linux's CLOCK_REALTIME_COARSE, by which most of its file systems write times."""
_WINDOWS_TICK_US: Final = 15_625
_ADD: Final = """
INSERT INTO hook_time (day, upto_us, count) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET count = count + excluded.count
"""
_FORGET: Final = "DELETE FROM hook_time WHERE day < ?"
_SELECT: Final = """
SELECT upto_us, sum(count) FROM hook_time WHERE day >= ? GROUP BY upto_us ORDER BY upto_us
"""


class HookTimes(NamedTuple):
    """What hooks took."""

    count: int  # type: ignore[assignment]  # a tuple has a method of that name
    """Hooks that could be measured."""
    p50_us: int
    """Half of them took no longer; the upper edge of a bucket, so never too good."""
    p99_us: int


class HookTimeTally:
    """Times of one batch, added to the database's in the batch's transaction."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, int]] = Counter()

    def add(self, took_us: int, at_ns: int) -> None:
        """Count one hook.

        Args:
            took_us: how long it took.
            at_ns: when; UTC nanoseconds.
        """
        longer = max(took_us, _TICK_US)  # what is shorter cannot be told from nothing
        self._counts[at_ns // _DAY_NS, EDGES_US[bisect_left(EDGES_US, longer)]] += 1

    def flush(self, db: sqlite3.Connection, now_ms: int) -> None:
        """Add the counts to the database's, and forget those of days long past."""
        if not self._counts:
            return
        today = now_ms // _DAY_MS
        first = today - KEPT_DAYS
        # A file's time may be any; one of next year would be kept until then.
        db.executemany(
            _ADD,
            (
                (day, upto_us, count)
                for (day, upto_us), count in self._counts.items()
                if first <= day <= today + 1
            ),
        )
        db.execute(_FORGET, (first,))


def took_us(name: str, stat: os.stat_result) -> int | None:
    """Say how long a shim wrote at its file, in microseconds; None when the file does not tell.

    Args:
        name: the file's. `fluxmirror hook` gives names without a dash: it makes its file when it
            has everything already, so that its times tell nothing of what the agent waited for.
        stat: of a complete file that nobody has read yet.
    """
    took = (stat.st_mtime_ns - _birth_ns(stat)) // _NS_PER_US
    return took if "-" in name and 0 <= took < EDGES_US[-1] else None


def hook_times(db: sqlite3.Connection, since_ms: int) -> HookTimes | None:
    """Say what hooks took since the UTC day of a moment; None when none could be measured.

    Args:
        db: the database.
        since_ms: the moment, in UTC milliseconds.
    """
    buckets: list[tuple[int, int]] = db.execute(_SELECT, (since_ms // _DAY_MS,)).fetchall()
    total = sum(count for _, count in buckets)
    if not total:
        return None
    return HookTimes(total, _percentile(buckets, total, 50), _percentile(buckets, total, 99))


def _percentile(buckets: list[tuple[int, int]], total: int, percent: int) -> int:
    seen = 0
    for upto_us, count in buckets:
        seen += count
        if seen * 100 >= total * percent:
            return upto_us
    return buckets[-1][0]


def _birth_ns(stat: os.stat_result) -> int:
    """Give a file's birth; on Linux a file that was never read was last accessed when it was made.

    There `os.stat` tells no birth.
    """
    born_ns: int | None = getattr(stat, "st_birthtime_ns", None)
    if born_ns is not None:
        return born_ns
    born_s: float | None = getattr(stat, "st_birthtime", None)
    if born_s is not None:
        return int(born_s * 1_000_000_000)
    return stat.st_ctime_ns if sys.platform == "win32" else stat.st_atime_ns


def _tick_us() -> int:
    """Give the steps in which the system's file times go on."""
    if sys.platform == "win32":
        return _WINDOWS_TICK_US
    if sys.platform == "linux":
        return round(time.clock_getres(_COARSE_CLOCK) * 1_000_000)
    return 0


_TICK_US: Final = _tick_us()
