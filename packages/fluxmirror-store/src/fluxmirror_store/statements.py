"""A person's own SQL: taken apart into statements, run in turn, explained when refused."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.errors import UsageError

from fluxmirror_store.stored_text import lenient_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Value = str | int | float | None
    Row = tuple[str | int | float | bytes | None, ...]

EXAMPLES: Final = (
    "SELECT agent, count(*) FROM agent_events GROUP BY agent",
    "SELECT ts FROM agent_events WHERE tool = :t",
    "SELECT * FROM agent_responses",
    "DELETE FROM event WHERE ts_ms < 1750000000000",
)
"""For the command's help: three that read, the second with a parameter, and one that changes."""
_STEPS: Final = 10_000
"""Steps of SQLite's machine between two looks at whether Ctrl-C was pressed."""
_TOKEN: Final = re.compile(
    r"'[^']*'|\"[^\"]*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?(?:\*/|\Z)|;", re.DOTALL
)
"""A semicolon, or what may hold one that ends nothing; a doubled quote is two strings in a row."""
_BLANK: Final = re.compile(r"(?:[\s;]|--[^\n]*|/\*.*?(?:\*/|\Z))*", re.DOTALL)
_PRIMARY: Final = 0xFF
"""The low byte of an error code says what kind it is of."""
_NOT_ALLOWED: Final = (sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY)
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
_VIEWS: Final = "the views are agent_events, agent_timeline, agent_responses and events"
_HINTS: Final = {
    "no such table": _VIEWS,
    "no such column": f"{_VIEWS}; `PRAGMA table_info(agent_events)` lists the columns of one",
    "one statement at a time": "end each statement with a semicolon",
    "has no name": "write `:name`, and give its value with --param name=VALUE",
    "has no value": "give it one with --param NAME=VALUE",
}
_REWORDED: Final = (
    (re.compile(r"Binding \d+ has no name.*", re.DOTALL), "a parameter has no name"),
    (
        re.compile(r"You did not supply a value for binding (?:parameter )?(\S+?)\."),
        r"\1 has no value",
    ),
)
"""What Python says of parameters, in words that fit a command line."""


class Limit(NamedTuple):
    """What is said of a statement that goes further than it may."""

    sentence: str
    hint: str


READING: Final = Limit(
    "it does more than read",
    "`--write` lets a statement change rows; a copy of the database is all yours",
)


class ResultSet(NamedTuple):
    """What one statement gives."""

    columns: list[str]
    rows: Iterator[Row]
    """To be read to its end before the next statement runs."""


class Script:
    """Statements to be run on an open database.

    Args:
        statements: as `split_statements` gives them.
        values: of their parameters, by name.
        limit: what to say of one that does what the connection's authorizer does not allow.
        shown: what is done to a message of SQLite, which may quote a statement.
    """

    def __init__(
        self,
        statements: Sequence[str],
        values: Mapping[str, Value],
        limit: Limit = READING,
        shown: Callable[[str], str] = str,
    ) -> None:
        self._statements = statements
        self._values = values
        self._limit = limit
        self._shown = shown
        self.changed = 0
        """Rows that statements changed themselves: not by triggers, nor in rows' wake."""

    def run(self, db: sqlite3.Connection) -> Iterator[ResultSet]:
        """Run all statements; gives the results of those that have columns.

        Raises:
            UsageError: a statement is wrong, or does what it may not.
            sqlite3.DatabaseError: the database is at fault.
            KeyboardInterrupt: Ctrl-C was pressed while one ran.
        """
        db.text_factory = lenient_text
        db.set_progress_handler(_look_up, _STEPS)
        for number, statement in enumerate(self._statements, 1):
            before = db.total_changes
            with self._explained(number):
                cursor = db.execute(statement, self._values)
            if cursor.description:
                columns = [column[0] for column in cursor.description]
                yield ResultSet(columns, self._rows(cursor, number))
            self.changed += _changed_since(db, before)

    def _rows(self, cursor: sqlite3.Cursor, number: int) -> Iterator[Row]:
        with self._explained(number):
            for row in cursor:  # noqa: UP028 - `yield from` would also close the cursor, too late
                yield row

    @contextmanager
    def _explained(self, number: int) -> Iterator[None]:
        """Turn what SQLite says of a statement into a sentence, and a hint for the usual cases."""
        try:
            yield
        # Python 3.11 warns of a second statement, later ones raise an error.
        except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
            if code == sqlite3.SQLITE_INTERRUPT:
                raise KeyboardInterrupt from error
            if code in _THE_DATABASES:
                raise
            raise self._refusal(number, str(error), code) from error

    def _refusal(self, number: int, message: str, code: int) -> UsageError:
        total = len(self._statements)
        which = f"statement {number} of {total}" if total > 1 else "the statement"
        message = self._shown(_reworded(message))
        if code in _NOT_ALLOWED:
            sentence = f"{which} was refused: {self._limit.sentence} ({message})"
            return UsageError(sentence, hint=self._limit.hint)
        hint = next((hint for sign, hint in _HINTS.items() if sign in message), "")
        return UsageError(f"{which} was refused: {message}", hint=hint)


def split_statements(sql: str) -> list[str]:
    """Take SQL apart at the semicolons that end a statement; comments alone are none.

    Raises:
        UsageError: it holds what is no text.
    """
    _refuse_no_text(sql)
    statements: list[str] = []
    start = 0
    for token in _TOKEN.finditer(sql):
        # Inside of a trigger a semicolon ends a step of it alone.
        if token.group() == ";" and sqlite3.complete_statement(sql[start : token.end()]):
            statements.append(sql[start : token.end()])
            start = token.end()
    statements.append(sql[start:])
    return [statement.strip() for statement in statements if not _is_blank(statement)]


def is_named(statements: Sequence[str], parameter: str) -> bool:
    """Tell whether any of the statements has a parameter of this name."""
    name = re.compile(rf"[:@$]{re.escape(parameter)}\b")
    return any(name.search(statement) for statement in statements)


def _reworded(message: str) -> str:
    for pattern, words in _REWORDED:
        message = pattern.sub(words, message)
    return message.rstrip(".")


def _refuse_no_text(sql: str) -> None:
    try:
        sql.encode()
    except UnicodeEncodeError:
        raise UsageError("the statement is no UTF-8", hint="save it as UTF-8") from None
    if "\0" in sql:
        raise UsageError("the statement holds a null character", hint="save it as UTF-8")


def _is_blank(sql: str) -> bool:
    return _BLANK.fullmatch(sql) is not None


def _changed_since(db: sqlite3.Connection, before: int) -> int:
    """Count what the last statement changed; `before` is the connection's total before it."""
    if db.total_changes == before:
        return 0  # `changes()` would tell of an earlier statement
    return int(db.execute("SELECT changes()").fetchone()[0])


def _look_up() -> int:
    """Let SQLite go on; being called lets Python see a signal, and SQLite stops when it raises."""
    return 0
