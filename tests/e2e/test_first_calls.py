"""The very first calls on a machine, many at once, by the program as it is installed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_store import spool_reader

if TYPE_CHECKING:
    from pathlib import Path

CALLS = 16


def command() -> str:
    """The installed program."""
    found = shutil.which("fluxmirror", path=os.path.dirname(sys.executable))
    assert found is not None
    return found


def payload(number: int) -> bytes:
    """A call with an id of its own."""
    told = {"hook_event_name": "PreToolUse", "session_id": "s", "tool_name": "Bash"}
    return json.dumps({**told, "tool_use_id": f"t{number}"}).encode()


@pytest.mark.parametrize("options", [[], ["--wait"]], ids=["detached", "waiting"])
def test_parallel_first_calls_are_each_one_row(flux_home: Path, options: list[str]) -> None:
    """Sixteen hooks, sixteen drains behind them, no database: sixteen rows, and silence."""
    hooks = [
        subprocess.Popen(
            [command(), "hook", "--kind", "claude", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for _ in range(CALLS)
    ]
    answers = [hook.communicate(payload(number))[0] for number, hook in enumerate(hooks)]
    assert set(answers) == {b""}
    assert {hook.returncode for hook in hooks} == {0}
    subprocess.run([command(), "drain"], check=True, stdout=subprocess.DEVNULL)
    with closing(sqlite3.connect(flux_home / "events.db")) as db:
        found = db.execute("SELECT call_id FROM event").fetchall()
    assert sorted(found) == sorted((f"t{number}",) for number in range(CALLS))
    assert spool_reader.status(str(flux_home / "spool")).waiting == 0
    assert not (flux_home / "logs").exists(), "nothing went wrong on the way"
