"""The remotes of the repositories that agents work in are learnt along the way."""

from __future__ import annotations

import json
import os
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_store.database import connect_to_read
from fluxmirror_store.drain import drain
from fluxmirror_store.importing.passes import CALLS
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.waiting import Wanted
from fluxmirror_store.machine import event_builders
from fluxmirror_store.projects import (
    known_remotes,
    look_for_older_remotes,
    look_for_remotes,
    note_remotes,
)
from fluxmirror_store.pruning import prune
from fluxmirror_store.summing import add_up
from fluxmirror_store.transaction import writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.paths import Places
    from fluxmirror_core.wire.builders import Builders

DAY_MS = 86_400_000
NOON_MS = 1_767_268_800_000


@pytest.fixture
def builders(places: Places) -> Builders:
    """What builds events here."""
    os.makedirs(places.spool)
    return event_builders(places, Settings())


def repository(root: Path, url: str | None) -> Path:
    """Make a repository as far as it is looked at."""
    (root / ".git").mkdir(parents=True)
    set_remote(root, url)
    return root


def set_remote(root: Path, url: str | None) -> None:
    """Give it a remote, or none."""
    text = "" if url is None else f'[remote "origin"]\n\turl = {url}\n'
    (root / ".git" / "config").write_text(text)


def work_in(root: Path, capture: Callable[..., str], call_id: str = "c") -> None:
    """Have an agent make a call in a repository."""
    told = {
        "hook_event_name": "PostToolUse",
        "session_id": "s",
        "cwd": str(root),
        "tool_name": "Bash",
        "tool_use_id": call_id,
        "tool_input": {"command": "make"},
    }
    capture(told, "claude", "PostToolUse")


def remotes(places: Places) -> dict[str, str | None]:
    """Read what is known."""
    with closing(connect_to_read(places.database)) as db:
        return known_remotes(db)


def test_a_drain_learns_the_remotes(
    places: Places, capture: Callable[..., str], tmp_path: Path
) -> None:
    """Without who asks there, and with what password."""
    one = repository(tmp_path / "one", "https://kim:hunter2@github.com/acme/api.git?key=hunter2")
    two = repository(tmp_path / "two", None)
    for number, place in enumerate((one, two, tmp_path)):
        work_in(place, capture, f"c{number}")
    drain(places, Settings())
    assert remotes(places) == {str(one): "github.com/acme/api", str(two): None}
    with closing(connect_to_read(places.database)) as db:
        assert "hunter2" not in "\n".join(map(str, db.iterdump()))


def test_a_remote_with_something_to_be_masked_in_it_is_none(
    places: Places, capture: Callable[..., str], tmp_path: Path
) -> None:
    """By the user's patterns, and by those of the project's own file."""
    one = repository(tmp_path / "one", "git@host:acme/secret-1")
    two = repository(tmp_path / "two", "git@host:acme/secret-2")
    (two / ".fluxmirror.toml").write_text('[redaction]\npatterns = ["secret-2"]\n')
    for number, place in enumerate((one, two)):
        work_in(place, capture, f"c{number}")
    drain(places, Settings(redaction_patterns=("secret-1",)))
    assert remotes(places) == {str(one): None, str(two): None}


def test_a_repository_that_is_not_recorded_is_not_looked_at(
    places: Places, capture: Callable[..., str], tmp_path: Path
) -> None:
    """Its project says so."""
    root = repository(tmp_path / "one", "git@host:acme/api")
    (root / ".fluxmirror.toml").write_text("[capture]\nenabled = false\n")
    work_in(root, capture)
    drain(places, Settings())
    assert remotes(places) == {}


def test_a_repository_is_asked_once_a_day(
    db: sqlite3.Connection,
    event: Callable[..., AgentEvent],
    builders: Builders,
    tmp_path: Path,
) -> None:
    """Many get a remote only when there is work in them; one that is gone stays known."""
    root = repository(tmp_path / "one", None)
    events = [event("e", repo=str(root)), event("f"), event("g", repo="")]

    def look(now_ms: int) -> tuple[int, str | None]:
        found = look_for_remotes(db, events, builders, now_ms)
        with writing(db):
            note_remotes(db, found, now_ms)
        return len(found), known_remotes(db)[str(root)]

    assert look(DAY_MS) == (1, None)
    set_remote(root, "git@host:acme/api")
    assert look(2 * DAY_MS - 1) == (0, None)
    assert look(2 * DAY_MS) == (1, "host/acme/api")
    set_remote(root, None)
    assert look(3 * DAY_MS) == (1, "host/acme/api")
    set_remote(root, "git@host:acme/new")
    assert look(4 * DAY_MS) == (1, "host/acme/new")
    assert db.execute("SELECT looked_ms FROM project").fetchall() == [(4 * DAY_MS,)]


def test_many_repositories_are_learnt_at_once(
    db: sqlite3.Connection, event: Callable[..., AgentEvent], builders: Builders, tmp_path: Path
) -> None:
    """More than one statement takes."""
    events = [event(f"e{number}", repo=str(tmp_path / str(number))) for number in range(2_000)]
    found = look_for_remotes(db, events, builders, DAY_MS)
    with writing(db):
        note_remotes(db, found, DAY_MS)
    assert len(known_remotes(db)) == 2_000
    assert look_for_remotes(db, events, builders, DAY_MS) == {}


class NoPrices:
    """Knows the price of nothing."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> None:
        """Give none."""


def test_an_import_learns_the_remotes(
    places: Places, home: Path, capture: Callable[..., str], tmp_path: Path
) -> None:
    """A session that no hook saw is of a repository all the same."""
    root = repository(tmp_path / "one", "git@github.com:acme/api.git")
    call = {"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "make"}}
    told = {
        "type": "assistant",
        "sessionId": "s",
        "cwd": str(root),
        "version": "2.1.0",
        "timestamp": "2026-01-01T12:00:00.000Z",
        "message": {
            "id": "m",
            "role": "assistant",
            "model": "m",
            "content": [call],
            "usage": {"input_tokens": 3, "output_tokens": 2},
        },
    }
    path = home / ".claude/projects/-p/s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(told) + "\n")
    found = find_session_files({"HOME": str(home)})
    done = import_session_files(places, Settings(), found, NoPrices(), Wanted(passes=(CALLS,)))
    assert done.calls == 1
    assert remotes(places) == {str(root): "github.com/acme/api"}


def test_projects_of_older_calls_are_looked_for_once_the_newest_first(
    places: Places, db: sqlite3.Connection, insert: Callable[..., int], tmp_path: Path
) -> None:
    """Calls that were written before remotes were learnt; some projects at a time."""
    one = repository(tmp_path / "one", "git@host:acme/api")
    insert(db, repo=str(one), ts_ms=NOON_MS + DAY_MS)
    insert(db, repo="")
    for number in range(250):
        for hour in range(2):
            insert(db, cwd=str(tmp_path / f"{number:03}"), ts_ms=NOON_MS + hour * 3_600_000)
    drain(places, Settings())
    assert remotes(places) == {}
    add_up(db)
    drain(places, Settings())
    known = remotes(places)
    assert len(known) == 200
    assert known[str(one)] == "host/acme/api"
    assert str(tmp_path / "198") in known
    assert str(tmp_path / "199") not in known
    drain(places, Settings())
    assert len(remotes(places)) == 251
    builders = event_builders(places, Settings())
    assert look_for_older_remotes(db, builders) == {}


def test_pruning_forgets_projects_of_which_nothing_is_left(
    places: Places, db: sqlite3.Connection, insert: Callable[..., int]
) -> None:
    """Whenever their remotes were looked for; a response is something, too."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'claude-code', '/s', 1)")
    insert(db, repo="/gone")
    insert(db, repo="/kept")
    insert(db, repo="/kept", ts_ms=NOON_MS + DAY_MS)
    insert(db, "response", project="/asked", ts_ms=NOON_MS + DAY_MS)
    with writing(db):
        found = dict.fromkeys(("/gone", "/kept", "/asked"), "host/acme/api")
        note_remotes(db, found, NOON_MS - DAY_MS)
        note_remotes(db, {"/gone": None}, NOON_MS + 9 * DAY_MS)
    prune(places, NOON_MS + 1)
    assert known_remotes(db).keys() == {"/kept", "/asked"}
