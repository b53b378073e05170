"""What an agent's own undoing leaves under our name, and what carries it only because we ran it."""

from __future__ import annotations

import contextlib
import glob
import os
from typing import TYPE_CHECKING, Final

from fluxmirror_cli.registration.agent_home import CLAUDE, CODEX, COPILOT, GEMINI
from fluxmirror_cli.registration.agent_program import AWAY
from fluxmirror_cli.registration.change import Change, make_change
from fluxmirror_cli.registration.jsonc import JsoncError, cut, members, parse_jsonc
from fluxmirror_cli.registration.owned_file import read_owned
from fluxmirror_cli.registration.packages import PLUGIN, list_files
from fluxmirror_cli.registration.plugin_commands import NAME, PLUGIN_ID
from fluxmirror_cli.registration.settings_file import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.situation import Situation

_TABLES: Final = {"enabledPlugins": PLUGIN_ID, "extraKnownMarketplaces": NAME}
_COPIES: Final = {
    CLAUDE: ("plugins/cache/fluxmirror", "plugins/data/fluxmirror*"),
    CODEX: ("plugins/cache/fluxmirror", "plugins/data/fluxmirror*"),
    COPILOT: ("plugin-data/fluxmirror",),
}
"""Directories that an agent makes for our plugin, and leaves behind."""
_MARK: Final = ".orphaned_at"
"""What Claude Code writes into a copy that it will delete some day."""


def tidy_settings(text: str, before: str) -> str:
    """Take out our names, and the tables that are empty without them.

    `claude plugin uninstall` leaves two empty tables, `copilot plugin uninstall` a `false`.

    Args:
        text: the settings as the agent left them.
        before: the settings before our installation: an empty table of then stays.
    """
    for table, name in _TABLES.items():
        text = _tidy(text, before, table, name)
    return text


def remove_copies(situation: Situation, agent: AgentHome) -> None:
    """Remove what an agent left of its copy of our package: files that are ours to the byte.

    Raises:
        RegistrationError: a list of projects could not be written.
    """
    root = agent.root(situation.env)
    for pattern in _COPIES.get(agent.id, ()):
        for directory in glob.iglob(os.path.join(glob.escape(root), *pattern.split("/"))):
            for path in _ours_below(situation, directory):
                with contextlib.suppress(OSError):  # a name of ours that stays, and does nothing
                    os.unlink(path)
            _remove_empty(directory)
    if agent.id == GEMINI:
        _forget_projects(root)


def without_projects(text: str, prefix: str) -> str:
    """Take out of Gemini CLI's list of projects the directories that we ran it in.

    Args:
        text: `projects.json`, path → short name.
        prefix: how their names begin.
    """
    try:
        for project in members(parse_jsonc(text), "projects")[:1]:
            for name in [item.key or "" for item in project.value.items]:
                if os.path.basename(name).startswith(prefix):
                    node = members(parse_jsonc(text), "projects")[0].value
                    text = cut(text, node, node.items.index(members(node, name)[0]))
    except JsoncError:
        return text
    return text


def _ours_below(situation: Situation, directory: str) -> Iterator[str]:
    """Yield the files of an agent's copy, VERSION/…, that one of our packages holds alike."""
    packages = [os.path.join(where, PLUGIN) for where in (situation.bundle, situation.packages)]
    for name in list(list_files(directory)):
        path = os.path.join(directory, name)
        inside = name.split(os.sep, 2)[-1]
        content = read_owned(path)
        alike = any(read_owned(os.path.join(one, inside)) == content for one in packages)
        if inside == _MARK or (alike and content is not None):
            yield path


def _forget_projects(root: str) -> None:
    for folder in ("tmp", "history"):
        pattern = os.path.join(glob.escape(root), folder, f"{AWAY}*")
        for directory in glob.iglob(pattern):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(directory, ".project_root"))
            _remove_empty(directory)
    file = read_settings(os.path.join(root, "projects.json"))
    if file.raw is not None:
        make_change(Change(file, without_projects(file.text, AWAY)))


def _remove_empty(directory: str) -> None:
    for root, _, _ in os.walk(directory, topdown=False):
        with contextlib.suppress(OSError):  # something that is not ours is in it
            os.rmdir(root)


def _tidy(text: str, before: str, table: str, name: str) -> str:
    try:
        root = parse_jsonc(text)
        found = members(root, table)
        if len(found) != 1 or found[0].value.kind != "object":
            return text
        for ours in members(found[0].value, name)[:1]:
            text = cut(text, found[0].value, found[0].value.items.index(ours))
            root = parse_jsonc(text)
            found = members(root, table)
        if not found[0].value.items and not _has(before, table):
            text = cut(text, root, root.items.index(found[0]))
    except JsoncError:
        return text
    return text


def _has(text: str, table: str) -> bool:
    try:
        return bool(members(parse_jsonc(text), table))
    except JsoncError:
        return False
