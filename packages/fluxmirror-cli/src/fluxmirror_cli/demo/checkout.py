"""Checkout: a project's directory as time goes by; nobody touches a file before it is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fluxmirror_cli.demo.projects import Project

_LASTING: Final = 2
"""So many of a project's own files are edited more than the newest ones."""
_NEWEST: Final = 6


class Feature(NamedTuple):
    """Something that is to be added to a project."""

    name: str
    files: tuple[str, ...]
    """Paths of the files that it consists of; none of them is there yet."""


class _Made(NamedTuple):
    """A file that an agent made."""

    made_ms: int
    path: str


class Checkout:
    """What is in a project's directory, and since when."""

    def __init__(self, project: Project, root: str) -> None:
        self.project = project
        self.root = root
        self._names = iter(project.features)
        self._made: list[_Made] = []

    def path(self, name: str) -> str:
        """Give the path of a file by its name in the project."""
        return os.path.join(self.root, *name.split("/"))

    def next_feature(self) -> Feature | None:
        """Give what nobody began to add so far; None when everything is there or begun."""
        name = next(self._names, None)
        if name is None:
            return None
        return Feature(name, tuple(self.path(part.format(name)) for part in self.project.parts))

    def add(self, path: str, now_ms: int) -> None:
        """Have a file that is worked on from now on, by everybody."""
        self._made.append(_Made(now_ms, path))

    def sources(self, now_ms: int) -> list[str]:
        """Give the files that are worked on at a time, those that are edited most first."""
        own = [self.path(name) for name in self.project.sources]
        made = [one.path for one in sorted(self._made, reverse=True) if one.made_ms <= now_ms]
        return own[:_LASTING] + made[:_NEWEST] + own[_LASTING:]
