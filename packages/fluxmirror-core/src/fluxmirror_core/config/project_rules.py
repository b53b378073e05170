"""ProjectRules: what the projects' own files say of the capture in their directories."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.config.inputs import find_project_file, read_file

if TYPE_CHECKING:
    from fluxmirror_core.config.inputs import FileText

_REMEMBERED: Final = 1024


class Rules(NamedTuple):
    """What holds in a directory, beside what the user wants everywhere."""

    is_recorded: bool = True
    patterns: tuple[str, ...] = ()
    """Regular expressions of what is masked as well."""


class ProjectRules:
    """Looks projects up; each directory, and each file, once."""

    def __init__(self) -> None:
        self.rules_of = lru_cache(maxsize=_REMEMBERED)(_rules_of)
        """Directory, absolute → `Rules`."""


def _rules_of(directory: str) -> Rules:
    path = find_project_file(directory)
    file = None if path is None else read_file(path)
    return Rules() if file is None else _parse(file)


def _parse(file: FileText) -> Rules:
    """Read a project's file; one that cannot be understood means that nothing is recorded.

    Somebody put it there to have less recorded, and nobody can tell how much less.
    """
    from fluxmirror_core.config.resolve import private_values

    told = private_values(file)
    if told is None:
        return Rules(is_recorded=False)
    patterns = told.get("redaction.patterns")
    return Rules(
        is_recorded=told.get("capture.enabled") is not False,
        patterns=tuple(patterns) if isinstance(patterns, list) else (),
    )
