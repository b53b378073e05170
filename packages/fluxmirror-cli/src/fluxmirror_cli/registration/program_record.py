"""`<data>/program`: the path by which shims and slash commands find this program."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import Final

from fluxmirror_core.messages import message

from fluxmirror_cli.registration.owned_file import read_owned, write_owned
from fluxmirror_cli.registration.settings_file import RegistrationError

_PASSING: Final = re.compile(
    r"[\\/]((archive|environments|builds)-v\d+|pipx[\\/]\.cache|\.?[Cc]aches?[\\/]pipx)[\\/]"
)
"""Where `uvx` and `pipx run` put a program for a while."""


def record_path(data: str) -> str:
    """Say where the record is."""
    return os.path.join(data, "program")


def read_program(data: str) -> str | None:
    """Give what is recorded, or None."""
    try:
        with open(record_path(data), encoding="utf-8", errors="surrogateescape") as file:
            return file.readline().rstrip("\r\n") or None
    except OSError:
        return None


def find_own_program() -> str | None:
    """Give the absolute path of the installed command this process is, or None.

    None, too, for a command that will be gone: `uvx` and `pipx run` make one for a while.
    """
    name = "fluxmirror.exe" if sys.platform == "win32" else "fluxmirror"
    beside = os.path.join(os.path.dirname(os.path.abspath(sys.executable)), name)
    called = sys.argv[0] if os.path.basename(sys.argv[0]).startswith("fluxmirror") else ""
    found = shutil.which(called) if called else None
    program = os.path.abspath(found or beside)
    if not os.access(program, os.X_OK) or is_passing(program):
        return None
    return program


def is_passing(program: str) -> bool:
    """Tell a program that will be gone before an agent looks for it."""
    return bool(_PASSING.search(os.path.realpath(program)))


def write_program(data: str, program: str) -> bool:
    """Record the program; gives whether anything changed.

    Raises:
        RegistrationError: it cannot be written, or somebody's own file is there.
    """
    path = record_path(data)
    if os.path.lexists(path) and not is_record(path):
        raise RegistrationError(
            message("registration.not_ours", path=path), hint=message("registration.move_away")
        )
    return write_owned(path, f"{program}\n".encode("utf-8", "surrogateescape"))


def is_record(path: str) -> bool:
    """Tell a record by what is in it: one line, the absolute path of a program."""
    try:
        line = os.fsdecode((read_owned(path) or b"").rstrip(b"\r\n"))
        return os.path.isabs(line) and "\n" not in line
    except ValueError:
        return False
