"""KeptSince: where what is kept begins, asked for as `90d` or as a date; days are kept whole."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import day_period, local_date, parse_date

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

_DAYS: Final = re.compile(r"([0-9]{1,6})d?")
_MOST_DAYS: Final = 100_000
"""Longer ago no agent ran, and no calendar goes back for ever."""
_HOW: Final = message("period.write_kept")


class KeptSince(NamedTuple):
    """The first day that is kept."""

    day: date
    ms: int
    """Where it begins, in UTC milliseconds."""


def days_ago(days: int, zone: ZoneInfo) -> KeptSince:
    """Keep today and the `days` days before it."""
    today = local_date(time.time_ns() // 1_000_000, zone)
    return _of_day(today - timedelta(days=min(days, _MOST_DAYS)), zone)


def asked_for(text: str, zone: ZoneInfo) -> KeptSince:
    """Read what the command line says.

    Raises:
        UsageError: it is neither a number of days nor a date of the past.
    """
    found = _DAYS.fullmatch(text.strip())
    if found is not None:
        if not int(found[1]):
            raise UsageError(message("period.at_least_a_day"), hint=_HOW)
        return days_ago(int(found[1]), zone)
    day = parse_date(text.strip())
    if day is None:
        raise UsageError(message("period.no_days", text=repr(text)), hint=_HOW)
    since = _of_day(day, zone)
    if since.ms > time.time_ns() // 1_000_000:
        raise UsageError(message("period.not_yet", day=day), hint=_HOW)
    return since


def _of_day(day: date, zone: ZoneInfo) -> KeptSince:
    return KeptSince(day, day_period(day, zone).start_ms)
