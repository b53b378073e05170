"""A copy: a gzip file that is written once, and known by the digest of what it holds."""

from __future__ import annotations

import contextlib
import errno
import gzip
import os
import zlib
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from fluxmirror_core.messages import Sayable

BLOCK_BYTES: Final = 1 << 20
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says when there is no room for more."""
_LEVEL: Final = 6


class DamagedError(Exception):
    """A copy does not hold what it did.

    Args:
        reason: why, in a few words.
    """

    def __init__(self, reason: Sayable) -> None:
        super().__init__(reason)
        self.reason = reason


class Content(NamedTuple):
    """What a file holds."""

    size: int
    """In bytes."""
    sha256: bytes


class Written(NamedTuple):
    """What was written."""

    content: Content
    stored_size: int
    """Bytes of the copy."""
    continues: bool
    """It begins with all that was there before."""


def write_copy(blocks: Iterable[bytes], path: str, before: Content | None) -> Written:
    """Write a copy and read it back; the same content gives the same bytes.

    Args:
        blocks: the content.
        path: the copy, for its owner alone; it must not be there yet.
        before: what an earlier copy of the same file holds.

    Raises:
        OSError: it cannot be written.
        DamagedError: what was read back is not what was written.
    """
    meter = _Meter(before)
    with _new_file(path) as file:
        with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
            for block in blocks:
                meter.add(block)
                packed.write(block)
        file.flush()
        os.fsync(file.fileno())
    content = meter.content()
    if read_copy(path) != content:
        raise DamagedError(message("copies.damage.other_than_written"))
    return Written(content, os.path.getsize(path), meter.continues)


def read_copy(path: str) -> Content:
    """Read a copy from end to end.

    Raises:
        DamagedError: it is not there, or not whole.
    """
    return measure(unpacked(path))


def measure(blocks: Iterable[bytes]) -> Content:
    """Tell what blocks hold together."""
    meter = _Meter(None)
    for block in blocks:
        meter.add(block)
    return meter.content()


def unpack(path: str, target: str) -> Content:
    """Write what a copy holds into a new file, for its owner alone.

    Raises:
        OSError: the file is there already, or cannot be written; nothing of it is left then.
        DamagedError: the copy is not whole; as above.
    """
    meter = _Meter(None)
    with _new_file(target) as file:
        for block in unpacked(path):
            meter.add(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return meter.content()


def unpacked(path: str) -> Iterator[bytes]:
    """Give what a copy holds, in blocks.

    Raises:
        DamagedError: it is not there, or not whole.
    """
    with _damage(), gzip.open(path, "rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


class _Meter:
    """Measures content as it goes by."""

    def __init__(self, before: Content | None) -> None:
        self._size = 0
        self._digest = sha256()
        self._before = before
        self.continues = before is None

    def add(self, block: bytes) -> None:
        before = self._before
        if before is not None and self._size <= before.size <= self._size + len(block):
            start = self._digest.copy()
            start.update(block[: before.size - self._size])
            self.continues = start.digest() == before.sha256
        self._digest.update(block)
        self._size += len(block)

    def content(self) -> Content:
        return Content(self._size, self._digest.digest())


@contextlib.contextmanager
def _new_file(path: str) -> Iterator[IO[bytes]]:
    """Make a file; it is taken away when the block fails."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            yield file
    except BaseException:
        os.unlink(path)
        raise


@contextlib.contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DamagedError(message("copies.damage.cut")) from error
    except FileNotFoundError as error:
        raise DamagedError(message("copies.damage.gone")) from error
    except OSError as error:
        raise DamagedError(error.strerror or str(error)) from error
