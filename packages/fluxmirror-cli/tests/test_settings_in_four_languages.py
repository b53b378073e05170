"""`config`, `completion`, `export`, `sqlite`, `cost explain`, `about`, said in every language."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from fluxmirror_cli.command_table import VERSION
from fluxmirror_core.config.languages import LANGUAGES
from fluxmirror_core.report.as_text import width

if TYPE_CHECKING:
    from collections.abc import Callable

RUN: Final = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
GOLDEN: Final = Path(__file__).parent / "golden"
TRANSLATED: Final = [name for name in LANGUAGES if name != "english"]
WORDS: Final = re.compile(r"[A-Za-z]{2,} +[a-z]{2,}")
NAMES: Final = re.compile(
    r"^\$.*|`[^`]*`|'[^']*'|--\S+|\S*/\S*|fluxmirror (?:config set \S+|completion install bash)"
)
"""Code, paths and names: what no language translates."""
SCREENS: Final = (
    ("config", "explain", "capture.payloads"),
    ("config", "explain", "timezone"),
    ("config", "set", "storage.retention_days", "9"),
    ("config", "unset", "storage.retention_days"),
    ("config", "unset", "storage.retention_days"),
    ("config", "set", "timezone", "Asia/Tokyo"),
    ("config", "edit"),
    ("config", "trust", "--list"),
    ("config", "trust", "/"),
    ("config", "trust"),
    ("config", "trust", "--yes"),
    ("config", "trust", "--yes"),
    ("config", "trust", "--list"),
    ("config", "trust", "--revoke"),
    ("config", "trust", "--revoke"),
    ("completion", "install"),
    ("completion", "install", "fish", "--rc"),
    ("completion", "install", "fish", "--dry-run"),
    ("completion", "install", "fish"),
    ("completion", "install", "fish"),
    ("completion", "install", "bash"),
    ("completion", "install", "zsh"),
    ("completion", "uninstall", "--dry-run"),
    ("completion", "uninstall"),
    ("completion", "uninstall"),
    ("export", "--force"),
    ("export", "--out", "calls.jsonl"),
    ("sqlite", "--yes", "SELECT 1"),
    ("sqlite", "--json", "--header", "SELECT 1"),
    ("sqlite", "--write", "DELETE FROM event"),
    ("sqlite", "--write", "--yes", "DELETE FROM event"),
    ("cost", "explain", ""),
    ("cost", "explain", "--last", "7d"),
    ("cost", "explain", "2026-13"),
    ("cost", "explain", "2026-13", "--by", "month"),
    ("cost", "explain", "2026-11-20", "--by", "week"),
)


@pytest.fixture
def project(tmp_path: Path, flux_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a project's file, in a zone that a variable tells, of an unknown shell."""
    directory = tmp_path / "app"
    directory.mkdir()
    (directory / ".fluxmirror.toml").write_text("[capture]\nenabled = false\n")
    monkeypatch.chdir(directory)
    monkeypatch.setenv("TZ", "Asia/Seoul")
    monkeypatch.delenv("SHELL", raising=False)
    return directory


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have the processes that are started speak a language."""
    return lambda name: monkeypatch.setenv("FLUXMIRROR_LANGUAGE", name)


def run(*arguments: str) -> str:
    """Give what a command says where nobody can be asked: its output, then its complaints."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def screens() -> str:
    """Give all screens, each below its command line."""
    return "".join(f"$ fluxmirror {' '.join(one)}\n{run(*one)}\n" for one in SCREENS)


def places() -> str:
    """Give what `about` says but for the commands, which become more."""
    title, *commands, where, more = run("about").split("\n\n")
    assert len(commands) == len(("of the program", "of agents"))
    return f"$ fluxmirror about\n{title}\n\n{where}\n\n{more}"


@pytest.mark.skipif(sys.platform == "win32", reason="paths are written otherwise")
@pytest.mark.parametrize("language", LANGUAGES)
def test_screens_are_as_they_were_reviewed(
    speak: Callable[[str], None],
    home: Path,
    project: Path,
    language: str,
    same_as_golden: Callable[[str, str], None],
) -> None:
    """Whole, in the order in which somebody meets them."""
    speak(language)
    told = f"{screens()}{places()}".replace(str(home), "~").replace(str(project), "/app")
    same_as_golden(f"settings.{LANGUAGES[language]}.txt", told.replace(VERSION, "X.Y.Z"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_is_left_on_a_screen(language: str) -> None:
    """Two Latin words in a row are a sentence that somebody forgot."""
    golden = GOLDEN / f"settings.{LANGUAGES[language]}.txt"
    for line in golden.read_text("utf-8").splitlines():
        assert not WORDS.search(NAMES.sub("", line)), line


def test_programs_read_the_same_in_every_language(
    speak: Callable[[str], None], project: Path
) -> None:
    """What `--json` says is English."""
    told = []
    for language in LANGUAGES:
        speak(language)
        explained = json.loads(run("config", "explain", "timezone", "--json"))
        shown = json.loads(run("config", "show", "--json"))["keys"][1:]  # without the language
        about = json.loads(run("about", "--json"))
        completed = run("completion", "install", "fish", "--dry-run", "--json")
        told.append((explained, shown, {**about, "program": ""}, completed))
    assert told[0][0]["meaning"] == "The time zone that days are counted in."
    assert told[0][2]["places"]["spool"]["about"] == "what waits to be brought into the database"
    assert all(one == told[0] for one in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_begin_below_each_other(
    speak: Callable[[str], None], project: Path, language: str
) -> None:
    """Headings and values that are twice as wide as their letters are many."""
    speak(language)
    head, *rows = run("config", "show").splitlines()
    begin = width(head[: head.rindex("  ") + 2])
    for row in rows:
        cut = next(at for at in range(len(row) + 1) if width(row[:at]) == begin)
        assert row[cut - 2 : cut] == "  "
        assert row[cut] != " "


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("english", "1 row changed", "2 rows changed"),
        ("korean", "행 1개를 변경했습니다", "행 2개를 변경했습니다"),
        ("japanese", "1行を変更しました", "2行を変更しました"),
        ("chinese", "已更改 1 行", "已更改 2 行"),
    ],
)
def test_one_is_told_from_several_where_the_language_does(
    speak: Callable[[str], None], project: Path, language: str, one: str, several: str
) -> None:
    """Rows that a statement changed."""
    payload = '{"hook_event_name":"SessionStart","session_id":"s"}'
    subprocess.run(
        [sys.executable, "-c", RUN, "hook", "--kind", "claude", "--wait"],
        input=payload,
        text=True,
        check=True,
        cwd="/",
    )
    speak(language)
    insert = "CREATE TABLE mine(a); INSERT INTO mine VALUES "
    assert one in run("sqlite", "--write", "--yes", f"{insert}(1)")
    assert several in run("sqlite", "--write", "--yes", f"{insert.replace('mine', 'ours')}(1), (2)")
