"""`fluxmirror histogram`: calls per local hour, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from fluxmirror_core.analysis.work import build_heat, build_hours
from fluxmirror_store.activity_queries import load_activity
from fluxmirror_store.queries import snapshot

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
    from fluxmirror_cli.data_output import DataWish


@click.command(
    "histogram",
    cls=Command,
    examples=(
        "fluxmirror histogram",
        "fluxmirror histogram --last 30d --agent claude-code",
        "fluxmirror histogram --start 2026-03-02T00:00:00Z --end 2026-03-03T00:00:00Z --csv",
    ),
)
@data_options
def command(wanted: DataWish) -> None:
    """How many calls began in each hour of the day; of today, unless another time is asked for.

    A line for each hour that has any: `HH:00 N`. Of several days, what each hour adds up to.
    """
    with asked_calls(wanted, default=1) as asked:
        with snapshot(asked.db):
            activity = load_activity(asked.db, asked.window, asked.zone)
        hours = build_hours(build_heat(activity, asked.zone))
        rows = [(f"{hour:02}:00", calls) for hour, calls in enumerate(hours) if calls]
        facts = {
            **period_facts(asked.period),
            "agent": asked.window.agent,
            "calls": sum(hours),
            "hours": list(hours),
        }
    result = Result(lambda: facts, lambda: lines(f"{hour} {calls}" for hour, calls in rows))
    show_data(result, ("hour", "calls"), rows, as_json=wanted.as_json, as_csv=wanted.as_csv)
