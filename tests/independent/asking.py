"""What a report's command line asks for, by its words alone; nothing is taken from the answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from tests.independent.calendars import local
from tests.independent.recompute import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEK = timedelta(days=6)
"""From the first day of a week to its last."""
GOES_ON = ("today", "yesterday", "week", "month", "agent")
"""Commands whose reports leave out the days to come."""


class Question(NamedTuple):
    """What a command line asks for."""

    command: str
    asked: Asked
    other: Asked | None = None
    """What `compare` is to set it against."""


def question_of(words: Sequence[str], now_ms: int) -> Question:
    """Read a command line of `ways_to_ask`.

    Args:
        words: a command, what it takes, and options with a value each.
        now_ms: when it is asked, in UTC milliseconds: there are no figures of days to come.
    """
    command, *rest = words
    at = next(number for number, word in enumerate(rest) if word.startswith("--"))
    options = dict(zip(rest[at::2], rest[at + 1 :: 2], strict=True))
    zone, project = options["--tz"], options.get("--project")
    agent = rest[0] if command == "agent" else options.get("--agent")
    spans = rest[:at] if command == "compare" else [_span_asked(command, options)]
    # The later is compared with the earlier.
    days = sorted((_days_of(span) for span in spans), reverse=True)
    one, *others = (Asked(*own, zone, agent, project) for own in days)
    return Question(command, _begun(one, command, now_ms), *others)


def _span_asked(command: str, options: dict[str, str]) -> str:
    """Give the days of the options, as `compare` would call them, or as `first..last`."""
    if "--month" in options:
        return options["--month"]
    if "--from" in options:
        return f"{options['--from']}..{options['--to']}"
    day = date.fromisoformat(options["--date"])
    if command == "month":
        return f"{day:%Y-%m}"
    return f"{day - WEEK}..{day}" if command == "week" else str(day)


def _days_of(span: str) -> tuple[date, date]:
    """Give the first and the last of `2026-03-02..2026-03-08`, or of a week, month or day."""
    if ".." in span:
        first, last = map(date.fromisoformat, span.split(".."))
        return first, last
    year, _, rest = span.partition("-")
    if rest.startswith("W"):
        monday = date.fromisocalendar(int(year), int(rest[1:]), 1)
        return monday, monday + WEEK
    if len(rest) == len("03"):
        first = date(int(year), int(rest), 1)
        following = (first + timedelta(days=31)).replace(day=1)
        return first, following - timedelta(days=1)
    return date.fromisoformat(span), date.fromisoformat(span)


def _begun(asked: Asked, command: str, now_ms: int) -> Asked:
    """Leave out the days to come of a period that goes on."""
    today = local(now_ms, asked.zone).date()
    if command in GOES_ON and asked.first <= today < asked.last:
        return asked._replace(last=today)
    return asked
