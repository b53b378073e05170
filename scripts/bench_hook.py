"""What a hook costs, as ratios to what a user would otherwise run; standard library only.

Every candidate is timed in turn with its floor, many times over, in an order shuffled each time;
the figure is the median of the ratios of one round. Prints a table and fails on nothing.

    python scripts/bench_hook.py [--rounds N] [--program FLUXMIRROR]
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import platform
import random
import shutil
import statistics
import sys
import tempfile
import time
from typing import NamedTuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHIM = os.path.join(ROOT, "wrappers", "shim.sh")
ROUTER = os.path.join(ROOT, "wrappers", "router.sh")
SIZES = (1_000, 200_000)
SUBREAPER = 36
"""`PR_SET_CHILD_SUBREAPER` of Linux's prctl(2): processes that detached themselves come to us."""
CLEANED_EVERY = 50
"""Rounds after which the spool is emptied: a directory of thousands is not what is measured."""


class Case(NamedTuple):
    """One thing to run."""

    name: str
    argv: list[str]
    limit: float
    """The ratio to the floor that the design allows; 0 where it names none."""


class Suite(NamedTuple):
    """Cases with the floor they are measured against."""

    title: str
    floor: Case
    cases: list[Case]
    payload: int
    """Bytes on standard input."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    beside = os.path.join(os.path.dirname(sys.executable), "fluxmirror")
    parser.add_argument("--program", default=beside)
    options = parser.parse_args()
    print(_machine())
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="fluxmirror-bench-") as directory:
        os.environ["FLUXMIRROR_HOME"] = directory
        for suite in _suites(directory, options.program):
            _show(suite, _measure(suite, options.rounds, directory))


def _suites(directory: str, program: str) -> list[Suite]:
    floor = Case("sh -c 'cat > file'", _sh(f"cat > '{directory}/floor'"), 0)
    words = "claude PostToolUse >/dev/null 2>&1"
    shims = [
        Case("shim alone", [_path("sh"), SHIM, "claude", "PostToolUse"], 1.3),
        Case("as registered", _sh(f'sh "{SHIM}" {words} || true'), 1.7),
        Case("router, as registered", _sh(f'sh "{ROUTER}" {words} || true'), 1.7),
        Case("sourced instead", _sh(f'set -- claude PostToolUse; . "{SHIM}" {words}'), 0),
    ]
    suites = [Suite(f"shim, {size // 1000} KB payload", floor, shims, size) for size in SIZES]
    if not os.path.exists(program):
        print(f"{program} is not there: its part is left out")
        return suites
    bare = Case("python -I -S -c pass", [sys.executable, "-I", "-S", "-c", "pass"], 0)
    hook = Case("fluxmirror hook", [program, "hook", "--kind", "claude"], 3.0)
    site = Case("python -I -c pass", [sys.executable, "-I", "-c", "pass"], 0)
    asked = [Case(f"fluxmirror {word}", [program, word], 2.5) for word in ("--version", "--help")]
    _make_status_cache(program)
    asked.append(Case("fluxmirror status --prompt", [program, "status", "--prompt"], 2.5))
    suites += [Suite(f"hook, {size // 1000} KB payload", bare, [hook], size) for size in SIZES]
    return [*suites, Suite("command", site, asked, 0)]


def _make_status_cache(program: str) -> None:
    """Have a day with a call in it, counted, as a prompt finds it on any but its first time."""
    payload = b'{"hook_event_name": "PostToolUse", "session_id": "s", "tool_name": "Bash"}'
    _time([program, "hook", "--kind", "claude", "--wait"], payload)
    _time([program, "status", "--refresh-cache"], b"")


def _measure(suite: Suite, rounds: int, directory: str) -> dict[str, list[float]]:
    """Seconds of every run, by case."""
    cases = [suite.floor, *suite.cases]
    taken: dict[str, list[float]] = {case.name: [] for case in cases}
    payload = os.urandom(suite.payload)
    for number in range(rounds):
        for case in random.sample(cases, len(cases)):
            taken[case.name].append(_time(case.argv, payload))
        if number % CLEANED_EVERY == 0:
            shutil.rmtree(os.path.join(directory, "spool", "new"), ignore_errors=True)
            _time(suite.cases[0].argv, payload)  # makes it anew, which is not what is measured
    return taken


def _time(argv: list[str], payload: bytes) -> float:
    """Run with `payload` on a pipe; seconds from the start until it was waited for."""
    ours, theirs = os.pipe()
    actions = [
        (os.POSIX_SPAWN_DUP2, ours, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ]
    started = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
    os.close(ours)
    _feed(theirs, payload)
    os.wait4(pid, 0)
    taken = time.perf_counter() - started
    _settle()
    return taken


def _settle() -> None:
    """Let the drain that a hook left behind end, or the next run shares its core with it."""
    if sys.platform != "linux":
        time.sleep(0.2)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def _feed(descriptor: int, payload: bytes) -> None:
    """Write as an agent does; a reader that left early is its own affair."""
    try:
        with open(descriptor, "wb", buffering=0) as pipe:
            left = memoryview(payload)
            while left:
                left = left[pipe.write(left) :]
    except BrokenPipeError:
        return


def _show(suite: Suite, taken: dict[str, list[float]]) -> None:
    floor = taken[suite.floor.name]
    print(f"\n{suite.title}\n  {suite.floor.name:<26} {_ms(floor)}")
    for case in suite.cases:
        ratio = statistics.median(
            mine / other for mine, other in zip(taken[case.name], floor, strict=True)
        )
        limit = f"   limit {case.limit:.1f}" if case.limit else ""
        print(f"  {case.name:<26} {_ms(taken[case.name])}   x {ratio:4.2f}{limit}")


def _ms(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:7.2f} ms"


def _sh(command: str) -> list[str]:
    return [_path("sh"), "-c", command]


def _path(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise SystemExit(f"{program} is not on PATH")
    return found


def _machine() -> str:
    shell = os.path.basename(os.path.realpath(_path("sh")))
    python = platform.python_version()
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {shell}, {python}"


if __name__ == "__main__":
    main()
