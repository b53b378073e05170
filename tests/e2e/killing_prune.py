"""Prunings that kill themselves before their n-th step, so that every gap between two is hit.

    python -m tests.e2e.killing_prune HOME BEFORE_MS

reads and answers as `killing.py` does. A step is a statement.
"""

from __future__ import annotations

import functools
import os
import sqlite3
import sys
from typing import Any, NoReturn

from fluxmirror_core.paths import places
from fluxmirror_store import pruning

from tests.e2e.killing import Steps, answer


def prune_until(home: str, before_ms: int, last: int, pipe: int) -> NoReturn:
    """Prune, or die of it."""
    code = 1
    try:
        connect: Any = functools.partial(sqlite3.connect, factory=_stepping(Steps(last, pipe)))
        sqlite3.connect = connect
        pruning.prune(places({"FLUXMIRROR_HOME": home}, sys.platform), before_ms)
        code = 0
    finally:
        os._exit(code)


def _stepping(steps: Steps) -> type[sqlite3.Connection]:
    """Make a connection each of whose statements is a step; a script is one as a whole."""
    stepping: Any = steps.connection()

    class Connection(stepping):  # type: ignore[misc]
        def executescript(self, script: str) -> sqlite3.Cursor:
            steps.before(script)
            cursor: sqlite3.Cursor = super().executescript(script)
            return cursor

    return Connection


def main() -> None:
    """Answer with prunings."""
    pruning.PORTION_ROWS = 4  # type: ignore[misc]
    pruning.PORTION_PAGES = 2  # type: ignore[misc]
    answer(functools.partial(prune_until, sys.argv[1], int(sys.argv[2])))


if __name__ == "__main__":
    main()
