"""Doctor says which program runs, and which one a shell would start."""

from __future__ import annotations

import os
import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli.health.program import examine_program

if TYPE_CHECKING:
    from pathlib import Path

    from fluxmirror_cli.health.row import Row

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="scripts with a first line")


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run as a command of an installation."""
    program = command(tmp_path / "ours", "#!/opt/ours/bin/python3\n")
    monkeypatch.setattr(sys, "argv", [str(program)])
    return program


def command(folder: Path, text: str) -> Path:
    """Write an installed command."""
    folder.mkdir()
    program = folder / "fluxmirror"
    program.write_text(text)
    program.chmod(0o755)
    return program


def row(path: object, monkeypatch: pytest.MonkeyPatch) -> Row:
    """Give doctor's row about the program, where PATH is one folder."""
    monkeypatch.setenv("PATH", str(path))
    return next(iter(examine_program()))


def test_the_program_is_told_with_its_path(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And as the one that a shell starts, which it need not be."""
    assert row(ours.parent, monkeypatch).facts["path"] == str(ours)
    assert row(ours.parent, monkeypatch).status == "ok"
    found = row("/nowhere", monkeypatch)
    assert (found.status, found.facts["on_path"]) == ("ok", None)
    assert str(found.detail).endswith("is not on PATH")


def test_another_installation_on_path_is_a_warning(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell would start that one; long paths are written over two lines."""
    other = command(tmp_path / "other", "#!/bin/sh\n'''exec' /opt/other/bin/python \"$0\" \"$@\"\n")
    found = row(other.parent, monkeypatch)
    assert (found.status, found.facts["on_path"]) == ("warn", str(other))


def test_what_leads_to_a_program_is_no_other_one(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Version managers put a launcher of their own on PATH, pipx a link."""
    launcher = command(tmp_path / "launcher", '#!/usr/bin/env bash\nexec manager exec "$@"\n')
    assert row(launcher.parent, monkeypatch).status == "ok"
    linked = tmp_path / "linked"
    linked.mkdir()
    os.symlink(ours, linked / "fluxmirror")
    assert row(linked, monkeypatch).status == "ok"


def test_versions_are_told() -> None:
    """Of Python, and of SQLite with its bug."""
    rows = {one.component: one for one in examine_program()}
    assert rows["python"].facts["path"] == sys.executable
    assert rows["sqlite"].facts["version"] == sqlite3.sqlite_version
    has_bug = rows["sqlite"].facts["has_wal_reset_bug"]
    assert ("WAL-reset bug" in str(rows["sqlite"].detail)) == has_bug
