"""Which file a tool call touched, as an absolute path, and the repository that holds it."""

from __future__ import annotations

import ntpath
import os
import posixpath
from typing import TYPE_CHECKING, Final

from fluxmirror_core.bounds import PATH_BYTES
from fluxmirror_core.detail import extract_detail, patched_paths
from fluxmirror_core.tools import ToolClass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.tools import NamedTool

_FILE_CLASSES: Final = (str(ToolClass.READ), str(ToolClass.WRITE))
_REMEMBERED: Final = 20_000


def touched_path(tool: NamedTool, tool_input: object, base: str | None) -> str | None:
    """Give the absolute path of the first file the call touched.

    Args:
        tool: what was called; only tools of the classes Read and Write touch files.
        tool_input: the tool's input.
        base: directory that a relative path starts from; None leaves such a path unknown.
    """
    if tool.tool_class not in _FILE_CLASSES:
        return None
    if tool.canonical == "ApplyPatch":
        named = next(iter(patched_paths(tool, tool_input)), "")
    elif tool.canonical == "ReadManyFiles" or not isinstance(tool_input, dict):
        return None
    else:
        named = extract_detail(tool, tool_input)
    return absolute(named, base) if named else None


def absolute(path: str, base: str | None) -> str | None:
    """Make `path` absolute and normal without asking the disk, in the style it is written in."""
    windows = _is_windows(path) or (base is not None and _is_windows(base))
    isabs, join, normpath = (
        (ntpath.isabs, ntpath.join, ntpath.normpath)
        if windows
        else (posixpath.isabs, posixpath.join, posixpath.normpath)
    )
    if isabs(path):
        return normpath(path)
    return normpath(join(base, path)) if base else None


def _is_windows(path: str) -> bool:
    return path[1:3] in (":\\", ":/") or path.startswith("\\\\")


def may_be_asked_for(directory: str) -> bool:
    """Tell whether the disk may be asked for a directory that a payload names."""
    if not os.path.isabs(directory) or len(directory) > PATH_BYTES:
        return False
    # Another machine's: asking would send it the user's credentials.
    return not directory.startswith(("\\\\", "//"))


class Repositories:
    """Finds the root of the repository a path lies in; every directory is asked once."""

    def __init__(self) -> None:
        self._roots: dict[str, str | None] = {}

    def root_of(self, directory: str) -> str | None:
        """Give the nearest directory at or above `directory` that holds `.git`, or None."""
        if directory in self._roots:
            return self._roots[directory]
        if not may_be_asked_for(directory):
            return None
        if len(self._roots) >= _REMEMBERED:
            self._roots.clear()
        return self._look(directory)

    def _look(self, directory: str) -> str | None:
        root: str | None = None
        asked: list[str] = []
        for place in _upwards(directory):
            if place in self._roots:
                root = self._roots[place]
                break
            asked.append(place)
            if os.path.lexists(os.path.join(place, ".git")):
                root = place
                break
        self._roots.update(dict.fromkeys(asked, root))
        return root


def _upwards(directory: str) -> Iterator[str]:
    yield directory
    while (parent := os.path.dirname(directory)) != directory:
        directory = parent
        yield directory
