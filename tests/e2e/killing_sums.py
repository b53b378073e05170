"""Sums that kill themselves before their n-th step, so that every gap between two is hit.

    python -m tests.e2e.killing_sums HOME

reads and answers as `killing.py` does. A step is a statement.
"""

from __future__ import annotations

import functools
import os
import sqlite3
import sys
from contextlib import closing
from typing import Any, NoReturn

from fluxmirror_core.paths import places
from fluxmirror_store import summing
from fluxmirror_store.database import connect_to_write

from tests.e2e.killing import Steps, answer


def add_up_until(home: str, last: int, pipe: int) -> NoReturn:
    """Add up, or die of it."""
    code = 1
    try:
        connect: Any = functools.partial(sqlite3.connect, factory=Steps(last, pipe).connection())
        sqlite3.connect = connect
        with closing(
            connect_to_write(places({"FLUXMIRROR_HOME": home}, sys.platform).database)
        ) as db:
            summing.add_up(db)
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Answer with sums."""
    summing._AT_ONCE = 2  # type: ignore[misc]
    answer(functools.partial(add_up_until, sys.argv[1]))


if __name__ == "__main__":
    main()
