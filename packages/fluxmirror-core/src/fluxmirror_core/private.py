"""Directories that only their owner can read. On the hook's road: imports `os` alone."""

from __future__ import annotations

import os


def make_directory(directory: str) -> None:
    """`mkdir -p` with mode 0700 for every directory that is made, as the XDG specification asks.

    Raises:
        OSError: it could not be made, or a file is in its way.
    """
    parent = os.path.dirname(directory)
    if parent and not os.path.isdir(parent):
        make_directory(parent)
    try:
        os.mkdir(directory, 0o700)
    except FileExistsError:
        if not os.path.isdir(directory):
            from errno import ENOTDIR  # here: a hook that finds its directory does without

            raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR), directory) from None
