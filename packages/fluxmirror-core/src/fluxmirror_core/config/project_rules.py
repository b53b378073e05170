"""ProjectRules: what the projects' own files say of the capture in their directories."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fluxmirror_core.config.inputs import MOST_PROJECT_BYTES, PROJECT_FILE, read_file
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.config.inputs import FileText

_REMEMBERED: Final = 1024
MOST_PATTERNS: Final = 50
"""So many of a project's are taken; a file with more is one that cannot be understood."""


class Rules(NamedTuple):
    """What holds in a directory, beside what the user wants everywhere."""

    is_recorded: bool = True
    patterns: tuple[str, ...] = ()
    """Regular expressions of what is masked as well."""


class ProjectRules:
    """Looks projects up; each directory, and each file, once."""

    def __init__(self) -> None:
        self._file_rules = lru_cache(maxsize=_REMEMBERED)(_file_rules)
        self.rules_of = lru_cache(maxsize=_REMEMBERED)(self._rules_of)
        """Directory, absolute → `Rules`."""

    def _rules_of(self, directory: str) -> Rules:
        """Add up what the files in a directory and above it say: each can only tighten.

        That goes past the root of a repository: one inside of a private directory is private.
        """
        found = [self._file_rules(path) for path in _files_above(directory)]
        patterns = dict.fromkeys(pattern for rules in found for pattern in rules.patterns)
        return Rules(all(rules.is_recorded for rules in found), tuple(patterns))


def _files_above(directory: str) -> Iterator[str]:
    """Give the project files that there are in a directory and above it.

    Above the repository anybody may have put one: there only those of this user, and of the
    system's owner, count.
    """
    is_inside = True
    while True:
        path = os.path.join(directory, PROJECT_FILE)
        if os.path.lexists(path) and (is_inside or _is_ours(path)):
            yield path
        is_inside = is_inside and not os.path.lexists(os.path.join(directory, ".git"))
        parent = os.path.dirname(directory)
        if parent == directory:
            return
        directory = parent


def _is_ours(path: str) -> bool:
    if not hasattr(os, "getuid"):
        return True
    try:
        return os.lstat(path).st_uid in (os.getuid(), 0)
    except OSError:
        return False


def _file_rules(path: str) -> Rules:
    file = read_file(path, MOST_PROJECT_BYTES)
    return Rules() if file is None else _parse(file)


def _parse(file: FileText) -> Rules:
    """Read a project's file; one that cannot be understood means that nothing is recorded.

    Somebody put it there to have less recorded, and nobody can tell how much less.
    """
    from fluxmirror_core.config.resolve import private_values

    told = private_values(file)
    patterns = told.get("redaction.patterns") if told is not None else None
    if told is None or (isinstance(patterns, list) and len(patterns) > MOST_PATTERNS):
        return Rules(is_recorded=False)
    return Rules(
        is_recorded=told.get("capture.enabled") is not False,
        patterns=tuple(patterns) if isinstance(patterns, list) else (),
    )
