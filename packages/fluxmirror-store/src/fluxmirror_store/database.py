"""connect: one open database; every `sqlite3` error becomes a StoreError here."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import NoDataError, StoreError
from fluxmirror_core.messages import message
from fluxmirror_core.private import make_directory

from fluxmirror_store import migrations
from fluxmirror_store.migrations import schema_version
from fluxmirror_store.stored_text import lenient_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from fluxmirror_core.messages import Message

_CACHE_KIB: Final = 32_768
"""A batch's index entries are all over the file: a page that falls out is written twice."""
_PLAIN: Final = frozenset(b"/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
"""Bytes that mean themselves in a URI."""
_SMALLEST: Final = 512
"""Bytes of the smallest page SQLite has."""
_READING: Final = (
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
)
_SETTABLE_PRAGMAS: Final = frozenset({"user_version", "application_id"})
_READING_PRAGMAS: Final = _SETTABLE_PRAGMAS | {
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "database_list",
    "compile_options",
}
_SCHEMA: Final = "SELECT count(*) FROM sqlite_master"
_VERSION: Final = "PRAGMA user_version"
"""What is asked to see whether a file can be read; the version takes a seventh of the schema."""
_BESIDE: Final = ("-wal", "-shm", "-journal")
_MADE_LATER: Final = message("database_file.made_later")
BUSY_MS: Final = 5_000
"""How long a statement waits for another process's lock."""


def connect_to_write(path: str, progress: migrations.Progress | None = None) -> sqlite3.Connection:
    """Open the database for writing: made when missing, upgraded when old.

    Raises:
        StoreError: it is newer than this program, not ours, locked, damaged, or not to be made.
    """
    with store_errors(path):
        _refuse_odd(path)
        _make_private(path)
        _refuse_scrap(path)
        db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
        try:
            _check(db, path)
            _close_to_others(path)
            _prepare(db)
            migrations.upgrade(db, progress)
        except BaseException:
            db.close()
            raise
        return db


def connect_to_read(path: str) -> sqlite3.Connection:
    """Open the database for reading; nothing is made, nothing upgraded.

    Text that is no UTF-8 is read with a sign in place of each byte that is none.

    Raises:
        NoDataError: there is none, or a file that nothing was ever written into.
        StoreError: it is damaged, not ours, or still in an older program's shape.
    """
    if not os.path.exists(path):
        raise NoDataError(message("reading.no_database", path=path), hint=_MADE_LATER)
    with store_errors(path):
        _refuse_odd(path)
        db = _open_to_read(path)
        try:
            _check_to_read(db, path)
            db.text_factory = lenient_text
        except BaseException:
            db.close()
            raise
        return db


def empty() -> sqlite3.Connection:
    """Give a database in memory without a row, for where there is none yet."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrations.upgrade(db)
    return db


def restrict_to_reading(db: sqlite3.Connection) -> None:
    """Have a connection refuse every statement that does more than read this database.

    A database that is open read-only still lets a statement attach or write other files.
    """
    db.set_authorizer(_authorize)


def _authorize(action: int, name: str | None, value: str | None, *_: object) -> int:
    reads = action in _READING or (
        action == sqlite3.SQLITE_PRAGMA
        and name in _READING_PRAGMAS
        and (value is None or name not in _SETTABLE_PRAGMAS)
    )
    return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY


def is_outdated(path: str) -> bool:
    """Tell whether there is a database of ours that an older program left, or a blank one."""
    if not os.path.isfile(path):
        return False
    try:
        with closing(_open_to_read(path, _VERSION)) as db:
            return schema_version(db) < newest_version() and migrations.is_ours(db)
    except sqlite3.Error:
        return False


def is_own(path: str) -> bool:
    """Tell whether a file is a database of ours, of any version; False where nobody can tell."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with closing(_open_to_read(path)) as db:
            return migrations.is_ours(db)
    except (OSError, sqlite3.Error):
        return False


def files_of(path: str) -> tuple[str, ...]:
    """List a database, and the files that SQLite may keep beside it."""
    return (path, *(f"{path}{suffix}" for suffix in _BESIDE))


def is_there(path: str) -> bool:
    """Tell whether there is a database, of whatever shape.

    What a full disk leaves, a file that nothing was ever written into, is none.
    """
    if not os.path.isfile(path):
        return False
    try:
        with closing(_open_to_read(path)) as db:
            return not migrations.is_blank(db)
    except sqlite3.Error:
        return True


def newest_version() -> int:
    """Give the schema version this program writes."""
    return len(migrations.STEPS)


@contextmanager
def store_errors(path: str, unopened: str = "database_file.unopened") -> Iterator[None]:
    """Turn what SQLite and the system say of a database into one sentence and a hint.

    Args:
        path: the database.
        unopened: id of the sentence for what the system says.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StoreError(_sentence(path, error), hint=_hint(error)) from error
    except OSError as error:
        raise StoreError(
            message(unopened, path=path, reason=error.strerror or str(error)),
            hint=message("files.check_directory"),
        ) from error


def spool_errors(path: str) -> AbstractContextManager[None]:
    """Turn what the system says of a spool into one sentence and a hint."""
    return store_errors(path, "database_file.unopened_spool")


def _sentence(path: str, error: sqlite3.DatabaseError) -> Message:
    return message("database_file.unusable", path=path, reason=str(error))


def _hint(error: sqlite3.DatabaseError) -> Message:
    text = str(error)
    if "locked" in text or "busy" in text:
        return message("database_file.held")
    if "not a database" in text:
        return message("database_file.name_ours")
    if "malformed" in text:
        return message("database_file.move_away")
    if "full" in text:
        return message("database_file.free_space")
    return message("reading.doctor")


def _make_private(path: str) -> None:
    """Make directory and file with private modes; SQLite gives its side files the file's mode."""
    directory = os.path.dirname(path)
    if directory:
        make_directory(directory)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _close_to_others(path: str) -> None:
    """Take from others what an older program let them read."""
    if sys.platform != "win32" and os.stat(path).st_mode & 0o077:
        os.chmod(path, 0o600)


def _refuse_odd(path: str) -> None:
    """Refuse a directory, a device, a pipe: whoever writes to one does harm, or waits for ever."""
    if os.path.exists(path) and not os.path.isfile(path):
        hint = message("database_file.name_a_file")
        raise StoreError(message("database_file.no_file", path=path), hint=hint)


def _refuse_scrap(path: str) -> None:
    """Refuse what SQLite takes for an empty database, and would write over: a very small file."""
    if 0 < os.stat(path).st_size < _SMALLEST:
        raise sqlite3.DatabaseError("file is not a database")


def _check(db: sqlite3.Connection, path: str) -> None:
    version, newest = schema_version(db), newest_version()
    if not migrations.is_ours(db):
        raise _foreign(path)
    if version > newest:
        raise StoreError(
            message("database_file.newer", path=path, version=version, newest=newest),
            hint=message("database_file.upgrade"),
        )


def refuse_newer(db: sqlite3.Connection, path: str, error: Exception) -> None:
    """Say that a newer program made a database, where this one failed to read it.

    Raises:
        StoreError: it was.
    """
    version, newest = schema_version(db), newest_version()
    if version > newest:
        raise StoreError(
            message("database_file.newer", path=path, version=version, newest=newest),
            hint=message("database_file.upgrade_to_read"),
        ) from error


def _check_to_read(db: sqlite3.Connection, path: str) -> None:
    if not migrations.is_ours(db):
        raise _foreign(path)
    if migrations.is_blank(db):
        raise NoDataError(message("database_file.empty", path=path), hint=_MADE_LATER)
    if schema_version(db) < newest_version():
        raise _outdated(path)


def _outdated(path: str) -> StoreError:
    hint = message("database_file.upgrade_in_place", path=path)
    return StoreError(message("database_file.older", path=path), hint=hint)


def _foreign(path: str) -> StoreError:
    hint = message("database_file.name_our_own")
    return StoreError(message("database_file.foreign", path=path), hint=hint)


def _prepare(db: sqlite3.Connection) -> None:
    if schema_version(db) == 0:  # binds only before the first table, and is written down every time
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    # A row that `REPLACE` takes away is deleted like any other: its hour is to be added up again.
    db.execute("PRAGMA recursive_triggers = ON")
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    # SQLite up to 3.51.2 may corrupt a file when a checkpoint meets a concurrent WAL reset:
    # `checkpoint` is the only place that makes one, with every writer held off.
    db.execute("PRAGMA wal_autocheckpoint = 0")
    # After a checkpoint the log starts again, and its file is cut to what is in it.
    db.execute("PRAGMA journal_size_limit = 0")


def _open_to_read(path: str, question: str = _SCHEMA) -> sqlite3.Connection:
    """Open read-only; a file in a directory that cannot be written is read as it stands."""
    _refuse_scrap(path)
    uri = f"file:{_quoted(os.path.abspath(path))}"
    try:
        return _open_uri(f"{uri}?mode=ro", question)
    except sqlite3.OperationalError as error:
        # A locked or damaged file is another matter: it must not be read past its locks.
        if not error.sqlite_errorname.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
            raise
        return _open_uri(f"{uri}?mode=ro&immutable=1", question)


def _quoted(path: str) -> str:
    """Write a path as a URI has it; `urllib.parse` would take 2 ms of every report to load."""
    return "".join(chr(one) if one in _PLAIN else f"%{one:02X}" for one in path.encode())


def _open_uri(uri: str, question: str) -> sqlite3.Connection:
    db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_MS / 1000)
    try:
        db.execute(question).fetchone()
    except BaseException:
        db.close()
        raise
    return db
