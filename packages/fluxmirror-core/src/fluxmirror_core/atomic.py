"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os


def replace_file(path: str, data: bytes, mode: int = 0o600) -> None:
    """Write a file whole or not at all, and to the disk before it takes the old one's place.

    Args:
        path: the file; its directory is there.
        data: all of it.
        mode: its rights.

    Raises:
        OSError: it could not be written; the old one is as it was.
    """
    own = f"{path}.{os.getpid()}.new"
    try:
        descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.replace(own, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(own)
        raise
