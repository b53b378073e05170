"""The command line as a person meets it: help, versions, errors, exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.app import group
from fluxmirror_cli.command_table import COMMANDS, help_text
from fluxmirror_core.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

RUN = "from fluxmirror_cli.entry import start; start()"


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
    """One sentence on stderr, a guess what was meant, exit code 2."""
    done = run("tody")
    assert done.returncode == ExitCode.USAGE
    expected = "fluxmirror: there is no command called 'tody'\n  hint: did you mean today?\n"
    assert (done.stdout, done.stderr) == ("", expected)
    assert "hint: fluxmirror --help" in run("qqqqqq").stderr


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (("--nope",), "no such option '--nope'", "fluxmirror --help"),
        (("doctor", "--jsn"), "no such option '--jsn'", "did you mean `--json`?"),
        (("--tz", "UTC", "today"), "no such option '--tz'", "put --tz behind the command"),
        (("--json", "today"), "no such option '--json'", "put --json behind the command"),
        (("config", "sett"), "no such command 'sett'", "did you mean `set`?"),
        (("config", "zzz"), "no such command 'zzz'", "fluxmirror config --help"),
        (("sqlite",), "missing argument 'STATEMENT'", "fluxmirror sqlite --help"),
        (("sqlite", "--db"), "option '--db' requires an argument", "fluxmirror sqlite --help"),
    ],
)
def test_usage_errors_have_the_one_style(arguments: tuple[str, ...], said: str, hint: str) -> None:
    """Two lines, no block of usage."""
    done = run(*arguments)
    lines = done.stderr.splitlines()
    assert (done.returncode, len(lines)) == (ExitCode.USAGE, 2)
    assert lines[0].startswith(f"fluxmirror: {said}")
    assert lines[1] == f"  hint: {hint}"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ("--lang en today", "put --lang behind the command"),
        ("doctor --lang en", "`fluxmirror config set language ja`"),
        ("status --lang en", "`FLUXMIRROR_LANGUAGE=ja`"),
    ],
)
def test_who_asks_for_a_language_in_vain_is_told_how(arguments: str, hint: str) -> None:
    """Reports have an option for it, all else goes by the environment and the configuration."""
    done = run(*arguments.split())
    assert done.returncode == ExitCode.USAGE
    assert hint in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(
    ("module", "command"), [("click", "cost"), ("fluxmirror_cli.commands.today", "today")]
)
def test_an_interrupt_while_loading_is_a_word(module: str, command: str) -> None:
    """Ctrl-C has no traceback, wherever it meets the program."""
    broken = f"""
import sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == {module!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
{RUN.removeprefix("import sys; ")}
"""
    done = subprocess.run(
        [sys.executable, "-c", broken, command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (ExitCode.INTERRUPTED, "")
    assert done.stderr == "fluxmirror: stopped\n"


def test_shell_completion_is_clicks() -> None:
    """The variable that completion sets is answered, with the commands of the table."""
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "_FLUXMIRROR_COMPLETE": "bash_complete"}
        | {"COMP_WORDS": "fluxmirror to", "COMP_CWORD": "1"},
    )
    assert done.stdout == "plain,today\n"


def test_no_command_shows_the_help() -> None:
    """Without a command the help comes, as a usage error."""
    done = run()
    assert done.returncode == ExitCode.USAGE
    assert "Reports:" in done.stderr


@pytest.mark.parametrize("name", ["config", "completion", "verify"])
def test_a_group_without_a_command_shows_its_help(name: str) -> None:
    """On stderr, as it is: nothing was asked for that could be printed."""
    done = run(name)
    assert (done.returncode, done.stdout) == (ExitCode.USAGE, "")
    assert done.stderr == run(name, "--help").stdout


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


def test_group_lists_the_table() -> None:
    """Click's group knows the commands of the table, in its order."""
    import click

    names = group.list_commands(click.Context(group))
    assert names == [name for name, _, _ in COMMANDS]
