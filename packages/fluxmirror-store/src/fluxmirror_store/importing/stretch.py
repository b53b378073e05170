"""A stretch of a session file, read where the last reading ended; bounded, however long it is."""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.transcripts.part import Part, whole_lines
from fluxmirror_core.transcripts.problem import LONG_LINE, REWRITTEN, TORN_END, Problem

if TYPE_CHECKING:
    from typing import BinaryIO

BLOCK_BYTES: Final = 8 << 20
"""About so much of a file is read at once."""
LONGEST_LINE: Final = 256 << 20
_TAIL_BYTES: Final = 1024


class Mark(NamedTuple):
    """How far a file was read, and what a later reading must know."""

    end: int = 0
    tail: bytes = b""
    """Digest of what stands before `end`, by which a rewritten file is known."""
    memory: str = "{}"
    """`Part.memory` as JSON."""


class Stretch(NamedTuple):
    """What was read."""

    part: Part
    after: Mark
    """The state after it, once the part's memory is what it will be: see `marked`."""
    rewritten: bool
    """What was read before is not there any more: this is the file's beginning."""
    more: bool
    """The file goes on behind it."""
    torn: int
    """Bytes at the file's end that are no whole line yet."""


def read_stretch(path: str, mark: Mark, *, afresh: bool) -> Stretch:
    """Read on from a mark, about a block.

    Args:
        path: the file.
        mark: where the last reading ended.
        afresh: begin at its beginning, whatever was read.

    Raises:
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        rewritten = not _continues(file, mark)
        start = Mark() if afresh or rewritten else mark
        skipped, data, is_last = _read_block(file, start.end)
        whole = whole_lines(data) if is_last else data.rfind(b"\n") + 1
        begin = start.end + skipped
        lines = data if whole == len(data) else data[:whole]
        part = Part(lines, path, begin, json.loads(start.memory))
        if skipped:
            part.problems[Problem(LONG_LINE)] += 1
        if rewritten:
            part.problems[Problem(REWRITTEN)] += 1
        if whole < len(data):
            part.problems[Problem(TORN_END)] += 1
        end = begin + whole
        tail = _digest(lines[-_TAIL_BYTES:]) if whole >= _TAIL_BYTES else _tail(file, end)
        after = Mark(end, tail, start.memory)
        return Stretch(part, after, rewritten, not is_last, len(data) - whole)


def marked(stretch: Stretch) -> Mark:
    """Give the mark to read on from, with what the part's reader has remembered by now."""
    return stretch.after._replace(memory=json.dumps(stretch.part.memory))


def continues(path: str, mark: Mark) -> bool:
    """Tell whether a file holds what was read up to a mark; one that cannot be read does not."""
    try:
        with open(path, "rb") as file:
            return _continues(file, mark)
    except OSError:
        return False


def _continues(file: BinaryIO, mark: Mark) -> bool:
    """Tell whether what was read of the file still stands in it."""
    return mark.end == 0 or _tail(file, mark.end) == mark.tail


def _tail(file: BinaryIO, end: int) -> bytes:
    start = max(end - _TAIL_BYTES, 0)
    file.seek(start)
    return _digest(file.read(end - start))


def _digest(tail: bytes) -> bytes:
    return blake2b(tail, digest_size=16).digest()


def _read_block(file: BinaryIO, start: int) -> tuple[int, bytes, bool]:
    """Read whole lines, one at least; gives bytes skipped before them, them, whether they are last.

    A line longer than any that an agent writes is skipped: it would not fit into memory.
    """
    left = os.fstat(file.fileno()).st_size - start
    file.seek(start)
    # Room for a whole block would be made, and taken back, for each of many small files.
    data = file.read(min(BLOCK_BYTES, max(left, 0) + 1))
    is_last = len(data) < BLOCK_BYTES
    blocks = [data]
    size = len(data)
    while not is_last and b"\n" not in blocks[-1]:
        if size > LONGEST_LINE:
            return _skip_line(file, start)
        blocks.append(file.read(BLOCK_BYTES))
        is_last = len(blocks[-1]) < BLOCK_BYTES
        size += len(blocks[-1])
    return 0, b"".join(blocks), is_last


def _skip_line(file: BinaryIO, start: int) -> tuple[int, bytes, bool]:
    while block := file.read(BLOCK_BYTES):
        if (found := block.find(b"\n")) >= 0:
            begin = file.tell() - len(block) + found + 1
            skipped, data, is_last = _read_block(file, begin)
            return begin - start + skipped, data, is_last
    return file.seek(0, os.SEEK_END) - start, b"", True
