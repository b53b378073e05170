"""`fluxmirror daily-totals`: calls and agents of each day, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.analysis.daily import build_daily_totals
from fluxmirror_store.daily_queries import daily_totals

from fluxmirror_cli.data_output import (
    asked_calls,
    data_options,
    lines,
    show_data,
)
from fluxmirror_cli.options import Command
from fluxmirror_cli.output import Result
from fluxmirror_cli.results.period_facts import period_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.analysis.daily import DailyTotals

    from fluxmirror_cli.data_output import DataWish

_DAYS: Final = 7
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""For scripts: the same in every language and locale."""


@click.command(
    "daily-totals",
    cls=Command,
    examples=(
        "fluxmirror daily-totals",
        "fluxmirror daily-totals --month 2026-03 --tz Asia/Seoul",
        "fluxmirror daily-totals --last 4w --csv",
    ),
)
@data_options
def command(wanted: DataWish) -> None:
    """Calls and agents of each local day; of the last seven, unless others are asked for.

    A line for each day, the empty ones too, and one for all of them.
    """
    with asked_calls(wanted, _DAYS) as asked:
        counted = daily_totals(asked.db, asked.window, asked.zone)
        totals = build_daily_totals(asked.period, counted)
    days = [
        {
            "date": str(one.date),
            "weekday": _WEEKDAYS[one.date.weekday()],
            "calls": one.calls,
            "agents": list(one.agents),
        }
        for one in totals.days
    ]
    facts = {
        **period_facts(asked.period),
        "agent": asked.window.agent,
        "days": days,
        "calls": totals.calls,
        "active_days": totals.active_days,
    }
    rows = [
        (str(one.date), _WEEKDAYS[one.date.weekday()], one.calls, ",".join(one.agents))
        for one in totals.days
    ]
    result = Result(lambda: facts, lambda: lines(_lines(totals)))
    columns = ("date", "weekday", "calls", "agents")
    show_data(result, columns, rows, as_json=wanted.as_json, as_csv=wanted.as_csv)


def _lines(totals: DailyTotals) -> Iterator[str]:
    for one in totals.days:
        weekday = _WEEKDAYS[one.date.weekday()]
        agents = ",".join(one.agents) or "-"
        yield f"{one.date} ({weekday}) | calls={one.calls} | agents={agents}"
    # What scripts look for, however many days it is of.
    yield f"WEEK TOTAL | calls={totals.calls} | active_days={totals.active_days}"
