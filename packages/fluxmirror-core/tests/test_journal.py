"""The journal: what went wrong while nobody was listening."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from fluxmirror_core import journal

if TYPE_CHECKING:
    from pathlib import Path


def test_lines_are_counted_by_kind(tmp_path: Path) -> None:
    """Doctor shows the counts."""
    logs = str(tmp_path)
    for kind in ("bad", "drain", "bad"):
        journal.note(logs, kind, "something: it happened")
    assert journal.counts(logs) == {"bad": 2, "drain": 1}
    first = (tmp_path / journal.NAME).read_text(encoding="utf-8").splitlines()[0]
    assert first.endswith("Z bad something: it happened")


def test_the_newest_line_of_a_kind_is_found(tmp_path: Path) -> None:
    """With its time; a line that somebody wrote by hand may have none."""
    (tmp_path / f"{journal.NAME}.1").write_text("2026-03-02T12:00:00Z sums Earlier (1)\n")
    logs = str(tmp_path)
    noon_ms = 1_772_452_800_000
    assert journal.newest(logs, "sums") == (noon_ms, "Earlier (1)")
    (tmp_path / journal.NAME).write_text("2026-03-02T12:00:01Z sums Later: on\nx bad y\n")
    assert journal.newest(logs, "sums") == (noon_ms + 1000, "Later: on")
    assert journal.newest(logs, "bad") is None
    with (tmp_path / journal.NAME).open("a") as file:
        file.write("garb sums torn\n")
    assert journal.newest(logs, "sums") == (noon_ms + 1000, "Later: on")
    assert journal.newest(logs, "drain") is None


def test_one_note_is_one_line(tmp_path: Path) -> None:
    """A file's name may hold a line feed, and what follows it must not look like a note."""
    journal.note(str(tmp_path), "bad", "name\nZ drain forged\r\x1b[2J")
    assert journal.counts(str(tmp_path)) == {"bad": 1}
    assert b"\x1b" not in (tmp_path / journal.NAME).read_bytes()


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    """Nothing went wrong yet."""
    assert journal.counts(str(tmp_path / "missing")) == {}


@pytest.mark.usefixtures("no_umask")
def test_everything_made_is_private(tmp_path: Path) -> None:
    """The directories above it too."""
    journal.note(str(tmp_path / "data" / "logs"), "bad", "x")
    modes = {path.name: oct(stat.S_IMODE(path.stat().st_mode)) for path in tmp_path.rglob("*")}
    assert modes == {"home": modes["home"], "data": "0o700", "logs": "0o700"} | {
        journal.NAME: "0o600"
    }


def test_long_journal_makes_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files of bounded length are the most there ever is."""
    monkeypatch.setattr(journal, "MAX_BYTES", 100)
    for number in range(50):
        journal.note(str(tmp_path), "bad", f"number {number}")
    files = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert set(files) <= {journal.NAME, f"{journal.NAME}.1"}
    assert all((tmp_path / name).stat().st_size < 200 for name in files)


def test_failing_journal_is_silent(tmp_path: Path) -> None:
    """It is the last thing that can fail, and nobody could be told."""
    (tmp_path / "logs").write_text("a file", encoding="utf-8")
    journal.note(str(tmp_path / "logs"), "bad", "x")
    assert (tmp_path / "logs").read_text(encoding="utf-8") == "a file"
