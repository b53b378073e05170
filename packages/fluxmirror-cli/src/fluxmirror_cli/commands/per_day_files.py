"""`fluxmirror per-day-files`: files that each day made and changed, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from fluxmirror_store.daily_queries import daily_files

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

_DAYS: Final = 7


@click.command(
    "per-day-files",
    cls=Command,
    examples=(
        "fluxmirror per-day-files",
        "fluxmirror per-day-files --from 2026-03-02 --to 2026-03-06",
        "fluxmirror per-day-files --last 30d --agent codex-cli --json",
    ),
)
@data_options
def command(wanted: DataWish) -> None:
    """Files that each local day made and changed; of the last seven, unless others are asked for.

    A line for each day on which any was written. A file is new when the first that is known of it
    is that it was written as a whole, or when a patch says that it adds the file.
    """
    with asked_calls(wanted, _DAYS) as asked:
        found = daily_files(asked.db, asked.window, asked.zone)
    rows = [(str(one.date), one.new, one.edited) for one in found]
    columns = ("date", "new_files", "edited_files")
    facts = {
        **period_facts(asked.period),
        "agent": asked.window.agent,
        "days": [dict(zip(columns, row, strict=True)) for row in rows],
    }
    told = (f"{day} | new_files={new} | edited_files={edited}" for day, new, edited in rows)
    show_data(
        Result(lambda: facts, lambda: lines(told)),
        columns,
        rows,
        as_json=wanted.as_json,
        as_csv=wanted.as_csv,
    )
