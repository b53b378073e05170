"""The drain's lock: one holder, which may die."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from fluxmirror_store import lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLD = """
import sys
from fluxmirror_store import lock
with lock.held(sys.argv[1]) as ours:
    print(ours, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    """The lock file; not made yet."""
    return str(tmp_path / "drain.lock")


@contextmanager
def holder(path: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
        process.communicate()


def test_lock_has_one_holder(path: str) -> None:
    """Whoever comes second is told so at once."""
    with lock.held(path) as first, lock.held(path) as second:
        assert (first, second) == (True, False)
    with lock.held(path) as again:
        assert again


def test_another_process_is_left_to_its_work(path: str) -> None:
    """The lock binds processes, not only this one."""
    with holder(path), lock.held(path) as ours:
        assert not ours


def test_lock_is_waited_for(path: str) -> None:
    """A reader that drains first waits for whoever drains already."""
    with holder(path) as other:
        assert other.stdin is not None
        other.stdin.close()
        other.stdin = None
        with lock.held(path, wait_s=60) as ours:
            assert ours


def test_dead_holder_leaves_no_lock(path: str) -> None:
    """The system takes it back: nobody has to find out who is alive."""
    with holder(path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        with lock.held(path) as ours:
            assert ours


@pytest.mark.usefixtures("no_umask")
def test_lock_file_is_private(path: str, tmp_path: Path) -> None:
    """Whatever the process masks."""
    with lock.held(path):
        assert stat.S_IMODE((tmp_path / "drain.lock").stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed there")
def test_a_lock_that_its_holder_removed_is_taken_anew(tmp_path: Path) -> None:
    """Who waited at the old file, and who comes to the new one, are not both let in."""
    path = str(tmp_path / "x.lock")
    with lock.held(path) as ours:
        assert ours
        waiting = threading.Thread(target=_hold_and_note, args=(path, tmp_path / "noted"))
        waiting.start()
        os.unlink(path)
    waiting.join()
    assert (tmp_path / "noted").read_text() == "held the file that is there"


def _hold_and_note(path: str, note: Path) -> None:
    with lock.held(path, wait_s=60) as ours:
        assert ours
        with lock.held(path) as again:
            note.write_text("held another file" if again else "held the file that is there")
