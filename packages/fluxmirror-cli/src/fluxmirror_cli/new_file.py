"""A file that a person asked for: private, there when it is whole, and never over another one."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from fluxmirror_core.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO


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
        raise OutputError(f"{path} is no file", hint="name a new file, or `-` for the output")
    if not replace:
        raise _there_already(path)


@contextmanager
def new_file(path: str, *, replace: bool) -> Iterator[TextIO]:
    """Write a file that takes its name once the block is left, and leaves nothing if it fails.

    Args:
        path: where it goes; its directory is there.
        replace: whether a file that is there already is replaced.

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
    return OutputError(f"{path} is there already", hint="--force replaces it")


@contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path} could not be written: {error.strerror or error}",
            hint="check its directory and the free space",
        ) from error
