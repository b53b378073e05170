"""`fluxmirror sqlite`: run SQL on the database, read-only."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click
from fluxmirror_core.errors import UsageError
from fluxmirror_store.database import restrict_to_reading

from fluxmirror_cli.drained import drained_database
from fluxmirror_cli.options import Command, database_option
from fluxmirror_cli.output import emit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ROWS: Final = 1_000
"""Rows that are printed at once."""
_STEPS: Final = 10_000
"""Steps of SQLite's machine between two looks at whether Ctrl-C was pressed."""
_PRIMARY: Final = 0xFF
"""The low byte of an error code says what kind it is of."""
_MORE_THAN_READING: Final = (sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY)
_THE_DATABASES: Final = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PROTOCOL,
)
"""What is no fault of a statement."""
_VIEWS: Final = "the views are agent_events, agent_timeline and events"
_HINTS: Final = {
    "no such table": _VIEWS,
    "no such column": f"{_VIEWS}; `PRAGMA table_info(agent_events)` lists the columns of one",
    "one statement at a time": "give one statement at a time",
    "bindings": "write the values into the statement",
}


class _Statement(Command):
    """A command whose argument may begin with a comment, `-- …`, that is no option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take what begins like a comment of SQL for the argument."""
        options = [word for word in args if not _is_commented(word)]
        statements = [word for word in args if _is_commented(word)]
        return super().parse_args(ctx, [*options, "--", *statements] if statements else args)


@click.command("sqlite", cls=_Statement)
@database_option
@click.option("--header", is_flag=True, help="Print the columns' names first.")
@click.argument("statement")
def command(*, database: str | None, header: bool, statement: str) -> None:
    """Run one SQL STATEMENT on the database, read-only.

    The views agent_events, agent_timeline and events are the contract; tables may change.
    """
    with drained_database(database) as db, _explained():
        restrict_to_reading(db)
        db.text_factory = _lenient  # what was recorded is shown, even where it is no UTF-8
        db.set_progress_handler(_look_up, _STEPS)
        cursor = db.execute(statement)
        if header and cursor.description:
            emit(_line(column[0] for column in cursor.description))
        while rows := cursor.fetchmany(_ROWS):
            emit("".join(map(_line, rows)))


def _is_commented(word: str) -> bool:
    return word.startswith("--") and not word.startswith("--db=") and ("\n" in word or " " in word)


def _look_up() -> int:
    """Let SQLite go on; being called lets Python see a signal, and SQLite stops when it raises."""
    return 0


def _lenient(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what SQLite says of a statement into a sentence, and a hint for the usual cases."""
    try:
        yield
    # Python 3.11 warns of a second statement, later ones raise an error.
    except (sqlite3.Error, sqlite3.Warning, UnicodeEncodeError) as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
        if code == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from error
        if code in _THE_DATABASES:
            raise
        raise _refusal(str(error), code) from error


def _refusal(message: str, code: int) -> UsageError:
    if code in _MORE_THAN_READING:
        return UsageError(
            f"the statement was refused: it does more than read ({message})",
            hint="only the drain writes the database; a copy of it is yours to change",
        )
    hint = next((hint for sign, hint in _HINTS.items() if sign in message), "")
    return UsageError(f"the statement was refused: {message}", hint=hint)


def _line(values: Iterable[object]) -> str:
    return "|".join(map(_cell, values)) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value.hex() if isinstance(value, bytes) else str(value)
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
