"""The set-up's own row: one made-up call, for whoever wants to see one before an agent made any."""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from fluxmirror_core.config.settings import Settings
from fluxmirror_core.event import AFTER, HOOK, Kind, Outcome
from fluxmirror_core.private import make_directory
from fluxmirror_core.wire.builder import Origin
from fluxmirror_core.wire.identity import Identity, digest
from fluxmirror_core.wire.observation import Observation

from fluxmirror_store.database import connect_to_write, spool_errors, store_errors
from fluxmirror_store.machine import event_builders
from fluxmirror_store.queries import SETUP_AGENT
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.paths import Places

SESSION: Final = "init-demo"
TOOL: Final = "Init"
"""As the older programs called them."""
_OF_THE_ROW: Final = "agent = :agent AND session = :session AND tool = :tool"
_HAS_ROW: Final = f"SELECT EXISTS (SELECT 1 FROM event WHERE {_OF_THE_ROW})"
_REMOVE_PAYLOADS: Final = f"""
DELETE FROM payload WHERE event_id IN (SELECT id FROM event WHERE {_OF_THE_ROW})
"""
_REMOVE_ROWS: Final = f"DELETE FROM event WHERE {_OF_THE_ROW}"
_FORGET: Final = """
DELETE FROM heard WHERE agent = :agent AND NOT EXISTS (SELECT 1 FROM event WHERE agent = :agent)
"""
_ROW: Final = {"agent": SETUP_AGENT, "session": SESSION, "tool": TOOL}


def write_set_up_row(places: Places, note: str, directory: str | None) -> bool:
    """Write the set-up's row, if it is not there.

    Args:
        places: where the database is, made when missing.
        note: what the row says.
        directory: where it says that it was made.

    Returns:
        Whether it was written.

    Raises:
        StoreError: the database cannot be written.
    """
    with spool_errors(places.spool):
        make_directory(places.spool)
        event = _event(places, note, directory)
    with closing(connect_to_write(places.database)) as db, store_errors(places.database):
        if db.execute(_HAS_ROW, _ROW).fetchone() == (1,):
            return False
        with writing(db):
            write_events(db, [event])
    return True


def remove_set_up_row(path: str) -> int:
    """Remove the set-up's row from a database, one of an older program included.

    Returns:
        How many rows there were: none, most often one.

    Raises:
        StoreError: the database cannot be written.
    """
    if not os.path.exists(path):
        return 0
    with closing(connect_to_write(path)) as db, store_errors(path), writing(db):
        db.execute(_REMOVE_PAYLOADS, _ROW)
        removed = db.execute(_REMOVE_ROWS, _ROW).rowcount
        db.execute(_FORGET, {"agent": SETUP_AGENT})
    return removed


def _event(places: Places, note: str, directory: str | None) -> AgentEvent:
    seen = Observation(
        kind=Kind.TOOL_CALL,
        hook_event="",
        session=SESSION,
        cwd=directory,
        detail=note,
        phase=AFTER,
        tool=TOOL,
        outcome=Outcome.OK,
    )
    origin = Origin(SETUP_AGENT, "default", HOOK, time.time_ns() // 1_000_000)
    builder = event_builders(places, Settings()).everywhere
    return builder.build(seen, origin, Identity(digest("set-up", SESSION)), {})
