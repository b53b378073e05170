"""Inputs: everything the configuration is made of, as it lies there."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from fluxmirror_core.config.settings import Settings
from fluxmirror_core.config.trust import is_trusted
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.paths import Places

MOST_BYTES: Final = 1 << 20
"""Nobody's own configuration is longer."""
MOST_PROJECT_BYTES: Final = 64 << 10
_READ_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe in a file's place must not keep anybody waiting."""
USER_FILE: Final = "config.toml"
OLDER_FILE: Final = "config.json"
"""The user's file of older programs."""
PROJECT_FILE: Final = ".fluxmirror.toml"
DATABASE_VARIABLE: Final = "FLUXMIRROR_DB"
"""Sets `storage.path`, and moves the spool along with it."""
PREFIX: Final = "FLUXMIRROR_"
_VARIABLES: Final = frozenset(
    (DATABASE_VARIABLE, *(f"{PREFIX}{field.upper()}" for field in Settings._fields))
)
_NO_KEYS: Final = frozenset(
    f"{PREFIX}{name}" for name in ("HOME", "KIND", "EVENT", "SHIM", "SKIP_SELF", "SELF_REPO")
)
"""Variables of ours that say something else."""


class FileText(NamedTuple):
    """A configuration file as it was read."""

    path: str
    data: bytes | None
    """None when it could not be read."""
    fault: Sayable = ""
    """Why it could not."""


class Inputs(NamedTuple):
    """What the layers are read from."""

    env: dict[str, str]
    """Those variables that set a key, without the empty ones."""
    strangers: list[str]
    """Names of other variables that begin like ours."""
    user: FileText | None
    project: FileText | None
    is_project_trusted: bool
    home: str = ""
    """What `~` stands for."""

    @property
    def are_any(self) -> bool:
        """Whether anything at all is configured."""
        return bool(self.env or self.strangers or self.user or self.project)


def read_inputs(env: Mapping[str, str], places: Places, directory: str | None) -> Inputs:
    """Read what is there.

    Args:
        env: the environment.
        places: where things lie.
        directory: where to look for a project's file; None to leave those alone.
    """
    ours = {name: value for name, value in env.items() if name.startswith(PREFIX) and value}
    path = None if directory is None else find_project_file(directory)
    project = None if path is None else read_file(path, MOST_PROJECT_BYTES)
    return Inputs(
        {name: value for name, value in sorted(ours.items()) if name in _VARIABLES},
        sorted(ours.keys() - _VARIABLES - _NO_KEYS),
        read_file(user_path(places)) or _older(places),
        project,
        project is not None and is_trusted(places, project.path, project.data or b""),
        os.path.expanduser("~"),
    )


def user_path(places: Places) -> str:
    """Say where the user's file is, or would be."""
    return os.path.join(places.config, USER_FILE)


def older_path(places: Places) -> str:
    """Say where older programs had the user's file."""
    return os.path.join(places.config, OLDER_FILE)


def read_file(path: str, most_bytes: int = MOST_BYTES) -> FileText | None:
    """Read a file; None when there is none.

    Nothing but a regular file is read, and no more of it than anybody's configuration has: a
    project's file may be a link to anything.
    """
    try:
        descriptor = os.open(path, _READ_FLAGS)
    except FileNotFoundError:
        if not os.path.lexists(path):
            return None
        # What a link to nothing says, nobody can tell.
        return FileText(path, None, message("config_problem.fault.link"))
    except (OSError, ValueError) as error:
        return FileText(path, None, _reason(error))
    try:
        return _read_regular(descriptor, path, most_bytes)
    except OSError as error:
        return FileText(path, None, _reason(error))
    finally:
        os.close(descriptor)


def _read_regular(descriptor: int, path: str, most_bytes: int) -> FileText:
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISDIR(mode):
        return FileText(path, None, message("config_problem.fault.directory"))
    if not stat.S_ISREG(mode):
        return FileText(path, None, message("config_problem.fault.no_file"))
    with os.fdopen(os.dup(descriptor), "rb") as file:
        data = file.read(most_bytes + 1)
    if len(data) > most_bytes:
        fault = message("config_problem.fault.long", bytes=f"{most_bytes:,}")
        return FileText(path, None, fault)
    return FileText(path, data)


def _reason(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return reason or type(error).__name__


def _older(places: Places) -> FileText | None:
    """Give an older program's file that could not be taken over: nobody can tell what it says."""
    path = older_path(places)
    if not os.path.lexists(path):
        return None
    return FileText(path, None, message("config_problem.fault.older"))


def find_project_file(directory: str) -> str | None:
    """Find the project file that counts in a directory: there, or up to its repository's root.

    Outside of a repository only the directory itself is looked at.
    """
    first = os.path.join(directory, PROJECT_FILE)
    if os.path.lexists(first):
        return first
    found = None
    while True:
        path = os.path.join(directory, PROJECT_FILE)
        if found is None and os.path.lexists(path):
            found = path
        if os.path.lexists(os.path.join(directory, ".git")):
            return found
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent
