"""Part: a stretch of one session file, from where a line begins to where one ends."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.transcripts.problem import BAD_LINE, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

Memory = dict[str, Any]
"""What earlier lines of a file told of later ones; survives as JSON between two readings."""

_BLANK: Final = b" \t\r\n\x00"
"""A file system that lost power leaves zeros where lines were to be."""


class Part:
    """Lines of one file; `memory` and `problems` are its readers' to fill."""

    def __init__(
        self,
        data: bytes,
        path: str = "",
        start: int = 0,
        memory: Memory | None = None,
    ) -> None:
        self.data = data
        """Whole lines."""
        self.path = path
        self.start = start
        """Where `data` begins in the file, in bytes."""
        self.memory: Memory = {} if memory is None else memory
        self.problems: Counter[Problem] = Counter()

    def lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Parse every line; gives where it begins in the file, and its object."""
        start, end = 0, len(self.data)
        while start < end:
            last = self.data.find(b"\n", start)
            after = end if last < 0 else last + 1
            record = self.parse(start, after)
            if record is not None:
                yield self.start + start, record
            start = after

    def marked(self, *marks: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
        """Parse the lines that hold one of `marks`: most hold none, and are never parsed.

        Yields:
            Where the line begins in the file, and its object; a line that is none is counted.
        """
        for first, after in self.places(*marks):
            record = self.parse(first, after)
            if record is not None:
                yield self.start + first, record

    def places(self, *marks: bytes) -> Iterator[tuple[int, int]]:
        """Find the lines that hold one of `marks`; gives where in `data` each begins and ends."""
        data, start, end = self.data, 0, len(self.data)
        at = {mark: self._find(mark, 0) for mark in marks}
        while (hit := min(at.values(), default=end)) < end:
            first = data.rfind(b"\n", start, hit) + 1 or start
            last = data.find(b"\n", hit)
            start = end if last < 0 else last + 1
            yield first, start
            for mark in marks:
                if at[mark] < start:
                    at[mark] = self._find(mark, start)

    def parse(self, first: int, after: int) -> dict[str, Any] | None:
        """Parse the line at a place; one that is no object is counted, and gives None."""
        line = self.data[first:after]
        record = parse_line(line)
        if record is None and line.strip(_BLANK):
            self.problems[Problem(BAD_LINE)] += 1
        return record

    def _find(self, mark: bytes, start: int) -> int:
        found = self.data.find(mark, start)
        return len(self.data) if found < 0 else found


def whole_lines(data: bytes) -> int:
    """Say where the last whole line of `data` ends.

    A last line without its end is whole when it can be parsed: nothing says that more will come.
    """
    end = data.rfind(b"\n") + 1
    return len(data) if parse_line(data[end:]) is not None else end


def parse_line(line: bytes) -> dict[str, Any] | None:
    """Parse one line; gives None for what is no JSON object."""
    try:
        record = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
