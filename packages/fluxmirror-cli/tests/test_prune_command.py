"""`fluxmirror prune` as a person meets it."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands import prune
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import NoDataError, StoreError, UsageError
from fluxmirror_core.paths import here
from fluxmirror_store import lock, spool, spool_reader
from fluxmirror_store.drain import drain
from fluxmirror_store.lock import DRAIN as LOCK

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

DAY_S = 86_400


@pytest.fixture
def recorded(flux_home: Path) -> Path:
    """A database with a call of today, one of long ago, and one whose time cannot be read."""
    places = here()
    for days, call_id in ((0, "today"), (400, "old"), (400, "odd")):
        payload = {
            "session_id": "s",
            "hook_event_name": "PreToolUse",
            "tool_name": "Bash",
            "tool_use_id": call_id,
        }
        name = spool.put(places.spool, json.dumps(payload).encode(), ("claude", "PreToolUse"), {})
        at_ns = time.time_ns() - days * DAY_S * 1_000_000_000
        os.utime(spool_reader.new_path(places.spool, name), ns=(at_ns, at_ns))
    drain(places, Settings())
    with closing(sqlite3.connect(places.database, isolation_level=None)) as db:
        db.execute("UPDATE event SET ts_ms = NULL WHERE call_id = 'odd'")
    return flux_home


def run(*arguments: str, answer: str = "") -> Result:
    """Run `fluxmirror prune` in this process; what it raises is for the one place of errors."""
    return CliRunner().invoke(prune.command, arguments, input=answer, catch_exceptions=True)


def calls() -> set[str]:
    """Give the calls that are left."""
    with closing(sqlite3.connect(here().database)) as db:
        return {call_id for (call_id,) in db.execute("SELECT call_id FROM event")}


def test_old_rows_go_and_are_counted(recorded: Path) -> None:
    """With what stays, and why."""
    done = run("--older-than", "90d", "--yes")
    assert done.exit_code == 0
    first, second = done.output.splitlines()
    assert first.startswith("1 event from before 20")
    assert " deleted, " in first
    assert second == "1 event without a readable time kept"
    assert calls() == {"today", "odd"}
    again = run("--older-than", "90d", "--yes").output
    assert again.startswith("nothing was recorded before 20")


def test_what_waits_is_pruned_as_well(recorded: Path) -> None:
    """Else it would come in afterwards, and stay."""
    payload = {
        "session_id": "s",
        "hook_event_name": "PreToolUse",
        "tool_name": "Bash",
        "tool_use_id": "waiting",
    }
    name = spool.put(here().spool, json.dumps(payload).encode(), ("claude", "PreToolUse"), {})
    at_s = time.time() - 300 * DAY_S
    os.utime(spool_reader.new_path(here().spool, name), (at_s, at_s))
    assert run("--older-than", "90d", "--yes").output.startswith("2 events from before ")
    assert calls() == {"today", "odd"}


def test_dry_run_deletes_nothing(recorded: Path) -> None:
    """And asks nothing."""
    told = run("--older-than", "90d", "--dry-run").output
    assert told.splitlines()[0].endswith(" would be deleted")
    assert calls() == {"today", "old", "odd"}


def test_json_tells_the_same(recorded: Path) -> None:
    """For programs, numbers."""
    told = json.loads(run("--older-than", "90d", "--yes", "--json").output)
    assert (told["version"], told["events"], told["responses"]) == (1, 1, 0)
    assert (told["dry_run"], told["kept_without_time"], told["trouble"]) == (False, 1, "")
    assert told["freed_bytes"] >= 0


def test_nobody_there_to_agree_is_an_error(recorded: Path) -> None:
    """A script has to say --yes; a slip of the hand must not delete a year."""
    error = run("--older-than", "90d").exception
    assert isinstance(error, UsageError)
    assert "--yes" in str(error.hint)
    assert calls() == {"today", "old", "odd"}


@pytest.mark.parametrize(("answer", "left"), [("y\n", 2), ("n\n", 3), ("\n", 3)])
def test_a_person_is_asked(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    """And no answer is no."""
    monkeypatch.setattr(prune, "is_answered", lambda: True)
    done = run("--older-than", "90d", answer=answer)
    assert "Delete 1 event from before " in done.stderr
    assert len(calls()) == left
    assert ("nothing was deleted" in done.stderr) is (left == 3)


def test_how_much_to_keep_comes_from_the_configuration(
    recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without that, and without a word on the command line, nobody knows."""
    error = run("--yes").exception
    assert isinstance(error, UsageError)
    assert "--older-than" in str(error.hint)
    monkeypatch.setenv("FLUXMIRROR_STORAGE_RETENTION_DAYS", "500")
    assert run("--yes").output.startswith("nothing was recorded before ")
    monkeypatch.setenv("FLUXMIRROR_STORAGE_RETENTION_DAYS", "399")
    assert run("--yes").output.startswith("1 event from before ")


def test_what_was_pruned_can_be_let_in_again(recorded: Path) -> None:
    """Deliberately; and that deletes nothing."""
    run("--older-than", "90d", "--yes")
    assert "fluxmirror import --full" in run("--lift").output
    assert json.loads(run("--lift", "--json").output) == {"version": 1, "lifted": True}
    assert isinstance(run("--lift", "--older-than", "9d").exception, UsageError)
    assert calls() == {"today", "odd"}


def test_a_busy_database_is_left_alone(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a word why."""
    monkeypatch.setattr(prune, "_WAIT_S", 0.0)
    with lock.held(os.path.join(here().spool, LOCK)):
        for arguments in (("--older-than", "90d", "--yes"), ("--lift",)):
            error = run(*arguments).exception
            assert isinstance(error, StoreError)
            assert "nothing was deleted" in str(error.hint)


def test_where_nothing_was_recorded_there_is_no_data(flux_home: Path) -> None:
    """And no file is made for looking."""
    assert isinstance(run("--older-than", "90d", "--yes").exception, NoDataError)
    assert isinstance(run("--lift").exception, NoDataError)
    assert not flux_home.exists()
