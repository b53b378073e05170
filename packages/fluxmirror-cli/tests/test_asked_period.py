"""A command line says when in one way at a time, and hears which it mixed up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner
from fluxmirror_cli.asked_period import (
    Limits,
    PeriodWish,
    asked_bounds,
    asked_limits,
    asked_period,
    today_in,
)
from fluxmirror_cli.options import (
    Command,
    date_option,
    named_period_options,
    period_options,
    script_period_options,
)
from fluxmirror_core.errors import UsageError
from fluxmirror_core.period import day_period

if TYPE_CHECKING:
    from collections.abc import Callable

UTC = ZoneInfo("UTC")
DAY = date(2026, 3, 2)


def days(wish: PeriodWish, default: int = 1) -> tuple[date, date]:
    """Give the first and the last day of what is asked for."""
    period = asked_period(wish, UTC, default)
    return period.first, period.last


@pytest.mark.parametrize(
    ("wish", "first", "last"),
    [
        (PeriodWish(day="2026-03-02"), DAY, DAY),
        (PeriodWish(first="2026-03-02", last="2026-03-05"), DAY, date(2026, 3, 5)),
        (PeriodWish(month="2026-03"), date(2026, 3, 1), date(2026, 3, 31)),
        (PeriodWish(week="2026-W10"), DAY, date(2026, 3, 8)),
    ],
)
def test_dates_say_which_days(wish: PeriodWish, first: date, last: date) -> None:
    """Both ends are included."""
    assert days(wish) == (first, last)


def test_words_are_counted_from_today() -> None:
    """Back from the day that the zone's own calendar shows."""
    today = today_in(UTC)
    yesterday, week = today - timedelta(days=1), today - timedelta(days=6)
    assert days(PeriodWish()) == (today, today)
    assert days(PeriodWish(), default=7) == (week, today)
    assert days(PeriodWish(day="Yesterday")) == (yesterday, yesterday)
    assert days(PeriodWish(length="7d")) == days(PeriodWish(length="1w")) == (week, today)
    assert days(PeriodWish(named="week")) == (week, today)
    assert days(PeriodWish(named="yesterday")) == (yesterday, yesterday)
    assert days(PeriodWish(first="yesterday")) == (yesterday, today)
    assert days(PeriodWish(last="yesterday"), default=7) == (week - timedelta(days=1), yesterday)


def test_instants_are_taken_as_they_are() -> None:
    """Half-open, whatever the zone; the days are those that it touches."""
    wish = PeriodWish(start="2026-03-02T15:00:00Z", end="2026-03-02T16:00:00.5Z")
    period = asked_period(wish, ZoneInfo("Asia/Seoul"))
    assert period.end_ms - period.start_ms == 3_600_500
    assert (period.first, period.last) == (date(2026, 3, 3), date(2026, 3, 3))
    assert asked_bounds(wish, UTC) == (period.start_ms, period.end_ms)


def test_a_limit_that_is_not_asked_for_is_none() -> None:
    """Where everything is meant, nothing is cut."""
    midnight = day_period(DAY, UTC).start_ms
    assert asked_limits(PeriodWish(), UTC) == Limits(None, None)
    assert asked_bounds(PeriodWish(), UTC) == (None, None)
    assert asked_bounds(PeriodWish(first="2026-03-02"), UTC) == (midnight, None)
    assert asked_bounds(PeriodWish(last="2026-03-01"), UTC) == (None, midnight)


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (PeriodWish(day="2026-03-02", first="2026-03-02"), "--date is one day, and --from is"),
        (PeriodWish(last="2026-03-02", length="7d"), "--to is a last day, and --last is so many"),
        (PeriodWish(month="2026-03", week="2026-W10"), "--month is one month, and --week is"),
        (PeriodWish(named="week", end="2026-03-02T00:00:00Z"), "--period is a period by its name"),
        (PeriodWish(day="2026-03-02", month="2026-03", week="2026-W10"), "--date is one day"),
    ],
)
def test_two_ways_at_a_time_clash(wish: PeriodWish, told: str) -> None:
    """And are called by their names."""
    with pytest.raises(UsageError) as refused:
        asked_period(wish, UTC)
    assert told in str(refused.value)
    assert str(refused.value.hint).startswith("leave --")


@pytest.mark.parametrize(
    ("wish", "told", "hint"),
    [
        (PeriodWish(day="2026-02-30"), "there is no day 2026-02-30", "2026-02 is 2026-02-28"),
        (PeriodWish(first="2026-13-01"), "there is no day 2026-13-01", "months are 01 to 12"),
        (PeriodWish(day="0000-01-01"), "'0000-01-01' is no date", "YYYY-MM-DD"),
        (PeriodWish(day="yesterdy"), "is no date", "did you mean yesterday?"),
        (PeriodWish(first="2026-03-02", last="2026-03-01"), "is after", "swap --from and --to"),
        (PeriodWish(day="monday"), "'monday' is no date", "YYYY-MM-DD"),
        (PeriodWish(day="20260302"), "is no date", "did you mean 2026-03-02?"),
        (PeriodWish(day="2026/3/2"), "is no date", "did you mean 2026-03-02?"),
        (PeriodWish(day="2026032"), "is no date", "YYYY-MM-DD"),
        (PeriodWish(day="20260230"), "is no date", "YYYY-MM-DD"),
        (PeriodWish(day="Tomorrow"), "'Tomorrow' has not come yet", "YYYY-MM-DD"),
        (PeriodWish(first="9999-01-01"), "9999-01-01 is after today, ", "an earlier --from"),
        (PeriodWish(length="3m"), "no number of days or weeks", "14d"),
        (PeriodWish(length="14"), "no number of days or weeks", "did you mean 14d?"),
        (PeriodWish(length="9999999w"), "there is no calendar", "fewer days"),
        (PeriodWish(month="2026-13"), "there is no month 2026-13", "months are 01 to 12"),
        (PeriodWish(month="November"), "'November' is no month", "YYYY-MM"),
        (PeriodWish(week="2026-W54"), "there is no week 2026-W54", "2026 is 2026-W53"),
        (PeriodWish(week="2025-W53"), "there is no week 2025-W53", "2025 is 2025-W52"),
        (PeriodWish(week="2026-47"), "'2026-47' is no week", "YYYY-Www"),
        (PeriodWish(start="2026-03-02T00:00:00Z"), "--start comes without --end", "both"),
        (PeriodWish(end="2026-03-02T00:00:00Z"), "--end comes without --start", "both"),
        (PeriodWish(start="x", end="y"), "--start 'x' is no instant", "T00:00:00Z"),
        (
            PeriodWish(start="2026-03-02T00:00:00Z", end="2026-03-02T00:00:00Z"),
            "ends before it begins",
            "a later end",
        ),
    ],
)
def test_what_is_no_time_is_refused(wish: PeriodWish, told: str, hint: str) -> None:
    """With what to write instead."""
    with pytest.raises(UsageError) as refused:
        asked_period(wish, UTC)
    assert told in str(refused.value)
    assert hint in str(refused.value.hint)


@pytest.mark.parametrize(
    ("wish", "is_one"),
    [
        (PeriodWish(), True),
        (PeriodWish(day="today"), True),
        (PeriodWish(named="yesterday"), True),
        (PeriodWish(named="week"), False),
        (PeriodWish(first="today", last="today"), False),
        (PeriodWish(length="1d"), False),
    ],
)
def test_one_day_is_asked_for_by_its_name(wish: PeriodWish, is_one: bool) -> None:  # noqa: FBT001 - a table's column
    """Days in a row that happen to be one are still days in a row."""
    assert wish.is_one_day() is is_one


@pytest.mark.parametrize(
    ("decorate", "arguments", "expected"),
    [
        (period_options, ("--since", "a", "--until", "b"), PeriodWish(first="a", last="b")),
        (period_options, ("--from", "a", "--to", "b"), PeriodWish(first="a", last="b")),
        (period_options, ("--date", "a"), PeriodWish(day="a")),
        (period_options, ("--last", "2w"), PeriodWish(length="2w")),
        (period_options, ("--month", "m", "--week", "w"), PeriodWish(month="m", week="w")),
        (named_period_options, ("--period", "week"), PeriodWish(named="week")),
        (script_period_options, ("--start", "a", "--end", "b"), PeriodWish(start="a", end="b")),
    ],
)
def test_options_become_a_wish(
    decorate: Callable[..., Callable[..., None]], arguments: tuple[str, ...], expected: PeriodWish
) -> None:
    """`--since` and `--until` are names of `--from` and `--to`."""
    wishes: list[PeriodWish] = []

    def note(*, wish: PeriodWish) -> None:
        wishes.append(wish)

    command = click.command("x", cls=Command)(decorate(note))
    CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert wishes == [expected]


def test_an_empty_option_is_a_variable_that_was_never_set() -> None:
    """It is refused rather than taken for today."""
    command = click.command("x", cls=Command)(date_option(click.echo))
    with pytest.raises(UsageError, match="--date is empty"):
        CliRunner().invoke(command, ["--date", ""], catch_exceptions=False)
