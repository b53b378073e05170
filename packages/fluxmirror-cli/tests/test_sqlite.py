"""`fluxmirror sqlite` reads, changes rows when that is agreed, and stops when it is told to."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.paths import here
from fluxmirror_store import lock, spool
from fluxmirror_store.database import connect_to_write

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
CALL = b'{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t"}'


SECRET = "AKIAIOSFODNN7EXAMPLE"
COUNT = "SELECT count(*) FROM event"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals are POSIX's")


def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run `fluxmirror sqlite` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", RUN, "sqlite", *arguments],
        capture_output=True,
        input=typed,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def at_terminal(*arguments: str, typed: str = "", columns: int = 60) -> tuple[str, int]:
    """Run it at a terminal; what stands there in the end, and the exit code."""
    import fcntl
    import struct
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [sys.executable, "-c", RUN, "sqlite", *arguments]
    env = {**os.environ, "COLUMNS": ""}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b""
        while piece := _read(ours):
            shown += piece
        os.close(ours)
    return shown.decode().replace("\r\n", "\n"), process.returncode


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when nobody holds the other end any more
        return b""


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
        ("--header", "--", "-- a comment\nSELECT 7 AS seven"),
        ("--", "--no-header is a comment\nSELECT 7"),
    ],
)
def test_a_statement_may_begin_with_a_comment(arguments: tuple[str, ...]) -> None:
    """Two hyphens are SQL's before they are an option's."""
    done = run(*arguments)
    assert (done.stdout.splitlines()[-1], done.returncode) == ("7", ExitCode.OK)


@pytest.mark.parametrize(
    ("statement", "hint"),
    [
        (
            "SELECT * FROM agentevents",
            "the views are agent_events, agent_timeline, agent_responses and events",
        ),
        ("SELECT missing FROM agent_events", "PRAGMA table_info(agent_events)"),
        ("SELECT ?", "write `:name`"),
        ("SELECT :tool", "--param NAME=VALUE"),
        ("DELETE FROM event", "--write"),
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


def test_several_statements_are_answered_in_turn() -> None:
    """Semicolons in strings and comments end none; which one is wrong is said."""
    assert run("SELECT 'a;b'; -- one; two\nSELECT 2;").stdout == "a;b\n2\n"
    done = run("SELECT 1; SELECT 2; SELECT missing")
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "1\n2\n")
    assert done.stderr.startswith("fluxmirror: statement 3 of 3 was refused: no such column")


@pytest.mark.parametrize("arguments", [(), ("-",), ("--header", "-")])
def test_statements_come_from_standard_input(arguments: tuple[str, ...]) -> None:
    """As a script, or what another program writes; a mark of its encoding is no SQL."""
    done = run(*arguments, typed="\ufeffSELECT 7 AS n;\nSELECT '한' AS n\n")
    header = "n\n" if "--header" in arguments else ""
    assert done.stdout == f"{header}7\n{header}한\n"


@pytest.mark.parametrize("arguments", [(), ("-",), ("",), ("-- nothing at all",)])
def test_no_statement_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    """A script that wrote nothing has gone wrong."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr.startswith("fluxmirror: missing argument 'STATEMENT'\n")


def test_parameters_have_values() -> None:
    """No quoting of quotes, also with a space in the value."""
    done = run(
        "--param=text=it's a; b",
        *("--param", "n=1"),
        "SELECT :text, typeof(:n); SELECT tool FROM agent_events LIMIT :n",
    )
    assert done.stdout == "it's a; b|integer\nBash\n"
    assert run("--param", "nn=1", "SELECT :n").returncode == ExitCode.USAGE


def test_json_and_csv_are_for_other_programs() -> None:
    """Each result has its columns and rows; they are asked for one at a time."""
    sql = "SELECT agent, x'00ff' AS blob FROM agent_events; SELECT NULL AS n"
    assert json.loads(run("--json", sql).stdout) == {
        "version": 1,
        "results": [
            {"columns": ["agent", "blob"], "rows": [["claude-code", {"hex": "00ff"}]]},
            {"columns": ["n"], "rows": [[None]]},
        ],
    }
    assert run("--csv", sql).stdout == 'agent,blob\nclaude-code,00ff\n\nn\n""\n'
    assert run("--csv", "--no-header", "SELECT 1").stdout == "1\n"
    for other in ("--csv", "--header", "--no-header"):
        done = run("--json", other, "SELECT 1")
        assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
        assert f"--json and {other}" in done.stderr


@pytest.mark.parametrize("how", [(), ("--json",), ("--csv",), ("--header",)])
def test_secrets_are_masked_wherever_they_stand(how: tuple[str, ...], flux_home: Path) -> None:
    """In cells of rows that an older program wrote, in names of columns, in messages."""
    run("SELECT 1")
    with closing(connect_to_write(str(flux_home / "events.db"))) as db:
        db.execute(f"UPDATE event SET detail = 'use {SECRET}'")
    done = run(*how, f"SELECT detail, '{SECRET}' FROM agent_events")
    assert done.stdout.count("[REDACTED:aws_key:") >= 2
    refused = run(*how, f"SELECT {SECRET}")
    assert "[REDACTED:aws_key:" in refused.stderr
    assert SECRET not in done.stdout + done.stderr + refused.stdout + refused.stderr


def test_reading_makes_no_key(tmp_path: Path, flux_home: Path) -> None:
    """Neither a directory for it."""
    path = tmp_path / "other.db"
    connect_to_write(str(path)).close()
    for waiting in flux_home.rglob("*"):
        if waiting.is_file():
            waiting.unlink()
    before = sorted(flux_home.rglob("*.key"))
    done = run("--db", str(path), f"SELECT '{SECRET}', '{SECRET}'")
    first, second = done.stdout.strip().split("|")
    assert first == second != SECRET
    assert sorted(flux_home.rglob("*.key")) == before == []


def test_rows_are_changed_when_it_was_agreed() -> None:
    """All in one transaction; how many is said where it disturbs no rows."""
    done = run("--write", "--yes", f"{COUNT}; DELETE FROM event RETURNING agent; {COUNT}")
    assert (done.returncode, done.stdout) == (ExitCode.OK, "1\nclaude-code\n0\n")
    assert done.stderr == "fluxmirror: 1 row changed\n"
    assert run(COUNT).stdout == "0\n"


def test_what_was_changed_is_in_the_json() -> None:
    """And a statement without columns is no result."""
    told = json.loads(run("--write", "--yes", "--json", "UPDATE event SET detail = ''").stdout)
    assert told == {"version": 1, "results": [], "changed": 1}


def test_an_error_undoes_all_of_it() -> None:
    """Also what other statements did."""
    done = run("--write", "--yes", "DELETE FROM event; SELECT missing")
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.startswith("fluxmirror: statement 2 of 2 was refused")
    assert run(COUNT).stdout == "1\n"


def test_nothing_is_changed_that_nobody_agreed_to() -> None:
    """Without a terminal `--yes` is needed, and it answers nothing else."""
    for arguments in (("--write", "DELETE FROM event"), ("--write", "-"), ("--yes", "SELECT 1")):
        done = run(*arguments, typed="DELETE FROM event")
        assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
        assert "--yes" in done.stderr
    assert run(COUNT).stdout == "1\n"


@pytest.mark.parametrize("statement", ["DROP TABLE event", "PRAGMA user_version = 1", "COMMIT"])
def test_what_the_database_consists_of_cannot_be_changed(statement: str) -> None:
    """A recorder that cannot record any more is no slip of a statement."""
    done = run("--write", "--yes", f"DELETE FROM event; {statement}")
    assert done.returncode == ExitCode.USAGE
    assert "more than `--write` allows" in done.stderr
    assert run(COUNT).stdout == "1\n"


def test_a_machine_without_a_database_has_nothing_to_change(flux_home: Path) -> None:
    """And gets none by the attempt."""
    for path in sorted(flux_home.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    done = run("--write", "--yes", "DELETE FROM event")
    assert (done.returncode, done.stdout) == (ExitCode.NO_DATA, "")
    assert not (flux_home / "events.db").exists()


def test_another_database_is_changed_while_nobody_drains_it(tmp_path: Path) -> None:
    """The spool beside it is the one that counts; the usual database stays as it is."""
    run("SELECT 1")
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(here().database)) as db, closing(sqlite3.connect(path)) as copy:
        db.backup(copy)
    other = Path(f"{path}.spool")
    other.mkdir()
    done = run("--write", "--yes", "--db", str(path), "DELETE FROM event")
    assert done.stderr == "fluxmirror: 1 row changed\n"
    assert (run(COUNT).stdout, run("--db", str(path), COUNT).stdout) == ("1\n", "0\n")
    with lock.held(str(other / "drain.lock")):
        done = run("--write", "--yes", "--db", str(path), "CREATE TABLE mine (x)")
    assert done.returncode == ExitCode.STORE
    assert "another process is draining" in done.stderr


@posix
def test_at_a_terminal_rows_are_a_table() -> None:
    """As wide as it is, and no wider."""
    sql = "SELECT agent, 7 AS n, tool || :x AS 도구 FROM agent_events"
    shown, code = at_terminal(sql, "--param", f"x={'가' * 99}", columns=40)
    assert (code, shown.splitlines()) == (
        ExitCode.OK,
        [
            "agent        n  도구",
            f"-----------  -  {'-' * 24}",
            f"claude-code  7  Bash{'가' * 9}…",
        ],
    )
    assert at_terminal("--no-header", "SELECT 1") == ("1\n", ExitCode.OK)


@posix
@pytest.mark.parametrize(("answer", "left"), [("y", "0"), ("n", "1"), ("", "1")])
def test_somebody_at_a_terminal_is_asked(answer: str, left: str) -> None:
    """A bare return is no agreement."""
    shown, code = at_terminal("--write", "DELETE FROM event", typed=f"{answer}\n", columns=200)
    assert code == ExitCode.OK
    assert f"Let 1 statement change {here().database}? [y/N] " in shown
    changed = "1 row changed" if answer == "y" else "nothing was changed"
    assert shown.endswith(f"fluxmirror: {changed}\n")
    assert run(COUNT).stdout == f"{left}\n"


@posix
def test_somebody_who_would_rather_stop_changes_nothing() -> None:
    """Ctrl-D at the question."""
    shown, code = at_terminal("--write", "DELETE FROM event", typed="\x04")
    assert code == ExitCode.INTERRUPTED
    assert shown.endswith("fluxmirror: stopped; nothing was changed\n")
    assert run(COUNT).stdout == "1\n"


def interrupted(*arguments: str) -> tuple[int, bytes]:
    """Press Ctrl-C once the first row is there; exit code, and what is on stderr."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "sqlite", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"1\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    return process.returncode, errors


@posix
def test_ctrl_c_stops_a_statement_that_never_ends() -> None:
    """With the exit code and the word that Ctrl-C has everywhere."""
    # Some thousand rows, then none any more for ever: that the first are printed says that it runs.
    assert interrupted(f"{ENDLESS} WHERE i <= 3000") == (
        ExitCode.INTERRUPTED,
        b"fluxmirror: stopped\n",
    )


@posix
def test_ctrl_c_undoes_what_was_changed() -> None:
    """While a later statement reads, or while one changes rows for ever."""
    stopped = (ExitCode.INTERRUPTED, b"fluxmirror: stopped; nothing was changed\n")
    endless = f"{ENDLESS} WHERE i <= 3000"
    assert interrupted("--write", "--yes", f"{COUNT}; DELETE FROM event; {endless}") == stopped
    forever = "CREATE TABLE mine (x); INSERT INTO mine "
    assert interrupted("--write", "--yes", f"{COUNT}; {forever} {ENDLESS}") == stopped
    assert run(COUNT).stdout == "1\n"


def test_json_in_any_column_is_masked_as_json() -> None:
    """However a secret is spelt, and whatever its column is called; JSON stays JSON."""
    spelt = json.dumps({"key": SECRET, "n": 1}).replace("AKIA", r"\u0041KIA")
    shown = json.loads(run("--json", "--param", f"v={spelt}", "SELECT :v, ' ' || :v AS x").stdout)
    for cell in shown["results"][0]["rows"][0]:
        assert json.loads(cell)["key"].startswith("[REDACTED:")
        assert json.loads(cell)["n"] == 1
    assert SECRET[4:] not in run("--csv", "--param", f"v=[{spelt}]", "SELECT :v").stdout


def test_nothing_is_shown_while_the_patterns_are_unknown(flux_home: Path) -> None:
    """What its owner wants masked could be anywhere in it."""
    file = flux_home / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[redaction]\npatterns = ["make", "("]\n')
    done = run("SELECT 'make'")
    assert (done.stdout, done.returncode) == ("", ExitCode.CONFIG)
    assert f"{file}:2" in done.stderr


def test_two_formats_are_refused_before_anything_is_done(flux_home: Path) -> None:
    """What waits is still waiting."""
    done = run("--json", "--csv", "SELECT 1")
    assert (done.stdout, done.returncode) == ("", ExitCode.USAGE)
    assert os.listdir(flux_home) == ["spool"]
