"""Reports on real terminals of several widths: nothing is broken in the middle of a line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from fluxmirror_core.messages import languages
from fluxmirror_core.report.as_text import width

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal")
RUN: Final = "from fluxmirror_cli.entry import main; raise SystemExit(main())"
RUN_ALL: Final = """
import sys
from fluxmirror_cli import entry, speech

for command in sys.argv[1].split(";"):
    sys.argv[1:] = command.split()
    speech._spoken.clear()
    assert entry.main() == 0
"""
REPORTS: Final = (
    ("today",),
    ("yesterday",),
    ("week",),
    ("month",),
    ("agent", "claude-code", "--last", "14d"),
    ("agents",),
    ("compare", "week", "last-week"),
)
Words = tuple[str, ...]
NUMBERS: Final = re.compile(r"\d[\d,.]*")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the made-up fortnight."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def database(place: Path) -> str:
    """The made-up fortnight of four agents."""
    return str(json.loads(piped(place, "demo", "--json"))["database"])


@pytest.fixture(scope="module")
def week(database: str) -> Words:
    """Ask for seven days that are over: the same whenever it is asked."""
    last = datetime.now(tz=UTC).date() - timedelta(days=2)
    return ("week", "--date", last.isoformat(), "--db", database)


def environment(place: Path, **more: str) -> dict[str, str]:
    """Give the environment of a process in a home of its own, which knows no width."""
    kept = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    flux = str(place / "flux")
    own = {"HOME": str(place), "USERPROFILE": str(place), "FLUXMIRROR_HOME": flux}
    return {**kept, **own, "TMPDIR": str(place), **more}


def piped(place: Path, *words: str, **more: str) -> str:
    """Give what a command says to a program."""
    return subprocess.run(
        [sys.executable, "-c", RUN, *words],
        env=environment(place, **more),
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout


def seen(place: Path, columns: int, *words: str, code: str = RUN, **more: str) -> str:
    """Give what a command shows on a terminal of so many columns; 0 for one that does not tell."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=environment(place, **more),
    )
    os.close(theirs)
    shown = b"".join(_read_all(ours))
    _, complaints = process.communicate()
    assert (process.returncode, complaints) == (0, b"")
    return shown.decode().replace("\r\n", "\n")


def _read_all(terminal: int) -> Iterator[bytes]:
    """Read until nobody is at the other end any more."""
    try:
        while piece := os.read(terminal, 1 << 16):
            yield piece
    except OSError:
        pass  # Linux says so
    finally:
        os.close(terminal)


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
@pytest.mark.parametrize("language", languages())
def test_every_report_fits_a_terminal(
    place: Path, database: str, language: str, columns: int
) -> None:
    """In every language; a path in a sentence is cut where a line has no room for it."""
    options = f"--lang {language} --db {database}"
    commands = ";".join(f"{' '.join(words)} {options}" for words in REPORTS)
    lines = seen(place, columns, commands, code=RUN_ALL).splitlines()
    assert sum(line.startswith("# ") for line in lines) == len(REPORTS)
    assert not [line for line in lines if width(line) > columns]


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("language", languages())
def test_what_models_used_fits_a_terminal(
    place: Path, database: str, language: str, columns: int
) -> None:
    """Its notes break between words, as those of other reports do."""
    options = f"--lang {language} --db {database}"
    commands = ";".join(f"cost --by {by} {options}" for by in ("day", "model", "project"))
    lines = seen(place, columns, commands, code=RUN_ALL).splitlines()
    assert sum(line.startswith("# ") for line in lines) == commands.count("cost")
    assert not [line for line in lines if width(line) > columns]


def test_no_number_is_cut(place: Path, week: Words) -> None:
    """A terminal shows all that a pipe gets."""
    whole, narrow = piped(place, *week), seen(place, 44, *week)
    assert set(NUMBERS.findall(whole)) == set(NUMBERS.findall(narrow))


def test_the_width_may_be_told(place: Path, week: Words) -> None:
    """`COLUMNS` is stronger than the terminal, as everywhere; a pipe has no width."""
    assert seen(place, 120, *week, COLUMNS="60") == seen(place, 60, *week)
    assert piped(place, *week, COLUMNS="60") == piped(place, *week)


@pytest.mark.parametrize("words", [("--format", "markdown"), ("--out", "-")])
def test_what_is_for_elsewhere_is_as_wide_as_it_is(place: Path, week: Words, words: Words) -> None:
    """Whoever asks for Markdown copies it, and whoever says where it goes means the whole."""
    assert seen(place, 40, *week, *words) == piped(place, *week)


def test_a_file_is_as_wide_as_it_is(place: Path, week: Words, tmp_path: Path) -> None:
    """Whatever terminal says where it lies."""
    seen(place, 40, *week, "--out", str(tmp_path / "week.txt"))
    assert (tmp_path / "week.txt").read_text("utf-8") == piped(place, *week)


def test_a_terminal_without_a_width_has_the_whole(place: Path, week: Words) -> None:
    """Nobody knows where it breaks lines."""
    assert seen(place, 0, *week) == piped(place, *week)


def test_a_terminal_that_cannot_mark_a_cut_has_the_whole(place: Path, week: Words) -> None:
    """Three points in place of one sign would break what fits."""
    plainly = {"PYTHONIOENCODING": "ascii"}
    assert seen(place, 40, *week, **plainly) == piped(place, *week, **plainly)
