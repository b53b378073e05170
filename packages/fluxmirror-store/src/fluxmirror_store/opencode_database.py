"""OpenCode's own database, read without one byte written beside it.

OpenCode leaves most of what is new in the write-ahead log, and SQLite cannot read that without
making files of its own there. So a database with a log is copied, log and all, and the copy is
read. While OpenCode writes, the log only grows: of a copy's end SQLite takes what is whole. Only
when the log was moved into the database meanwhile is a copy of two moments, and taken again.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.private import make_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Row = dict[str, Any]

_TRIES: Final = 5
"""How often a copy is taken of files that change while it is."""
_FILES: Final = ("", "-wal", "-journal")
"""What a database is made of, behind its path; the log's index is made anew from the log."""
_LOG_HEAD: Final = 32
"""Bytes of a log's header, with the salts that it gets whenever it begins anew."""
_COLUMNS: Final = {
    "session": ("id", "parent_id", "directory"),
    "message": ("id", "session_id", "data"),
    "part": ("id", "message_id", "session_id", "data"),
}
"""What every shape of the database has to have."""
_CHANGED: Final = "time_updated"
"""Old shapes are without it: then every row is given."""
_DEEPEST: Final = 100
"""Of subagents within subagents: a damaged chain may be a ring."""

_SESSION: Final = ("id", "parent_id", "directory", "agent", "version", "time_updated")
_SESSIONS: Final = "SELECT {columns} FROM session"
_MESSAGES: Final = """
    SELECT rowid, * FROM message
    WHERE ({changed} >= :changed_ms OR rowid > :known) AND rowid > :last ORDER BY rowid
"""
_PARTS: Final = """
    SELECT part.rowid, part.*,
           CASE WHEN json_valid(message.data) THEN json_extract(message.data, '$.modelID') END
           AS model
    FROM part LEFT JOIN message ON message.id = part.message_id
    WHERE ({changed} >= :changed_ms OR part.rowid > :known) AND part.rowid > :last
    AND instr(part.data, '"tool"') > 0
    ORDER BY part.rowid
"""


class UnreadableSourceError(Exception):
    """The database cannot be read; the message is the reason, in a few words."""


class Mark(NamedTuple):
    """What tells that a file was written to."""

    size: int
    mtime_ns: int


class Moment(NamedTuple):
    """What tells that a database was written to, except at the end of its log."""

    database: Mark | None
    log: bytes
    """How the log begins, anew whenever it is written from its beginning; empty without one."""
    journal: Mark | None
    """Of a database without a log: what is left of a transaction that never ended."""


class Since(NamedTuple):
    """Which rows of a table are wanted."""

    changed_ms: int = 0
    """Those written from then on, in UTC milliseconds,"""
    known: int = 1 << 62
    """and those with a higher number than this, whatever their time,"""
    last: int = 0
    """of all that have a higher number than this."""


class OpenCodeRows:
    """What one database holds, as of one moment."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._changed = {table: _changed(db, table) for table in ("message", "part")}
        told = ", ".join(column for column in _SESSION if column in _columns(db, "session"))
        rows = self._read(_SESSIONS.format(columns=told))
        self.sessions: dict[str, Row] = _with_roots(list(rows))
        """The rows of table `session` by id, each with the `root` of what it is a subagent in."""

    def messages(self, since: Since = Since()) -> Iterator[Row]:  # noqa: B008 - immutable
        """Give messages, with `rowid` and `data` parsed, as they were made.

        Raises:
            UnreadableSourceError: the database is damaged.
        """
        return self._parsed(_MESSAGES, "message", since)

    def parts(self, since: Since = Since()) -> Iterator[Row]:  # noqa: B008 - immutable
        """Give the parts that may be tool calls, with `model`, and as `messages`.

        Raises:
            UnreadableSourceError: the database is damaged.
        """
        return self._parsed(_PARTS, "part", since)

    def highest(self, table: str) -> int:
        """Give the highest number of a row of `message` or `part`; 0 when there is none.

        Raises:
            UnreadableSourceError: the database is damaged.
        """
        (row,) = self._read(f"SELECT coalesce(max(rowid), 0) AS highest FROM {table}")
        return int(row["highest"])

    def _parsed(self, statement: str, table: str, since: Since) -> Iterator[Row]:
        statement = statement.format(changed=self._changed[table])
        for row in self._read(statement, since._asdict()):
            row["data"] = _object(row["data"])
            yield row

    def _read(self, statement: str, values: Mapping[str, object] | None = None) -> Iterator[Row]:
        with _source_errors():
            rows = self._db.execute(statement, values or {})
        while True:
            with _source_errors():
                row = next(rows, None)
            if row is None:
                return
            yield dict(row)


@contextmanager
def opencode_rows(path: str, cache: str | None = None) -> Iterator[OpenCodeRows]:
    """Open a database of OpenCode for reading; nothing in its directory is made or changed.

    Args:
        path: the database.
        cache: directory for a copy, where one is needed; None for the system's.

    Raises:
        UnreadableSourceError: there is none, it is damaged, of an unknown shape, or it changes
            faster than it can be copied; when the block is left, that it changed meanwhile.
    """
    with ExitStack() as open_things:
        with _source_errors():
            before = _moment(path)
            settled, readable = _is_settled(before), path
            if not settled:
                making = tempfile.TemporaryDirectory(prefix="opencode-", dir=_made(cache))
                readable = copy_database(path, open_things.enter_context(making))
            db = open_things.enter_context(closing(_connect(readable, settled=settled)))
            _check(db)
            rows = OpenCodeRows(db)
        yield rows
        if settled and _mark(path) != before.database:
            raise UnreadableSourceError("it changed while it was read")


@contextmanager
def _source_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnreadableSourceError(error.strerror or str(error)) from error
    except sqlite3.Error as error:
        raise UnreadableSourceError(str(error)) from error


def _made(cache: str | None) -> str | None:
    if cache is not None:
        make_directory(cache)
    return cache


def _moment(path: str) -> Moment:
    return Moment(_mark(path), _beginning(path + "-wal"), _mark(path + "-journal"))


def _mark(path: str) -> Mark | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return Mark(found.st_size, found.st_mtime_ns)


def _beginning(path: str) -> bytes:
    try:
        with open(path, "rb") as log:
            return log.read(_LOG_HEAD)
    except FileNotFoundError:
        return b""


def _is_settled(moment: Moment) -> bool:
    """Say whether the database's own file is all there is.

    Raises:
        UnreadableSourceError: there is none.
    """
    if moment.database is None:
        raise UnreadableSourceError("there is no database")
    return not moment.log and not (moment.journal and moment.journal.size)


def copy_database(path: str, private: str) -> str:
    """Copy a database and its log as they are at one moment; gives the copy's path.

    Args:
        path: the database.
        private: directory for the copy, the log beside it, that nobody else can look into.

    Raises:
        UnreadableSourceError: every copy was of two moments.
        OSError: something cannot be read or written.
    """
    copy = os.path.join(private, "opencode.db")
    for _ in range(_TRIES):
        before = _moment(path)
        for suffix in _FILES:
            _copy_file(path + suffix, copy + suffix)
        if _moment(path) == before:
            return copy
    raise UnreadableSourceError("it changes faster than it can be copied")


def _copy_file(source: str, target: str) -> None:
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        if os.path.exists(target):
            os.remove(target)


def _connect(path: str, *, settled: bool) -> sqlite3.Connection:
    """Open a database; one that is settled is read as it lies there, without a lock."""
    mode = "mode=ro&immutable=1" if settled else "mode=rw"
    db = sqlite3.connect(f"file:{quote(os.path.abspath(path))}?{mode}", uri=True)
    db.row_factory = sqlite3.Row
    db.text_factory = _text
    return db


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _check(db: sqlite3.Connection) -> None:
    """Look at the shape.

    Raises:
        UnreadableSourceError: a table or a column is missing.
    """
    for table, columns in _COLUMNS.items():
        missing = set(columns) - _columns(db, table)
        if missing:
            names = ", ".join(sorted(missing))
            raise UnreadableSourceError(f"table {table} is without {names}")


def _columns(db: sqlite3.Connection, table: str) -> set[str]:
    return {row["name"] for row in db.execute(f"PRAGMA table_info({table})")}


def _changed(db: sqlite3.Connection, table: str) -> str:
    return f"{table}.{_CHANGED}" if _CHANGED in _columns(db, table) else ":changed_ms"


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
