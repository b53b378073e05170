"""OpenCode's own database, read without one byte written beside it.

OpenCode leaves most of what is new in the write-ahead log, and SQLite cannot read that without
making files of its own there. So a database with a log is copied, log and all, and the copy is
read. A copy taken while OpenCode writes is told by the files' sizes and times, and by the log's
checksums: SQLite takes what is whole.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]

_TRIES: Final = 5
"""How often a copy is taken of files that change while it is."""
_COLUMNS: Final = {
    "session": ("id", "parent_id", "directory"),
    "message": ("id", "session_id", "data"),
    "part": ("id", "message_id", "session_id", "data"),
}
"""What every shape of the database has to have."""
_TIMES: Final = ("time_updated", "time_created")
"""Columns by which rows are chosen: the first there is."""
_DEEPEST: Final = 100
"""Of subagents within subagents: a damaged chain may be a ring."""

_SESSIONS: Final = "SELECT * FROM session"
_ROWS: Final = "SELECT rowid, * FROM message WHERE {time} >= ? ORDER BY rowid"
_PARTS: Final = """
    SELECT part.rowid, part.*,
           CASE WHEN json_valid(message.data) THEN json_extract(message.data, '$.modelID') END
           AS model
    FROM part LEFT JOIN message ON message.id = part.message_id
    WHERE part.{time} >= ? AND instr(part.data, '"tool"') > 0
    ORDER BY part.rowid
"""


class UnreadableSourceError(Exception):
    """The database cannot be read; the message is the reason, in a few words."""


class OpenCodeRows:
    """What one database holds, as of one moment."""

    def __init__(self, db: sqlite3.Connection, since_ms: int) -> None:
        self._db = db
        self._since_ms = since_ms
        self._times = {table: _time_column(db, table) for table in ("message", "part")}
        self.sessions: dict[str, Row] = _with_roots(list(self._read(_SESSIONS)))
        """The rows of table `session` by id, each with the `root` of what it is a subagent in."""

    def messages(self) -> Iterator[Row]:
        """Give the messages written since, with `rowid` and `data` parsed, as they were made.

        Raises:
            UnreadableSourceError: the database is damaged.
        """
        return self._parsed(_ROWS.format(time=self._times["message"]))

    def parts(self) -> Iterator[Row]:
        """Give the parts written since that may be tool calls, with `model`, and as `messages`.

        Raises:
            UnreadableSourceError: the database is damaged.
        """
        return self._parsed(_PARTS.format(time=self._times["part"]))

    def _parsed(self, statement: str) -> Iterator[Row]:
        for row in self._read(statement, self._since_ms):
            row["data"] = _object(row["data"])
            yield row

    def _read(self, statement: str, *values: object) -> Iterator[Row]:
        with _source_errors():
            for row in self._db.execute(statement, values):
                yield dict(row)


@contextmanager
def opencode_rows(path: str, since_ms: int, cache: str | None = None) -> Iterator[OpenCodeRows]:
    """Open a database of OpenCode for reading; nothing in its directory is made or changed.

    Args:
        path: the database.
        since_ms: rows written before are left out; UTC milliseconds.
        cache: directory for a copy, where one is needed; None for the system's.

    Raises:
        UnreadableSourceError: there is none, it is damaged, of an unknown shape, or it changes
            faster than it can be copied.
    """
    with _source_errors():
        if _is_settled(path):
            with closing(_open(path, settled=True)) as db:
                yield OpenCodeRows(db, since_ms)
            return
        with tempfile.TemporaryDirectory(prefix="opencode-", dir=cache) as private:
            with closing(_open(_copy(path, private), settled=False)) as db:
                yield OpenCodeRows(db, since_ms)


@contextmanager
def _source_errors() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise UnreadableSourceError(str(error)) from error


def _is_settled(path: str) -> bool:
    """Say whether the file is all there is."""
    os.stat(path)
    return not _length(path + "-wal") and not _length(path + "-journal")


def _length(path: str) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0


def _copy(path: str, private: str) -> str:
    """Copy a database and its log as they are at one moment.

    Raises:
        UnreadableSourceError: they were never the same before and after.
    """
    copy = os.path.join(private, "opencode.db")
    for _ in range(_TRIES):
        before = _marks(path)
        for suffix in ("", "-wal", "-journal"):
            _copy_file(path + suffix, copy + suffix)
        if _marks(path) == before:
            return copy
    raise UnreadableSourceError("it changes faster than it can be copied")


def _marks(path: str) -> list[tuple[int, int] | None]:
    return [_mark(path + suffix) for suffix in ("", "-wal", "-journal")]


def _mark(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _copy_file(source: str, target: str) -> None:
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        if os.path.exists(target):
            os.remove(target)


def _open(path: str, *, settled: bool) -> sqlite3.Connection:
    """Open a database; one that is settled is read as it lies there, without a lock.

    Raises:
        UnreadableSourceError: a table or a column is missing.
    """
    mode = "mode=ro&immutable=1" if settled else "mode=rw"
    db = sqlite3.connect(f"file:{quote(path)}?{mode}", uri=True)
    try:
        db.row_factory = sqlite3.Row
        for table, columns in _COLUMNS.items():
            missing = set(columns) - _columns(db, table)
            if missing:
                names = ", ".join(sorted(missing))
                raise UnreadableSourceError(f"table {table} is without {names}")
    except BaseException:
        db.close()
        raise
    return db


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row["name"] for row in db.execute(f"PRAGMA table_info({table})")}


def _time_column(db: sqlite3.Connection, table: str) -> str:
    columns = _columns(db, table)
    for column in _TIMES:
        if column in columns:
            return column
    raise UnreadableSourceError(f"table {table} is without {' or '.join(_TIMES)}")


def _with_roots(rows: list[Row]) -> dict[str, Row]:
    sessions = {row["id"]: row for row in rows}
    for row in rows:
        row["root"] = _root(row, sessions)
    return sessions


def _root(row: Row, sessions: dict[str, Row]) -> str | None:
    """Give the session of the whole, whose row may be gone; None for one of a person's own."""
    root: str | None = row["parent_id"]
    for _ in range(_DEEPEST):
        above = sessions.get(root or "")
        if above is None or above["parent_id"] is None:
            break
        root = above["parent_id"]
    return root


def _object(written: object) -> Row:
    """Parse a row's JSON object; what is none is an empty one."""
    try:
        told = json.loads(written) if isinstance(written, str | bytes) else None
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
