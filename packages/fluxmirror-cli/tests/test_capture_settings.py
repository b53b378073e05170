"""What is recorded is what the configuration says; where it says nothing clear, all waits."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core import journal
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.paths import here
from fluxmirror_store import spool
from fluxmirror_store.database import connect_to_read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
CALL = b"""{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t",
"tool_input":{"command":"echo EMP-1234"}}"""


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", **env},
    )


def capture() -> None:
    """Put one call into the spool."""
    spool.put(here().spool, CALL, ("claude", "PreToolUse"), {})


def waiting() -> int:
    """Count the files that wait in the spool."""
    return len(os.listdir(os.path.join(here().spool, "new")))


def details() -> list[str]:
    """Details of all events."""
    with closing(connect_to_read(here().database)) as db:
        return [detail for (detail,) in db.execute("SELECT detail FROM event ORDER BY id")]


@pytest.fixture
def configure(flux_home: Path) -> Callable[[str], None]:
    """Write the user's configuration."""

    def write(text: str) -> None:
        path = flux_home / "config" / "config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    return write


def test_users_file_says_what_is_recorded(configure: Callable[[str], None]) -> None:
    """A pattern masks, a switch leaves out and says so."""
    configure('[redaction]\npatterns = ["EMP-[0-9]+"]\n')
    capture()
    assert run("drain").stdout == "1 payload drained, 1 new event\n"
    assert details()[0].startswith("echo [REDACTED:user:")
    configure("[agents.claude-code]\nenabled = false\n")
    capture()
    told = "1 payload drained, 0 new events, 1 not recorded, as the configuration says\n"
    assert run("drain").stdout == told
    assert len(details()) == 1


def test_nothing_is_recorded_while_nobody_can_tell_what_is_wanted(
    configure: Callable[[str], None],
) -> None:
    """Everything waits: drains and reports fail where there is nothing yet, and nothing is lost."""
    configure("capture = \n")
    capture()
    failed = run("drain")
    assert failed.returncode == ExitCode.CONFIG
    assert "nothing is recorded until the configuration is mended" in failed.stderr
    assert failed.stderr.count("\n") == 2
    report = run("today")
    assert (report.returncode, report.stdout) == (ExitCode.CONFIG, "")
    assert "nothing is recorded until the configuration is mended" in report.stderr
    assert waiting() == 1
    assert not os.path.exists(here().database)
    configure("")
    assert run("drain").stdout == "1 payload drained, 1 new event\n"


def test_a_report_shows_what_there_is_while_nobody_can_tell_what_is_wanted(
    configure: Callable[[str], None],
) -> None:
    """What was recorded before is no secret; what came since waits."""
    capture()
    assert run("drain").returncode == ExitCode.OK
    configure("capture = \n")
    capture()
    report = run("today")
    assert report.returncode == ExitCode.OK
    assert "| Claude Code |     1 |" in report.stdout
    assert "nothing is recorded until the configuration is mended" in report.stderr
    assert waiting() == 1


def test_session_files_wait_as_well(
    configure: Callable[[str], None], respond: Callable[..., Path]
) -> None:
    """They are read by the first report after it is mended."""
    respond("a")
    configure("capture = \n")
    assert run("import").returncode == ExitCode.CONFIG
    assert run("today").returncode == ExitCode.CONFIG
    assert not os.path.exists(here().database)
    configure("")
    run("today")
    assert len(details()) == 1


@pytest.mark.parametrize("arguments", [["drain", "--quiet"], ["hook", "--wait"]])
def test_hooks_note_it_and_stay_silent(
    configure: Callable[[str], None], arguments: list[str]
) -> None:
    """An agent must not notice; doctor counts the notes."""
    configure("capture = \n")
    capture()
    silent = run(*arguments)
    assert (silent.returncode, silent.stdout, silent.stderr) == (0, "", "")
    assert journal.counts(here().logs) == {"config": 1}
    assert waiting() >= 1


def test_project_file_counts_for_its_directory_and_not_for_the_drains(
    configure: Callable[[str], None], tmp_path: Path
) -> None:
    """Whoever runs the drain in a private project must not lose what happened elsewhere."""
    configure("")
    (tmp_path / ".fluxmirror.toml").write_text("[capture]\nenabled = false\n", encoding="utf-8")
    capture()
    done = subprocess.run(
        [sys.executable, "-c", RUN, "drain"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stdout == "1 payload drained, 1 new event\n"


def test_variables_of_keys_are_obeyed_by_hooks(flux_home: Path) -> None:
    """The drain behind a hook reads the same configuration."""
    capture()
    run("drain", "--quiet", FLUXMIRROR_CAPTURE_PAYLOADS="none")
    with closing(sqlite3.connect(flux_home / "events.db")) as db:
        assert db.execute("SELECT input_json FROM payload").fetchall() == []
        assert db.execute("SELECT input_bytes FROM event").fetchall() == [(27,)]


@pytest.mark.usefixtures("flux_home")
def test_import_of_an_agent_that_is_off_says_so(respond: Callable[..., Path]) -> None:
    """Nothing is read."""
    respond("a")
    told = run("import", FLUXMIRROR_AGENTS_CLAUDE_CODE_ENABLED="false")
    assert told.returncode == ExitCode.OK
    assert not os.path.exists(here().database)
    named = run("import", "--agent", "claude", FLUXMIRROR_AGENTS_CLAUDE_CODE_ENABLED="false")
    assert named.returncode == ExitCode.USAGE
    assert "Claude Code is not recorded" in named.stderr
