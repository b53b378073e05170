"""A person's own SQL: taken apart into statements, run in turn, explained when refused."""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_store.stored_text import lenient_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fluxmirror_core.messages import Message, Sayable

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
_HINTS: Final = {
    "no such table": message("statement.views"),
    "no such column": message("statement.columns"),
    "one statement at a time": message("statement.semicolon"),
}
_NAMELESS: Final = re.compile(r"Binding \d+ has no name.*", re.DOTALL)
_VALUELESS: Final = re.compile(
    r"You did not supply a value for binding (?:parameter )?(\S+?)\..*", re.DOTALL
)
"""What Python says of parameters; it is put into words that fit a command line."""


class Limit(NamedTuple):
    """What is said of a statement that goes further than it may."""

    sentence: Message
    hint: Message


READING: Final = Limit(
    message("statement.reads_only"),
    message("statement.write"),
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

    def _refusal(self, number: int, said: str, code: int) -> UsageError:
        if _NAMELESS.fullmatch(said):
            nameless = message("statement.nameless")
            return UsageError(self._refused(number, nameless), hint=message("statement.name_it"))
        if found := _VALUELESS.fullmatch(said):
            valueless = message("statement.valueless", name=self._shown(found[1]))
            return UsageError(
                self._refused(number, valueless), hint=message("statement.give_value")
            )
        reason = self._shown(said).rstrip(".")
        if code in _NOT_ALLOWED:
            beyond = message("statement.over_limit", limit=self._limit.sentence, reason=reason)
            return UsageError(self._refused(number, beyond), hint=self._limit.hint)
        hint = next((hint for sign, hint in _HINTS.items() if sign in reason), "")
        return UsageError(self._refused(number, reason), hint=hint)

    def _refused(self, number: int, reason: Sayable) -> Message:
        total = len(self._statements)
        if total == 1:
            return message("statement.refused", reason=reason)
        return message("statement.refused_of_several", number=number, total=total, reason=reason)


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


def _refuse_no_text(sql: str) -> None:
    try:
        sql.encode()
    except UnicodeEncodeError:
        hint = message("files.save_as_utf8")
        raise UsageError(message("statement.no_utf8"), hint=hint) from None
    if "\0" in sql:
        hint = message("files.save_as_utf8")
        raise UsageError(message("statement.null"), hint=hint)


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
