"""The text of a configuration file → its values by key; what is broken costs no other key."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES: Final = 1 << 20
"""Nobody's configuration is longer."""
_MOST_TRIES: Final = 64
_AT: Final = re.compile(r"\(at line (\d+)|\(at end of document\)")
_HEADER: Final = re.compile(r"\s*\[")
_NAMED: Final = re.compile(
    r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)"""
)


class Fault(NamedTuple):
    """A line that is no TOML."""

    line: int
    """Counted from 1."""
    reason: str


class Told(NamedTuple):
    """What a text says."""

    values: dict[str, object]
    """Value by dotted name, tables taken apart."""
    lines: dict[str, int]
    """In which line a name is given, where that can be told."""
    faults: list[Fault]


def read_toml(data: bytes) -> Told:
    """Read a file's bytes; lines that are no TOML are left out, and told.

    With a broken `[header]` goes all that stands below it: it would fall to the header before.
    """
    if len(data) > MOST_BYTES:
        return Told({}, {}, [Fault(1, f"the file is longer than {MOST_BYTES:,} bytes")])
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Told({}, {}, [Fault(line, "the file is no UTF-8")])
    lines = text.split("\n")
    faults: list[Fault] = []
    while True:
        try:
            values = dict(_flat(tomllib.loads("\n".join(lines)), ""))
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            fault = _fault(error, lines)
            if len(faults) == _MOST_TRIES:
                return Told({}, {}, faults)
            faults.append(fault)
            _leave_out(lines, fault.line)
        else:
            return Told(values, dict(_named_lines(lines)), faults)


def _fault(error: Exception, lines: list[str]) -> Fault:
    found = _AT.search(str(error))
    reason = str(error)[: found.start()].strip() if found else "it is no TOML"
    filled = [number for number, line in enumerate(lines, 1) if line.strip()]
    last = filled[-1] if filled else 1
    told = int(found[1]) if found and found[1] else last
    # An error at the end of a document, or in a line that is left out already, is of what stands
    # before it.
    before = [number for number in filled if number <= told]
    return Fault(before[-1] if before else last, reason[:1].lower() + reason[1:])


def _leave_out(lines: list[str], number: int) -> None:
    """Empty a line; with a header all lines up to the next one."""
    is_header = _HEADER.match(lines[number - 1])
    lines[number - 1] = ""
    if is_header:
        for at in range(number, len(lines)):
            if _HEADER.match(lines[at]):
                return
            lines[at] = ""


def _flat(table: dict[str, object], prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _named_lines(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Tell which line gives which name, as far as lines alone tell it."""
    table = ""
    for number, line in enumerate(lines, 1):
        is_header = _HEADER.match(line)
        found = _NAMED.match(line[is_header.end() :] if is_header else line)
        if not found:
            continue
        name = ".".join(part.strip(" \t\"'") for part in found[1].split("."))
        if is_header:
            table = f"{name}."
        elif line[found.end() :].lstrip().startswith("="):
            yield f"{table}{name}", number
