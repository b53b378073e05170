"""What the configuration wants kept for so long goes by itself, once a day."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.daily_pruning import retain_when_due
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here
from fluxmirror_store import lock, spool, spool_reader
from fluxmirror_store.archiving.archive import known_copies
from fluxmirror_store.archiving.names import archive_directory
from fluxmirror_store.archiving.run import archive_session_files
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.drain import drain
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.lock import DRAIN as LOCK

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
DAY_S = 86_400
KEEP = Settings(storage_retention_days=90)


@pytest.fixture
def record(flux_home: Path) -> Callable[[str, int], None]:
    """Record a call some days ago, made up."""

    def put(call_id: str, days: int) -> None:
        places = here()
        payload = {
            "session_id": "s",
            "hook_event_name": "PreToolUse",
            "tool_name": "Bash",
            "tool_use_id": call_id,
        }
        name = spool.put(places.spool, json.dumps(payload).encode(), ("claude", "PreToolUse"), {})
        at_ns = time.time_ns() - days * DAY_S * 1_000_000_000
        os.utime(spool_reader.new_path(places.spool, name), ns=(at_ns, at_ns))
        drain(places, Settings())

    return put


def calls() -> set[str]:
    """Give the calls that are left."""
    with closing(sqlite3.connect(here().database)) as db:
        return {call_id for (call_id,) in db.execute("SELECT call_id FROM event")}


def mark() -> Path:
    """The file whose time says when it was last done."""
    return Path(here().spool) / "retained"


def run(*arguments: str, **variables: str) -> None:
    """Run the command in a process of its own."""
    subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **variables},
    )


def test_old_calls_go_at_most_once_a_day(record: Callable[[str, int], None]) -> None:
    """When the day is over, and when the clock was set back."""
    record("new", 1)
    for age_s in (None, DAY_S + 60, -3_600):
        record("old", 400)
        if age_s is not None:
            moment = time.time() - age_s
            os.utime(mark(), (moment, moment))
            with closing(connect_to_write(here().database)) as db:
                db.execute("UPDATE event SET ts_ms = 1 WHERE call_id = 'old'")
        retain_when_due(here(), KEEP)
        assert calls() == {"new"}
    with closing(connect_to_write(here().database)) as db:
        db.execute("UPDATE event SET ts_ms = 1")
    retain_when_due(here(), KEEP)
    assert calls() == {"new"}


def test_age_is_counted_from_the_newest_event(record: Callable[[str, int], None]) -> None:
    """To a clock that is ahead all is old, and after a long pause too: neither is a reason."""
    record("older", 450)
    record("old", 400)
    retain_when_due(here(), KEEP)
    assert calls() == {"older", "old"}


def test_nothing_goes_that_nobody_wants_gone(record: Callable[[str, int], None]) -> None:
    """The default is for ever, and leaves no trace of having been asked."""
    record("old", 4_000)
    retain_when_due(here(), Settings())
    assert calls() == {"old"}
    assert not mark().exists()


def test_copies_of_session_files_have_a_key_of_their_own(home: Path, flux_home: Path) -> None:
    """Those of files that have been gone for longer."""
    session = home / ".claude/projects/-p/s.jsonl"
    session.parent.mkdir(parents=True)
    session.write_text("{}\n")
    env = {"HOME": str(home)}
    archive_session_files(here(), find_session_files(env), env)
    session.unlink()
    with closing(connect_to_write(here().database)) as db:
        db.execute("UPDATE source SET gone_ms = ?", ((time.time() - 50 * DAY_S) * 1000 // 1,))
    retain_when_due(here(), Settings(archive_retention_days=60))
    assert len(known_copies(here())) == 1
    mark().unlink()
    retain_when_due(here(), Settings(archive_retention_days=30))
    assert known_copies(here()) == []
    assert os.listdir(archive_directory(here())) == []


def test_an_archive_that_was_never_made_is_no_error(record: Callable[[str, int], None]) -> None:
    """The one key does not need the other's thing."""
    record("old", 400)
    record("new", 1)
    retain_when_due(here(), Settings(storage_retention_days=90, archive_retention_days=90))
    assert calls() == {"new"}
    assert not Path(archive_directory(here())).exists()
    assert not (Path(here().logs) / "capture.log").exists()


def test_where_somebody_drains_it_is_done_later(record: Callable[[str, int], None]) -> None:
    """The day is not taken for done."""
    record("old", 400)
    record("new", 1)
    with lock.held(os.path.join(here().spool, LOCK)):
        retain_when_due(here(), KEEP)
    assert calls() == {"old", "new"}
    assert not mark().exists()
    retain_when_due(here(), KEEP)
    assert calls() == {"new"}


def test_an_error_goes_into_the_journal(record: Callable[[str, int], None]) -> None:
    """Nobody listens behind a hook; and it is tried again tomorrow, not at once."""
    record("old", 400)
    with closing(sqlite3.connect(here().database, isolation_level=None)) as db:
        db.execute("PRAGMA user_version = 999")
    retain_when_due(here(), KEEP)
    journal = (Path(here().logs) / "capture.log").read_text(encoding="utf-8")
    assert "retention" in journal
    assert "StoreError" in journal
    assert mark().exists()


def test_the_drain_that_hooks_start_does_it(record: Callable[[str, int], None]) -> None:
    """As configured, and without a word."""
    record("old", 400)
    record("new", 1)
    run("drain", "--quiet")
    assert calls() == {"old", "new"}
    run("drain", "--quiet", FLUXMIRROR_STORAGE_RETENTION_DAYS="90")
    assert calls() == {"new"}


def test_a_report_has_it_done_behind_it(record: Callable[[str, int], None]) -> None:
    """For whoever has no hooks; the report does not wait for it."""
    record("old", 400)
    record("new", 1)
    run("today", FLUXMIRROR_STORAGE_RETENTION_DAYS="90")
    deadline = time.monotonic() + 60
    while "old" in calls() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert calls() == {"new"}
