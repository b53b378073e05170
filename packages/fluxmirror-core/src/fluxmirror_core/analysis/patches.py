"""Which files a tool call that writes made, and which it changed."""

from __future__ import annotations

import json
import re
from typing import Final

from fluxmirror_core.bounds import storable

WHOLE_FILE_TOOLS: Final = ("Write", "WriteFile")
"""Canonical tools that write a file as a whole; all others of their class change what is there."""
PATCH_TOOL: Final = "ApplyPatch"
"""The canonical tool one call of which makes, changes and deletes many files."""
_ADD: Final = "Add"
_DELETE: Final = "Delete"
_PATCHED: Final = re.compile(r"^\*\*\* (Add|Update|Delete) File: (.+)$", re.MULTILINE)


def patched_files(input_json: str | None, base: str | None, first: str) -> list[tuple[str, bool]]:
    """Give the files that a patch leaves written, and whether it makes each.

    Args:
        input_json: the call's input, where it was kept.
        base: directory that relative paths start from.
        first: the first file of the patch: what a patch that was not kept changed.
    """
    from fluxmirror_core.touched import absolute  # not for hours that are added up already

    found = [
        (action, absolute(name.strip(), base) or name.strip())
        for text in _texts(input_json)
        for action, name in _PATCHED.findall(storable(text))
    ]
    written = [(file, action == _ADD) for action, file in found if action != _DELETE]
    return written if found else [(first, False)]


def _texts(input_json: str | None) -> list[str]:
    """Give the strings of a tool's input, one of which is the patch."""
    try:
        given = json.loads(input_json or "null")
    except (ValueError, RecursionError):
        return []
    values = given.values() if isinstance(given, dict) else [given]
    return [value for value in values if isinstance(value, str)]
