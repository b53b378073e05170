"""`fluxmirror db-path`: where the database is."""

from __future__ import annotations

import os

import click

from fluxmirror_cli.configured import here, own_settings
from fluxmirror_cli.options import Command, json_option
from fluxmirror_cli.output import Result, show


@click.command("db-path", cls=Command, examples=("fluxmirror db-path", "fluxmirror db-path --json"))
@json_option
def command(*, as_json: bool) -> None:
    """Print where the database is."""
    own_settings()  # says what is wrong
    path = here().database
    facts = {"database": path, "exists": os.path.exists(path)}
    show(Result(lambda: facts, lambda: f"{path}\n"), as_json=as_json)
