"""Days and durations as messages: every language puts them together in its own order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import Message, message

if TYPE_CHECKING:
    from datetime import date

_WEEKDAYS: Final = (
    "time.weekday.mon",
    "time.weekday.tue",
    "time.weekday.wed",
    "time.weekday.thu",
    "time.weekday.fri",
    "time.weekday.sat",
    "time.weekday.sun",
)
_WEEKDAY_NAMES: Final = (
    "time.weekday_name.mon",
    "time.weekday_name.tue",
    "time.weekday_name.wed",
    "time.weekday_name.thu",
    "time.weekday_name.fri",
    "time.weekday_name.sat",
    "time.weekday_name.sun",
)
_MONTHS: Final = (
    "time.month.jan",
    "time.month.feb",
    "time.month.mar",
    "time.month.apr",
    "time.month.may",
    "time.month.jun",
    "time.month.jul",
    "time.month.aug",
    "time.month.sep",
    "time.month.oct",
    "time.month.nov",
    "time.month.dec",
)
_SHORT_MONTHS: Final = (
    "time.month_short.jan",
    "time.month_short.feb",
    "time.month_short.mar",
    "time.month_short.apr",
    "time.month_short.may",
    "time.month_short.jun",
    "time.month_short.jul",
    "time.month_short.aug",
    "time.month_short.sep",
    "time.month_short.oct",
    "time.month_short.nov",
    "time.month_short.dec",
)
_DAY: Final = timedelta(days=1)
_HOUR_MINUTES: Final = 60


def weekday(number: int) -> Message:
    """Name a weekday in short, as `Mon`: 0 is Monday."""
    return message(_WEEKDAYS[number])


def weekday_name(number: int) -> Message:
    """Name a weekday, as `Monday`: 0 is Monday."""
    return message(_WEEKDAY_NAMES[number])


def short_date(day: date, *, with_year: bool = False) -> Message:
    """Write a day as tables have it: `Mon 16 Nov`, with its year where several years meet."""
    text = "time.date.with_year" if with_year else "time.date.short"
    return message(
        text,
        weekday=weekday(day.weekday()),
        day=day.day,
        month=message(_SHORT_MONTHS[day.month - 1]),
        year=day.year,
    )


def long_date(day: date) -> Message:
    """Write a day as titles have it: `Monday, 16 November 2026`."""
    return message(
        "time.date.long",
        weekday=weekday_name(day.weekday()),
        day=day.day,
        month=_month(day),
        year=day.year,
    )


def date_range(first: date, last: date) -> Message:
    r"""Write days in a row as titles have it: `16\u201322 November 2026`; a whole month is that.

    Args:
        first: the first day.
        last: the last day, included; where it is the first too, it is a long date.
    """
    if first == last:
        return long_date(first)
    if first.year != last.year:
        return message(
            "time.range.years",
            first=first.day,
            first_month=_month(first),
            first_year=first.year,
            last=last.day,
            last_month=_month(last),
            last_year=last.year,
        )
    if first.month != last.month:
        return message(
            "time.range.one_year",
            first=first.day,
            first_month=_month(first),
            last=last.day,
            last_month=_month(last),
            year=first.year,
        )
    if first.day == 1 and _ends_month(last):
        return message("time.range.whole_month", month=_month(first), year=first.year)
    return message(
        "time.range.one_month",
        first=first.day,
        last=last.day,
        month=_month(first),
        year=first.year,
    )


def duration(minutes: int) -> Message:
    """Write minutes as `45 min`, `3 h` or `1 h 20 min`."""
    hours, rest = divmod(minutes, _HOUR_MINUTES)
    if not hours:
        return message("unit.minutes", minutes=rest)
    if not rest:
        return message("unit.hours", hours=f"{hours:,}")
    return message("unit.hours_minutes", hours=f"{hours:,}", minutes=rest)


def _month(day: date) -> Message:
    return message(_MONTHS[day.month - 1])


def _ends_month(day: date) -> bool:
    # The calendar's last day ends a month too, and nothing follows it.
    return (day.month, day.day) == (12, 31) or (day + _DAY).month != day.month
