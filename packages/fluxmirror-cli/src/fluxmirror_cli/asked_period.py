"""What a command line says of when: a day, days in a row, the last days, a month, two instants."""

from __future__ import annotations

import re
import time
from datetime import date
from typing import TYPE_CHECKING, Final

from fluxmirror_core import phrases
from fluxmirror_core.days import (
    TODAY,
    WEEK,
    YESTERDAY,
    Span,
    last_days,
    parse_day,
    parse_instant,
    parse_length,
    parse_month,
    parse_week,
)
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import (
    Period,
    day_end_ms,
    day_start_ms,
    days_period,
    instants_period,
    local_date,
    parse_date,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from fluxmirror_core.messages import Message

NAMED_PERIODS: Final = (TODAY, YESTERDAY, WEEK)
"""What `--period` takes."""
_WEEK_DAYS: Final = 7
_MILLION: Final = 10**6
_TOMORROW: Final = "tomorrow"
_DATE_IN_PARTS: Final = (
    r"([0-9]{4})[-/. ]?([0-9]{2}|[0-9](?=[-/. ]))[-/. ]?([0-9]{2}|(?<=[-/. ])[0-9])"
)
"""A day as people write it elsewhere: `20261120`, `2026/11/20`, `2026-1-5`."""
_DAY: Final = "(?!0000)([0-9]{4}-[0-9]{2})-[0-9]{2}"
_MONTH: Final = "(?!0000)[0-9]{4}-[0-9]{2}"
_WEEK: Final = "(?!0000)([0-9]{4})-[Ww][0-9]{2}"
"""What is written as it is to be, whether a calendar has it or not."""
_IN_LAST_WEEK: Final = (12, 28)
"""A month and a day that are in the last week of every year."""


class PeriodWish(NamedTuple):
    """The options that say when, as they were written; None for each that was not."""

    day: str | None = None
    first: str | None = None
    last: str | None = None
    length: str | None = None
    month: str | None = None
    week: str | None = None
    named: str | None = None
    start: str | None = None
    end: str | None = None

    def is_one_day(self) -> bool:
        """Tell whether one day is asked for by its name, or nothing is."""
        if self.named is not None:
            return self.named != WEEK
        return all(one is None for one in self._replace(day=None))

    def says_nothing(self) -> bool:
        """Tell whether nothing is asked for."""
        return all(one is None for one in self)

    def says_only_a_date(self) -> bool:
        """Tell whether `--date` is all that is asked for."""
        return self.day is not None and self._replace(day=None).says_nothing()


class Limits(NamedTuple):
    """The first day that was asked for, and the last; None where there is no limit."""

    first: date | None
    last: date | None


class Bounds(NamedTuple):
    """A time in UTC milliseconds, `start_ms <= ts_ms < end_ms`; None where there is no bound."""

    start_ms: int | None
    end_ms: int | None


_WAYS: Final = (
    (("day", "--date", message("period.meaning.day")),),
    (
        ("first", "--from", message("period.meaning.first")),
        ("last", "--to", message("period.meaning.last")),
    ),
    (("length", "--last", message("period.meaning.length")),),
    (("month", "--month", message("period.meaning.month")),),
    (("week", "--week", message("period.meaning.week")),),
    (("named", "--period", message("period.meaning.named")),),
    (
        ("start", "--start", message("period.meaning.start")),
        ("end", "--end", message("period.meaning.end")),
    ),
)
"""The ways to say when, each with its options: field, name, what it says. One at a time will do."""


def today_in(zone: ZoneInfo) -> date:
    """Give the date that a local calendar shows now."""
    return local_date(time.time_ns() // _MILLION, zone)


def asked_period(wish: PeriodWish, zone: ZoneInfo, default: int = 1) -> Period:
    """Give the period that is asked for.

    Args:
        wish: what the command line says.
        zone: whose days to count.
        default: how many days it is where nothing says when it begins. It ends today where
            nothing says when.

    Raises:
        UsageError: two ways clash, something is no date, or the zone has no such time.
    """
    if wish.start is not None or wish.end is not None:
        _refuse_clash(wish)
        return instants_period(*_instants(wish), zone)
    limits = asked_limits(wish, zone)
    last = limits.last or today_in(zone)
    first = limits.first or _counted_back(default, last).first
    if first > last:
        raise UsageError(
            message("period.after_today", day=first, today=last),
            hint=message("period.earlier_from"),
        )
    return days_period(first, last, zone)


def asked_limits(wish: PeriodWish, zone: ZoneInfo) -> Limits:
    """Give the days that are asked for, by their dates.

    Raises:
        UsageError: two ways clash, something is no date, or the last day is before the first.
    """
    _refuse_clash(wish)
    today = today_in(zone)
    span = _span(wish, today)
    if span is not None:
        return Limits(*span)
    first = None if wish.first is None else asked_date(wish.first, today)
    last = None if wish.last is None else asked_date(wish.last, today)
    if first is not None and last is not None and first > last:
        sentence = message("period.order", first=first, last=last)
        raise UsageError(sentence, hint=message("period.swap"))
    return Limits(first, last)


def asked_bounds(wish: PeriodWish, zone: ZoneInfo) -> Bounds:
    """Give the time that is asked for; no bound where the command line says none.

    Raises:
        UsageError: as `asked_period` does.
    """
    if wish.start is not None or wish.end is not None:
        period = asked_period(wish, zone)
        return Bounds(period.start_ms, period.end_ms)
    return bounds_of(asked_limits(wish, zone), zone)


def bounds_of(limits: Limits, zone: ZoneInfo) -> Bounds:
    """Give when the first day begins and the last one ends.

    Raises:
        UsageError: the zone skips all of these days, or they are at the calendar's very end.
    """
    first, last = limits
    if first is not None and last is not None:
        period = days_period(first, last, zone)
        return Bounds(period.start_ms, period.end_ms)
    return Bounds(
        None if first is None else day_start_ms(first, zone),
        None if last is None else day_end_ms(last, zone),
    )


def asked_date(text: str, today: date) -> date:
    """Read a date, or `today` or `yesterday`.

    Raises:
        UsageError: it is none.
    """
    day = parse_day(text, today)
    if day is not None:
        return day
    if text.strip().casefold() == _TOMORROW:
        sentence, hint = message("period.tomorrow", text=repr(text)), None
    elif (last := _last_day(text.strip())) is not None:
        sentence, hint = message("period.no_such_day", text=text.strip()), last
    else:
        sentence = message("period.no_date", text=repr(text))
        hint = day_meant(text, (TODAY, YESTERDAY))
    raise UsageError(sentence, hint=hint or message("period.write_date"))


def day_meant(text: str, words: Iterable[str]) -> Message | None:
    """Guess which day or which of some words somebody mistyped; None where it is like neither."""
    from fluxmirror_cli.nearness import nearest

    numbers = re.fullmatch(_DATE_IN_PARTS, text.strip())
    day = "-".join(part.zfill(2) for part in numbers.groups()) if numbers else ""
    meant = day if parse_date(day) else nearest(text.strip(), words)
    return phrases.did_you_mean([meant]) if meant else None


def _last_day(text: str) -> Message | None:
    """Say where the days or the months end of which somebody wrote one more; None of all else."""
    found = re.fullmatch(_DAY, text)
    if found is None:
        return None
    month = parse_month(found[1])
    if month is None:
        return message("period.months")
    return message("period.last_day", month=found[1], day=month.last)


def _last_week(text: str) -> Message | None:
    """Say where the weeks end of which somebody wrote one more; None of all else."""
    found = re.fullmatch(_WEEK, text)
    if found is None:
        return None
    year, week, _ = date(int(found[1]), *_IN_LAST_WEEK).isocalendar()
    return message("period.last_week", year=found[1], week=f"{year:04}-W{week}")


def _span(wish: PeriodWish, today: date) -> Span | None:
    """Give the days that one option alone says."""
    if wish.day is not None:
        day = asked_date(wish.day, today)
        return Span(day, day)
    if wish.length is not None:
        return _counted_back(_asked_length(wish.length), today)
    if wish.month is not None:
        return _asked_month(wish.month)
    if wish.week is not None:
        return _asked_week(wish.week)
    return None if wish.named is None else _named(wish.named, today)


def _named(name: str, today: date) -> Span:
    if name == WEEK:
        return last_days(_WEEK_DAYS, today)
    day = asked_date(name, today)
    return Span(day, day)


def _asked_month(text: str) -> Span:
    span = parse_month(text.strip())
    if span is None:
        if re.fullmatch(_MONTH, text.strip()):
            sentence = message("period.no_such_month", text=text.strip())
            raise UsageError(sentence, hint=message("period.months"))
        sentence = message("period.no_month", text=repr(text))
        raise UsageError(sentence, hint=message("period.write_month"))
    return span


def _asked_week(text: str) -> Span:
    span = parse_week(text.strip())
    if span is None:
        if (last := _last_week(text.strip())) is not None:
            sentence = message("period.no_such_week", text=text.strip())
            raise UsageError(sentence, hint=last)
        sentence = message("period.no_week", text=repr(text))
        raise UsageError(sentence, hint=message("period.write_week"))
    return span


def _asked_length(text: str) -> int:
    number = parse_length(text)
    if number is None:
        days = parse_length(f"{text.strip()}d")
        hint = phrases.did_you_mean([f"{days}d"]) if days else message("period.write_length")
        raise UsageError(message("period.no_length", text=repr(text)), hint=hint)
    return number


def _counted_back(number: int, last: date) -> Span:
    try:
        return last_days(number, last)
    except OverflowError as error:
        raise UsageError(
            message("period.no_calendar", days=f"{number:,}", last=last),
            hint=message("period.fewer_days"),
        ) from error


def _instants(wish: PeriodWish) -> tuple[int, int]:
    if wish.start is None or wish.end is None:
        told, missing = ("--end", "--start") if wish.start is None else ("--start", "--end")
        sentence = message("period.alone", told=told, missing=missing)
        raise UsageError(sentence, hint=message("period.give_both"))
    return _asked_instant("--start", wish.start), _asked_instant("--end", wish.end)


def _asked_instant(option: str, text: str) -> int:
    instant = parse_instant(text)
    if instant is None:
        sentence = message("period.no_instant", option=option, text=repr(text))
        raise UsageError(sentence, hint=message("period.write_instant"))
    return instant


def _refuse_clash(wish: PeriodWish) -> None:
    asked = [
        next((option, meaning) for field, option, meaning in way if _says(wish, field))
        for way in _WAYS
        if any(_says(wish, field) for field, _, _ in way)
    ]
    if len(asked) > 1:
        (one, this), (other, that), *_ = asked
        raise UsageError(
            message("period.clash", one=one, this=this, other=other, that=that),
            hint=message("period.leave_out", one=one, other=other),
        )


def _says(wish: PeriodWish, field: str) -> bool:
    return getattr(wish, field) is not None
