"""Scripts start where they are cloned: executable, with the right line ends, and well formed."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_WINDOWS_ENDS = (".cmd", ".ps1")
_posix = pytest.mark.skipif(os.name != "posix", reason="file modes and sh are POSIX's")


@pytest.fixture(scope="module")
def shell_scripts(repository_files: list[Path]) -> list[Path]:
    """Every file that sh reads."""
    found = [f for f in repository_files if f.suffix == ".sh" or f.read_bytes()[:9] == b"#!/bin/sh"]
    assert found
    return found


@_posix
def test_what_names_its_interpreter_is_executable(repository_files: list[Path]) -> None:
    """A file with a `#!` line can be started."""
    named = [file for file in repository_files if file.read_bytes()[:2] == b"#!"]
    assert [file for file in named if not os.access(file, os.X_OK)] == []


def test_shell_scripts_end_lines_with_a_line_feed(shell_scripts: list[Path]) -> None:
    """One carriage return and sh does not know its own words any more."""
    assert [file for file in shell_scripts if b"\r" in file.read_bytes()] == []


def test_windows_scripts_end_lines_as_windows_does(repository_files: list[Path]) -> None:
    """cmd.exe loses labels in files with bare line feeds."""
    for file in repository_files:
        if file.suffix in _WINDOWS_ENDS:
            content = file.read_bytes()
            assert content.count(b"\n") == content.count(b"\r\n"), file


@_posix
def test_sh_can_read_every_shell_script(shell_scripts: list[Path]) -> None:
    """No script has a syntax error; `nox -s lint` asks the other shells too."""
    for file in shell_scripts:
        subprocess.run(["sh", "-n", file], check=True)


@pytest.mark.parametrize("name", ["test", "try"])
def test_every_command_has_its_twin_for_windows(root: Path, name: str) -> None:
    """Whoever clones this on Windows types the same two words."""
    assert (root / "scripts" / name).is_file()
    assert (root / "scripts" / f"{name}.ps1").is_file()
