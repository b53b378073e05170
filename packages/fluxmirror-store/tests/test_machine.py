"""What a payload is read with on this machine: above all the key of the tags for secrets."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.wire.reader import Capture
from fluxmirror_store.drain import Drained, drain
from fluxmirror_store.machine import payload_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.paths import Places

SECRET = "ghp_" + "a1B2" * 9
CALL = {"tool_name": "Bash", "session_id": "s", "tool_use_id": "t", "tool_input": {"command": "ls"}}


def key_file(places: Places) -> Path:
    """The key's file, its directory made."""
    os.makedirs(places.spool, exist_ok=True)
    return Path(places.spool) / "redaction.key"


def tag_of_secret(places: Places) -> str:
    """What a fresh reader makes of a secret in a prompt."""
    payload = json.dumps({"hook_event_name": "UserPromptSubmit", "prompt": f"use {SECRET} now"})
    capture = Capture("name", ("claude",), {}, payload.encode(), 1000)
    (event,) = payload_reader(places, Settings()).read(capture).events
    assert SECRET not in repr(event)
    (tag,) = re.findall(r"\[REDACTED[^\]]*\]", event.detail)
    return str(tag)


def test_equal_secrets_have_equal_tags_in_every_drain(places: Places) -> None:
    """The key is made once and kept."""
    key_file(places)
    assert tag_of_secret(places) == tag_of_secret(places)


def test_two_machines_have_different_keys(places: Places) -> None:
    """A tag tells nothing to somebody else."""
    key = key_file(places)
    payload_reader(places, Settings())
    first = key.read_bytes()
    key.unlink()
    payload_reader(places, Settings())
    assert key.read_bytes() != first


@pytest.mark.parametrize("left", [b"", b"half a key"])
def test_key_that_a_kill_left_half_written_is_made_anew(places: Places, left: bytes) -> None:
    """An empty key is everybody's key."""
    key = key_file(places)
    key.write_bytes(left)
    tag_of_secret(places)
    assert len(key.read_bytes()) == 32
    assert [path.name for path in key.parent.iterdir()] == ["redaction.key"]


@pytest.mark.usefixtures("no_umask")
def test_key_is_private(places: Places) -> None:
    """Whoever reads it can guess secrets by their tags."""
    payload_reader_key = key_file(places)
    payload_reader(places, Settings())
    assert stat.S_IMODE(payload_reader_key.stat().st_mode) == 0o600


def test_user_whose_name_is_no_text_is_no_obstacle(
    places: Places, capture: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment holds bytes; the database holds text."""
    monkeypatch.setenv("USER", "a\udcff")
    capture(CALL)
    assert drain(places, Settings()) == Drained(files=1, events=1)


def test_several_processes_make_one_key(places: Places) -> None:
    """A drain and an import may both be the first to need it: equal secrets get equal tags."""
    os.makedirs(places.spool)
    program = (
        "import sys; from fluxmirror_core.paths import Places;"
        "from fluxmirror_store.machine import _redaction_key;"
        "sys.stdin.read(1); print(_redaction_key(sys.argv[1]).hex())"
    )
    for _ in range(3):
        started = [
            subprocess.Popen(
                [sys.executable, "-c", program, places.spool],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        for process in started:
            assert process.stdin is not None
            process.stdin.write("x")
            process.stdin.flush()
        told = {process.communicate()[0].strip() for process in started}
        assert told == {key_file(places).read_bytes().hex()}
        key_file(places).unlink()
        assert os.listdir(places.spool) == []
