"""Reading commands see everything up to now, and leave no trace of having looked."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.drained import drained_database
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import ExitCode, NoDataError, StoreError
from fluxmirror_core.paths import here
from fluxmirror_store import spool
from fluxmirror_store.drain import drain
from fluxmirror_store.queries import event_count

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
CALL = b'{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t"}'
OLDER = """
CREATE TABLE agent_events (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT NOT NULL,
    agent TEXT NOT NULL, session TEXT, tool TEXT, detail TEXT, cwd TEXT, raw_json TEXT);
INSERT INTO agent_events (ts, agent, tool) VALUES ('2026-03-02T12:00:00Z', 'claude-code', 'Bash');
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def capture() -> None:
    """Put one call into the spool."""
    spool.put(here().spool, CALL, ("claude", "PreToolUse"), {})


def make_older(path: Path) -> None:
    """Make a database as an older program left it."""
    path.parent.mkdir(exist_ok=True)
    db = sqlite3.connect(path)
    db.executescript(OLDER)
    db.close()


def test_a_fresh_machine_is_no_error_and_stays_fresh(flux_home: Path) -> None:
    """Nothing was captured, nothing is shown, nothing is made."""
    today = run("today")
    assert (today.returncode, today.stderr) == (ExitCode.OK, "")
    assert "Nothing was recorded yet" in today.stdout
    rows = run("sqlite", "SELECT * FROM agent_events")
    assert (rows.returncode, rows.stdout, rows.stderr) == (ExitCode.OK, "", "")
    assert not flux_home.exists()


def test_an_empty_spool_is_no_reason_to_make_a_database(flux_home: Path) -> None:
    """Directories that a hook made before anything came are nothing captured."""
    (flux_home / "spool" / "new").mkdir(parents=True)
    assert run("today").returncode == ExitCode.OK
    assert [path.name for path in flux_home.rglob("*")] == ["spool", "new"]


def test_what_waits_is_in_the_database_that_is_read(flux_home: Path) -> None:
    """A reading command drains first."""
    capture()
    with drained_database(None) as db:
        assert event_count(db) == 1


def test_an_older_usual_database_is_upgraded(flux_home: Path) -> None:
    """By whoever reads it first."""
    make_older(flux_home / "events.db")
    with drained_database(None) as db:
        assert event_count(db) == 1


def test_the_usual_database_by_another_name_is_the_usual_one(flux_home: Path) -> None:
    """`--db` with its path, however it is written, drains it too."""
    capture()
    with drained_database(str(flux_home / "x" / ".." / "events.db")) as db:
        assert event_count(db) == 1


def test_another_database_is_read_as_it_stands(flux_home: Path, tmp_path: Path) -> None:
    """No spool of its own is made or drained, and an older one stays as it is."""
    make_older(tmp_path / "other" / "old.db")
    before = (tmp_path / "other" / "old.db").read_bytes()
    with pytest.raises(StoreError) as caught, drained_database(str(tmp_path / "other" / "old.db")):
        pass
    assert caught.value.hint
    assert (tmp_path / "other" / "old.db").read_bytes() == before
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["old.db"]
    capture()
    drain(here(), Settings())
    os.rename(flux_home / "events.db", tmp_path / "other" / "new.db")
    spool.put(f"{tmp_path}/other/new.db.spool", CALL, ("claude", "PreToolUse"), {})
    with drained_database(str(tmp_path / "other" / "new.db")) as db:
        assert event_count(db) == 1
    assert len(list((tmp_path / "other" / "new.db.spool" / "new").iterdir())) == 1


def test_a_path_without_a_database_is_checked_by_who_typed_it(tmp_path: Path) -> None:
    """A sentence with the path, and no file made."""
    with (
        pytest.raises(NoDataError, match=r"no\.db") as caught,
        drained_database(str(tmp_path / "no.db")),
    ):
        pass
    assert str(caught.value.hint) == "check the path"
    assert not (tmp_path / "no.db").exists()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write all")
def test_a_database_that_cannot_be_made_is_an_error(flux_home: Path) -> None:
    """Waiting events that cannot be brought anywhere are not `nothing`."""
    capture()
    flux_home.chmod(0o500)
    with pytest.raises(StoreError), drained_database(None):
        pass
    flux_home.chmod(0o700)


@pytest.mark.parametrize("command", [("today",), ("cost",), ("status", "--json"), ("histogram",)])
def test_what_could_not_be_looked_at_is_not_called_nothing(
    flux_home: Path, respond: Callable[..., Path], command: tuple[str, ...]
) -> None:
    """Session files are there, and no database can be made to read them into."""
    respond("m1")
    flux_home.mkdir()
    (flux_home / "spool").touch()
    done = run(*command)
    assert (done.returncode, done.stdout) == (ExitCode.STORE, "")
    sentence, hint = done.stderr.splitlines()
    assert sentence.startswith("fluxmirror: cannot tell what happened: the spool ")
    assert hint.startswith("  hint: ")


def test_session_files_that_are_not_read_are_a_warning_beside_a_database(
    flux_home: Path, respond: Callable[..., Path]
) -> None:
    """What was read before is still shown."""
    respond("m1")
    assert run("cost").returncode == ExitCode.OK
    respond("m2", session="s2")
    (flux_home / "spool" / "import.lock").unlink()
    (flux_home / "spool" / "import.lock").mkdir()
    done = run("cost")
    assert done.returncode == ExitCode.OK
    assert done.stderr.startswith("fluxmirror: the session files were not read: ")
    assert "| Total" in done.stdout


def test_a_broken_configuration_without_a_database_is_an_error(
    flux_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was captured still waits: it is not `nothing`."""
    capture()
    monkeypatch.setenv("FLUXMIRROR_REDACTION_PATTERNS", "(")
    done = run("today")
    assert (done.returncode, done.stdout) == (ExitCode.CONFIG, "")
    assert "nothing is recorded until the configuration is mended" in done.stderr
    assert not (flux_home / "events.db").exists()


def test_a_database_that_a_full_disk_left_blank_is_not_called_older(
    flux_home: Path, respond: Callable[..., Path]
) -> None:
    """As long as it cannot be filled nobody can tell; then it is filled."""
    respond("m1")
    flux_home.mkdir()
    (flux_home / "spool").touch()
    (flux_home / "events.db").touch()
    done = run("cost")
    assert (done.returncode, done.stdout) == (ExitCode.STORE, "")
    assert "cannot tell what happened" in done.stderr
    assert "older shape" not in done.stderr
    (flux_home / "spool").unlink()
    assert run("cost").returncode == ExitCode.OK


def test_a_drain_that_fails_is_a_warning(flux_home: Path) -> None:
    """What is in the database already can still be read."""
    capture()
    drain(here(), Settings())
    with closing(sqlite3.connect(here().database, isolation_level=None)) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    capture()
    done = run("sqlite", "SELECT count(*) FROM agent_events")
    assert (done.returncode, done.stdout) == (ExitCode.OK, "1\n")
    assert done.stderr.startswith("fluxmirror: the spool was not drained: ")


def test_only_the_databases_own_errors_are_called_so(flux_home: Path) -> None:
    """A disk that is full under the output is not the database's."""
    with pytest.raises(OSError, match="full"), drained_database(None):
        raise OSError(28, "full")
    with pytest.raises(StoreError, match="cannot be used"), drained_database(None) as db:
        db.execute("SELECT * FROM nowhere")


@pytest.mark.parametrize("change", ["DROP TABLE stale_hour", "DROP INDEX event_odd"])
def test_a_database_that_lacks_something_is_said_in_a_sentence(
    flux_home: Path, change: str
) -> None:
    """A part of it that only reports ask for; the same as for one that is damaged."""
    capture()
    drain(here(), Settings())
    with closing(sqlite3.connect(flux_home / "events.db")) as db:
        for (trigger,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        db.execute(change)
        db.commit()
    done = run("today")
    assert done.returncode == ExitCode.STORE
    assert "events.db cannot be used: no such" in done.stderr
    assert "unexpected" not in done.stderr


def test_what_a_newer_program_made_and_this_cannot_read_asks_for_an_upgrade(
    flux_home: Path,
) -> None:
    """It is nobody's fault, and no report of an error is of use to anybody."""
    capture()
    drain(here(), Settings())
    assert run("today").returncode == ExitCode.OK
    with closing(sqlite3.connect(flux_home / "events.db")) as db:
        db.execute("UPDATE activity_hour SET outcomes = 'something new'")
        db.execute("PRAGMA user_version = 999")
        db.commit()
    day = ("--date", "2020-01-01")
    assert run("today", *day).returncode == ExitCode.OK, "what can be read is read"
    done = run("today")
    assert done.returncode == ExitCode.STORE
    assert "was written by a newer FluxMirror (schema 999" in done.stderr
    assert "pipx upgrade fluxmirror" in done.stderr


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyError("of ours"), KeyError),
        (sqlite3.OperationalError("database is locked"), StoreError),
        (sqlite3.DatabaseError("database disk image is malformed"), StoreError),
    ],
)
def test_not_every_failure_is_a_newer_databases(
    flux_home: Path, error: Exception, expected: type[Exception]
) -> None:
    """Only what has to do with its shape; what fails beside it is told as it is."""
    capture()
    drain(here(), Settings())
    with closing(sqlite3.connect(flux_home / "events.db")) as db:
        db.execute("PRAGMA user_version = 999")
    with pytest.raises(expected) as caught, drained_database(None):
        raise error
    assert "newer" not in str(caught.value)


def read_cut_off(path: Path) -> None:
    """Read what somebody cuts off meanwhile."""
    with drained_database(None) as db:
        db.execute("PRAGMA cache_size = 0")
        os.truncate(path, 4_096)
        db.execute("SELECT count(*) FROM event").fetchall()


def test_a_file_that_is_cut_off_while_it_is_read_is_said(flux_home: Path) -> None:
    """Nobody can ask it for its version any more, either."""
    capture()
    drain(here(), Settings())
    with pytest.raises(StoreError, match=r"events\.db cannot be used"):
        read_cut_off(flux_home / "events.db")
