"""What the commands for scripts have in common: their options, their formats, their period."""

from __future__ import annotations

import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.report.as_text import one_line
from fluxmirror_store.queries import window

from fluxmirror_cli.asked import asked_agent
from fluxmirror_cli.asked_period import asked_period
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.drained import drained_database
from fluxmirror_cli.options import (
    agent_option,
    database_option,
    format_options,
    script_period_options,
    zone_option,
)
from fluxmirror_cli.output import emit, is_terminal, show
from fluxmirror_cli.rows.as_csv import CsvWriter

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

    from fluxmirror_core.period import Period
    from fluxmirror_store.queries import Window

    from fluxmirror_cli.asked_period import PeriodWish
    from fluxmirror_cli.output import Result
    from fluxmirror_cli.rows.writer import Row

_R = TypeVar("_R")


class DataWish(NamedTuple):
    """What a command for scripts was asked for, by its options."""

    wish: PeriodWish
    """When."""
    agent: str | None
    zone_name: str | None
    database: str | None
    as_json: bool
    as_csv: bool


class Asked(NamedTuple):
    """Where to look, and for what."""

    db: sqlite3.Connection
    zone: ZoneInfo
    period: Period
    window: Window


def data_options(command: Callable[[DataWish], _R]) -> Callable[..., _R]:
    """Add the options of a command for scripts, which gets all of them as one."""

    @functools.wraps(command)
    def asked(**values: Any) -> _R:  # noqa: ANN401 - what the options give
        return command(DataWish(**values))

    wished: Callable[..., _R] = format_options(asked)
    for option in (database_option, zone_option, agent_option):
        wished = option(wished)
    return script_period_options(wished)


@contextmanager
def asked_calls(wanted: DataWish, default: int) -> Iterator[Asked]:
    """Open the database that is asked for, and choose its calls.

    Args:
        wanted: which, of whom, and when.
        default: how many days it is, up to today, where nothing says when.
    """
    zone = chosen_zone(wanted.zone_name)
    period = asked_period(wanted.wish, zone, default)
    with drained_database(wanted.database) as db:
        agent = asked_agent(db, wanted.agent) if wanted.agent else None
        yield Asked(db, zone, period, window(db, period, agent))


def show_data(
    result: Result, columns: Sequence[str], rows: Iterable[Row], *, as_json: bool, as_csv: bool
) -> None:
    """Print figures as text, as JSON or as CSV.

    Args:
        result: the text and the JSON.
        columns: names of the CSV.
        rows: values of the CSV.
        as_json: whether JSON is asked for.
        as_csv: whether CSV is asked for.
    """
    if as_csv:
        writer = CsvWriter(header=True, on_terminal=is_terminal())
        emit("".join(writer.result(columns, rows)))
    else:
        show(result, as_json=as_json)


def lines(told: Iterable[str]) -> str:
    """Put lines together, each harmless whatever was recorded."""
    return "".join(f"{one_line(line)}\n" for line in told)
