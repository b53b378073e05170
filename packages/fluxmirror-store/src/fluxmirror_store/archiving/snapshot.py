"""A session file as it is at one moment, read in blocks; nothing is written beside it."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from fluxmirror_core.private import make_directory

from fluxmirror_store.archiving.copies import BLOCK_BYTES, NO_ROOM
from fluxmirror_store.importing.session_files import DATABASE_AGENT
from fluxmirror_store.opencode_database import UnreadableSourceError, copy_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from fluxmirror_store.importing.session_files import SessionFile

_LOGS: Final = ("-wal", "-journal")
"""What belongs to a database, behind its path."""


class UnreadableError(Exception):
    """A session file cannot be read; the message is the reason, in a few words."""


@contextmanager
def snapshot(file: SessionFile, scratch: str) -> Iterator[Iterator[bytes]]:
    """Give what a session file holds now; what is appended meanwhile is left for another time.

    Args:
        file: the file.
        scratch: directory that a database may be copied into; it is gone afterwards.

    Raises:
        UnreadableError: the file cannot be read, also while the blocks are taken.
        OSError: `scratch` cannot be written.
    """
    if file.agent != DATABASE_AGENT:
        yield _blocks(file.path)
        return
    make_directory(scratch)
    try:
        yield _blocks(_settled_copy(file.path, scratch))
    finally:
        shutil.rmtree(scratch)


def _blocks(path: str) -> Iterator[bytes]:
    """Read a file up to where it ends now."""
    with _open(path) as file:
        left = os.fstat(file.fileno()).st_size
        while left > 0 and (block := _read(file, min(left, BLOCK_BYTES))):
            left -= len(block)
            yield block


def _open(path: str) -> IO[bytes]:
    try:
        return open(path, "rb")
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error


def _read(file: IO[bytes], size: int) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error


def _settled_copy(path: str, scratch: str) -> str:
    """Copy a database and its log as they are at one moment; gives the one file they make."""
    try:
        copy = copy_database(path, scratch)
    except UnreadableSourceError as error:
        raise UnreadableError(str(error)) from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise
        raise UnreadableError(error.strerror or str(error)) from error
    if any(_is_filled(copy + ending) for ending in _LOGS):
        _fold_in_logs(copy)
    return copy


def _is_filled(path: str) -> bool:
    return os.path.exists(path) and os.path.getsize(path) > 0


def _fold_in_logs(path: str) -> None:
    """Have SQLite bring into our copy what its log holds."""
    try:
        with closing(sqlite3.connect(f"file:{quote(path)}?mode=rw", uri=True)) as db:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()  # undoes what was cut short
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError as error:
        raise UnreadableError(str(error)) from error
