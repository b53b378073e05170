"""Take what waits in the spool: the reading half, which only the drain and doctor use."""

from __future__ import annotations

import contextlib
import heapq
import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.private import make_directory

from fluxmirror_store.spool import EVIDENCE, MAGIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT_BAD: Final = 1000
"""How many files `bad/` keeps: the newest."""

READ_LIMIT: Final = 256 << 20
"""Bytes of one payload that are read; no agent writes a twentieth of it."""

_READ_FLAGS: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_REASON: Final = ".reason"
_HEADER_LIMIT: Final = 64 << 10
_LEAST_FIELDS: Final = 3
_NAME: Final = re.compile(rb"[A-Za-z0-9._-]+")


class Waiting(NamedTuple):
    """A file in `new/`, complete or not; sorts by age."""

    mtime_ns: int
    """When it was last written to: the capture time once it is complete."""
    name: str
    size: int


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
    return heapq.nsmallest(limit, _files(os.path.join(spool, "new")))


def read(path: str) -> Spooled:
    """Read one spool file, whatever is in it.

    Raises:
        OSError: gone, or not readable.
    """
    descriptor = os.open(path, _READ_FLAGS)
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
    )


def set_aside(spool: str, name: str, reason: str) -> int:
    """Move a waiting file that cannot be understood to `bad/`, its reason beside it.

    Args:
        spool: the spool directory.
        name: the file's name in `new/`.
        reason: one line, holding nothing of the payload.

    Returns:
        How many older files were deleted because `bad/` keeps the newest `KEPT_BAD`.

    Raises:
        OSError: it could not be moved.
    """
    directory = os.path.join(spool, "bad")
    make_directory(directory)
    target = os.path.join(directory, name)
    # The reason first: whoever is killed in between does both again.
    descriptor = os.open(target + _REASON, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(reason + "\n")
    os.replace(new_path(spool, name), target)
    return _prune(directory)


def bring_back(spool: str) -> int:
    """Move everything in `bad/` back to `new/`, so that a newer program can try; how many.

    Raises:
        OSError: one could not be moved; those before it have been.
    """
    directory = os.path.join(spool, "bad")
    names = [entry.name for entry in _files(directory) if not entry.name.endswith(_REASON)]
    for name in names:
        os.replace(os.path.join(directory, name), new_path(spool, name))
        _unlink(os.path.join(directory, name + _REASON))
    return len(names)


def status(spool: str) -> SpoolStatus:
    """Count what is in the spool; a spool that is not there yet is an empty one.

    Raises:
        OSError: a directory is there and cannot be read.
    """
    waiting = size = 0
    first: int | None = None
    for entry in _files(os.path.join(spool, "new")):
        waiting += 1
        size += entry.size
        first = entry.mtime_ns if first is None else min(first, entry.mtime_ns)
    bad = sum(not entry.name.endswith(_REASON) for entry in _files(os.path.join(spool, "bad")))
    full = os.path.exists(os.path.join(spool, "full"))
    return SpoolStatus(waiting, first, size, bad, _size(os.path.join(spool, "refused")), full)


def bad_reasons(spool: str) -> dict[str, int]:
    """Count the files in `bad/` by the reason they are there."""
    counts: dict[str, int] = {}
    directory = os.path.join(spool, "bad")
    for entry in _files(directory):
        if entry.name.endswith(_REASON):
            with open(os.path.join(directory, entry.name), encoding="utf-8") as file:
                reason = file.readline().strip()
            counts[reason] = counts.get(reason, 0) + 1
    return counts


def _files(directory: str) -> Iterator[Waiting]:
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


def _prune(directory: str) -> int:
    kept = [entry for entry in _files(directory) if not entry.name.endswith(_REASON)]
    spare = heapq.nsmallest(max(0, len(kept) - KEPT_BAD), kept)
    for entry in spare:
        _unlink(os.path.join(directory, entry.name))
        _unlink(os.path.join(directory, entry.name + _REASON))
    return len(spare)


def _unlink(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0
