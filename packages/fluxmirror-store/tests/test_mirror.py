"""The mirror: complete lines of what was drained, for whoever asked for them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.event import AgentEvent
from fluxmirror_store import spool_reader
from fluxmirror_store.drain import drain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.paths import Places

CALL = {
    "session_id": "s-1",
    "prompt_id": "p",
    "hook_event_name": "PostToolUse",
    "tool_name": "Bash",
    "tool_use_id": "t",
    "tool_input": {"command": "make\n한국어"},
    "tool_response": "ok",
}


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A directory for the mirror."""
    return tmp_path / "mirror"


def lines(file: Path) -> list[dict[str, Any]]:
    """Read the lines of one file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_nobody_asked_nothing_is_copied(
    places: Places, capture: Callable[..., str], tmp_path: Path
) -> None:
    """There is no mirror by default."""
    capture(CALL)
    drain(places, Settings())
    assert list(tmp_path.rglob("*.jsonl")) == []


def test_line_is_complete_and_versioned(
    places: Places, capture: Callable[..., str], mirror: Path
) -> None:
    """Every field of the event is there, the older programs' names among them."""
    capture(CALL)
    drain(places, Settings(mirror=str(mirror)))
    (line,) = lines(mirror / "claude-code" / "2026-01-01.jsonl")
    assert set(line) == {*AgentEvent._fields, "ts", "version"}
    assert (line["ts"], line["version"]) == ("2026-01-01T12:00:00Z", 2)
    assert (line["session"], line["tool"], line["detail"]) == ("s-1", "Bash", "make\n한국어")
    assert len(line["uid"]) == 32


def test_lines_keep_the_form_that_scripts_search_for(
    places: Places, capture: Callable[..., str], mirror: Path
) -> None:
    """Compact separators, one line an event, readable by its owner alone."""
    capture(CALL)
    drain(places, Settings(mirror=str(mirror)))
    file = mirror / "claude-code" / "2026-01-01.jsonl"
    assert file.read_bytes().count(b"\n") == 1
    assert b'"session":"s-1"' in file.read_bytes()
    assert [path.stat().st_mode & 0o077 for path in (file, file.parent, mirror)] == [0, 0, 0]


def test_each_telling_of_a_call_has_a_line(
    places: Places, capture: Callable[..., str], mirror: Path
) -> None:
    """The last line of a uid holds; drains append."""
    capture({**CALL, "hook_event_name": "PreToolUse"})
    drain(places, Settings(mirror=str(mirror)))
    capture(CALL)
    drain(places, Settings(mirror=str(mirror)))
    before, after = lines(mirror / "claude-code" / "2026-01-01.jsonl")
    assert before["uid"] == after["uid"]
    assert (before["outcome"], after["outcome"]) == ("unknown", "ok")


def test_mirror_that_cannot_be_written_does_not_stop_the_drain(
    places: Places, capture: Callable[..., str], mirror: Path
) -> None:
    """The event is in the database, and the journal tells of the mirror."""
    mirror.write_text("in the way", encoding="utf-8")
    capture(CALL)
    assert drain(places, Settings(mirror=str(mirror))).events == 1
    assert not os.listdir(spool_reader.new_path(places.spool, ""))
    journal = os.path.join(places.logs, "capture.log")
    with open(journal, encoding="utf-8") as file:
        assert " mirror " in file.read()
