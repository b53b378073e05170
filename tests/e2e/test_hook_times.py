"""What recording takes of an agent is measured on the shims as they are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import places
from fluxmirror_store import spool
from fluxmirror_store.database import connect_to_read
from fluxmirror_store.drain import drain
from fluxmirror_store.hook_times import hook_times

WRAPPERS = Path(__file__).parents[2] / "wrappers"
HOOKS = 5
SHIMS = [
    pytest.param(["sh", str(WRAPPERS / "shim.sh")], id="sh"),
    pytest.param(
        ["node", str(WRAPPERS / "shim.mjs")],
        id="node",
        marks=pytest.mark.skipif(shutil.which("node") is None, reason="no node here"),
    ),
]
CALL = {"session_id": "s", "hook_event_name": "PreToolUse", "tool_name": "Bash"}


def payload(number: int) -> bytes:
    """Make the payload of one call."""
    return json.dumps({**CALL, "tool_use_id": f"t{number}"}).encode()


@pytest.mark.skipif(sys.platform == "win32", reason="no sh there")
@pytest.mark.parametrize("shim", SHIMS)
def test_every_hook_of_a_shim_is_measured(shim: list[str], home: Path) -> None:
    """Its file tells: made before the payload is read, and complete when it has all of it."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "FLUXMIRROR_HOME": str(home / "flux")}
    for number in range(HOOKS):
        command = [*shim, "claude", "PreToolUse"]
        subprocess.run(command, input=payload(number), env=env, check=True)
    here = places(env, sys.platform)
    # Written in one go once all is there: nothing of what the agent waited for.
    spool.put(here.spool, payload(HOOKS), ("claude", "PreToolUse"), {})
    assert drain(here, Settings()).files == HOOKS + 1
    with closing(connect_to_read(here.database)) as db:
        told = hook_times(db, 0)
    assert told is not None
    assert told.count == HOOKS
    assert 0 < told.p50_us <= told.p99_us
