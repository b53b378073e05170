"""What our installation changed in an agent's directory, so that it can be as it was before.

An agent's own commands write more than a registration, and its own undoing leaves part of that
behind: empty tables, caches, a state file. Only places that are known to be written so are looked
at, and only what is still as our own commands left it is put back or removed.
"""

from __future__ import annotations

import base64
import contextlib
import glob
import hashlib
import os
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.paths import home

from fluxmirror_cli.registration.owned_file import read_owned
from fluxmirror_cli.registration.settings_file import (
    RegistrationError,
    read_file,
    remove_settings,
    replace_bytes,
)
from fluxmirror_cli.registration.trace_places import (
    find_byproducts,
    find_made_by_runs,
    find_registrations,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fluxmirror_cli.registration.agent_home import AgentHome

_DIRECTORY: Final = "directory"
_CHANGED: Final = "changed"
_LARGE: Final = b"\0large "
_LARGEST: Final = 1 << 20
"""A larger file is no registration: size and time are kept of it, and not its bytes."""


class Trace(NamedTuple):
    """One path that our installation made or changed."""

    path: str
    before: str | None
    """Its bytes before, in Base64; None when it was not there."""
    after: str
    """Digest of what our commands left; `directory` for a directory, `changed` for no file's."""


class Snapshot(NamedTuple):
    """What was found at the known places at one moment."""

    files: dict[str, bytes]
    directories: frozenset[str]
    links: dict[str, str]
    """Link → what it leads to, as written in it."""
    taken: float
    """When, in seconds since the epoch."""


def take_snapshot(agent: AgentHome, env: Mapping[str, str]) -> Snapshot:
    """Read what is at the places that the agent's commands are known to write."""
    files: dict[str, bytes] = {}
    directories: set[str] = set()
    taken = time.time()
    for path in (*find_registrations(agent, env), *find_byproducts(agent, env)):
        if os.path.isdir(path):
            directories.add(path)
            continue
        content = _look_at(path)
        if content is not None:
            files[path] = content
            directories.update(_above(os.path.dirname(path), env))
    directories.update(filter(os.path.isdir, _above(agent.root(env), env)))
    for path in tuple(directories):
        directories.update(_above(path, env))
    return Snapshot(files, frozenset(directories), _links(files), taken)


def compare(before: Snapshot, after: Snapshot) -> list[Trace]:
    """List what was made or changed between two snapshots, files before directories."""
    changed = [
        _trace(path, before.files.get(path), content)
        for path, content in sorted(after.files.items())
        if before.files.get(path) != content
    ]
    made = sorted(after.directories - before.directories, reverse=True)
    return changed + [Trace(path, None, _DIRECTORY) for path in made]


def _trace(path: str, before: bytes | None, after: bytes) -> Trace:
    """Note a change; what is too large to be kept cannot be put back, and says so."""
    if before is None:
        return Trace(path, None, _digest(after))
    if before.startswith(_LARGE):
        return Trace(path, "", _CHANGED)
    return Trace(path, base64.b64encode(before).decode("ascii"), _digest(after))


def merge(old: Iterable[Trace], new: Iterable[Trace]) -> list[Trace]:
    """Join the traces of two installations: what was before the first, what is after the last.

    A file that somebody else changed between the two is nobody's to put back any more.
    """
    joined = {trace.path: trace for trace in old}
    for trace in new:
        known = joined.get(trace.path)
        if known is None:
            joined[trace.path] = trace
        else:
            after = trace.after if _begins_with(trace, known) else _CHANGED
            joined[trace.path] = Trace(trace.path, known.before, after)
    files = [trace for trace in joined.values() if trace.after != _DIRECTORY]
    directories = [trace for trace in joined.values() if trace.after == _DIRECTORY]
    return sorted(files, key=lambda trace: trace.path) + sorted(
        directories, key=lambda trace: trace.path, reverse=True
    )


def _begins_with(trace: Trace, known: Trace) -> bool:
    """Tell whether a file was, before, as an earlier installation had left it."""
    if trace.before is None:
        return True  # it was removed meanwhile, by us
    return trace.after == _DIRECTORY or _digest(base64.b64decode(trace.before)) == known.after


def is_unchanged(trace: Trace) -> bool:
    """Tell whether a file is still as our commands left it; a directory always is."""
    if trace.after == _DIRECTORY:
        return True
    content = _look_at(trace.path)
    return content is not None and _digest(content) == trace.after


def undo_traces(
    agent: AgentHome, env: Mapping[str, str], traces: list[Trace], *, since: float
) -> list[str]:
    """Put back what was changed, and remove what was made.

    Args:
        agent: whose directory it is.
        env: the environment, which may move that directory.
        traces: what may be undone: whoever calls has left out what somebody else changed since.
        since: when the first of it was made, in seconds since the epoch.

    Returns:
        The paths that could not be put back.
    """
    registering = set(find_registrations(agent, env))
    files = [trace for trace in traces if trace.after != _DIRECTORY]
    failed = [trace.path for trace in files if trace.path in registering and not _undo(trace)]
    byproducts = [t for t in files if t.path not in registering and t.before is None]
    if not _is_used(agent, env, since):
        failed += [trace.path for trace in byproducts if not _undo(trace)]
    remove_directories(traces)
    return failed


def remove_directories(traces: Iterable[Trace]) -> None:
    """Remove the directories among what was made, where nothing is in them any more."""
    made = {trace.path for trace in traces if trace.after == _DIRECTORY}
    for path in sorted(made, reverse=True):
        with contextlib.suppress(OSError):  # somebody's things are in it
            os.rmdir(path)


def remove_made_by_runs(agent: AgentHome, env: Mapping[str, str]) -> None:
    """Remove the empty directories that an agent made for our plugin."""
    for path in find_made_by_runs(agent, env):
        made = [root for root, _, _ in os.walk(path)]
        parent = os.path.dirname(path)
        remove_directories(Trace(folder, None, _DIRECTORY) for folder in (*made, parent))


def missing_directories(path: str) -> list[Trace]:
    """List the directories that will have to be made for `path`, as traces."""
    missing = []
    while not os.path.exists(path) and os.path.dirname(path) != path:
        missing.append(Trace(path, None, _DIRECTORY))
        path = os.path.dirname(path)
    return missing


def _undo(trace: Trace) -> bool:
    """Give a file its bytes back, or take it away."""
    try:
        settings = read_file(trace.path)
        if trace.before is None:
            if settings.raw is not None:
                remove_settings(settings)
        elif settings.raw != (content := base64.b64decode(trace.before)):
            replace_bytes(settings, content)
    except RegistrationError:
        return False
    return True


def _is_used(agent: AgentHome, env: Mapping[str, str], since: float) -> bool:
    """Tell whether a session was written since: then its by-products belong to whoever had it."""
    transcripts = BY_ID[agent.id].transcripts
    sessions = os.path.join(glob.escape(agent.root(env)), *transcripts.split("/"))
    return any(_changed_at(path) >= since for path in glob.iglob(sessions))


def _changed_at(path: str) -> float:
    try:
        return os.path.getmtime(path)
    except OSError:
        return 0.0  # gone at this moment


def _above(directory: str, env: Mapping[str, str]) -> Iterator[str]:
    """Yield a directory and those above it, up to the user's home, which is not ours to remove."""
    top = home(env).rstrip(os.sep)
    while directory.startswith(top + os.sep) and directory != top:
        yield directory
        directory = os.path.dirname(directory)


def _look_at(path: str) -> bytes | None:
    """Give a file's content, or of a large one what changes with it; None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    if found.st_size > _LARGEST:
        return _LARGE + f"{found.st_size} {found.st_mtime_ns}".encode()
    return read_owned(path)


def _links(paths: Iterable[str]) -> dict[str, str]:
    return {path: os.readlink(path) for path in paths if os.path.islink(path)}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
