"""Reading commands see everything up to now: they drain first, then open the database read-only."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import StoreError
from fluxmirror_store.database import connect_to_read, is_outdated, store_errors
from fluxmirror_store.drain import drain

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from fluxmirror_core.paths import Places

_WAIT_S: Final = 5.0
"""How long to wait for another drainer: what it holds belongs into the report."""


@contextlib.contextmanager
def drained_database(places: Places) -> Iterator[sqlite3.Connection]:
    """Open the database after a drain; a drain that fails is a warning, as reading may still do.

    Raises:
        NoDataError: there is no database, and nothing was waiting that would have made one.
        StoreError: the database cannot be read.
    """
    _drain_or_warn(places)
    with contextlib.closing(connect_to_read(places.database)) as db, store_errors(places.database):
        yield db


def _drain_or_warn(places: Places) -> None:
    if not os.path.isdir(places.spool) and not is_outdated(places.database):
        return  # nothing was ever captured for this database
    try:
        if drain(places, wait_s=_WAIT_S).busy:
            _warn("another process is draining the spool; the newest events may be missing")
    except StoreError as error:
        _warn(f"the spool was not drained: {error}")


def _warn(message: str) -> None:
    sys.stderr.write(f"fluxmirror: {message}\n")
