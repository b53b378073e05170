"""What becomes of the output of every command when its reader, disk or encoding does not do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fluxmirror_cli.output import complain
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.paths import here
from fluxmirror_store import spool
from fluxmirror_store.drain import drain

RUN = "from fluxmirror_cli.entry import start; start()"
CALL = b'{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t"}'
MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
EVERY = [
    ("--help",),
    ("--version",),
    ("today", "--help"),
    ("today",),
    ("doctor",),
    ("doctor", "--json"),
    ("demo",),
    ("drain",),
    ("db-path",),
    ("sqlite", "SELECT 1"),
    ("sqlite", f"{MANY} SELECT i, i, i FROM n"),
]
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no /dev/full")


def command(*arguments: str) -> list[str]:
    """Give the command line of a process of its own."""
    return [sys.executable, "-c", RUN, *arguments]


@pytest.fixture(autouse=True)
def recorded(flux_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with one recorded call, and a folder of its own for demos."""
    spool.put(here().spool, CALL, ("claude", "PreToolUse"), {})
    drain(here(), Settings())
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(tmp_path))


@pytest.mark.parametrize("arguments", EVERY)
def test_a_reader_that_is_gone_is_no_error(arguments: tuple[str, ...]) -> None:
    """Silence, and the exit code that a shell gives what SIGPIPE ended."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command(*arguments), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (ExitCode.PIPE_CLOSED, b"")


def test_a_reader_that_leaves_in_the_middle_is_no_error() -> None:
    """`fluxmirror sqlite … | head -1`."""
    arguments = command("sqlite", f"{MANY} SELECT i, i, i FROM n")
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == b"1|1|1\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == ExitCode.PIPE_CLOSED


@needs_full
@pytest.mark.parametrize("arguments", EVERY)
def test_an_output_that_cannot_be_written_is_said(arguments: tuple[str, ...]) -> None:
    """Not the database's fault, and said once, with an exit code of its own."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command(*arguments), stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )
    told = "fluxmirror: the output could not be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (ExitCode.OUTPUT, told)


@pytest.mark.skipif(sys.platform == "win32", reason="sh closes descriptors")
def test_an_output_that_was_closed_before_is_said() -> None:
    """`fluxmirror db-path >&-`."""
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command("db-path")],
        stderr=subprocess.PIPE,
        check=False,
        text=True,
    )
    assert done.returncode == ExitCode.OUTPUT
    assert done.stderr == "fluxmirror: the output could not be written: Bad file descriptor\n"


@pytest.mark.parametrize("arguments", EVERY)
def test_every_command_speaks_ascii_when_it_must(arguments: tuple[str, ...]) -> None:
    """No command ends in the middle because a terminal lacks a character."""
    environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii:strict"}
    done = subprocess.run(command(*arguments), capture_output=True, check=False, env=environment)
    assert done.returncode in (ExitCode.OK, ExitCode.WARNING)
    assert done.stderr == b""
    done.stdout.decode("ascii")


def test_signs_have_plain_forms_and_the_rest_is_a_question_mark() -> None:
    """Arrows, dots, bars and quotes stay what they mean."""
    text = "a → b… ██ 한 “c” \u2018d\u2019 「e」\n"
    probe = f"from fluxmirror_cli.output import emit; emit({text!a})"
    environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, check=True, env=environment
    )
    assert done.stdout.decode("ascii").splitlines() == ['a -> b... ## ? "c" \'d\' "e"']


def test_a_complaint_has_no_power_over_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A path may be called anything."""
    complain("evil\x1b]0;x\x07/한 is no file", "not \u202e\n either")
    told = "fluxmirror: evil\\x1b]0;x\\x07/한 is no file\n  hint: not \\u202e\\n either\n"
    assert capsys.readouterr().err == told
