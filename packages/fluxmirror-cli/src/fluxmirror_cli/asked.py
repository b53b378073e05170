"""What a command line asks for: a date, days in a row, an agent, and the responses of these."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.analysis.usage import By
from fluxmirror_core.errors import UsageError
from fluxmirror_core.period import day_period, parse_date
from fluxmirror_store import queries
from fluxmirror_store.usage_queries import EVER_MS, FIRST_MS, UsageWindow

from fluxmirror_cli.agent_words import known_agent, no_agent

if TYPE_CHECKING:
    import sqlite3
    from zoneinfo import ZoneInfo

_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})", re.IGNORECASE)
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_DATE_LIKE: Final = re.compile(
    r"[0-9]{4}[-/.][0-9]{1,2}([-/.][0-9]{1,2})?|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
    r"|[0-9]{4}-?W[0-9]{1,2}",
    re.IGNORECASE,
)
_MORE_THAN_A_MONTH: Final = timedelta(days=31)


class Days(NamedTuple):
    """Days in a row, as reports call them."""

    by: By
    """A day, a week, a month."""
    first: date
    last: date


class Limits(NamedTuple):
    """The first day that was asked for, and the last; None where there is no limit."""

    first: date | None
    last: date | None


def asked_limits(since: str | None, until: str | None) -> Limits:
    """Read `--since` and `--until`.

    Raises:
        UsageError: one is no date, or they are the wrong way round.
    """
    first = None if since is None else asked_date(since)
    last = None if until is None else asked_date(until)
    if first is not None and last is not None and first > last:
        raise UsageError(f"{first} is after {last}", hint="swap --since and --until")
    return Limits(first, last)


def asked_window(limits: Limits, zone: ZoneInfo, agent: str | None = None) -> UsageWindow:
    """Say which responses were asked for: both days are included, in a zone."""
    return UsageWindow(
        FIRST_MS if limits.first is None else day_period(limits.first, zone).start_ms,
        EVER_MS if limits.last is None else day_period(limits.last, zone).end_ms,
        agent,
    )


def asked_date(text: str) -> date:
    """Read a date.

    Raises:
        UsageError: it is none.
    """
    day = parse_date(text)
    if day is None:
        raise UsageError(f"{text!r} is no date", hint="write it as YYYY-MM-DD")
    return day


def parse_days(text: str) -> Days | None:
    """Read a day (`2026-11-21`), a week (`2026-W47`) or a month (`2026-11`); None for all else."""
    day = parse_date(text)
    if day is not None:
        return Days(By.DAY, day, day)
    try:
        if week := _WEEK.fullmatch(text):
            monday = date.fromisocalendar(int(week[1]), int(week[2]), 1)
            return Days(By.WEEK, monday, monday + timedelta(days=6))
        if month := _MONTH.fullmatch(text):
            first = date(int(month[1]), int(month[2]), 1)
            following = (first + _MORE_THAN_A_MONTH).replace(day=1)
            return Days(By.MONTH, first, following - timedelta(days=1))
    except (ValueError, OverflowError):
        return None
    return None


def is_date_like(text: str) -> bool:
    """Tell whether somebody means a time, though it may be none."""
    return _DATE_LIKE.fullmatch(text) is not None


def asked_agent(db: sqlite3.Connection, text: str) -> str:
    """Give the id of the agent that a word means, or that was recorded under it.

    Raises:
        UsageError: there is none; the hint tells which there are.
    """
    known = known_agent(text)
    if known is not None:
        return known
    if queries.has_agent(db, text):
        return text
    raise no_agent(text)
