"""Which session files are a session's, by their names."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fluxmirror_core.hook_facts import hook_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fluxmirror_core.analysis.told_calls import OddCall, ReadFile

_SEPARATOR: Final = re.compile(r"[\\/]")
_FOLDERS: Final = 2
"""So far above a file a folder may be named after its session."""
_UUID_CHARS: Final = 36
_SHORT_CHARS: Final = 8
"""Of its session's id Gemini CLI puts so much into a file's name."""
_ONE_FOR_ALL: Final = "opencode"
"""Keeps all its sessions in one database."""


class SessionFiles:
    """Session files, by the sessions and subagents that they are named after."""

    def __init__(self, files: Iterable[ReadFile]) -> None:
        self._files = files

    def of(self, call: OddCall) -> list[ReadFile]:
        """Give the files that may hold a call; none when its subagent's own file is not here."""
        if call.agent == _ONE_FOR_ALL:
            return self._by_name.get((call.agent, ""), [])
        own = self._named(call.agent, call.session)
        if call.subagent is None or not hook_facts(call.agent).has_subagent_files:
            return own
        helpers = self._named(call.agent, call.subagent)
        return [*own, *helpers] if helpers else []

    def _named(self, agent: str, name: str | None) -> list[ReadFile]:
        if not name:
            return []
        short = name[:_SHORT_CHARS] if agent == "gemini-cli" else name
        return self._by_name.get((agent, name)) or self._by_name.get((agent, short), [])

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], list[ReadFile]]:
        """The files by agent and name; made when it is first asked for, as it rarely is."""
        found: dict[tuple[str, str], list[ReadFile]] = defaultdict(list)
        for file in self._files:
            for name in set(_names(file)):
                found[file.agent, name].append(file)
        return found


def _names(file: ReadFile) -> Iterator[str]:
    """Give every name that a session or subagent may have in a file's path."""
    if file.agent == _ONE_FOR_ALL:
        yield ""
        return
    *folders, name = _SEPARATOR.split(file.path)
    stem = name.rpartition(".")[0] or name
    yield from folders[-_FOLDERS:]
    yield from (stem, stem.removeprefix("agent-"), stem[-_UUID_CHARS:], stem[-_SHORT_CHARS:])
