"""The database changed by hand: alone, all or nothing, and nothing that FluxMirror needs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import StoreError
from fluxmirror_store import lock
from fluxmirror_store.changing import changed_by_hand
from fluxmirror_store.database import connect_to_read
from fluxmirror_store.drain import drain

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.paths import Places

KEEP = "INSERT INTO tally VALUES ('bad', '', 'kept', '', 1, 0)"


def names(places: Places) -> list[str]:
    """What is committed of the rows that the tests write."""
    with closing(connect_to_read(places.database)) as db:
        return [name for (name,) in db.execute("SELECT name FROM tally ORDER BY name")]


def test_all_of_it_is_committed_at_the_end(places: Places) -> None:
    """Nobody else sees it before."""
    with changed_by_hand(places.database, [places.spool], 0) as db:
        db.execute(KEEP)
        assert names(places) == []
    assert names(places) == ["kept"]


def insert_and_end(places: Places, error: BaseException) -> None:
    """Write a row, then end the block early."""
    with changed_by_hand(places.database, [places.spool], 0) as db:
        db.execute(KEEP)
        raise error


@pytest.mark.parametrize(
    ("error", "told"),
    [(OSError("full"), OSError), (sqlite3.OperationalError("full"), StoreError)],
)
def test_nothing_of_it_is_kept_when_it_ends_early(
    places: Places, error: Exception, told: type[Exception]
) -> None:
    """Whatever went wrong; only what SQLite says is the database's fault."""
    with pytest.raises(told, match="full"):
        insert_and_end(places, error)
    assert names(places) == []


def test_an_interrupt_says_that_nothing_was_changed(places: Places) -> None:
    """Who pressed Ctrl-C wants to know."""
    with pytest.raises(KeyboardInterrupt) as caught:
        insert_and_end(places, KeyboardInterrupt())
    assert caught.value.args == ("nothing was changed",)
    assert names(places) == []


def test_nobody_drains_meanwhile(places: Places) -> None:
    """Neither does it begin while somebody drains."""
    with changed_by_hand(places.database, [places.spool], 0):
        assert drain(places, Settings()).busy
    with (
        lock.held(os.path.join(places.spool, "drain.lock")),
        pytest.raises(StoreError, match="nothing was changed"),
        changed_by_hand(places.database, [places.spool], 0),
    ):
        pass


@pytest.mark.parametrize(
    "statement",
    [
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "ATTACH ':memory:' AS other",
        "DETACH main",
        "PRAGMA user_version = 3",
        "PRAGMA writable_schema = ON",
        "SELECT load_extension('x')",
        "DROP TABLE event",
        "drop view AGENT_EVENTS",
        "DROP INDEX event_ts",
        "ALTER TABLE event ADD COLUMN mine",
        "UPDATE sqlite_master SET sql = ''",
        "VACUUM",
    ],
)
def test_what_would_break_it_is_refused(places: Places, statement: str) -> None:
    """The transaction, other files, settings, and what a database of FluxMirror consists of."""
    with changed_by_hand(places.database, [places.spool], 0) as db:
        with pytest.raises(sqlite3.DatabaseError):
            db.execute(statement)
        db.execute(KEEP)
    assert names(places) == ["kept"]


def test_rows_and_tables_of_ones_own_can_be_changed(
    places: Places, capture: Callable[..., str]
) -> None:
    """That is what it is for."""
    capture({"session_id": "s", "hook_event_name": "PreToolUse", "tool_name": "Bash"}, "claude")
    drain(places, Settings())
    with changed_by_hand(places.database, [places.spool], 0) as db:
        for statement in (
            "CREATE TABLE mine (x)",
            "ALTER TABLE mine ADD COLUMN y",
            "CREATE INDEX mine_x ON mine (x)",
            "DROP TABLE mine",
            "SAVEPOINT here",
            "DELETE FROM event",
            "RELEASE here",
        ):
            db.execute(statement)
        # What belongs to a row goes with it.
        assert db.execute("SELECT count(*) FROM payload").fetchone() == (0,)
