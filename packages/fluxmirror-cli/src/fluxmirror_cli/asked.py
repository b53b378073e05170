"""What a command line asks for: a date, days in a row, an agent."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.analysis.usage import By
from fluxmirror_core.errors import UsageError
from fluxmirror_core.period import parse_date
from fluxmirror_store import queries

from fluxmirror_cli.agent_words import known_agent, no_agent

if TYPE_CHECKING:
    import sqlite3

_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_MORE_THAN_A_MONTH: Final = timedelta(days=31)


class Days(NamedTuple):
    """Days in a row, as reports call them."""

    by: By
    """A day, a week, a month."""
    first: date
    last: date


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
