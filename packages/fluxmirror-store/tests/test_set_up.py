"""The set-up's own row: there once, gone without a trace, and never beside real calls."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.paths import Places, places
from fluxmirror_store.queries import SETUP_AGENT
from fluxmirror_store.recorded import Recorded, count_recorded
from fluxmirror_store.set_up import remove_set_up_row, write_set_up_row

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def there(flux_home: Path) -> Places:
    """Everything in a home of the test's own."""
    return places({"FLUXMIRROR_HOME": str(flux_home)}, sys.platform)


def rows(there: Places, query: str) -> list[tuple[object, ...]]:
    """Ask the database."""
    with closing(sqlite3.connect(there.database)) as db:
        return db.execute(query).fetchall()


def test_the_row_is_written_once(there: Places) -> None:
    """Whoever sets up twice has one."""
    assert write_set_up_row(there, "a note", "/p")
    assert not write_set_up_row(there, "another note", "/p")
    told = "SELECT agent, session, tool, tool_class, detail, cwd, outcome FROM agent_events"
    assert rows(there, told) == [(SETUP_AGENT, "init-demo", "Init", "Meta", "a note", "/p", "ok")]
    assert count_recorded(there.database) == Recorded(events=1)


def test_removing_it_leaves_nothing_of_it(there: Places) -> None:
    """No row, no payload, no memory of an agent that there never was."""
    assert remove_set_up_row(there.database) == 0
    write_set_up_row(there, "a note", None)
    assert remove_set_up_row(there.database) == 1
    assert remove_set_up_row(there.database) == 0
    for table in ("event", "payload", "heard"):
        assert rows(there, f"SELECT * FROM {table}") == []


def test_a_database_of_an_older_shape_holds_nobody_knows_what(there: Places) -> None:
    """It is not called empty before it is deleted."""
    write_set_up_row(there, "a note", None)
    with closing(sqlite3.connect(there.database)) as db:
        db.execute("PRAGMA user_version = 3")
    assert count_recorded(there.database) == Recorded(is_known=False)


def test_what_is_not_ours_holds_nothing_of_ours(tmp_path: Path) -> None:
    """It is not deleted either."""
    path = tmp_path / "events.db"
    assert count_recorded(str(path)) == Recorded()
    path.write_bytes(b"x" * 1024)
    assert count_recorded(str(path)) == Recorded()
