"""What the tests of the repository's promises look at: its files, and its packages."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_LIST = ("git", "-C", str(_ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard")
_NOT_OURS = ("__pycache__", "build", "dist")
_OURS = (".ci", ".claude-plugin", ".github")


def _listed_by_git() -> list[Path]:
    """List what git tracks or would track; empty without git or outside a clone."""
    if not (_ROOT / ".git").exists():
        return []
    try:
        names = subprocess.run(_LIST, capture_output=True, check=True).stdout.split(b"\0")
    except (OSError, subprocess.CalledProcessError):
        return []
    return [_ROOT / name.decode() for name in names if name]


def _is_ours(folder: Path) -> bool:
    hidden = folder.name.startswith(".") and folder.name not in _OURS
    return not hidden and folder.name not in _NOT_OURS


def _walked(folder: Path) -> list[Path]:
    """List every file below, caches and environments left out."""
    files: list[Path] = []
    for entry in folder.iterdir():
        if entry.is_file():
            files.append(entry)
        elif entry.is_dir() and _is_ours(entry):
            files += _walked(entry)
    return files


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return _ROOT


@pytest.fixture(scope="session")
def repository_files() -> list[Path]:
    """Every file of the repository, sorted; what is ignored is not of it."""
    return sorted(file for file in _listed_by_git() or _walked(_ROOT) if file.is_file())


@pytest.fixture(scope="session")
def manifests() -> dict[Path, dict[str, Any]]:
    """Each package's folder and its parsed pyproject.toml."""
    return {
        file.parent: tomllib.loads(file.read_text(encoding="utf-8"))
        for file in sorted(_ROOT.glob("packages/*/pyproject.toml"))
    }
