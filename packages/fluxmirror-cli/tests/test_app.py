"""The command line as a person meets it: help, versions, errors, exit codes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.app import group
from fluxmirror_cli.command_table import COMMANDS, help_text
from fluxmirror_core.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def test_help_without_click_is_the_help_of_click() -> None:
    """The quick answer to --help and the group's own are one text."""
    quick, slow = run("--help"), run("-h")
    assert quick.stdout == slow.stdout == help_text()
    assert (quick.returncode, slow.returncode) == (0, 0)


def test_version_is_the_same_on_both_roads() -> None:
    """`--version` is answered before click is loaded; click's own answer is the same."""
    quick = run("--version").stdout
    assert quick == run("--version", "today").stdout
    assert quick.startswith("fluxmirror ")


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS])
def test_every_command_has_help(name: str) -> None:
    """Each row of the table leads to a command that can describe itself."""
    done = run(name, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: fluxmirror {name}")


def test_unknown_command_is_a_usage_error() -> None:
    """One sentence on stderr, exit code 2."""
    done = run("tody")
    assert done.returncode == ExitCode.USAGE
    assert "No such command" in done.stderr
    assert done.stdout == ""


def test_no_command_shows_the_help() -> None:
    """Without a command the help comes, as a usage error."""
    done = run()
    assert done.returncode == ExitCode.USAGE
    assert "Commands:" in done.stderr


def test_error_is_one_sentence_with_a_hint(flux_home: Path) -> None:
    """A database that is none is told in words, with what to do."""
    flux_home.mkdir()
    (flux_home / "events.db").write_bytes(b"not a database" * 100)
    done = run("drain")
    assert done.returncode == ExitCode.STORE
    assert done.stderr.startswith("fluxmirror: the database ")
    assert "\n  hint: " in done.stderr
    assert "Traceback" not in done.stderr


def test_unexpected_error_names_its_log(flux_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last rung: a sentence, exit code 70, and the whole in a private file."""
    broken = "import fluxmirror_store.drain as d; d.drain = None; " + RUN
    done = subprocess.run(
        [sys.executable, "-c", broken, "drain"], capture_output=True, text=True, check=False
    )
    assert done.returncode == ExitCode.INTERNAL
    log = next((flux_home / "logs").glob("error-*.log"))
    assert str(log) in done.stderr
    assert "TypeError" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_closed_pipe_is_no_error(flux_home: Path) -> None:
    """`fluxmirror … | head -0` ends without a word."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "doctor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate()
    assert errors == b""


def test_group_lists_the_table() -> None:
    """Click's group knows the commands of the table, in its order."""
    import click

    names = group.list_commands(click.Context(group))
    assert names == [name for name, _, _ in COMMANDS]
