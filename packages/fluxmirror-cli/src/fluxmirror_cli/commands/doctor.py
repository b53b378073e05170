"""`fluxmirror doctor`: is everything recorded that should be?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from fluxmirror_core.report.as_text import one_line

from fluxmirror_cli.configured import here
from fluxmirror_cli.health import examine
from fluxmirror_cli.health_row import Row, exit_code
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import emit, is_coloured

if TYPE_CHECKING:
    from collections.abc import Iterable

_COLOURS = {"ok": "green", "off": "bright_black", "warn": "yellow", "error": "red"}


@click.command("doctor", cls=Command)
@json_option
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Look at program, database and spool; exit 0 when fine, 1 on a warning, 2 on an error."""
    rows = examine(here())
    emit(_as_json(rows) if as_json else "".join(_as_text(rows, coloured=is_coloured())))
    context.exit(exit_code(rows))


def _as_json(rows: list[Row]) -> str:
    return json.dumps({"version": 1, "rows": [row._asdict() for row in rows]}, indent=2) + "\n"


def _as_text(rows: list[Row], *, coloured: bool) -> Iterable[str]:
    width = max(len(row.component) for row in rows)
    for row in rows:
        status = f"{row.status:<5}"
        if coloured:
            status = click.style(status, fg=_COLOURS[row.status])
        yield f"{row.component:<{width}}  {status}  {one_line(row.detail)}\n"
        if row.remedy:
            yield f"{'':<{width}}         → {one_line(row.remedy)}\n"
