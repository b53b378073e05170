"""What older FluxMirrors, and one registration too many, left on this machine."""

from __future__ import annotations

import glob
import json
import os
import shutil
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import counted, message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.private import make_directory

from fluxmirror_cli.registration.agent_home import AGENT_HOMES, CLAUDE, GEMINI, QWEN
from fluxmirror_cli.registration.agent_home import BY_ID as HOMES
from fluxmirror_cli.registration.change import Change, make_change
from fluxmirror_cli.registration.hook_entries import EntriesError, find_entries, take_entries
from fluxmirror_cli.registration.our_commands import is_manual, is_ours, is_outdated
from fluxmirror_cli.registration.settings_file import RegistrationError, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.situation import Situation

_SET_ASIDE: Final = "set-aside"


class Leftover(NamedTuple):
    """One thing that makes events come twice, or an agent complain."""

    agent: str
    sentence: Sayable
    directory: str = ""
    """A directory to be set aside; empty when it is a settings file that is to change."""
    change: Change | None = None


def find_leftovers(situation: Situation) -> list[Leftover]:
    """Look for what can be cleaned up; nothing is changed."""
    return [
        *_old_packages(situation.env),
        *_backups(situation.env),
        *(one for agent in AGENT_HOMES for one in _entries(situation, agent)),
    ]


def clean_up(leftover: Leftover, data: str) -> str:
    """Take one leftover out of its agent's way.

    Nobody can tell what a person put into a directory of an older version since, so no directory
    is deleted.

    Args:
        leftover: what `find_leftovers` found.
        data: our data directory.

    Returns:
        Where the directory is now; empty for a settings file.

    Raises:
        RegistrationError: it could not be changed or moved.
    """
    if leftover.change is not None:
        make_change(leftover.change)
        return ""
    base = set_aside_directory(data)
    try:
        make_directory(base)
        aside = _free(os.path.join(base, f"{leftover.agent}-{_name(leftover.directory)}"))
        shutil.move(leftover.directory, aside)
    except OSError as error:
        reason = error.strerror or str(error)
        raise RegistrationError(
            message("registration.cannot_move", path=leftover.directory, reason=reason)
        ) from error
    return aside


def set_aside_directory(data: str) -> str:
    """Say where cleaned directories go."""
    return os.path.join(data, _SET_ASIDE)


def _name(directory: str) -> str:
    return os.path.basename(os.path.normpath(directory))


def _free(path: str) -> str:
    """Give a path where nothing is yet."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = f"{path}-{number}"
    return free


def _old_packages(env: Mapping[str, str]) -> Iterator[Leftover]:
    """Find packages where older versions put them, and programs that those had downloaded."""
    for agent in (CLAUDE, QWEN):
        directory = os.path.join(HOMES[agent].root(env), "plugins", "fluxmirror")
        if _is_our_package(directory):
            yield Leftover(agent, message("leftover.package", path=directory), directory)
    extension = os.path.join(HOMES[GEMINI].root(env), "extensions", "fluxmirror")
    programs = os.path.join(extension, "bin")
    if os.path.isdir(programs) and _is_our_package(extension):
        yield Leftover(GEMINI, message("leftover.programs", path=programs), programs)


def _backups(env: Mapping[str, str]) -> Iterator[Leftover]:
    """Find copies of our package among the extensions: agents load them as a second one."""
    for agent, folder in ((GEMINI, "extensions"), (QWEN, "extensions"), (CLAUDE, "plugins")):
        base = glob.escape(os.path.join(HOMES[agent].root(env), folder))
        for directory in sorted(glob.glob(os.path.join(base, "fluxmirror*backup*"))):
            if _is_our_package(directory) and not os.path.islink(directory):
                yield Leftover(agent, message("leftover.backup", path=directory), directory)


def _is_our_package(directory: str) -> bool:
    """Tell by its manifest: nothing is removed for its name alone."""
    for manifest in (".claude-plugin/plugin.json", "gemini-extension.json", "qwen-extension.json"):
        try:
            with open(os.path.join(directory, *manifest.split("/")), encoding="utf-8") as file:
                return bool(json.load(file)["name"] == "fluxmirror")
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return False


def _entries(situation: Situation, agent: AgentHome) -> Iterator[Leftover]:
    """Find hooks in an agent's settings that repeat what its plugin does, or do it no more."""
    path = agent.settings_path(situation.env)
    if not path:
        return
    plugin = situation.standing(agent).plugin is not None

    def is_extra(command: str) -> bool:
        if is_outdated(command):
            return True
        return plugin and (is_manual(command) or is_ours(command, situation.packages))

    try:
        file = read_settings(path)
        if not file.text.strip():
            return
        extra = [entry for entry in find_entries(file.text) if is_extra(entry.command)]
        if extra:
            made = situation.done(agent.id).settings
            text = take_entries(file.text, is_extra, made=made.made if made else None)
            what = "leftover.beside_plugin" if plugin else "leftover.older_hooks"
            sentence = counted(what, len(extra), path=path)
            yield Leftover(agent.id, sentence, change=Change(file, text))
    except (RegistrationError, EntriesError):
        return  # whoever installs is told by the plan
