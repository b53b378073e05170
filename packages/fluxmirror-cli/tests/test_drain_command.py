"""`fluxmirror drain` as a person, and as a hook, runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.commands.drain import _sentence
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.paths import here
from fluxmirror_store import spool
from fluxmirror_store.drain import Drained

if TYPE_CHECKING:
    from pathlib import Path

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `fluxmirror drain` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", RUN, "drain", *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("drained", "said"),
    [
        (Drained(), "0 payloads drained, 0 new events"),
        (Drained(1, 1), "1 payload drained, 1 new event"),
        (
            Drained(1_253, 185),
            "1,253 payloads drained, 185 new events (the hooks of one call make one event)",
        ),
        (
            Drained(3, 3, torn=1, bad=2),
            "3 payloads drained, 3 new events, 1 torn, 2 set aside (`fluxmirror doctor` says why)",
        ),
        (Drained(busy=True), "another process is draining"),
    ],
)
def test_what_was_done_is_a_sentence(drained: Drained, said: str) -> None:
    """With plurals where there are several."""
    assert _sentence(drained) == said


def test_what_was_set_aside_is_tried_once_more(flux_home: Path) -> None:
    """`--again` brings it back; what is still not understood is set aside again."""
    spool.put(here().spool, b"no json", ("claude", "PreToolUse"), {})
    assert "1 set aside" in run().stdout
    assert run().stdout == "0 payloads drained, 0 new events\n"
    assert "1 set aside" in run("--again").stdout


def test_a_quiet_drain_that_fails_is_a_line_of_the_journal(flux_home: Path) -> None:
    """Nobody listens: no word, no exit code, but doctor shows it."""
    flux_home.mkdir()
    (flux_home / "events.db").write_bytes(b"not a database" * 100)
    done = run("--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (ExitCode.OK, "", "")
    assert " drain StoreError" in (flux_home / "logs" / "capture.log").read_text("utf-8")


def test_hooks_do_not_try_again(flux_home: Path) -> None:
    """The two options are for different readers."""
    done = run("--quiet", "--again")
    assert done.returncode == ExitCode.USAGE
    assert not os.path.exists(here().spool)
