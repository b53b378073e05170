"""`fluxmirror sqlite`: run SQL on the database, read-only."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import click
from fluxmirror_core.errors import UsageError

from fluxmirror_cli.options import chosen_places, database_option
from fluxmirror_cli.reading import drained_database

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command("sqlite")
@database_option
@click.option("--header", is_flag=True, help="Print the columns' names first.")
@click.argument("statement")
def command(*, database: str | None, header: bool, statement: str) -> None:
    """Run one SQL STATEMENT on the database, read-only.

    The views agent_events, agent_timeline and events are the contract; tables may change.
    """
    with drained_database(chosen_places(database)) as db:
        try:
            cursor = db.execute(statement)
        except sqlite3.Error as error:
            raise UsageError(
                f"the statement was refused: {error}",
                hint="the database is opened read-only; the views are agent_events,"
                " agent_timeline and events",
            ) from error
        if header and cursor.description:
            click.echo(_line(column[0] for column in cursor.description))
        for row in cursor:
            click.echo(_line(row))


def _line(values: Iterable[object]) -> str:
    return "|".join(map(_cell, values))


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value.hex() if isinstance(value, bytes) else str(value)
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
