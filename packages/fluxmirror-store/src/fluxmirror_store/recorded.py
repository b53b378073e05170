"""How much was recorded: asked before it is deleted for good."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import FluxMirrorError
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_store.database import connect_to_read, is_own, store_errors

if TYPE_CHECKING:
    import sqlite3

_COUNTS: Final = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM response)"


class Recorded(NamedTuple):
    """What a database holds."""

    events: int = 0
    responses: int = 0
    is_known: bool = True
    """False for one of an older version: nobody knows how much is in it."""


def count_recorded(path: str) -> Recorded:
    """Count events and responses; none where there is no database of ours."""
    if not is_own(path):
        return Recorded()
    try:
        with closing(connect_to_read(path)) as db, store_errors(path):
            return _count(db)
    except FluxMirrorError:
        return Recorded(is_known=False)


def _count(db: sqlite3.Connection) -> Recorded:
    events, responses = db.execute(_COUNTS).fetchone()
    return Recorded(events, responses)
