"""`fluxmirror sqlite` reads, says what was wrong with a statement, and stops when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.paths import here
from fluxmirror_store import spool

if TYPE_CHECKING:
    from pathlib import Path

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
CALL = b'{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t"}'


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `fluxmirror sqlite` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", RUN, "sqlite", *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


@pytest.fixture(autouse=True)
def recorded(flux_home: Path) -> None:
    """A machine with one captured call."""
    spool.put(here().spool, CALL, ("claude", "PreToolUse"), {})


def test_rows_are_lines_and_names_come_first_when_asked_for() -> None:
    """Bars between columns; what would break a line is written out."""
    done = run("--header", "SELECT agent, tool, NULL AS void, x'00ff' AS blob FROM agent_events")
    assert done.stdout == "agent|tool|void|blob\nclaude-code|Bash||00ff\n"
    assert run("SELECT 'a\nb'").stdout == "a\\x0ab\n"
    assert run("SELECT CAST(x'ff41' AS TEXT)").stdout == "\ufffdA\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("-- a comment\nSELECT 7",),
        ("--header", "--SELECT 1\nSELECT 7 AS seven"),
        ("-- a = b\nSELECT 7", "--header"),
    ],
)
def test_a_statement_may_begin_with_a_comment(arguments: tuple[str, ...]) -> None:
    """Two hyphens are SQL's before they are an option's."""
    done = run(*arguments)
    assert (done.stdout.splitlines()[-1], done.returncode) == ("7", ExitCode.OK)


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        ("SELECT * FROM agentevents", "the views are agent_events, agent_timeline and events"),
        ("SELECT missing FROM agent_events", "PRAGMA table_info(agent_events)"),
        ("SELECT 1; SELECT 2", "one statement at a time"),
        ("SELECT ?", "write the values into the statement"),
    ],
)
def test_what_is_wrong_with_a_statement_has_a_hint(statement: str, hint: str) -> None:
    """The usual mistakes, and what to do instead."""
    done = run(statement)
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.startswith("fluxmirror: the statement was refused: ")
    assert hint in done.stderr.splitlines()[1]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event",
        "CREATE TABLE t (x)",
        "CREATE TEMP TABLE t (x)",
        "ATTACH '{folder}/other.db' AS other",
        "VACUUM INTO '{folder}/copy.db'",
        "PRAGMA user_version = 3",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA wal_checkpoint",
    ],
)
def test_nothing_but_reading_is_allowed(statement: str, flux_home: Path) -> None:
    """Neither this database nor any other file is written."""
    run("SELECT 1")
    before = sorted(flux_home.rglob("*"))
    done = run(statement.format(folder=flux_home))
    assert done.returncode == ExitCode.USAGE
    assert "it does more than read" in done.stderr
    assert sorted(flux_home.rglob("*")) == before


@pytest.mark.parametrize("statement", ["PRAGMA table_info(event)", "PRAGMA user_version"])
def test_a_pragma_that_reads_is_allowed(statement: str) -> None:
    """Looking at the shape of the database is reading."""
    assert run(statement).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_stops_a_statement_that_never_ends() -> None:
    """With the exit code and the word that Ctrl-C has everywhere."""
    # Some thousand rows, then none any more for ever: that the first are printed says that it runs.
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    endless += " SELECT i FROM n WHERE i <= 3000"
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "sqlite", endless],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert (process.returncode, errors) == (ExitCode.INTERRUPTED, b"fluxmirror: stopped\n")
