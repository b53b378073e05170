"""A file that a person asked for: private, there when it is whole, and never over another one."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from fluxmirror_core.errors import OutputError
from fluxmirror_core.messages import message
from fluxmirror_core.system_reasons import system_reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from fluxmirror_core.messages import Message


def refuse_taken(path: str, *, replace: bool) -> None:
    """Refuse a name that something has already.

    Args:
        path: the name.
        replace: whether a file may have it.

    Raises:
        OutputError: something has it.
    """
    try:
        found = os.lstat(path)
    except OSError:
        return  # whether it can be written is found out when it is
    if not stat.S_ISREG(found.st_mode):
        raise OutputError(message("files.no_file", path=path), hint=message("files.name_new"))
    if not replace:
        raise _there_already(path)


@contextmanager
def new_file(path: str, *, replace: bool, mode: int | None = None) -> Iterator[TextIO]:
    """Write a file that takes its name once the block is left, and leaves nothing if it fails.

    Args:
        path: where it goes; its directory is there.
        replace: whether a file that is there already is replaced.
        mode: who may read and write it; None for its owner alone.

    Raises:
        OutputError: something is there already, or it cannot be written.
    """
    refuse_taken(path, replace=replace)
    folder, name = os.path.split(os.path.abspath(path))
    with _told(path):
        descriptor, own = tempfile.mkstemp(prefix=f".{name[:100]}.", dir=folder)
    try:
        with _told(path), open(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        with _told(path):
            if mode is not None:
                os.chmod(own, mode)
            os.replace(own, path) if replace else _put(own, path)
    finally:
        with suppress(OSError):
            os.unlink(own)


def _put(own: str, path: str) -> None:
    """Give a file its name, if nothing has it."""
    try:
        os.link(own, path)
    except FileExistsError as error:
        raise _there_already(path) from error
    except OSError:  # a file system without links
        refuse_taken(path, replace=False)
        os.replace(own, path)


def _there_already(path: str) -> OutputError:
    return OutputError(message("files.taken", path=path), hint=message("files.force"))


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            message("files.unwritten", path=path, reason=system_reason(error)),
            hint=_hint(path),
        ) from error


def _hint(path: str) -> Message:
    folder = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(folder):
        return message("files.no_directory", folder=os.path.dirname(path) or folder)
    return message("files.check_directory")
