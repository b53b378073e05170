"""The test's side of `killing.py` and its like: a run, killed before its n-th step."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]


@contextmanager
def runs_of(module: str, *arguments: str) -> Iterator[Callable[[int], str]]:
    """Start one of these programs, which forks for each of its runs.

    Args:
        module: its name beside this one, as `killing_sums`.
        arguments: its command line, most often the home it works in.

    Yields:
        What runs it, killed before the n-th step, and gives what it died of.
    """
    with subprocess.Popen(
        [sys.executable, "-m", f"tests.e2e.{module}", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def kill_before(step: int) -> str:
            stdin.write(f"{step}\n")
            stdin.flush()
            return stdout.readline().rstrip()

        yield kill_before
