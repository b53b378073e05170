"""`fluxmirror window`: when a period begins and ends, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fluxmirror_cli.asked_period import asked_period
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.data_output import show_data
from fluxmirror_cli.options import (
    Command,
    format_options,
    named_period_options,
    zone_option,
)
from fluxmirror_cli.output import Result
from fluxmirror_cli.results.period_facts import period_facts

if TYPE_CHECKING:
    from fluxmirror_cli.asked_period import PeriodWish


@click.command(
    "window",
    cls=Command,
    examples=(
        "fluxmirror window --period week --tz Asia/Seoul",
        "fluxmirror window --date yesterday",
        "fluxmirror window --month 2026-03 --json",
    ),
)
@named_period_options
@zone_option
@format_options
def command(*, wish: PeriodWish, zone_name: str | None, as_json: bool, as_csv: bool) -> None:
    """When a period begins and ends, in UTC; today, unless another is asked for.

    Of one day: LOCAL_DATE START_UTC END_UTC START_MS END_MS. Of days in a row: FIRST_LOCAL
    LAST_LOCAL, then the same. The end is not included.
    """
    facts = period_facts(asked_period(wish, chosen_zone(zone_name)))
    text = _line(facts, is_one_day=wish.is_one_day())
    show_data(
        Result(lambda: facts, lambda: text),
        tuple(facts),
        [tuple(facts.values())],
        as_json=as_json,
        as_csv=as_csv,
    )


def _line(facts: dict[str, str | int], *, is_one_day: bool) -> str:
    names = ("start", "end", "start_ms", "end_ms")
    days = ("first",) if is_one_day else ("first", "last")
    return " ".join(str(facts[name]) for name in (*days, *names)) + "\n"
