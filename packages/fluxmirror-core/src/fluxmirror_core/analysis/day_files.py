"""Which files were made on a day, and which were changed.

A file is new when what is first recorded of it is that it was written as a whole, or when a patch
says that it adds it. A tool that writes a file as a whole makes no new one of a file that was
read, edited or written before.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.touched import absolute

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

WHOLE_FILE_TOOLS: Final = ("Write", "WriteFile")
"""Canonical tools that write a file as a whole; all others of their class change what is there."""
PATCH_TOOL: Final = "ApplyPatch"
"""The canonical tool one call of which makes, changes and deletes many files."""
_ADD: Final = "Add"
_DELETE: Final = "Delete"
_PATCHED: Final = re.compile(r"^\*\*\* (Add|Update|Delete) File: (.+)$", re.MULTILINE)


class FileWrites(NamedTuple):
    """How often a file was written on a day, by tools that write one file."""

    file: str
    """Absolute where it is known, else as the agent wrote it."""
    writes: int
    made: int
    """How many of these made it: one at most, where the history of the file is known."""


class PatchCall(NamedTuple):
    """One call of `PATCH_TOOL`."""

    file: str
    """The first file of the patch."""
    base: str | None
    """Directory that relative paths start from."""
    input_json: str | None
    """The call's input, where it was kept."""


class DayFiles(NamedTuple):
    """How many files a local day made and changed; one may be both."""

    date: date
    new: int
    edited: int


def build_day_files(
    day: date, writes: Iterable[FileWrites], patches: Iterable[PatchCall]
) -> DayFiles:
    """Count the files of a day, each once."""
    new: set[str] = set()
    edited: set[str] = set()
    for one in writes:
        if one.made:
            new.add(one.file)
        if one.writes > one.made:
            edited.add(one.file)
    for patch in patches:
        for action, file in _patched_files(patch):
            if action != _DELETE:
                (new if action == _ADD else edited).add(file)
    return DayFiles(day, len(new), len(edited))


def _patched_files(patch: PatchCall) -> list[tuple[str, str]]:
    """Give what a patch did to which file; a patch that was not kept changed its first one."""
    found = [
        (action, absolute(name.strip(), patch.base) or name.strip())
        for text in _texts(patch.input_json)
        for action, name in _PATCHED.findall(text)
    ]
    return found or [("Update", patch.file)]


def _texts(input_json: str | None) -> list[str]:
    """Give the strings of a tool's input, one of which is the patch."""
    try:
        given = json.loads(input_json or "null")
    except ValueError:
        return []
    values = given.values() if isinstance(given, dict) else [given]
    return [value for value in values if isinstance(value, str)]
