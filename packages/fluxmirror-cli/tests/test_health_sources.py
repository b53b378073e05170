"""Doctor says which session files are read, which are gone, and which soon will be."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.health.evidence import Evidence
from fluxmirror_cli.health.sources import examine_sources
from fluxmirror_cli.prices.book import open_book
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here
from fluxmirror_store import lock
from fluxmirror_store.archiving.run import archive_session_files
from fluxmirror_store.importing.run import import_session_files
from fluxmirror_store.importing.session_files import find_session_files
from fluxmirror_store.importing.waiting import Wanted

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_cli.health.row import Row

DAY_S = 86_400
LINE = b'{"type":"user","sessionId":"s","timestamp":"2026-01-01T12:00:00Z","message":{}}\n'


def session(home: Path, name: str, days: float = 0) -> Path:
    """Write a session file of Claude Code that was last changed so many days ago."""
    path = home / ".claude/projects/-srv-app" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(LINE)
    then = time.time() - days * DAY_S
    os.utime(path, (then, then))
    return path


def read_all() -> None:
    """Import what there is."""
    import_session_files(
        here(), Settings(), find_session_files(os.environ), open_book(here()), Wanted()
    )


def archive_all() -> None:
    """Make copies of what there is."""
    archive_session_files(here(), find_session_files(os.environ), os.environ)


def rows(chosen: Settings | None = None) -> dict[str, Row]:
    """Give doctor's rows, by component."""
    evidence = Evidence(here(), chosen or Settings())
    return {row.component: row for row in examine_sources(evidence)}


def test_no_session_files_are_no_fault(home: Path, flux_home: Path) -> None:
    """And looking makes nothing."""
    (row,) = rows().values()
    assert (row.component, row.status) == ("session files", "off")
    assert not flux_home.exists()


def test_session_files_that_nobody_wants_read_are_not_looked_at(
    home: Path, flux_home: Path
) -> None:
    """What the owner switched off cannot warn, and the row says by which key."""
    session(home, "old.jsonl", days=25)
    (row,) = rows(Settings(session_files=False)).values()
    assert (row.component, row.status) == ("session files", "off")
    assert "session_files" in str(row.detail)
    without_claude = rows(Settings(agents_claude_code_enabled=False))
    assert [row.status for row in without_claude.values()] == ["off"], "no other agent has any"


def test_files_are_counted_by_how_far_they_are_read(home: Path, flux_home: Path) -> None:
    """What waits is no fault: the next report reads it."""
    session(home, "one.jsonl")
    row = rows()["session files"]
    assert str(row.detail) == "1 file, 0 read to the end, 1 waiting"
    assert str(row.remedy) == "the next report reads them, or `fluxmirror import`"
    assert (row.facts["files"], row.facts["waiting"]) == (1, 1)
    assert not flux_home.exists()
    read_all()
    gone = session(home, "two.jsonl")
    assert str(rows()["session files"].detail) == "2 files, 1 read to the end, 1 waiting"
    read_all()
    gone.unlink()
    row = rows()["session files"]
    facts = "1 file, 1 read to the end, 0 waiting"
    assert str(row.detail) == f"{facts}; 1 more gone by now, what they told is kept"
    assert row.facts["gone"] == 1
    assert row.status == "ok"


def test_files_that_are_being_read_are_no_fault(home: Path, flux_home: Path) -> None:
    """Who runs an import has not to be told to run one."""
    session(home, "old.jsonl", days=25)
    (flux_home / "spool").mkdir(parents=True)
    path = flux_home / "spool" / "import.lock"
    with lock.held(str(path)):
        found = rows()
    assert str(found["session files"].detail) == "1 file, 0 read to the end, 1 being read now"
    assert str(found["session files"].remedy) == ""
    assert found["retention"].status == "ok"
    assert "; 1 being read now; they are not archived" in str(found["retention"].detail)
    assert rows()["retention"].status == "warn", "an import that has ended leaves its file"


def test_files_that_go_unread_are_a_warning(home: Path, flux_home: Path) -> None:
    """Within a week, with the day of the first; read ones are none."""
    session(home, "young.jsonl", days=22)
    assert "retention" not in rows()
    session(home, "old.jsonl", days=25.5)
    day = (datetime.now(UTC) + timedelta(days=4.5)).astimezone().date().isoformat()
    row = rows()["retention"]
    facts = f"Claude Code deletes 1 session file within a week, from {day} on"
    assert (row.status, str(row.detail)) == ("warn", f"{facts}; 1 not read yet")
    archive = "`fluxmirror archive` keeps copies of them"
    assert str(row.remedy) == f"run `fluxmirror import`; {archive}"
    read_all()
    row = rows()["retention"]
    told = f"{facts}; what they tell is recorded; they are not archived"
    assert (row.status, str(row.detail), str(row.remedy)) == ("ok", told, archive)


def test_overdue_files_go_at_the_next_start(home: Path, flux_home: Path) -> None:
    """Claude Code deletes when it is started, and its settings say after how long."""
    session(home, "old.jsonl", days=40)
    assert "from its next start on" in str(rows()["retention"].detail)
    (home / ".claude/settings.json").write_text('{"cleanupPeriodDays": 365}', encoding="utf-8")
    assert "retention" not in rows()


def test_files_that_go_uncopied_are_a_warning_to_who_archives(home: Path, flux_home: Path) -> None:
    """Nobody else wants copies."""
    old = session(home, "old.jsonl", days=25)
    read_all()
    archive_all()
    row = rows()["retention"]
    assert (row.status, str(row.remedy)) == ("ok", "")
    assert str(row.detail).endswith("; what they tell is recorded, and copies of them are archived")
    session(home, "other.jsonl", days=26)
    read_all()
    row = rows()["retention"]
    assert (row.status, str(row.remedy)) == ("warn", "run `fluxmirror archive`")
    assert str(row.detail).endswith("; 1 not archived as they are now")
    old.unlink()
    archive_all()
    assert rows()["retention"].status == "ok"


def test_folders_that_cannot_be_looked_into_are_a_warning(home: Path, flux_home: Path) -> None:
    """A link that leads to itself is one, to everybody."""
    session(home, "one.jsonl")
    os.symlink("loop", home / ".claude/projects/loop")
    row = rows()["unreadable"]
    assert row.status == "warn"
    sentence = "Claude Code: 1 file or folder with sessions cannot be read: "
    assert str(row.detail).startswith(sentence)
    assert "fluxmirror import" in str(row.remedy)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_files_that_may_not_be_read_are_a_warning(home: Path, flux_home: Path) -> None:
    """They are counted with the folders."""
    session(home, "one.jsonl").chmod(0)
    assert str(rows()["unreadable"].detail).endswith("cannot be read: no right to read it")
