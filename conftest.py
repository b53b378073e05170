"""Fixtures every package shares: a home that is not yours, nothing of the real environment.

And golden files: `pytest TESTS --update-golden` rewrites those of the tests that it runs.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_POINTERS = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "QWEN_CODE_NO_RELAUNCH")
_LANGUAGES = ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES")
_PREFIXES = (
    "FLUXMIRROR_",
    "XDG_",
    "CLAUDE",
    "GEMINI_",
    "QWEN_",
    "COPILOT_",
    "CODEX_",
    "OPENCODE_",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; the real one cannot be reached, nor what an agent left in the environment."""
    for name in tuple(os.environ):
        if name in (*_POINTERS, *_LANGUAGES) or name.startswith(_PREFIXES):
            monkeypatch.delenv(name)
    directory = tmp_path / "home"
    directory.mkdir()
    monkeypatch.setenv("HOME", str(directory))
    monkeypatch.setenv("USERPROFILE", str(directory))
    return directory


@pytest.fixture
def no_umask() -> Iterator[None]:
    """A process that masks no mode, as some agents run their hooks."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def flux_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A FLUXMIRROR_HOME of the test's own; not made yet."""
    directory = home / "flux"
    monkeypatch.setenv("FLUXMIRROR_HOME", str(directory))
    return directory


def pytest_configure() -> None:
    """Let Ctrl-C be heard: a run in a shell's background, or by `nohup`, would leave it ignored.

    So would what tests start in that run, and a test that stops something would wait for ever.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that rewrites golden files."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


@pytest.fixture
def same_as_golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of a name, whole; or write it, if asked to."""
    folder = request.path.parent / "golden"

    def compare(name: str, text: str) -> None:
        file = folder / name
        if request.config.getoption("update_golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        assert text == file.read_text(encoding="utf-8")

    return compare
