"""The end of a turn brings what was recorded into the database, while nobody waits for it."""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.agents.client import PATIENCE_S, Task
from tests.agents.conftest import CLIENTS
from tests.agents.model.script import prompt

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.agents.client import Client
    from tests.agents.model.server import Model

PROGRAM = Path(sys.executable).with_name("fluxmirror")
CALLS = "SELECT count(*) FROM agent_events WHERE outcome IS NOT NULL"


@pytest.mark.parametrize("agent", CLIENTS)
def test_drain_starts_by_itself(
    agent: str,
    client_of: Callable[[str], Client],
    model: Model,
    project: Path,
    tmp_path: Path,
) -> None:
    """The hook finds the program where `fluxmirror install` wrote it down."""
    client, flux_home = client_of(agent), tmp_path / "flux"
    flux_home.mkdir()
    (flux_home / "program").write_text(f"{PROGRAM}\n", encoding="utf-8")
    model.follow(client.scripts(project))
    assert client.run(Task(prompt("edit")), project, {"FLUXMIRROR_HOME": str(flux_home)}).code == 0
    wait_for_calls(flux_home / "events.db", 2)


def wait_for_calls(database: Path, count: int) -> None:
    """Return when the database has this many calls.

    Raises:
        AssertionError: they do not come.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not database.exists() or counted(database) < count:
        assert time.monotonic() < deadline, "nobody drained"
        time.sleep(0.05)


def counted(database: Path) -> int:
    """Count the calls that are there; none while the database is being made."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            (count,) = db.execute(CALLS).fetchone()
    except sqlite3.OperationalError:
        return 0
    return int(count)
