"""Companions: small files without which an agent does not show a session again."""

from __future__ import annotations

import os
import stat
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from fluxmirror_store.importing.session_files import SessionFile

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMPANIONS: Final = {
    # What a subagent was called for.
    "claude-code": "{name}.meta.json",
    "qwen-code": "{name}.meta.json",
    # Which directory the sessions of a folder are of.
    "gemini-cli": "../.project_root",
    # Where a session was, and what it is called.
    "copilot-cli": "workspace.yaml",
}
"""From a session file's folder on; `{name}` is the file's, without its ending. No session file is
called so: that tells the copies of companions from those of session files."""


def companion_path(agent: str, path: str) -> str:
    """Say where a session file's companion is, if there is one; empty when the agent writes none.

    Args:
        agent: id of the file's agent.
        path: the session file, as the system or as the database writes it; the answer is alike.
    """
    pattern = _COMPANIONS.get(agent)
    if pattern is None:
        return ""
    folder, name = os.path.split(path)
    companion = pattern.format(name=os.path.splitext(name)[0])
    return os.path.normpath(os.path.join(folder, companion))


def is_companion(agent: str, path: str) -> bool:
    """Tell whether what lies at a path, parts by `/`, is a companion of an agent's session file."""
    pattern = _COMPANIONS.get(agent, "").format(name="*").rpartition("/")[2]
    return fnmatchcase(path.rpartition("/")[2], pattern)


def find_companions(files: Iterable[SessionFile]) -> dict[str, tuple[SessionFile, SessionFile]]:
    """Look for the companions of session files.

    Returns:
        By its path each companion, with the first of the session files that it belongs to.
    """
    found: dict[str, tuple[SessionFile, SessionFile]] = {}
    for file in files:
        path = companion_path(file.agent, file.path)
        if path and path not in found:
            companion = _companion(file.agent, path)
            if companion is not None:
                found[path] = (companion, file)
    return found


def _companion(agent: str, path: str) -> SessionFile | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return SessionFile(agent, path, status.st_size, status.st_mtime_ns, identity="")
