"""`fluxmirror doctor`: is everything recorded that should be?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
from fluxmirror_core.paths import here

from fluxmirror_cli.health import Row, examine, exit_code
from fluxmirror_cli.options import json_option

if TYPE_CHECKING:
    from collections.abc import Iterable

_COLOURS = {"ok": "green", "warn": "yellow", "error": "red"}


@click.command("doctor")
@json_option
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Look at program, database and spool; exit 0 when fine, 1 on a warning, 2 on an error."""
    rows = examine(here())
    click.echo(_as_json(rows) if as_json else "\n".join(_as_text(rows)))
    context.exit(exit_code(rows))


def _as_json(rows: list[Row]) -> str:
    return json.dumps({"version": 1, "rows": [row._asdict() for row in rows]}, indent=2)


def _as_text(rows: list[Row]) -> Iterable[str]:
    width = max(len(row.component) for row in rows)
    for row in rows:
        status = click.style(f"{row.status:<5}", fg=_COLOURS[row.status])
        yield f"{row.component:<{width}}  {status}  {row.detail}"
        if row.remedy:
            yield f"{'':<{width}}         → {row.remedy}"
