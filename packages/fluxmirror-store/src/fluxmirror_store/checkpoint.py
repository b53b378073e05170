"""The one place that checkpoints: pages of the write-ahead log go back into the database."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import Final

from fluxmirror_store.database import BUSY_MS
from fluxmirror_store.transaction import writing

WAL_BYTES: Final = 16 << 20
"""A longer log is checkpointed between two batches."""


def checkpoint(path: str) -> None:
    """Checkpoint while a guard holds every other writer off; the caller holds the drain's lock.

    A write transaction on a second connection keeps the log from being reset meanwhile, which is
    what SQLite up to 3.51.2 can corrupt a database by.
    """
    with closing(_open(path)) as guard, closing(_open(path)) as worker, writing(guard):
        worker.execute("PRAGMA wal_checkpoint(PASSIVE)")


def shorten_log(path: str) -> None:
    """Checkpoint where the log has grown long; the caller holds the drain's lock."""
    if wal_bytes(path) > WAL_BYTES:
        checkpoint(path)


def wal_bytes(path: str) -> int:
    """Give the size of the write-ahead log; 0 when there is none."""
    try:
        return os.stat(f"{path}-wal").st_size
    except OSError:
        return 0


def _open(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_MS / 1000)
    db.execute("PRAGMA wal_autocheckpoint = 0")
    return db
