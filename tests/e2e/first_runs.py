"""What tests of the first run share: processes, agents that are scripts, and whole trees."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
OLD = 'case "$1" in --version) echo 1.0.0;; *) echo "unknown command: $1" >&2; exit 1;; esac'
"""An agent from before plugins: our hooks go into its settings file."""


def run(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, without a terminal."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def facts(*arguments: str) -> dict[str, object]:
    """Give what a command says with `--json`."""
    told: dict[str, object] = json.loads(run(*arguments, "--json").stdout)
    return told


def put_agent(folder: Path, name: str, text: str = OLD) -> None:
    """Put an agent that is a script where PATH leads."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


class Entry(NamedTuple):
    """One file or directory, and how it lies there."""

    content: bytes | None
    """None for a directory, and for a link."""
    mode: int
    link: str


def tree(home: Path) -> dict[str, Entry]:
    """Give everything below a directory, by path: all but the times."""
    return {str(path.relative_to(home)): _entry(path) for path in home.rglob("*")}


def _entry(path: Path) -> Entry:
    link = str(path.readlink()) if path.is_symlink() else ""
    content = path.read_bytes() if path.is_file() and not link else None
    return Entry(content, stat.S_IMODE(path.lstat().st_mode), link)
