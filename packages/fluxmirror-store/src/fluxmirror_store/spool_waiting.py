"""What waits in the spool, without reading any of it: a report asks since when, and that is all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Waiting(NamedTuple):
    """A file in `new/`, complete or not; sorts by age."""

    mtime_ns: int
    """When it was last written to: the capture time once it is complete."""
    name: str
    size: int


def oldest_mtime_ns(spool: str) -> int | None:
    """Give when the oldest waiting file was last written to; None when none waits.

    Raises:
        OSError: the directory is there and cannot be read.
    """
    return min((file.mtime_ns for file in files_in(os.path.join(spool, "new"))), default=None)


def files_in(directory: str) -> Iterator[Waiting]:
    """Walk over the regular files of a directory; one that is not there has none.

    Raises:
        OSError: the directory is there and cannot be read.
    """
    try:
        entries = os.scandir(directory)
    except FileNotFoundError:
        return
    with entries:
        for entry in entries:
            try:
                if not entry.is_file(follow_symlinks=False):
                    continue
                stat = entry.stat(follow_symlinks=False)
            except FileNotFoundError:  # taken meanwhile
                continue
            yield Waiting(stat.st_mtime_ns, entry.name, stat.st_size)
