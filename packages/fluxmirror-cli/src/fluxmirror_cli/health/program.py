"""What doctor says of the program, of Python, and of SQLite."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import sys
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message

from fluxmirror_cli.command_table import VERSION
from fluxmirror_cli.health.clauses import besides
from fluxmirror_cli.health.row import OK, WARN, Row
from fluxmirror_cli.registration.program_record import find_own_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.messages import Sayable

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
    told = message("doctor.program.python", version=version, platform=sys.platform)
    yield Row("python", OK, told, facts=facts)
    yield _sqlite()


def _program(own: str | None, on_path: str | None) -> Row:
    """Compare this program with the one that a shell would start."""
    told = _told(f"fluxmirror {VERSION}", own)
    facts = {"version": VERSION, "path": own, "on_path": on_path}
    if on_path is None:
        told = besides(told, message("doctor.program.not_on_path"))
    elif own is not None and _is_another(own, on_path):
        told = besides(told, message("doctor.program.another", path=on_path))
        return Row("program", WARN, told, message("doctor.program.remove"), facts)
    return Row("program", OK, told, facts=facts)


def _told(program: str, own: str | None) -> Sayable:
    if own is None:
        return message("doctor.program.run_from", program=program, path=sys.executable)
    return message("doctor.program.at", program=program, path=own)


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
    told: Sayable = sqlite3.sqlite_version
    if affected:
        told = message("doctor.program.wal_bug", version=sqlite3.sqlite_version)
    facts = {"version": sqlite3.sqlite_version, "has_wal_reset_bug": affected}
    return Row("sqlite", OK, told, facts=facts)
