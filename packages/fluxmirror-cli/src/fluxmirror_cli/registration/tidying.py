"""What an agent's own undoing leaves in settings that are not ours to restore."""

from __future__ import annotations

import os
from typing import Final

from fluxmirror_cli.registration.jsonc import JsoncError, cut, members, parse_jsonc, plain
from fluxmirror_cli.registration.plugin_commands import NAME, PLUGIN_ID

_TABLES: Final = {"enabledPlugins": PLUGIN_ID, "extraKnownMarketplaces": NAME}


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


def _tidy(text: str, before: str, table: str, name: str) -> str:
    try:
        root = parse_jsonc(text)
        found = members(root, table)
        if len(found) != 1 or found[0].value.kind != "object":
            return text
        ours = members(found[0].value, name)
        if ours and plain(ours[0].value) is False:
            text = cut(text, found[0].value, found[0].value.items.index(ours[0]))
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
