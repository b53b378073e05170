"""How long something is kept is said in days or as a date, and days are kept whole."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_cli.kept_since import asked_for, days_ago
from fluxmirror_core.errors import UsageError

SEOUL = ZoneInfo("Asia/Seoul")


def test_a_date_is_the_first_day_that_is_kept() -> None:
    """From its local midnight on."""
    since = asked_for("2026-03-02", SEOUL)
    assert since.day == date(2026, 3, 2)
    assert since.ms == datetime(2026, 3, 2, tzinfo=SEOUL).timestamp() * 1000


@pytest.mark.parametrize("words", ["90d", "90", " 90d "])
def test_days_are_those_before_today(words: str) -> None:
    """Today is kept as well, and no day is cut in two."""
    since = asked_for(words, SEOUL)
    assert datetime.now(SEOUL).date() - since.day == timedelta(days=90)
    assert datetime.fromtimestamp(since.ms / 1000, SEOUL).time() == datetime.min.time()


@pytest.mark.parametrize("words", ["", "x", "0", "0d", "-1d", "2026-13-01", "90h", "2h", "9999999"])
def test_anything_else_is_refused(words: str) -> None:
    """With how to write it."""
    with pytest.raises(UsageError) as caught:
        asked_for(words, SEOUL)
    assert "YYYY-MM-DD" in str(caught.value.hint)


def test_a_day_to_come_is_refused() -> None:
    """It would delete all there is, and keep everything away until then."""
    tomorrow = datetime.now(SEOUL).date() + timedelta(days=2)
    with pytest.raises(UsageError, match="has not come yet"):
        asked_for(tomorrow.isoformat(), SEOUL)


def test_however_many_days_are_kept_there_is_a_first_one() -> None:
    """A configuration may say any number."""
    assert days_ago(10**9, SEOUL).ms < 0 < days_ago(1, SEOUL).ms < time.time() * 1000
