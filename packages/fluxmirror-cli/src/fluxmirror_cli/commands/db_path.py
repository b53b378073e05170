"""`fluxmirror db-path`: where the database is."""

from __future__ import annotations

import click
from fluxmirror_core.paths import here


@click.command("db-path")
def command() -> None:
    """Print where the database is."""
    click.echo(here().database)
