"""Fixtures every package shares: a home that is not yours, and nothing of the real environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_POINTERS = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "QWEN_CODE_NO_RELAUNCH")
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
        if name in _POINTERS or name.startswith(_PREFIXES):
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
