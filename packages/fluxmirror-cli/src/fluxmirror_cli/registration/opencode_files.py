"""OpenCode has no command that installs a plugin: we put module and commands there ourselves.

A person may have a file of the same name, or have changed ours: neither is written or removed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message

from fluxmirror_cli.registration.agent_home import OPENCODE
from fluxmirror_cli.registration.change import Change
from fluxmirror_cli.registration.owned_file import digest, read_owned
from fluxmirror_cli.registration.packages import OPENCODE_PACKAGE, list_files
from fluxmirror_cli.registration.settings_file import RegistrationError, read_file, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.settings_file import SettingsFile
    from fluxmirror_cli.registration.situation import Situation

OPENCODE_MODULE: Final = "fluxmirror.js"
_COMMANDS: Final = "command"
OPENCODE_FOLDER: Final = os.path.join(_COMMANDS, "fluxmirror")
"""The directory of our commands, which has our name."""


def opencode_changes(situation: Situation, agent: AgentHome) -> list[Change]:
    """Say which files are to be written in OpenCode's directory.

    Raises:
        RegistrationError: something there is no plain file, or is not ours.
    """
    package = os.path.join(situation.bundle, OPENCODE_PACKAGE)
    changes = []
    for source, target in opencode_files(package):
        text = (read_owned(os.path.join(package, source)) or b"").decode("utf-8")
        path = os.path.join(agent.root(situation.env), target)
        file = read_file(path)
        if file.raw not in {None, text.encode()} and not _is_ours(situation, file, target):
            raise RegistrationError(
                message(
                    "settings_file.left_alone",
                    path=path,
                    reason=message("settings_file.why.not_as_written"),
                ),
                hint=message("install.move_opencode_file"),
            )
        changes.append(Change(read_settings(path), text))
    return [change for change in changes if change.is_one]


def opencode_removals(situation: Situation, agent: AgentHome) -> list[Change]:
    """Say which files are to be removed from OpenCode's directory: those we put there.

    Raises:
        RegistrationError: something there is no plain file.
    """
    files = _named_files(situation, agent)
    return [Change(file, None) for file, name in files if _is_ours(situation, file, name)]


def opencode_kept(situation: Situation, agent: AgentHome) -> list[str]:
    """List the files of our names that are not as we wrote them.

    Raises:
        RegistrationError: something there is no plain file.
    """
    files = _named_files(situation, agent)
    return [file.path for file, name in files if not _is_ours(situation, file, name)]


def written_by(changes: Iterable[Change]) -> dict[str, str]:
    """Give what is to be remembered of files that are written: path → digest."""
    return {
        change.file.path: digest(change.text.encode())
        for change in changes
        if change.text is not None
    }


def opencode_files(package: str) -> Iterator[tuple[str, str]]:
    """Yield each file of the package that OpenCode reads, and where it is to lie."""
    for name in sorted(list_files(package)):
        if name == OPENCODE_MODULE:
            yield name, os.path.join("plugin", name)
        elif name.split(os.sep)[0] == _COMMANDS:
            yield name, name


def _named_files(situation: Situation, agent: AgentHome) -> list[tuple[SettingsFile, str]]:
    """Read what is there under a name of ours: this version's, the copied one's, the record's."""
    root = agent.root(situation.env)
    names = {name for package in _packages(situation) for _, name in opencode_files(package)}
    names |= {os.path.relpath(path, root) for path, _ in situation.done(agent.id).written}
    files = [(read_file(os.path.join(root, name)), name) for name in sorted(names)]
    return [(file, name) for file, name in files if file.raw is not None]


def _is_ours(situation: Situation, file: SettingsFile, name: str) -> bool:
    """Tell a file by its content: one of a package's, or one that we are on record to have put."""
    sources = {
        (package, source)
        for package in _packages(situation)
        for source, target in opencode_files(package)
        if target == name
    }
    if any(read_owned(os.path.join(*where)) == file.raw for where in sources):
        return True
    return (file.path, digest(file.raw or b"")) in situation.done(OPENCODE).written


def _packages(situation: Situation) -> list[str]:
    """Give this version's packages and those that were copied: one may know a file more."""
    return [
        os.path.join(where, OPENCODE_PACKAGE) for where in (situation.bundle, situation.packages)
    ]
