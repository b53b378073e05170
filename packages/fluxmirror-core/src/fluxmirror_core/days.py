"""Words of a command line for a time: a day, a week, a month, the last days, an instant."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from fluxmirror_core.period import parse_date

_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})", re.IGNORECASE)
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_LENGTH: Final = re.compile(r"([1-9][0-9]{0,6})([dw])", re.IGNORECASE)
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY: Final = timedelta(days=1)
_WEEK_DAYS: Final = 7
_MORE_THAN_A_MONTH: Final = timedelta(days=31)
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MILLI: Final = timedelta(milliseconds=1)
_MS_DIGITS: Final = 3

TODAY: Final = "today"
YESTERDAY: Final = "yesterday"


class Span(NamedTuple):
    """Days in a row, both of them included."""

    first: date
    last: date


def parse_day(text: str, today: date) -> date | None:
    """Read `2026-03-02`, `today` or `yesterday`, in whatever case; None for all else."""
    word = text.strip().casefold()
    if word == TODAY:
        return today
    return today - _DAY if word == YESTERDAY else parse_date(text)


def parse_week(text: str) -> Span | None:
    """Read `2026-W47`, from Monday to Sunday; None when no calendar has it."""
    found = _WEEK.fullmatch(text)
    if found is None:
        return None
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Span(monday, monday + (_WEEK_DAYS - 1) * _DAY)
    except (ValueError, OverflowError):
        return None


def parse_month(text: str) -> Span | None:
    """Read `2026-11`; None when no calendar has it."""
    found = _MONTH.fullmatch(text)
    if found is None:
        return None
    try:
        first = date(int(found[1]), int(found[2]), 1)
        return Span(first, (first + _MORE_THAN_A_MONTH).replace(day=1) - _DAY)
    except (ValueError, OverflowError):
        return None


def parse_length(text: str) -> int | None:
    """Read `14d` or `2w` as a number of days; None for all else."""
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        return None
    return int(found[1]) * (_WEEK_DAYS if found[2] in "wW" else 1)


def last_days(number: int, last: date) -> Span:
    """Give so many days in a row that end with one.

    Raises:
        OverflowError: the calendar does not reach back that far.
    """
    return Span(last - (number - 1) * _DAY, last)


def parse_instant(text: str) -> int | None:
    """Read a time of RFC 3339 as UTC milliseconds; None for all else.

    A fraction of a millisecond is rounded up, so that what is recorded in whole ones is on the
    right side of it.
    """
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        return None
    day, clock, fraction, offset = found.groups(default="")
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{offset.upper().replace('Z', '+00:00')}")
        # The fraction is reckoned apart: `datetime` would cut it to microseconds.
        return (moment - _EPOCH) // _MILLI + _ceiled_ms(fraction.removeprefix("."))
    except (ValueError, OverflowError):
        return None


def _ceiled_ms(digits: str) -> int:
    whole = int(digits[:_MS_DIGITS].ljust(_MS_DIGITS, "0"))
    return whole + bool(digits[_MS_DIGITS:].strip("0"))
