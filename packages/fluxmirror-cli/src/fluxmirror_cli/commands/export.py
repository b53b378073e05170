"""`fluxmirror export`: what was recorded, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import counted, message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.report.as_text import one_line
from fluxmirror_store.export_queries import ExportWindow, View, exported

from fluxmirror_cli.asked import asked_agent
from fluxmirror_cli.asked_period import asked_bounds
from fluxmirror_cli.configured import chosen_zone, here
from fluxmirror_cli.drained import opened_database
from fluxmirror_cli.exported import csv_lines, json_lines
from fluxmirror_cli.imported import EVERYTHING, USAGE
from fluxmirror_cli.masking import Mask, redactor_here
from fluxmirror_cli.new_file import new_file, refuse_taken
from fluxmirror_cli.options import (
    Command,
    agent_option,
    database_option,
    json_option,
    not_empty,
    script_period_options,
    zone_option,
)
from fluxmirror_cli.output import Result, complain, is_terminal, says_everything, show
from fluxmirror_cli.own_places import refuse_own_place
from fluxmirror_cli.rows.writer import print_pieces
from fluxmirror_cli.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fluxmirror_store.export_queries import Export

    from fluxmirror_cli.asked_period import PeriodWish
    from fluxmirror_cli.rows.writer import Row

_OUTPUT: Final = "-"
_JSON_LINES: Final = "jsonl"
_CSV: Final = "csv"
_WRITTEN: Final = {
    View.CALLS: "exporting.written.calls",
    View.EVENTS: "exporting.written.events",
    View.RESPONSES: "exporting.written.responses",
}


class _Target(NamedTuple):
    """How rows are written, and where to."""

    path: str
    """A file, or `-`."""
    form: str
    replace: bool
    """Whether a file that is there already is replaced."""


@click.command(
    "export",
    cls=Command,
    examples=(
        "fluxmirror export --out calls.jsonl",
        "fluxmirror export --what responses --month 2026-03 --format csv --out march.csv",
        "fluxmirror export --date yesterday --agent claude-code",
    ),
)
@click.option(
    "--what",
    type=click.Choice([str(view) for view in View]),
    default=str(View.CALLS),
    show_default=True,
    help="Tool calls; all events, prompts and sessions too; or responses of models.",
)
@script_period_options
@agent_option
@zone_option
@click.option(
    "--format",
    "form",
    type=click.Choice([_JSON_LINES, _CSV]),
    default=_JSON_LINES,
    show_default=True,
    help="JSON Lines, an object for each row; or CSV.",
)
@click.option(
    "--out",
    "path",
    metavar="FILE",
    default=_OUTPUT,
    callback=not_empty,
    help="Write a new file, which only you can read; `-`, which is usual: the output.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@database_option
@json_option
def command(  # noqa: PLR0913 - an argument for each option
    *,
    what: str,
    wish: PeriodWish,
    agent: str | None,
    zone_name: str | None,
    form: str,
    path: str,
    force: bool,
    database: str | None,
    as_json: bool,
) -> None:
    """Write what was recorded, the oldest first: all of it, unless a time is asked for.

    The columns are those of the views agent_events, agent_timeline and agent_responses. Secrets
    are masked, also those of rows that an older program kept as they were. --json is about what is
    said of a file that was written.
    """
    target = _Target(path, form, force)
    if path == _OUTPUT and (as_json or force):
        option = "--json" if as_json else "--force"
        raise UsageError(
            message("exporting.about_a_file", option=option), hint=message("exporting.name_a_file")
        )
    if path != _OUTPUT:
        refuse_own_place(path, here(), database)
        refuse_taken(path, replace=force)
    mask = Mask(redactor_here())
    view = View(what)
    bounds = asked_bounds(wish, chosen_zone(zone_name))
    needed = USAGE if view is View.RESPONSES else EVERYTHING
    with opened_database(database, needed) as (db, is_complete):
        wanted = ExportWindow(*bounds, asked_agent(db, agent) if agent else None)
        with exported(db, view, wanted) as found:
            number = _write(found, target, mask)
    if not is_complete:
        complain(message("exporting.incomplete"), message("exporting.import_first"))
    if path != _OUTPUT:
        show(_result(number, view, target), as_json=as_json)


def _write(found: Export, target: _Target, mask: Mask) -> int:
    """Write all rows; gives how many there were."""
    rows = mask.masked(found.rows)
    if target.path == _OUTPUT:
        print_pieces(_printed(found.columns, rows, target.form))
        return mask.rows
    with new_file(target.path, replace=target.replace) as file:
        file.writelines(_filed(found.columns, rows, target.form))
    return mask.rows


def _printed(columns: Sequence[str], rows: Iterable[Row], form: str) -> Iterator[str]:
    if form == _CSV:
        return csv_lines(columns, rows, on_terminal=is_terminal())
    return json_lines(columns, rows, ascii_only=not says_everything())


def _filed(columns: Sequence[str], rows: Iterable[Row], form: str) -> Iterator[str]:
    if form == _CSV:
        return csv_lines(columns, rows, on_terminal=False)
    return json_lines(columns, rows, ascii_only=False)


def _result(number: int, view: View, target: _Target) -> Result:
    facts = {"rows": number, "what": str(view), "format": target.form, "file": target.path}
    text = counted(_WRITTEN[view], number, path=target.path)
    return Result(lambda: facts, lambda: f"{one_line(say(text))}\n")
