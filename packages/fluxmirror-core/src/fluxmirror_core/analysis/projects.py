"""ProjectNames: what people call the projects whose roots were recorded, and which is asked for.

A project is a repository, wherever its clones and worktrees lie: roots with the same remote are
one. Without a remote each root is a project of its own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.phrases import did_you_mean, some_of
from fluxmirror_core.telling_apart import shortest_ends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fluxmirror_core.messages import Sayable

_LISTED: Final = 8
_GUESSES: Final = 3


class ProjectNames:
    """Names projects, each by the shortest name that no other has.

    Args:
        remotes: `host/owner/name` by root, or None.
        roots: of all projects that are to be told apart; may hold the empty one, of calls that
            belong to no directory.
        home: the user's home, which is called `~`.
        mask: takes out what must not be shown. A project is called as if its root had been
            recorded without that: by what is left of the path, and by no remote.
    """

    def __init__(
        self,
        remotes: Mapping[str, str | None],
        roots: Iterable[str],
        home: str = "",
        mask: Callable[[str], str] = str,
    ) -> None:
        self._home = home.rstrip("/\\")
        self._mask = mask
        self._remotes = remotes
        shown = {root: mask(root) for root in sorted(set(roots))}
        told = {root: self._shown_remote(root) if root == shown[root] else None for root in shown}
        self._keys = {root: _key(told[root], shown[root]) for root in shown}
        self._roots: dict[str, set[str]] = {}
        for root, key in self._keys.items():
            self._roots.setdefault(key, set()).add(root)
        self._parts = {
            key: self._parts_of(told[min(own)], shown[min(own)])
            for key, own in self._roots.items()
            if key
        }
        ends = shortest_ends(self._parts)
        self._names = {key: "/".join(self._parts[key][-ends[key] :]) for key in ends}

    def key_of(self, root: str) -> str:
        """Give what is the same for all roots of a project, and for no other's."""
        return self._keys.get(root, root)

    def name_of(self, root: str) -> Sayable:
        """Give the name of a root's project: a text, or the words for none at all."""
        if not root:
            return message("project.none")
        named = self._names.get(self.key_of(root))
        return named or "/".join(self._parts_of(None, self._mask(root))[-1:])

    def names(self) -> list[str]:
        """Give the names of all projects, in the order of the alphabet."""
        return sorted(self._names.values())

    def find(self, asked: str, directory: str | None = None) -> frozenset[str]:
        """Give the roots of the project that is asked for.

        Args:
            asked: its name or the end of one (`name`, `owner/name`), the name of a directory of
                its, or the path of a file or directory in it, such as `.`; masked or not, as
                nobody learns anything from what they write themselves.
            directory: where a relative path starts from; None where there is no such place.

        Raises:
            UsageError: there is no such project, or there are several.
        """
        path = self._path(asked, directory) if _is_path(asked) else ""
        key = self._key_of_path(path) if path else self._key_of_name(asked)
        if key is None and directory is not None:
            key = self._keys.get(os.path.normpath(os.path.join(directory, asked)))
        if not key and path:
            outside = message("project.outside", path=self._shown_path(path))
            raise UsageError(outside, hint=self._hint(path))
        if not key:
            raise UsageError(message("project.unknown", asked=repr(asked)), hint=self._hint(asked))
        return frozenset(self._roots[key])

    def _key_of_name(self, asked: str) -> str | None:
        wanted = asked.casefold().strip("/").removesuffix(".git")
        exact = [key for key, name in self._names.items() if name.casefold() == wanted]
        found = exact or [key for key in self._names if wanted in self._ends(key)]
        if len(found) > 1:
            names = sorted(self._names[key] for key in found)
            raise UsageError(
                message("project.ambiguous", asked=repr(asked)),
                hint=message("project.name_one", names=some_of(names, _LISTED)),
            )
        return found[0] if found else None

    def _ends(self, key: str) -> set[str]:
        """Give every end of a project's name, and of the paths of its roots."""
        wholes = [self._parts[key]]
        for root in self._roots[key]:
            wholes += [self._parts_of(None, root), self._parts_of(self._remotes.get(root), root)]
        return {"/".join(parts[at:]).casefold() for parts in wholes for at in range(len(parts))}

    def _path(self, asked: str, directory: str | None) -> str:
        """Give the whole of a path; empty where nobody knows what it starts from."""
        path = os.path.normpath(os.path.join(directory or "", self._expanded(asked)))
        return path if os.path.isabs(path) else ""

    def _shown_path(self, path: str) -> str:
        below = path.removeprefix(self._home) if self._home else path
        is_home = below != path and below[:1] in ("", "/", "\\")
        return self._mask(f"~{below}" if is_home else path)

    def _key_of_path(self, path: str) -> str | None:
        """Give the project that a path lies in; not one around the repository that holds it."""
        from fluxmirror_core.touched import Repositories

        repository = Repositories().root_of(path)
        while path not in self._keys:
            above = os.path.dirname(path)
            if path in (above, repository):
                return None
            path = above
        return self._keys[path]

    def _shown_remote(self, root: str) -> str | None:
        remote = self._remotes.get(root)
        return remote if remote and self._mask(remote) == remote else None

    def _expanded(self, path: str) -> str:
        is_home = path[:1] == "~" and path[1:2] in ("", "/", "\\")
        return self._home + path[1:] if is_home else path

    def _parts_of(self, remote: str | None, root: str) -> list[str]:
        """Give the parts of a project's longest name, the last of which tells most."""
        if remote:
            return remote.split("/")
        below = root.removeprefix(self._home) if self._home else root
        if below != root and below[:1] in ("", "/", "\\"):
            root = f"~{below}"
        is_windows = root[1:2] == ":" or "\\" in root[:2]
        parts = (root.replace("\\", "/") if is_windows else root).split("/")
        return [parts[0], *filter(None, parts[1:])] if any(parts[1:]) else [root]

    def _hint(self, asked: str) -> Sayable:
        from difflib import get_close_matches

        written = {name.casefold(): name for name in self.names()}
        last = asked.casefold().rstrip("/").rpartition("/")[2]
        near = [
            *get_close_matches(asked.casefold(), written, n=_GUESSES),
            *get_close_matches(last, written, n=_GUESSES),
        ]
        if near:
            return did_you_mean([written[one] for one in dict.fromkeys(near)][:_GUESSES])
        if not written:
            return message("project.no_projects")
        return message("project.one_of", names=some_of(self.names(), _LISTED))


def _key(remote: str | None, root: str) -> str:
    return remote.casefold() if remote and root else root


def _is_path(asked: str) -> bool:
    return os.path.isabs(asked) or asked.replace("\\", "/").split("/")[0] in (".", "..", "~")
