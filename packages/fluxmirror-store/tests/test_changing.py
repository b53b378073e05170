"""The database changed by hand: alone, all or nothing, and nothing that FluxMirror needs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import StoreError, UsageError
from fluxmirror_store import lock
from fluxmirror_store.changing import CHANGING, _Judge, changed_by_hand
from fluxmirror_store.database import connect_to_read, connect_to_write
from fluxmirror_store.drain import drain
from fluxmirror_store.lock import DRAIN as LOCK
from fluxmirror_store.statements import Script

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.paths import Places

KEEP = "INSERT INTO tally VALUES ('bad', '', 'kept', '', 1, 0)"


def names(places: Places) -> list[str]:
    """What is committed of the rows that the tests write."""
    with closing(connect_to_read(places.database)) as db:
        return [name for (name,) in db.execute("SELECT name FROM tally ORDER BY name")]


def change(places: Places, *statements: str) -> None:
    """Run statements as a person's own."""
    with changed_by_hand(places.database, [places.spool], 0) as db:
        for _ in Script(statements, {}, CHANGING).run(db):
            pass


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
    assert [str(one) for one in caught.value.args] == ["nothing was changed"]
    assert names(places) == []


def test_an_interrupt_in_the_midst_of_judging_is_no_refusal(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite takes it for one; who pressed Ctrl-C is told so all the same."""

    def stop(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(_Judge, "_is_allowed", stop)
    with pytest.raises(KeyboardInterrupt, match="nothing was changed"):
        change(places, KEEP)


def test_nobody_drains_meanwhile(places: Places) -> None:
    """Neither does it begin while somebody drains."""
    with changed_by_hand(places.database, [places.spool], 0):
        assert drain(places, Settings()).busy
    with (
        lock.held(os.path.join(places.spool, LOCK)),
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
        "UPDATE sqlite_sequence SET seq = 0",
        "INSERT INTO sqlite_sequence VALUES ('event', 0)",
        "CREATE UNIQUE INDEX u ON Event (agent)",
        "CREATE TRIGGER t AFTER INSERT ON EVENT BEGIN DELETE FROM event; END",
        "CREATE TRIGGER t INSTEAD OF INSERT ON events BEGIN SELECT 1; END",
        "UPDATE event SET id = id + 1",
        "UPDATE event SET _rowid_ = 1",
        "ANALYZE",
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


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM stale_hour",
        "INSERT INTO stale_hour VALUES ('calls', 1)",
        "UPDATE Activity_Hour SET calls = 0",
        "DELETE FROM usage_hour WHERE hour = 1",
        "REPLACE INTO file_sighting VALUES ('/a', 1, 1, 'x')",
        "UPDATE project SET remote = NULL",
    ],
)
def test_what_follows_from_other_tables_is_not_changed_itself(
    places: Places, statement: str
) -> None:
    """Reports would believe it; nothing of the script is kept."""
    with pytest.raises(UsageError, match="more than `--write` allows") as caught:
        change(places, KEEP, statement)
    assert "worked out from the other tables" in str(caught.value.hint)
    assert names(places) == []


def test_what_follows_from_other_tables_is_not_changed_by_a_trigger_of_ones_own(
    places: Places,
) -> None:
    """Only FluxMirror's own triggers say what follows."""
    with pytest.raises(UsageError):
        change(
            places,
            "CREATE TABLE mine (x)",
            "CREATE TRIGGER mine_t AFTER INSERT ON mine BEGIN DELETE FROM stale_hour; END",
            "INSERT INTO mine VALUES (1)",
        )


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("DELETE FROM sqlite_sequence", "no number"),
        ("UPDATE sqlite_sequence SET name = 'x'", "no number"),
        ("INSERT INTO mcp_message VALUES (1 << 62, 0, 'c2s', NULL, '{}', 'x')", "no number"),
        ("CREATE TABLE mine (x REFERENCES Event (id))", "mine would keep rows of Event"),
    ],
)
def test_what_would_stand_in_the_way_of_recording_is_undone(
    places: Places, capture: Callable[..., str], script: str, reason: str
) -> None:
    """No single statement shows it, so it shows when all is done."""
    capture({"session_id": "s", "hook_event_name": "PreToolUse", "tool_name": "Bash"}, "claude")
    drain(places, Settings())
    with pytest.raises(UsageError, match=reason):
        change(places, KEEP, script)
    assert names(places) == []


def test_what_was_put_in_the_way_before_can_be_taken_out(places: Places) -> None:
    """By another program, or by an older one of ours."""
    with closing(connect_to_write(places.database)) as db:
        db.execute("CREATE UNIQUE INDEX u ON event (agent)")
        db.execute("CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event; END")
    with changed_by_hand(places.database, [places.spool], 0) as db:
        db.execute("DROP INDEX u")
        db.execute("DROP TRIGGER t")


def test_rows_and_tables_of_ones_own_can_be_changed(
    places: Places, capture: Callable[..., str]
) -> None:
    """That is what it is for."""
    capture({"session_id": "s", "hook_event_name": "PreToolUse", "tool_name": "Bash"}, "claude")
    drain(places, Settings())
    with changed_by_hand(places.database, [places.spool], 0) as db:
        for statement in (
            "CREATE TABLE mine (n INTEGER PRIMARY KEY AUTOINCREMENT, x)",
            "ALTER TABLE mine ADD COLUMN y REFERENCES event (id) ON DELETE CASCADE",
            "INSERT INTO mine (y) SELECT id FROM event",
            "CREATE INDEX mine_x ON mine (x)",
            "CREATE VIEW my_calls AS SELECT * FROM agent_events",
            "CREATE TRIGGER mine_t AFTER INSERT ON mine BEGIN SELECT 1; END",
            "ALTER TABLE mine RENAME TO yours",
            "REINDEX yours",
            "DROP TRIGGER mine_t",
            "DROP VIEW my_calls",
            "DROP TABLE yours",
            "SAVEPOINT here",
            "DELETE FROM event",
            "RELEASE here",
        ):
            db.execute(statement)
        # What belongs to a row goes with it.
        assert db.execute("SELECT count(*) FROM payload").fetchone() == (0,)
