"""Days and durations as messages: every language puts them together in its own order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import Message, message

if TYPE_CHECKING:
    from collections.abc import Sequence
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
_RANGES: Final = {
    "whole_month": "time.range.whole_month",
    "one_month": "time.range.one_month",
    "one_year": "time.range.one_year",
    "years": "time.range.years",
}
"""By what the first and the last day have in common."""
_SHORT_RANGES: Final = {
    "whole_month": "time.short_range.whole_month",
    "one_month": "time.short_range.one_month",
    "one_year": "time.short_range.one_year",
    "years": "time.range.years",
}
"""Without a year, but where two of them meet."""
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
        month=message(_MONTHS[day.month - 1]),
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
    return message(_RANGES[_common(first, last)], **_ends(first, last, _MONTHS))


def short_range(first: date, last: date, *, with_year: bool = False) -> Message:
    r"""Write days in a row as tables have it: `16\u201322 Nov`; one alone is a short date.

    Args:
        first: the first day.
        last: the last day, included.
        with_year: whether to name the year also where it is one.
    """
    if first == last:
        return short_date(first, with_year=with_year)
    texts = _RANGES if with_year else _SHORT_RANGES
    return message(texts[_common(first, last)], **_ends(first, last, _SHORT_MONTHS))


def duration(minutes: int) -> Message:
    """Write minutes as `45 min`, `3 h` or `1 h 20 min`."""
    hours, rest = divmod(minutes, _HOUR_MINUTES)
    if not hours:
        return message("unit.minutes", minutes=rest)
    if not rest:
        return message("unit.hours", hours=f"{hours:,}")
    return message("unit.hours_minutes", hours=f"{hours:,}", minutes=rest)


def _common(first: date, last: date) -> str:
    """Say what two days have in common, or that they are all of a month."""
    if first.year != last.year:
        return "years"
    if first.month != last.month:
        return "one_year"
    return "whole_month" if first.day == 1 and _ends_month(last) else "one_month"


def _ends(first: date, last: date, months: Sequence[str]) -> dict[str, int | Message]:
    """Give everything that a text of a range may name; months are called as `months` has them."""
    first_month, last_month = (message(months[day.month - 1]) for day in (first, last))
    return {
        "first": first.day,
        "month": first_month,
        "first_month": first_month,
        "year": first.year,
        "first_year": first.year,
        "last": last.day,
        "last_month": last_month,
        "last_year": last.year,
    }


def _ends_month(day: date) -> bool:
    # The calendar's last day ends a month too, and nothing follows it.
    return (day.month, day.day) == (12, 31) or (day + _DAY).month != day.month
