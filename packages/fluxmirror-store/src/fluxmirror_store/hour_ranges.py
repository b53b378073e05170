"""Which hours of a period can be taken as they are added up, and which have to be counted anew."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import day_end_ms, day_start_ms, local_date

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

HOUR_MS: Final = 3_600_000
"""As `fluxmirror_core.analysis.hour` has it, which takes long to load."""
_STALE: Final = "SELECT hour FROM stale_hour WHERE what = ? AND hour >= ? AND hour < ?"
# Each finds its row at one end of an index; asked together they would walk over all.
_LIMITS: Final = """
SELECT (SELECT min(hour) FROM {table}), (SELECT max(hour) FROM {table}),
    (SELECT min(hour) FROM stale_hour WHERE what = :what),
    (SELECT max(hour) FROM stale_hour WHERE what = :what)
"""


class Range(NamedTuple):
    """A part of one hour, `start_ms <= ts_ms < end_ms`, within one local day."""

    start_ms: int
    end_ms: int


class HourRanges(NamedTuple):
    """A period's hours."""

    first: int
    """Number of the first hour."""
    end: int
    """Number of the hour behind the last."""
    counted_anew: dict[int, tuple[Range, ...]]
    """By number: hours in which something changed, or that a day or the period begins or ends in.

    All others are taken from the table.
    """


def hour_ranges(
    db: sqlite3.Connection, what: str, start_ms: int, end_ms: int, zone: ZoneInfo
) -> HourRanges:
    """Divide a period into hours.

    Args:
        db: in a transaction, so that what is stale stays so meanwhile.
        what: `summing.CALLS` or `summing.USAGE`.
        start_ms: when the period begins, UTC milliseconds.
        end_ms: and ends.
        zone: whose days must not share a part of an hour.
    """
    table = {"calls": "activity_hour", "usage": "usage_hour"}[what]
    limits = db.execute(_LIMITS.format(table=table), {"what": what}).fetchone()
    known = [hour for hour in limits if hour is not None]
    if not known:
        return HourRanges(0, 0, {})
    # Nobody has to walk through centuries in which nothing was recorded.
    start_ms = max(start_ms, min(known) * HOUR_MS)
    end_ms = min(end_ms, (max(known) + 1) * HOUR_MS)
    if start_ms >= end_ms:
        return HourRanges(0, 0, {})
    first, end = start_ms // HOUR_MS, -(-end_ms // HOUR_MS)
    stale = {hour for (hour,) in db.execute(_STALE, (what, first, end))}
    cuts = [start_ms, end_ms, *_midnights(start_ms, end_ms, zone)]
    cut = {moment // HOUR_MS for moment in cuts if moment % HOUR_MS}
    anew = {hour: tuple(_parts(hour, cuts, start_ms, end_ms)) for hour in stale | cut}
    return HourRanges(first, end, anew)


class LocalDays:
    """Gives the local days of times, which it works out once a day where they come in order.

    A day ends where the next one first begins: clocks that go back over midnight show an hour of
    the day before once more, which the next one keeps.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._day = date.min
        self._start_ms = self._end_ms = 0

    def of(self, ts_ms: int) -> date:
        """Give the local day that a time belongs to."""
        if not self._start_ms <= ts_ms < self._end_ms:
            self._find(ts_ms)
        return self._day

    def end_ms(self, ts_ms: int) -> int:
        """Give when the local day of a time ends."""
        self.of(ts_ms)
        return self._end_ms

    def _find(self, ts_ms: int) -> None:
        self._day = local_date(ts_ms, self._zone)
        self._end_ms = day_end_ms(self._day, self._zone)
        if self._end_ms <= ts_ms:
            self._day += timedelta(days=1)
            self._end_ms = day_end_ms(self._day, self._zone)
        self._start_ms = day_start_ms(self._day, self._zone)


def _midnights(start_ms: int, end_ms: int, zone: ZoneInfo) -> Iterator[int]:
    days = LocalDays(zone)
    moment = days.end_ms(start_ms)
    while moment < end_ms:
        yield moment
        moment = days.end_ms(moment)


def _parts(hour: int, cuts: Iterable[int], start_ms: int, end_ms: int) -> Iterator[Range]:
    first, last = max(hour * HOUR_MS, start_ms), min((hour + 1) * HOUR_MS, end_ms)
    points = sorted({first, last, *(cut for cut in cuts if first < cut < last)})
    for begin, finish in pairwise(points):
        yield Range(begin, finish)
