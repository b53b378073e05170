"""What a command line asks for: days by their name, an agent, and the responses of these."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.usage import By
from fluxmirror_core.days import parse_month, parse_week
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import parse_date
from fluxmirror_store import queries
from fluxmirror_store.usage_queries import EVER_MS, FIRST_MS, UsageWindow

from fluxmirror_cli.agent_words import known_agent, no_agent
from fluxmirror_cli.asked_period import bounds_of

if TYPE_CHECKING:
    import sqlite3
    from datetime import date
    from zoneinfo import ZoneInfo

    from fluxmirror_cli.asked_period import Limits

_DATE_LIKE: Final = (
    r"(?i)[0-9]{4}[-/.][0-9]{1,2}([-/.][0-9]{1,2})?|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
    r"|[0-9]{4}-?W[0-9]{1,2}"
)


class Days(NamedTuple):
    """Days in a row, as reports call them."""

    by: By
    """A day, a week, a month."""
    first: date
    last: date


def asked_window(limits: Limits, zone: ZoneInfo, agent: str | None = None) -> UsageWindow:
    """Say which responses were asked for: both days are included, in a zone.

    Raises:
        UsageError: the zone skips all of these days, or they are at the calendar's very end.
    """
    start_ms, end_ms = bounds_of(limits, zone)
    return UsageWindow(
        FIRST_MS if start_ms is None else start_ms, EVER_MS if end_ms is None else end_ms, agent
    )


def parse_days(text: str) -> Days | None:
    """Read a day (`2026-11-21`), a week (`2026-W47`) or a month (`2026-11`); None for all else."""
    day = parse_date(text)
    if day is not None:
        return Days(By.DAY, day, day)
    if week := parse_week(text):
        return Days(By.WEEK, *week)
    if month := parse_month(text):
        return Days(By.MONTH, *month)
    return None


def is_date_like(text: str) -> bool:
    """Tell whether somebody means a time, though it may be none."""
    return re.fullmatch(_DATE_LIKE, text) is not None


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
