"""`fluxmirror db-path`: where the database is."""

from __future__ import annotations

import click

from fluxmirror_cli.configured import here
from fluxmirror_cli.options import Command
from fluxmirror_cli.output import emit


@click.command("db-path", cls=Command)
def command() -> None:
    """Print where the database is."""
    emit(f"{here().database}\n")
