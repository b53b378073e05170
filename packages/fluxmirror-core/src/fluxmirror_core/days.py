"""Words of a command line for a time: a day, a week, a month, the last days, an instant."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import parse_date

# Compiled when a command line has one: all of them would take every report most of a millisecond.
_WEEK: Final = r"(?i)([0-9]{4})-W([0-9]{2})"
_MONTH: Final = r"([0-9]{4})-([0-9]{2})"
_LENGTH: Final = r"(?i)([1-9][0-9]{0,6})([dw])"
_INSTANT: Final = (
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
WEEK: Final = "week"
LAST_WEEK: Final = "last-week"
MONTH: Final = "month"
LAST_MONTH: Final = "last-month"
SPANS: Final = (TODAY, YESTERDAY, WEEK, LAST_WEEK, MONTH, LAST_MONTH)
"""Words for days in a row."""


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
    found = re.fullmatch(_WEEK, text)
    if found is None:
        return None
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Span(monday, monday + (_WEEK_DAYS - 1) * _DAY)
    except (ValueError, OverflowError):
        return None


def parse_month(text: str) -> Span | None:
    """Read `2026-11`; None when no calendar has it."""
    found = re.fullmatch(_MONTH, text)
    if found is None:
        return None
    try:
        first = date(int(found[1]), int(found[2]), 1)
        return Span(first, (first + _MORE_THAN_A_MONTH).replace(day=1) - _DAY)
    except (ValueError, OverflowError):
        return None


def parse_span(text: str, today: date) -> Span | None:
    """Read whatever names days in a row, in whatever case; None for all else.

    Args:
        text: a day, a week or a month as above, so many days that end today (`14d`), or `week`
            (`7d`), `last-week` (the seven days before), `month`, `last-month`.
        today: which date is today.
    """
    word = text.strip().casefold()
    try:
        if word in (WEEK, LAST_WEEK):
            last = today if word == WEEK else today - _WEEK_DAYS * _DAY
            return last_days(_WEEK_DAYS, last)
        if word in (MONTH, LAST_MONTH):
            last = today if word == MONTH else today.replace(day=1) - _DAY
            return parse_month(f"{last:%Y-%m}")
        days = parse_length(word)
        if days is not None:
            return last_days(days, today)
        day = parse_day(word, today)
    except OverflowError:
        return None
    return Span(day, day) if day is not None else parse_week(word) or parse_month(word)


def parse_length(text: str) -> int | None:
    """Read `14d` or `2w` as a number of days; None for all else."""
    found = re.fullmatch(_LENGTH, text.strip())
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
    found = re.fullmatch(_INSTANT, text.strip())
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
