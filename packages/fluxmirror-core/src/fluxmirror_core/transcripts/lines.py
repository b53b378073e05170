"""Lines of a session file that hold a mark, found without parsing the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from mmap import mmap

    Data = bytes | mmap


def end_of_lines(data: Data, start: int) -> int:
    """Say where the last whole line ends, at or after `start`.

    A last line without its end is whole when it can be parsed: nothing says that more will come.
    """
    end = data.rfind(b"\n", start) + 1
    end = max(end, start)
    return len(data) if parse_line(data[end:]) is not None else end


def marked_lines(
    data: Data, marks: Sequence[bytes], start: int, end: int
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Parse the lines between `start` and `end` that hold one of `marks`.

    Args:
        data: the file.
        marks: what to look for; most lines hold none, and are never parsed.
        start: where a line begins.
        end: where a line ends.

    Yields:
        Where the line begins, and its object; a line that is none is passed over.
    """
    at = {mark: _find(data, mark, start, end) for mark in marks}
    while (hit := min(at.values(), default=end)) < end:
        first = data.rfind(b"\n", start, hit) + 1 or start
        last = data.find(b"\n", hit, end)
        start = end if last < 0 else last + 1
        record = parse_line(data[first:start])
        if record is not None:
            yield first, record
        for mark in marks:
            if at[mark] < start:
                at[mark] = _find(data, mark, start, end)


def parse_line(line: bytes) -> dict[str, Any] | None:
    """Parse one line; gives None for what is no JSON object."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _find(data: Data, mark: bytes, start: int, end: int) -> int:
    found = data.find(mark, start, end)
    return end if found < 0 else found
