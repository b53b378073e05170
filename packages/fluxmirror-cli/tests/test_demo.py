"""`fluxmirror demo` leaves a directory that somebody was told of, or none."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
INTERRUPTED = """
import fluxmirror_cli.commands.demo as demo
def interrupt(*_):
    raise KeyboardInterrupt
demo.write_events = interrupt
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary directories are made."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(directory))
    return directory


def test_an_interrupted_demo_leaves_nothing(temporary: Path) -> None:
    """Its half a database is of no use to anybody."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED + RUN, "demo"], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (ExitCode.INTERRUPTED, b"fluxmirror: stopped\n")
    assert list(temporary.iterdir()) == []


def test_a_demo_that_nobody_is_told_of_leaves_nothing(temporary: Path) -> None:
    """Its path would be known to nobody."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate()
    assert (process.returncode, errors) == (ExitCode.PIPE_CLOSED, b"")
    assert list(temporary.iterdir()) == []
