"""The text of a configuration file → its values by key; what is broken costs no other key."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

from fluxmirror_core.flat import flat
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.messages import Sayable

_MOST_TRIES: Final = 64
_AT: Final = re.compile(r"\(at line (\d+)|\(at end of document\)")
_PART: Final = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_HEADER: Final = re.compile(rf"\s*\[+\s*({_PART}(?:\s*\.\s*{_PART})*)?")
_NAMED: Final = re.compile(rf"\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")


_REASONS: Final = (
    message("toml.statement"),
    message("toml.value"),
    message("toml.equals"),
    message("toml.key"),
    message("toml.newline"),
    message("toml.string"),
    message("toml.escape"),
    message("toml.array"),
    message("toml.inline_table"),
    message("toml.header"),
    message("toml.list_header"),
    message("toml.twice"),
)
"""What the library says of a broken line, most often."""


class Fault(NamedTuple):
    """A line that is no TOML."""

    line: int
    """Counted from 1."""
    reason: Sayable


class Told(NamedTuple):
    """What a text says."""

    values: dict[str, object]
    """Value by dotted name, tables taken apart."""
    lines: dict[str, int]
    """In which line a name is given, where that can be told."""
    faults: list[Fault]
    unsure: frozenset[str]
    """Names of which the text says something that is not, or not surely, in `values`."""


def read_toml(data: bytes) -> Told:
    """Read a file's bytes; lines that are no TOML are left out, and told.

    With a broken `[header]` goes all that stands below it: it would fall to the header before.
    """
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Told({}, {}, [Fault(line, message("toml.no_utf8"))], frozenset())
    before = text.split("\n")
    lines, faults = list(before), list[Fault]()
    values = _parse(lines, faults)
    named = dict(_named_lines(lines))
    removed = [
        name
        for name, number in _named_lines(before)
        if number > len(lines) or not lines[number - 1]
    ]
    unsure = {*removed, *(_spread(values, named, lines) if faults else ())}
    return Told(values, named, faults, frozenset(unsure))


def _parse(lines: list[str], faults: list[Fault]) -> dict[str, object]:
    """Read what can be read; what cannot is emptied, line by line, and noted."""
    while True:
        try:
            return dict(flat(tomllib.loads("\n".join(lines))))
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            fault = _fault(error, lines)
            faults.append(fault)
        if len(faults) > _MOST_TRIES:
            del lines[fault.line - 1 :]  # what stands before the last fault still counts
            faults.pop()
        else:
            _leave_out(lines, fault.line)


def _fault(error: Exception, lines: list[str]) -> Fault:
    found = _AT.search(str(error))
    reason = _worded(str(error)[: found.start()]) if found else message("toml.none")
    filled = [number for number, line in enumerate(lines, 1) if line.strip()]
    last = filled[-1] if filled else 1
    told = int(found[1]) if found and found[1] else last
    # An error at the end of a document, or in a line that is left out already, is of what stands
    # before it.
    before = [number for number in filled if number <= told]
    return Fault(before[-1] if before else last, reason)


def _worded(said: str) -> Sayable:
    """Give what the library says of a line; as it says it where that is not known here."""
    reason = said[:1].lower() + said[1:].strip()
    return next((one for one in _REASONS if str(one) == reason), reason)


def _leave_out(lines: list[str], number: int) -> None:
    """Empty a line; with a header all lines up to the next one."""
    is_header = lines[number - 1].lstrip().startswith("[")
    lines[number - 1] = ""
    if is_header:
        for at in range(number, len(lines)):
            if lines[at].lstrip().startswith("["):
                return
            lines[at] = ""


def _spread(values: dict[str, object], named: dict[str, int], lines: list[str]) -> Iterator[str]:
    """Name the values that no single line gives: of such a one a broken line may be missing."""
    for name in values:
        number = named.get(name)
        try:
            if number is not None and tomllib.loads(lines[number - 1]):
                continue
        except tomllib.TOMLDecodeError:
            pass
        yield name


def _named_lines(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Tell which line gives which name, as far as lines alone tell it."""
    table = ""
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("["):
            header = _HEADER.match(line)
            table = f"{_plain(header[1])}." if header and header[1] else "?."
        elif found := _NAMED.match(line):
            yield f"{table}{_plain(found[1])}", number


def _plain(name: str) -> str:
    return ".".join(part.strip(" \t\"'") for part in name.split("."))
