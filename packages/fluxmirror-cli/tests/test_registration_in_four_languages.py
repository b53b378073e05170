"""`install`, `uninstall`, `agents` and `slash`, said in every language with nothing left over."""
# ruff: noqa: RUF001 - full-width punctuation is what is meant

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fluxmirror_cli import speech
from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.registration.account import Account
from fluxmirror_cli.registration.agent_home import AGENT_HOMES, CODEX, GEMINI, QWEN, name_of
from fluxmirror_cli.registration.codex_trust import CodexHook
from fluxmirror_cli.registration.installation import INSTALLED, UPDATED, Outcome
from fluxmirror_cli.registration.screens import describe_hooks
from fluxmirror_core.config.languages import LANGUAGES
from fluxmirror_core.report.as_text import width

from tests.e2e.first_runs import RUN, put_agent

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the agents are shell scripts")

TRANSLATED = [name for name in LANGUAGES if name != "english"]
GOLDEN = Path(__file__).parent / "golden"
COLUMNS = 80
OLD = 'case "$1" in --version) echo 1.0.0;; *) echo kaputt >&2; exit 1;; esac'
TOO_OLD = "echo 1.0.9"
WORDS = re.compile(r"[A-Za-z]{2,} +[A-Za-z]{2,}")
CODE = re.compile("`[^`]*`")
NAMES = re.compile(
    r"^\$.*|\S*/(?:qwen|codex) (?:plugin|extensions).*|'[^']*'|--\S+|\S*/\S*|"
    r"language LANGUAGE timezone ZONE|" + "|".join(name_of(agent.id) for agent in AGENT_HOMES)
)
"""Paths, names, and what is to be typed: what no language translates."""
SCREENS = (
    ("agents", "list"),
    ("install",),
    ("install", "--all"),
    ("install", "--all", "--clean"),
    ("agents", "list"),
    ("install", "nobody"),
    ("install", "gemini"),
    ("uninstall",),
    ("uninstall", "--purge", "--dry-run"),
    ("uninstall", "--purge"),
    ("uninstall", "--purge", "claude"),
    ("uninstall", "--all"),
    ("uninstall",),
    ("agents", "--json", "list"),
    ("slash", "setup", "nothing"),
)
"""All that is shown where nobody can be asked: with trouble of each kind."""


@pytest.fixture
def machine(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Agents that are scripts: one with settings nobody can read, one that is too old."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    for program in ("claude", "codex", "qwen"):
        put_agent(folder, program, OLD)
    put_agent(folder, "copilot", TOO_OLD)
    broken = home / ".claude/settings.json"
    broken.parent.mkdir()
    broken.write_text("{ not json")
    manifest = home / ".qwen/plugins/fluxmirror/.claude-plugin/plugin.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"name": "fluxmirror"}')
    return folder


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have this process and those it starts speak a language."""

    def prefer(language: str) -> None:
        monkeypatch.setenv("FLUXMIRROR_LANGUAGE", language)
        monkeypatch.setattr(speech, "_spoken", [])

    return prefer


def run(*arguments: str) -> str:
    """Give what a command says where nobody can be asked: its output, then its complaints."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def see(*arguments: str) -> str:
    """Give what a command shows on a terminal of 80 columns."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if name != "COLUMNS"},
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:
        pass  # Linux says so when nobody is at the other end any more
    finally:
        os.close(ours)
        process.wait()
    return shown.decode().replace("\r\n", "\n")


def settled(text: str, home: Path, folder: Path) -> str:
    """Give a screen without what differs from machine to machine and from version to version."""
    tried = next(agent.tried for agent in AGENT_HOMES if agent.id == QWEN)
    for told, written in (
        (str(home), "~"),
        (str(folder), "/bin"),
        (f"{VERSION:<8}", f"{'X.Y.Z':<8}"),
        (tried, "T.T.T"),
    ):
        text = text.replace(told, written)
    lines = re.sub(r"\d+ KiB", "N KiB", text).splitlines(keepends=True)
    return "".join(line for line in lines if "fluxmirror/program" not in line)


@pytest.mark.parametrize("language", LANGUAGES)
def test_screens_are_as_they_were_reviewed(
    speak: Callable[[str], None], home: Path, machine: Path, language: str
) -> None:
    """Whole, in the order in which somebody meets them."""
    speak(language)
    screens = [f"$ fluxmirror {' '.join(one)}\n{run(*one)}\n" for one in SCREENS]
    golden = GOLDEN / f"registration.{LANGUAGES[language]}.txt"
    assert settled("".join(screens), home, machine) == golden.read_text("utf-8")


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_english_is_left_on_a_screen(language: str) -> None:
    """Two Latin words in a row are a sentence that somebody forgot."""
    golden = GOLDEN / f"registration.{LANGUAGES[language]}.txt"
    for line in golden.read_text("utf-8").splitlines():
        assert not WORDS.search(NAMES.sub("", CODE.sub("", line))), line


@pytest.mark.parametrize("arguments", [("install", "--dry-run"), ("uninstall", "--dry-run")])
def test_programs_read_the_same_in_every_language(
    speak: Callable[[str], None], machine: Path, arguments: tuple[str, ...]
) -> None:
    """What `--json` says is English, and tells of the same troubles."""
    told = []
    for language in LANGUAGES:
        speak(language)
        told.append(run(*arguments, "--json") + run("agents", "list", "--json"))
    assert "it cannot be read as JSON" in told[0]
    assert set(told) == {told[0]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_begin_below_each_other(
    speak: Callable[[str], None], machine: Path, language: str
) -> None:
    """Headings that are twice as wide as their letters are many."""
    speak(language)
    head, *rows = run("agents", "list").splitlines()
    begins = {width(row[: row.index(str(machine))]) for row in rows if str(machine) in row}
    assert begins == {width(head[: head.rindex("  ") + 2])}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_terminal_breaks_no_line(
    speak: Callable[[str], None], machine: Path, language: str
) -> None:
    """Lines end where the language has it; only what is typed or a path is longer."""
    speak(language)
    for arguments in (("install", "--all"), ("agents", "list"), ("uninstall", "--all")):
        lines = see(*arguments).splitlines()
        assert lines
        long = [line for line in lines if width(line) > COLUMNS]
        assert not [line for line in long if len(line.split()) > 2 or "/" not in line], long


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_hooks_that_codex_would_trust_are_shown_in_words(
    speak: Callable[[str], None], language: str
) -> None:
    """The command stays as it is run."""
    speak(language)
    command = "sh /a/shim.sh --kind codex"
    hooks = [
        CodexHook(event, event, f"{command} {event}", "", "untrusted", enabled=True)
        for event in ("Stop", "PreToolUse")
    ]
    *words, pattern, events = describe_hooks(hooks).splitlines()
    assert words
    assert not WORDS.search("".join(words))
    assert pattern == f"  {command} EVENT"
    assert events.endswith("Stop, PreToolUse")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("english", "Gemini CLI may be half done: do the same again to complete it; done so far: "),
        ("korean", "지금까지 한 작업: Codex CLI에 설치, Qwen Code 업데이트"),
        ("japanese", "ここまでに完了した処理：Codex CLI にインストール、Qwen Code を更新"),
        ("chinese", "目前已完成：已安装到 Codex CLI，已更新 Qwen Code"),
    ],
)
def test_whoever_stops_is_told_how_far_it_got(
    speak: Callable[[str], None], language: str, expected: str
) -> None:
    """The interrupt carries a message, for whoever says it."""
    speak(language)
    account = Account()
    account.add(Outcome(CODEX, INSTALLED, ""))
    account.add(Outcome(QWEN, UPDATED, ""))
    account.begin(GEMINI)
    with pytest.raises(KeyboardInterrupt) as stopped, account.told_when_stopped():
        raise KeyboardInterrupt
    assert expected in speech.say(stopped.value.args[0])
