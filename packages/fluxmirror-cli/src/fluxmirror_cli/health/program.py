"""What doctor says of the program, of Python, and of SQLite."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import sys
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.health.row import OK, WARN, Row
from fluxmirror_cli.registration.program_record import find_own_program

if TYPE_CHECKING:
    from collections.abc import Iterator

_WAL_BUG_FIXED: Final = (3, 51, 3)
_WAL_BUG_BACKPORTS: Final = ((3, 44, 6), (3, 50, 7))
_HEAD_BYTES: Final = 1024
_PYTHON: Final = re.compile(rb"(/[^\s'\"]*)/python[\w.]*")
"""The interpreter in the first lines of an installed command."""


def examine_program() -> Iterator[Row]:
    """Look at what runs here; no other program is started."""
    yield _program(find_own_program(), shutil.which("fluxmirror"))
    version = platform.python_version()
    facts = {"version": version, "platform": sys.platform, "path": sys.executable}
    yield Row("python", OK, f"{version} on {sys.platform}", facts=facts)
    yield _sqlite()


def _program(own: str | None, on_path: str | None) -> Row:
    """Compare this program with the one that a shell would start."""
    detail = f"fluxmirror {VERSION}, {own or 'run from ' + sys.executable}"
    facts = {"version": VERSION, "path": own, "on_path": on_path}
    if on_path is None:
        return Row("program", OK, f"{detail}; its directory is not on PATH", facts=facts)
    if own is not None and _is_another(own, on_path):
        detail += f"; but `fluxmirror` on PATH is {on_path}"
        return Row("program", WARN, detail, "remove one of the two", facts)
    return Row("program", OK, detail, facts=facts)


def _is_another(own: str, on_path: str) -> bool:
    """Tell an installation that is not ours; what only leads to a program is none."""
    if os.path.realpath(own) == os.path.realpath(on_path):
        return False
    directories = _interpreter(own), _interpreter(on_path)
    return all(directories) and directories[0] != directories[1]


def _interpreter(command: str) -> str:
    """Give the directory of the interpreter that an installed command names; empty without one."""
    try:
        with open(command, "rb") as file:
            found = _PYTHON.search(file.read(_HEAD_BYTES))
    except OSError:
        return ""
    return os.path.realpath(os.fsdecode(found[1])) if found else ""


def _sqlite() -> Row:
    version = sqlite3.sqlite_version_info
    affected = version < _WAL_BUG_FIXED and not any(
        version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_BUG_BACKPORTS
    )
    note = "; has the WAL-reset bug, which FluxMirror avoids" if affected else ""
    facts = {"version": sqlite3.sqlite_version, "has_wal_reset_bug": affected}
    return Row("sqlite", OK, sqlite3.sqlite_version + note, facts=facts)
