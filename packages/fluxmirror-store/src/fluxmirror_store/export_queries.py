"""Rows of the public views in the order of time, one after the other, however many there are."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_store.queries import snapshot
from fluxmirror_store.stored_text import lenient_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


class View(StrEnum):
    """What is exported."""

    CALLS = "calls"
    EVENTS = "events"
    RESPONSES = "responses"


_VIEWS: Final = {
    View.CALLS: "agent_events",
    View.EVENTS: "agent_timeline",
    View.RESPONSES: "agent_responses",
}
_BOUNDS: Final = {"start_ms": "ts_ms >= :start_ms", "end_ms": "ts_ms < :end_ms"}
# An agent's events have an index in the order of time, its responses have none: by the plus
# SQLite goes along all responses rather than sort these.
_AGENT: Final = {
    View.CALLS: "agent = :agent",
    View.EVENTS: "agent = :agent",
    View.RESPONSES: "+agent = :agent",
}


class ExportWindow(NamedTuple):
    """Which rows are wanted: `start_ms <= ts_ms < end_ms`, and of an agent alone."""

    start_ms: int | None = None
    """None for all of them, those whose time cannot be read included: these come first."""
    end_ms: int | None = None
    agent: str | None = None


class Export(NamedTuple):
    """Rows, and what their values are called."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def exported(db: sqlite3.Connection, view: View, wanted: ExportWindow) -> Iterator[Export]:
    """Give the rows of a view that are wanted, of one state of the database.

    Args:
        db: a database; the rows are read from it as they are taken. What an older program wrote
            into it as text is given as text from now on, even where it is no UTF-8.
        view: which view.
        wanted: which of its rows.
    """
    asked = wanted._asdict()
    conditions = {**_BOUNDS, "agent": _AGENT[view]}
    only = " AND ".join(text for name, text in conditions.items() if asked[name] is not None)
    statement = f"SELECT * FROM {_VIEWS[view]} WHERE {only or 'true'} ORDER BY ts_ms, id"
    db.text_factory = lenient_text
    with snapshot(db):
        found = db.execute(statement, asked)
        yield Export(tuple(name for name, *_ in found.description), found)
