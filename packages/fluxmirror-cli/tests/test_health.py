"""Doctor says what is wrong, and nothing when nothing is."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmirror_cli.health import database as health_database
from fluxmirror_cli.health import files as health_files
from fluxmirror_cli.health.examination import examine
from fluxmirror_cli.health.row import Row, exit_code
from fluxmirror_cli.health.table import COMPONENTS
from fluxmirror_core import journal
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.paths import here
from fluxmirror_store import aside, spool
from fluxmirror_store.drain import drain

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

CALL = b'{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t"}'


def rows_of(component: str) -> list[Row]:
    """Give doctor's rows of one component."""
    return [row for row in examine(here()) if row.component == component]


def capture(payload: bytes, env: Mapping[str, str] | None = None) -> str:
    """Put one payload into the spool."""
    return spool.put(here().spool, payload, ("claude", "PreToolUse"), env or {})


def fluxmirror(*arguments: str) -> str:
    """Run the command in a process of its own; gives what it prints."""
    run = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", run, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    return done.stdout


def age(name: str, seconds: float) -> None:
    """Make a waiting file older."""
    then = time.time() - seconds
    os.utime(os.path.join(here().spool, "new", name), (then, then))


def test_fresh_machine_is_healthy(flux_home: Path) -> None:
    """No database and no spool yet is how everybody starts."""
    assert exit_code(examine(here())) == ExitCode.OK
    assert not flux_home.exists(), "looking changes nothing"


def test_waiting_events_are_counted(flux_home: Path) -> None:
    """What waits is no fault, unless it waits for days."""
    name = capture(CALL)
    assert "1 waiting" in str(rows_of("spool")[0].detail)
    assert rows_of("spool")[0].facts["waiting"] == 1
    assert rows_of("spool")[0].status == "ok"
    age(name, 3 * 86_400)
    assert rows_of("spool")[0].status == "warn"
    assert "3 days" in str(rows_of("spool")[0].detail)
    age(name, -3 * 86_400)
    assert rows_of("spool")[0].status == "warn"
    assert "from the future, in 3 days" in str(rows_of("spool")[0].detail)


def test_the_configuration_row_tells_that_some_of_it_does_not_count(flux_home: Path) -> None:
    """It stands above those rows, and is no bare praise."""
    file = flux_home / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('timezone = "KST"\nlanguag = "korean"\nfoo = 1\n')
    first, *problems = rows_of("config")
    assert str(first.detail) == f"{file}: 1 key set; 2 things do not count, see below"
    assert [row.status for row in (first, *problems)] == ["ok", "warn", "warn"]


def test_losses_are_numbers(flux_home: Path) -> None:
    """Bad, torn and refused events each have a row that warns."""
    capture(b"no json")
    torn = os.path.join(here().spool, "new", "torn")
    with open(torn, "wb") as file:
        file.write(b'fluxmirror-spool/1\ttorn\tclaude\n{"half')
    age("torn", 600)
    spool.refuse(here().spool)
    drain(here(), Settings())
    assert "the payload is no JSON (1)" in str(rows_of("bad")[0].detail)
    assert os.path.join(here().spool, "bad") in str(rows_of("bad")[0].remedy)
    assert str(rows_of("torn")[0].detail) == "1 event arrived in part; kept as torn"
    assert str(rows_of("bad ever")[0].detail) == "2 payloads set aside in all this time"
    assert rows_of("journal") == [], "the spool's row says it"
    assert str(rows_of("refused")[0].detail).startswith("1 ")
    assert exit_code(examine(here())) == ExitCode.WARNING


def test_format_drift_names_agent_and_event(flux_home: Path) -> None:
    """A hook event nobody knows is kept and told of, with the version that sent it."""
    payload = b'{"session_id":"s","prompt_id":"p","hook_event_name":"Brandnew"}'
    capture(payload)
    capture(payload.replace(b'"s"', b'"t"'), {"AI_AGENT": "claude-code_2-2-0_harness"})
    drain(here(), Settings())
    assert [str(row.detail).partition(" event ")[0] for row in rows_of("format drift")] == [
        "Claude Code: 1",
        "Claude Code 2.2.0: 1",
    ]
    assert "'Brandnew'" in str(rows_of("format drift")[0].detail)


def test_database_nobody_can_use_is_an_error(flux_home: Path) -> None:
    """A damaged file gives an error row with a remedy, not a traceback."""
    flux_home.mkdir()
    (flux_home / "events.db").write_bytes(b"x" * 5000)
    row = rows_of("database")[0]
    assert (row.status, bool(row.remedy)) == ("error", True)
    assert exit_code(examine(here())) == ExitCode.DOCTOR_ERROR


def test_newer_database_is_a_warning(flux_home: Path) -> None:
    """It can be read; only writing waits for an upgrade."""
    capture(CALL)
    drain(here(), Settings())
    with closing(sqlite3.connect(here().database, isolation_level=None)) as db:
        db.execute("PRAGMA user_version = 999")
    assert rows_of("database")[0].status == "warn"
    assert "newer" in str(rows_of("database")[0].detail)


def test_wide_permissions_are_told(flux_home: Path) -> None:
    """A database that others can read is a warning with the command that mends it."""
    capture(CALL)
    drain(here(), Settings())
    os.chmod(here().database, 0o644)
    row = next(row for row in rows_of("permissions") if row.status == "warn")
    assert str(row.detail).startswith(f"others can read {here().database}")
    assert str(row.remedy) == "run `fluxmirror doctor --fix`"
    assert row.facts["spool_writable"] is True
    assert [row.status for row in rows_of("permissions")] == ["warn"]


def test_two_wide_paths_are_both_named(flux_home: Path) -> None:
    """Three are one, and how many more."""
    capture(CALL)
    os.chmod(flux_home, 0o740)
    os.chmod(here().spool, 0o740)
    (row,) = rows_of("permissions")
    assert str(row.detail) == f"others can read {flux_home} and {here().spool}"


def test_permissions_are_fine_only_where_there_is_something(flux_home: Path) -> None:
    """Nothing recorded has no permissions; what is recorded has one row of them."""
    assert rows_of("permissions") == []
    capture(CALL)
    assert [row.status for row in rows_of("permissions")] == ["ok"]


def test_a_database_of_ones_own_is_looked_at_alike(
    flux_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FLUXMIRROR_DB moves database and spool; whose folder they are in is not judged."""
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    monkeypatch.setenv("FLUXMIRROR_DB", str(folder / "mine.db"))
    capture(CALL)
    drain(here(), Settings())
    assert [row.status for row in rows_of("permissions")] == ["ok"]
    os.chmod(folder / "mine.db", 0o644)
    assert [row.status for row in rows_of("permissions")] == ["warn"]
    assert str(rows_of("database")[0].detail).startswith(f"{folder / 'mine.db'}: 1 event, ")


def test_what_was_deleted_of_what_was_set_aside_is_a_number(
    flux_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A payload that is gone for good is a loss, and said to be one."""
    monkeypatch.setattr(aside, "KEPT", 1)
    for _ in range(3):
        capture(b"no json")
    drain(here(), Settings())
    assert rows_of("pruned")[0].status == "warn"
    assert str(rows_of("pruned")[0].detail).startswith("2 payloads deleted")
    assert str(rows_of("bad ever")[0].detail).startswith("3 payloads ")


def test_little_room_is_a_warning(flux_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the database is made as afterwards."""
    assert [row.status for row in rows_of("free space")] == ["ok"]
    monkeypatch.setattr(health_files, "LEAST_FREE_BYTES", 1 << 62)
    for _ in range(2):
        (row,) = rows_of("free space")
        assert (row.status, here().database in str(row.detail)) == ("warn", True)
        capture(CALL)
        drain(here(), Settings())


def test_logs_of_unexpected_errors_are_counted(flux_home: Path) -> None:
    """The newest is named."""
    logs = flux_home / "logs"
    logs.mkdir(parents=True)
    for name in ("error-20260301-120000-7.log", "error-20260302-120000-5.log"):
        (logs / name).touch()
    row = rows_of("errors")[0]
    assert row.status == "warn"
    assert str(row.detail).startswith("2 unexpected errors; ")
    assert str(row.detail).endswith("error-20260302-120000-5.log")


def test_doctor_sends_nobody_to_doctor(flux_home: Path) -> None:
    """A hint to run what is running helps nobody."""
    flux_home.mkdir()
    for content in (b"x" * 5000, b"SQLite format 3\x00" + b"x" * 5000, b""):
        (flux_home / "events.db").write_bytes(content)
        assert not any("fluxmirror doctor" in str(row.remedy) for row in rows_of("database"))


def test_a_name_does_nothing_to_the_terminal(flux_home: Path) -> None:
    """Whatever an agent sent is shown on one line."""
    capture(b'{"session_id":"s","prompt_id":"p","hook_event_name":"New\\u001b[2J\\nrow"}')
    drain(here(), Settings())
    done = fluxmirror("doctor")
    assert "\x1b" not in done
    assert sum("format drift" in line for line in done.splitlines()) == 1


def test_journal_lines_are_counted_by_kind(flux_home: Path) -> None:
    """What went wrong where nobody listened is shown by kind."""
    journal.note(here().logs, "hook", "OSError")
    journal.note(here().logs, "hook", "OSError")
    (row,) = rows_of("journal")
    assert str(row.detail) == "2 lines of what went wrong: hook (2)"
    assert row.facts["lines"] == {"hook": 2}


def test_json_has_the_same_rows(flux_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`doctor --json` prints the table for programs."""
    monkeypatch.setenv("PATH", "/nowhere")  # whatever agents are on this machine
    shown = json.loads(fluxmirror("doctor", "--json"))
    assert {key: shown[key] for key in shown if key != "rows"} == {
        "version": 1,
        "exit_code": 0,
        "warnings": 0,
        "errors": 0,
        "agents_recorded": 0,
        "agents_here": 0,
        "mended": [],
    }
    assert {row["component"] for row in shown["rows"]} >= {"program", "database", "spool"}
    keys = {"component", "status", "severity", "detail", "remedy", "facts"}
    assert all(row.keys() == keys for row in shown["rows"])


def test_the_page_names_every_row() -> None:
    """Every component that any row can have."""
    page = (Path(__file__).parents[3] / "docs/reference/doctor.md").read_text(encoding="utf-8")
    assert [name for name in COMPONENTS if f"| `{name}` |" not in page] == []


def test_a_long_log_is_a_warning(flux_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something has kept it from being brought into the database."""
    capture(CALL)
    drain(here(), Settings())
    with closing(sqlite3.connect(here().database, isolation_level=None)) as db:
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("CREATE TABLE mine (n)")
        assert rows_of("database")[0].status == "ok"
        assert rows_of("database")[0].facts["wal_bytes"]
        monkeypatch.setattr(health_database, "LONG_LOG_BYTES", 0)
        assert rows_of("database")[0].status == "warn"


def test_room_inside_the_database_is_told(flux_home: Path) -> None:
    """Deleting rows does not make the file smaller."""
    capture(CALL)
    drain(here(), Settings())
    assert rows_of("database")[0].facts["free_bytes"] == 0
    with closing(sqlite3.connect(here().database, isolation_level=None)) as db:
        db.execute("CREATE TABLE mine (n)")
        db.execute("INSERT INTO mine VALUES (zeroblob(9000000))")
        db.execute("DROP TABLE mine")
    assert "9 MiB of it free" in str(rows_of("database")[0].detail)
