"""Programs run for their time and their memory, for the benches; POSIX only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from typing import BinaryIO

_SUBREAPER: Final = 36
"""`PR_SET_CHILD_SUBREAPER` of Linux's prctl(2): processes that detached themselves come to us."""
_LOOK_EVERY_S: Final = 0.01
_KIB: Final = 1024
_MAXRSS_UNIT: Final = 1 if sys.platform == "darwin" else _KIB
"""Bytes that `ru_maxrss` counts in."""


class Program(NamedTuple):
    """What to run."""

    argv: list[str]
    """The first is a path."""
    env: dict[str, str]


class Peak(NamedTuple):
    """The most memory of a run, in bytes."""

    largest: int
    """Of its largest process; never less than ours, which it began as."""
    together: int
    """Of all its processes, what they share counted once, looked at every 10 ms; 0 if unknown."""


def adopt_orphans() -> None:
    """Have processes that detach themselves come to us, so that we can wait for them."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def time_run(program: Program) -> float:
    """Run a program to its end, its output thrown away; gives the seconds it took.

    What it left behind in the background is waited for, and is not in them.

    Raises:
        SystemExit: it failed.
    """
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        pid = _start(program, errors.fileno())
        status = os.wait4(pid, 0)[1]
        taken = time.perf_counter() - started
        _check(program, status, errors)
    _settle()
    return taken


def peak_of(program: Program) -> Peak:
    """Run a program to its end and give its memory; looking costs time, so that is not told.

    Raises:
        SystemExit: it failed.
    """
    together = 0
    with tempfile.TemporaryFile() as errors:
        pid = _start(program, errors.fileno())
        while True:
            ended, status, usage = os.wait4(pid, os.WNOHANG)
            if ended:
                break
            together = max(together, _shared_once(pid))
            time.sleep(_LOOK_EVERY_S)
        _check(program, status, errors)
    _settle()
    return Peak(usage.ru_maxrss * _MAXRSS_UNIT, together)


def _start(program: Program, errors: int) -> int:
    """Start in a group of its own, by which its workers are known."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_DUP2, errors, 2),
    ]
    path = program.argv[0]
    return os.posix_spawn(path, program.argv, program.env, file_actions=actions, setpgroup=0)


def _check(program: Program, status: int, errors: BinaryIO) -> None:
    code = os.waitstatus_to_exitcode(status)
    if code:
        errors.seek(0)
        told = errors.read().decode(errors="replace")
        raise SystemExit(f"{' '.join(program.argv)} ended with {code}\n{told}")


def _settle() -> None:
    """Let what a run left in the background end, or the next one shares its core with it."""
    if sys.platform != "linux":
        time.sleep(0.2)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _shared_once(group: int) -> int:
    """Add up the memory of a process group; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        return sum(_proportional(pid) for pid in os.listdir("/proc") if _group_of(pid) == group)
    return 0


def _group_of(pid: str) -> int | None:
    try:
        return os.getpgid(int(pid))
    except (ValueError, ProcessLookupError):
        return None  # no process, or none any more


def _proportional(pid: str) -> int:
    """Give a process's memory in bytes, what it shares divided by those who share it."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup", "rb") as lines:
        for line in lines:
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) * _KIB
    return 0
