"""Commands that work behind whoever looks: where they run, and what they may not say."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli import background
from fluxmirror_cli.own_command import may_leave
from fluxmirror_core.paths import here
from fluxmirror_store import spool

if TYPE_CHECKING:
    from pathlib import Path

CALL = b'{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t"}'


@pytest.mark.parametrize("is_relative", [False, True])
def test_it_works_where_the_variables_say(
    home: Path, monkeypatch: pytest.MonkeyPatch, *, is_relative: bool
) -> None:
    """Also where one of them is relative to the directory that it was started in."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("FLUXMIRROR_HOME", "flux" if is_relative else str(home / "flux"))
    assert may_leave(here()) == (not is_relative and sys.platform != "win32")
    spool.put(here().spool, CALL, ("claude",), {})
    start = "from fluxmirror_cli import background; background.start('drain', '--quiet')"
    subprocess.run([sys.executable, "-c", start], check=True)
    deadline = time.monotonic() + 60
    while os.listdir(home / "flux/spool/new") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert os.listdir(home / "flux/spool/new") == []
    assert (home / "flux/events.db").exists()


def test_a_program_that_cannot_be_started_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """But to a hook, which writes it down."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    background.start("drain", "--quiet")
    with pytest.raises(OSError, match="nowhere"):
        background.launch("drain", "--quiet")
