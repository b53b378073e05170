"""Drains that kill themselves before their n-th step, so that every gap between two is hit.

    python killing.py HOME BATCH_FILES BATCH_ROWS

reads one number a line; for each it forks a drain of HOME that sends itself SIGKILL before that
step, and answers `killed before STEP`, or `done` when the drain had fewer steps than that. A step
is a statement, or a change of the directory.
"""

from __future__ import annotations

import functools
import os
import signal
import sqlite3
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import places
from fluxmirror_store import drain, legacy

if TYPE_CHECKING:
    from collections.abc import Callable


class Steps:
    """Counts steps, and kills this process before one of them."""

    def __init__(self, last: int, pipe: int) -> None:
        self.left = last
        self.pipe = pipe

    def before(self, step: str) -> None:
        """Count one; the last one is never taken."""
        self.left -= 1
        if self.left == 0:
            os.write(self.pipe, step.encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make each call of a function a step."""

        @functools.wraps(function)
        def call(*told: object, **named: object) -> object:
            self.before(function.__name__)
            return function(*told, **named)

        return call

    def connection(self) -> type[sqlite3.Connection]:
        """Make a connection each of whose statements is a step."""
        steps = self

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *told: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as it is
                steps.before(" ".join(sql.split()[:3]))
                return super().execute(sql, *told)

            def executemany(self, sql: str, *told: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as it is
                steps.before(" ".join(sql.split()[:3]))
                return super().executemany(sql, *told)

        return Connection


def drain_until(home: str, last: int, pipe: int) -> NoReturn:
    """Drain, or die of it."""
    code = 1
    try:
        steps = Steps(last, pipe)
        for name in ("unlink", "replace", "mkdir", "open"):
            setattr(os, name, steps.counted(getattr(os, name)))
        connect: Any = functools.partial(sqlite3.connect, factory=steps.connection())
        sqlite3.connect = connect
        drain.drain(places({"FLUXMIRROR_HOME": home}, sys.platform), Settings())
        code = 0
    finally:
        os._exit(code)


def answer(act: Callable[[int, int], NoReturn]) -> None:
    """Let a fork act for each number, until there are no more; tell what became of it.

    Args:
        act: ends this process; is given the number, and a pipe for the step it dies before.
    """
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            act(int(line), writer)
        os.close(writer)
        step = os.read(reader, 200).decode()
        os.close(reader)
        _, status = os.waitpid(child, 0)
        told = f"killed before {step}" if os.WIFSIGNALED(status) else f"done {status}"
        sys.stdout.write(told + "\n")
        sys.stdout.flush()


def main() -> None:
    """Answer with drains."""
    drain.BATCH_FILES = int(sys.argv[2])  # type: ignore[misc]
    legacy.BATCH_ROWS = int(sys.argv[3])  # type: ignore[misc]
    answer(functools.partial(drain_until, sys.argv[1]))


if __name__ == "__main__":
    main()
