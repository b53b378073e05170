"""From nothing to a report in two commands: `fluxmirror demo`, then what it says to type."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
SECTIONS = [
    "## In short",
    "## Key figures",
    "## Hours of the day",
    "## Agents",
    "## Projects",
    "## Cost",
    "## Files written or edited",
    "## Files only read",
    "## Shell commands",
    "## Programs run",
    "## Tool mix",
    "## Working directories",
    "## How the work went",
    "## Worth knowing",
]
SOMETIMES = {"## MCP servers", "## Files reworked after a failed test"}
"""Not every day a server is asked, or a test fails."""


def fluxmirror(*arguments: str) -> str:
    """Run the command; gives what it prints, which is all of its output."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(autouse=True)
def afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be where it is two in the afternoon: just after midnight a day has little to show."""
    east_of_greenwich = 14 - datetime.now(UTC).hour
    monkeypatch.setenv("TZ", f"Etc/GMT{-east_of_greenwich:+d}")  # POSIX counts westwards


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for temporary files that has a blank in its name."""
    directory = tmp_path / "temporary files"
    directory.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(directory))
    return directory


def test_the_demos_own_words_lead_to_reports(
    temporary: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands it prints work as they are typed, and show a fortnight's end."""
    for name in ("xdg-open", "open"):
        shutil.copy(shutil.which("true") or "", tmp_path / name)  # a browser that shows nothing
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    said = fluxmirror("demo")
    typed = [shlex.split(line) for line in said.splitlines() if line.startswith("  fluxmirror ")]
    today, week, compare, cost = typed
    assert "| Total " in fluxmirror(*cost[1:])
    report = fluxmirror(*today[1:])
    sections = [line for line in report.splitlines() if line.startswith("## ")]
    assert [line for line in sections if line not in SOMETIMES] == SECTIONS
    assert "Claude Code" in report
    assert f"~{os.sep}code{os.sep}" in report
    assert "| Tool calls " in fluxmirror(*compare[1:])
    assert list(home.iterdir()) == []  # nothing of one's own is touched
    assert week[-1] == "--open"
    fluxmirror(*week[1:])
    (page,) = home.rglob("*.html")
    assert "Day by day" in page.read_text("utf-8")
    made = list(temporary.iterdir())
    assert len(made) == 1
    assert os.name == "nt" or stat.S_IMODE(made[0].stat().st_mode) == 0o700


def test_the_demo_counts_what_it_made(temporary: Path) -> None:
    """The number it tells is the database's, and every demo is a new one."""
    first, second = fluxmirror("demo"), fluxmirror("demo")
    assert len(list(temporary.iterdir())) == 2
    assert re.search(r"\b\d,\d{3} events\b", first)
    assert first != second
