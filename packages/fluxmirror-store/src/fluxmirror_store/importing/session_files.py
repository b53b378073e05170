"""Which session files there are: every agent's, wherever its variables say that it keeps them."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import AGENTS, BY_ID
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.paths import home
from fluxmirror_core.transcripts.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmirror_core.agents import AgentSpec
    from fluxmirror_core.config.settings import Settings

UNREADABLE: Final = "unreadable"
"""The system does not let us read a file or a folder; the name is its reason."""
DATABASE_AGENT: Final = "opencode"
"""Keeps a database, and no files of lines."""
_ANY_DEPTH: Final = "**"
_DEEPEST: Final = 16
"""Folders below an agent's directory: nobody has more, but for a loop that the system made."""
_OPENCODE_DATABASE: Final = "OPENCODE_DB"
_DATABASE: Final = ".db"


class SessionFile(NamedTuple):
    """One file as it lies there."""

    agent: str
    path: str
    size: int
    mtime_ns: int
    identity: str
    """The same under whatever name; empty where the system has none."""


class Found(NamedTuple):
    """What there is, and what could not be looked at."""

    files: list[SessionFile]
    """By path; a file that has several names is here under the first."""
    problems: Counter[tuple[str, Problem]]
    """By agent."""
    roots: list[str]
    """The agents' directories that were looked through to their ends."""


def session_root(spec: AgentSpec, env: Mapping[str, str]) -> str:
    """Give the directory that an agent keeps its session files below; empty when it has none."""
    if not spec.home:
        return ""
    moved = env.get(spec.home_variable) if spec.home_variable else None
    if moved:
        return os.path.join(os.path.abspath(moved), spec.home_below).rstrip(os.sep)
    return os.path.join(home(env), *spec.home.split("/"))


def find_session_files(env: Mapping[str, str], agent: str | None = None) -> Found:
    """Look for the session files of one agent or of all; no file is opened."""
    specs = AGENTS if agent is None else (BY_ID[agent],)
    problems: Counter[tuple[str, Problem]] = Counter()
    files: dict[str, SessionFile] = {}
    roots = []
    for spec in specs:
        for file in _named(spec, env):
            files.setdefault(file.path, file)
        root = session_root(spec, env)
        if not spec.transcripts or not os.path.isdir(root):
            continue
        walk = _Walk(spec.id, os.path.realpath(root))
        for pattern in spec.transcripts:
            *folders, name = pattern.split("/")
            for file in walk.files(root, tuple(folders), name):
                files.setdefault(file.path, file)
        problems.update(walk.problems)
        if not walk.problems:
            roots.append(root)
    return Found(_each_once(files), problems, roots)


def look_at(env: Mapping[str, str], agent: str, path: str) -> SessionFile | None:
    """Look at one session file that was found before, or at its agent's whole database.

    Args:
        env: whose variables say where agents keep their files now.
        agent: its id.
        path: as `find_session_files` gave it.

    Returns:
        None when it is gone, cannot be looked at, or lies where its agent keeps nothing any more.
    """
    spec = BY_ID.get(agent)
    if spec is None:
        return None
    if path != env.get(_OPENCODE_DATABASE):
        root = session_root(spec, env)
        if not root or not path.startswith(f"{root}{os.sep}"):
            return None
    try:
        return _session_file(agent, path, os.stat(path))
    except (OSError, ValueError):  # a path with a NUL is none
        return None


def of_recorded(found: Found, settings: Settings) -> Found:
    """Leave out the files of agents that are not recorded; none of those can be missed either."""
    files = [file for file in found.files if settings.is_recorded(file.agent)]
    left_out = [file.path for file in found.files if not settings.is_recorded(file.agent)]
    problems = {one: times for one, times in found.problems.items() if settings.is_recorded(one[0])}
    roots = [
        root
        for root in found.roots
        if not any(path.startswith(os.path.join(root, "")) for path in left_out)
    ]
    return Found(files, Counter(problems), roots)


class _Walk:
    """One way through an agent's directory."""

    def __init__(self, agent: str, root: str) -> None:
        self._agent = agent
        self._root = root
        self._linked: set[str] = set()
        self.problems: Counter[tuple[str, Problem]] = Counter()

    def files(
        self, directory: str, folders: tuple[str, ...], name: str, depth: int = 0
    ) -> Iterator[SessionFile]:
        """Give the files below `directory` whose folders and name are as asked."""
        try:
            entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
        except FileNotFoundError:
            return
        except OSError as error:
            self._count(error)
            return
        here = folders in ((), (_ANY_DEPTH,))
        for entry in entries:
            below = _below(entry.name, folders)
            if here and fnmatchcase(entry.name, name):
                yield from self._file(entry)
            elif below is not None and depth < _DEEPEST and self._is_folder(entry):
                yield from self.files(entry.path, below, name, depth + 1)

    def _file(self, entry: os.DirEntry[str]) -> Iterator[SessionFile]:
        try:
            if entry.is_file():
                yield _session_file(self._agent, entry.path, entry.stat())
        except FileNotFoundError:
            return  # a link to nothing, or deleted while we looked
        except OSError as error:
            self._count(error)

    def _is_folder(self, entry: os.DirEntry[str]) -> bool:
        """Tell whether to go into it; a linked one only once, and never into ourselves."""
        try:
            if not entry.is_dir():
                return False
            if not entry.is_symlink():
                return True
        except OSError as error:
            self._count(error)
            return False
        target = os.path.realpath(entry.path)
        inside = f"{target}{os.sep}".startswith(f"{self._root}{os.sep}")
        around = f"{self._root}{os.sep}".startswith(f"{target}{os.sep}")
        if inside or around or target in self._linked:
            return False
        self._linked.add(target)
        return True

    def _count(self, error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        self.problems[self._agent, Problem(UNREADABLE, reason)] += 1


def _below(name: str, folders: tuple[str, ...]) -> tuple[str, ...] | None:
    """Say what is asked of what lies in the folder `name`; None when nothing there can be meant."""
    if not folders:
        return None
    if folders[0] == _ANY_DEPTH:
        return folders
    return folders[1:] if fnmatchcase(name, folders[0]) else None


def _named(spec: AgentSpec, env: Mapping[str, str]) -> Iterator[SessionFile]:
    """Give the database that OpenCode's own variable names, wherever it lies."""
    path = env.get(_OPENCODE_DATABASE) or ""
    if spec.id != DATABASE_AGENT or not os.path.isabs(path):
        return
    try:
        yield _session_file(spec.id, path, os.stat(path))
    except OSError:
        return


def _session_file(agent: str, path: str, status: os.stat_result) -> SessionFile:
    identity = f"{status.st_dev}:{status.st_ino}" if status.st_ino else ""
    size, mtime_ns = status.st_size, status.st_mtime_ns
    if path.endswith(_DATABASE):
        # What is new in a database stands in its log first.
        with contextlib.suppress(OSError):
            log = os.stat(f"{path}-wal")
            size, mtime_ns = size + log.st_size, max(mtime_ns, log.st_mtime_ns)
    return SessionFile(agent, path, size, mtime_ns, identity)


def _each_once(files: Mapping[str, SessionFile]) -> list[SessionFile]:
    once: dict[str, SessionFile] = {}
    for path in sorted(files):
        file = files[path]
        once.setdefault(file.identity or path, file)
    return list(once.values())
