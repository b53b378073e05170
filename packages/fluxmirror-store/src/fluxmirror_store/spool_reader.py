"""Take what waits in the spool: the reading half, which only the drain and doctor use."""

from __future__ import annotations

import heapq
import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_store.hook_times import took_us
from fluxmirror_store.spool import EVIDENCE, MAGIC
from fluxmirror_store.spool_waiting import Waiting, files_in

if TYPE_CHECKING:
    from collections.abc import Mapping

READ_LIMIT: Final = 128 << 20
"""Bytes of one payload that are read; no agent writes a tenth of it."""

_READ_FLAGS: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_UNNOTICED: Final = getattr(os, "O_NOATIME", 0)
"""On Linux: reading leaves the time at which the file was made."""
_HEADER_LIMIT: Final = 64 << 10
_LEAST_FIELDS: Final = 3
_NAME: Final = re.compile(rb"[A-Za-z0-9._-]+")


class Spooled(NamedTuple):
    """One spool file as read. Nothing in it can be trusted: anybody's agent wrote it."""

    name: str
    """The header's name; the file's own name when there is no readable header."""
    words: tuple[str, ...]
    """The registration's words: kind, hook event name; may be empty."""
    env: Mapping[str, str]
    """The variables of `spool.EVIDENCE` that were set."""
    payload: bytes
    """Byte for byte; of an incomplete file what there is of it, of a foreign file everything."""
    complete: bool
    """Whether the last line repeats the first."""
    mtime_ns: int
    size: int
    took_us: int | None = None
    """How long its writer wrote, in microseconds; None when that is not known."""


class _Told(NamedTuple):
    """Words and variables of a header."""

    words: tuple[str, ...]
    env: Mapping[str, str]


class _Header(NamedTuple):
    """The first line of a spool file."""

    name: bytes
    told: _Told
    size: int
    """Its length in bytes, line feed included."""


class SpoolStatus(NamedTuple):
    """The spool in numbers, for doctor."""

    waiting: int
    oldest_mtime_ns: int | None
    bytes: int
    bad: int
    refused: int
    full: bool


def new_path(spool: str, name: str) -> str:
    """Path of a waiting file."""
    return f"{spool}{os.sep}new{os.sep}{name}"


def oldest(spool: str, limit: int) -> list[Waiting]:
    """List the `limit` oldest waiting files, oldest first, ties by name.

    Memory grows with `limit`, not with the number of files; what is no regular file is passed over.

    Raises:
        OSError: the directory is there and cannot be read.
    """
    return heapq.nsmallest(limit, files_in(os.path.join(spool, "new")))


def read(path: str) -> Spooled:
    """Read one spool file, whatever is in it.

    Raises:
        OSError: gone, or not readable.
    """
    descriptor = _open(path)
    try:
        stat = os.fstat(descriptor)
        data = _read_all(descriptor, min(stat.st_size, READ_LIMIT))
        ending = data if stat.st_size <= READ_LIMIT else _ending(descriptor, stat.st_size)
    finally:
        os.close(descriptor)
    header = _parse_header(data)
    if header is None:
        name = os.path.basename(path)
        return Spooled(
            name, (), {}, data, complete=False, mtime_ns=stat.st_mtime_ns, size=stat.st_size
        )
    trailer = b"\n%b\t%b\n" % (MAGIC, header.name)
    complete = ending.endswith(trailer)
    end = len(data) - len(trailer) if complete and ending is data else len(data)
    return Spooled(
        name=header.name.decode("ascii"),
        words=header.told.words,
        env=header.told.env,
        payload=data[header.size : end],
        complete=complete,
        mtime_ns=stat.st_mtime_ns,
        size=stat.st_size,
        took_us=took_us(os.path.basename(path), stat) if complete else None,
    )


def status(spool: str) -> SpoolStatus:
    """Count what is in the spool; a spool that is not there yet is an empty one.

    Raises:
        OSError: a directory is there and cannot be read.
    """
    waiting = size = 0
    first: int | None = None
    for entry in files_in(os.path.join(spool, "new")):
        waiting += 1
        size += entry.size
        first = entry.mtime_ns if first is None else min(first, entry.mtime_ns)
    bad = sum(1 for _ in files_in(os.path.join(spool, "bad")))
    full = os.path.exists(os.path.join(spool, "full"))
    return SpoolStatus(waiting, first, size, bad, _size(os.path.join(spool, "refused")), full)


def _open(path: str) -> int:
    try:
        return os.open(path, _READ_FLAGS | _UNNOTICED)
    except PermissionError:  # of a file that is another user's
        return os.open(path, _READ_FLAGS)


def _read_all(descriptor: int, size: int) -> bytes:
    """Read `size` bytes: one call for nearly every file, as no buffer is set up for one read."""
    data = os.read(descriptor, size)
    if len(data) == size:
        return data
    chunks = [data]
    while data := os.read(descriptor, size):
        chunks.append(data)
    return b"".join(chunks)[:size]


def _ending(descriptor: int, size: int) -> bytes:
    os.lseek(descriptor, size - _HEADER_LIMIT, os.SEEK_SET)
    return os.read(descriptor, _HEADER_LIMIT)


def _parse_header(data: bytes) -> _Header | None:
    """Read the first line; None when it is no whole header of ours."""
    end = data.find(b"\n", 0, _HEADER_LIMIT)
    fields = data[: max(end, 0)].split(b"\t", 2)
    if len(fields) < _LEAST_FIELDS or fields[0] != MAGIC or not _NAME.fullmatch(fields[1]):
        return None
    return _Header(fields[1], _parse_told(fields[2]), end + 1)


@lru_cache(maxsize=64)
def _parse_told(line: bytes) -> _Told:
    """Read what stands behind the name: the same for every hook of one agent in one project.

    A variable that is not ours to write is not ours to read.
    """
    words, *told = line.decode("utf-8", "surrogateescape").split("\t")
    pairs = (one.partition("=") for one in told)
    return _Told(tuple(words.split()), {key: value for key, _, value in pairs if key in EVIDENCE})


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0
