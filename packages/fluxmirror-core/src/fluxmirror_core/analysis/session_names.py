"""Which session files are a session's, by their names."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fluxmirror_core.hook_facts import hook_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fluxmirror_core.analysis.told_calls import OddCall, ReadFile

_UUID_CHARS: Final = 36
_SHORT_CHARS: Final = 8
"""Of its session's id Gemini CLI puts so much into a file's name."""
_SHORT: Final = slice(-_SHORT_CHARS, None)
_HELPER: Final = "agent-"
"""What the name of a subagent's file may begin with."""
_SHORTENS: Final = "gemini-cli"
ONE_FOR_ALL: Final = "opencode"
"""Keeps all its sessions in one database."""


class SessionFiles:
    """Session files, by the sessions and subagents that they are named after."""

    def __init__(self, files: Iterable[ReadFile]) -> None:
        self._files = files

    def of(self, call: OddCall) -> list[ReadFile]:
        """Give the files that may hold a call; none when its subagent's own file is not here."""
        if call.agent == ONE_FOR_ALL:
            return self._by_name.get((call.agent, ""), [])
        own = self._named(call.agent, call.session)
        if call.subagent is None or not hook_facts(call.agent).has_subagent_files:
            return own
        helpers = self._named(call.agent, call.subagent)
        return [*own, *helpers] if helpers else []

    def _named(self, agent: str, name: str | None) -> list[ReadFile]:
        if not name:
            return []
        short = name[:_SHORT_CHARS] if agent == _SHORTENS else name
        return self._by_name.get((agent, name)) or self._by_name.get((agent, short), [])

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], list[ReadFile]]:
        """The files by agent and name; made when it is first asked for, as it rarely is."""
        found: dict[tuple[str, str], list[ReadFile]] = defaultdict(list)
        for file in self._files:
            for name in set(_names_in(file)):
                found[file.agent, name].append(file)
        return found


def likely_paths(paths: Iterable[str], calls: Iterable[OddCall]) -> list[str]:
    """Leave out the paths of files that hold none of the calls; a few may be left in.

    Of thousands of files some are asked for: a look at how each name ends is quickly taken.
    """
    ends = {
        end[-_SHORT_CHARS:]
        for call in calls
        for name in _names_of(call)
        for end in (name, f"{_HELPER}{name}")
    }
    in_folder: dict[str, bool] = {}
    """Folders hold many files each, and only their own names are looked at."""
    found = []
    for path in paths:
        place = path.replace("\\", "/")
        folders, _, name = place.rpartition("/")
        if folders not in in_folder:
            upper, folder, _ = _parts(path)
            in_folder[folders] = not ends.isdisjoint((upper[_SHORT], folder[_SHORT]))
        stem = name.rpartition(".")[0] or name
        if in_folder[folders] or stem[_SHORT] in ends:
            found.append(path)
    return found


def _names_of(call: OddCall) -> Iterator[str]:
    """Give every name that a call's files may have."""
    for name in filter(None, (call.session, call.subagent)):
        yield name
        if call.agent == _SHORTENS:
            yield name[:_SHORT_CHARS]


def _names_in(file: ReadFile) -> tuple[str, ...]:
    """Give every name that a session or subagent may have in a file's path."""
    if file.agent == ONE_FOR_ALL:
        return ("",)
    upper, folder, stem = _parts(file.path)
    without = stem.removeprefix(_HELPER)
    return upper, folder, stem, without, stem[-_UUID_CHARS:], stem[-_SHORT_CHARS:]


def _parts(path: str) -> tuple[str, str, str]:
    """Give the two folders above a file, and its name; a session may be in each of them."""
    *_, upper, folder, name = f"//{path}".replace("\\", "/").rsplit("/", 3)
    return upper, folder, name.rpartition(".")[0] or name
