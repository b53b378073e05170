"""How FluxMirror stands with each agent, as the agent's own files tell: no agent is started."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple

from fluxmirror_cli.registration.agent_home import CLAUDE, CODEX, COPILOT, GEMINI, OPENCODE, QWEN
from fluxmirror_cli.registration.codex_state import read_trust
from fluxmirror_cli.registration.dialect import why_unread
from fluxmirror_cli.registration.hook_entries import EntriesError, find_entries
from fluxmirror_cli.registration.jsonc import JsoncError, parse_jsonc, plain
from fluxmirror_cli.registration.opencode_files import OPENCODE_MODULE, opencode_files
from fluxmirror_cli.registration.our_commands import is_ours, settings_hooks
from fluxmirror_cli.registration.owned_file import read_owned
from fluxmirror_cli.registration.packages import (
    EXTENSION,
    OPENCODE_PACKAGE,
    PLUGIN,
    differs,
    is_current,
    package_version,
    version_numbers,
)
from fluxmirror_cli.registration.plugin_commands import NAME, PLUGIN_ID
from fluxmirror_cli.registration.settings_file import RegistrationError, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fluxmirror_core.messages import Sayable

    from fluxmirror_cli.registration.agent_home import AgentHome
    from fluxmirror_cli.registration.registration_record import AgentRecord
    from fluxmirror_cli.registration.settings_file import SettingsFile


class Plugin(NamedTuple):
    """Our package inside an agent."""

    directory: str
    """Where the agent runs it from."""
    enabled: bool


class Standing(NamedTuple):
    """How FluxMirror is registered with one agent."""

    plugin: Plugin | None
    version: str
    """The version of the package that the agent has; empty without one."""
    current: bool
    """Whether what is registered is what this version would register."""
    entries: int
    """How many hooks of ours stand in its settings file."""
    trust: str
    """In Codex: `trusted`, `untrusted` or `modified`; empty in the others."""
    trouble: Sayable
    """Why its settings could not be read; empty when they could."""
    unread: Sayable = ""
    """Why the agent itself does not read its settings; empty when it does."""
    is_gone: bool = False
    """Whether what is registered runs files that are not there any more."""

    @property
    def registered(self) -> str:
        """In one word: `plugin`, `settings`, `both`, `broken`, `untrusted`, `disabled` or `no`."""
        if not self.plugin and not self.entries:
            return "no"
        if self.is_gone or self.unread:
            return "broken"
        if self.plugin and self.entries:
            return "both"
        if self.plugin and not self.plugin.enabled:
            return "disabled"
        if self.trust in {"untrusted", "modified"}:
            return self.trust
        return "plugin" if self.plugin else "settings"


def look_at(
    agent: AgentHome, env: Mapping[str, str], *, packages: str, bundle: str, record: AgentRecord
) -> Standing:
    """Tell how FluxMirror is registered with an agent.

    Args:
        agent: which agent.
        env: the environment, which may move its directory.
        packages: where our packages were copied to.
        bundle: where this version's packages are.
        record: what we did to this agent.
    """
    plugin = _PLUGINS[agent.id](agent.root(env))
    told = _told_by_settings(agent, env, plugin, packages)
    is_plugin_current = plugin is None or _is_current(agent, bundle, plugin.directory)
    current = is_plugin_current and _are_wanted(told.entries, agent, bundle, packages)
    return Standing(
        plugin=plugin,
        version=_version(agent, plugin, told.entries, packages, bundle if current else ""),
        current=current,
        entries=len(told.entries),
        trust=_trust(agent, env, plugin, told.entries, record),
        trouble=told.trouble,
        unread=told.unread,
        is_gone=_is_gone(plugin, told.entries, packages),
    )


class _Told(NamedTuple):
    """What an agent's settings file tells."""

    entries: Mapping[str, str]
    """The commands of our hooks, by event."""
    trouble: Sayable = ""
    """As in `Standing`."""
    unread: Sayable = ""
    """As in `Standing`."""


def _told_by_settings(
    agent: AgentHome, env: Mapping[str, str], plugin: Plugin | None, packages: str
) -> _Told:
    path = agent.settings_path(env)
    unread: Sayable = ""
    try:
        file = read_settings(path) if path else None
        if file is None:
            return _Told({})
        unread = _why_unread(agent, file, plugin)
        return _Told(_our_entries(file.text, packages), unread=unread)
    except (RegistrationError, EntriesError) as error:
        return _Told({}, error.sentence, unread)


def _our_entries(text: str, packages: str) -> dict[str, str]:
    """Give the commands of our hooks in a settings file, by event.

    Raises:
        EntriesError: nobody can tell which hooks there are.
    """
    found = find_entries(text) if text.strip() else ()
    return {entry.event: entry.command for entry in found if is_ours(entry.command, packages)}


def _are_wanted(entries: Mapping[str, str], agent: AgentHome, bundle: str, packages: str) -> bool:
    """Tell whether our hooks are those that this version would enter; having none is fine."""
    if not entries:
        return True
    hooks = settings_hooks(agent.id, bundle, packages)
    return entries == {event: hook["command"] for event, hook in hooks.items()}


def _trust(
    agent: AgentHome,
    env: Mapping[str, str],
    plugin: Plugin | None,
    entries: Mapping[str, str],
    record: AgentRecord,
) -> str:
    """Tell whether Codex lets our hooks run; empty in other agents, and where there is none."""
    if agent.id != CODEX or not (plugin or entries):
        return ""
    path = agent.settings_path(env)
    return read_trust(agent.root(env), plugin and plugin.directory, path, entries, record.trust)


def _why_unread(agent: AgentHome, file: SettingsFile, plugin: Plugin | None) -> Sayable:
    """Say why an agent does not read the settings that our hooks depend on."""
    if agent.id == CODEX and plugin is not None:
        return ""  # it keeps plugins in its configuration, and reads hooks from each file alone
    reason = why_unread(agent.id, file)
    return message("settings_file.unread", path=file.path, reason=reason) if reason else ""


def _is_gone(plugin: Plugin | None, entries: Mapping[str, str], packages: str) -> bool:
    if plugin and not os.path.isdir(plugin.directory):
        return True
    return bool(entries) and not os.path.isdir(os.path.join(packages, PLUGIN))


def _version(
    agent: AgentHome,
    plugin: Plugin | None,
    entries: Mapping[str, str],
    packages: str,
    current: str,
) -> str:
    """Give the version of what is registered; empty where nothing is.

    OpenCode's module has no manifest: it is this version's where it is `current`, the packages of
    this version, and else as old as what it was copied from.
    """
    if not (plugin or entries):
        return ""
    if plugin and agent.id != OPENCODE:
        return package_version(plugin.directory)
    return package_version(os.path.join(current or packages, PLUGIN))


def _is_current(agent: AgentHome, bundle: str, directory: str) -> bool:
    if agent.id == OPENCODE:
        package = os.path.join(bundle, OPENCODE_PACKAGE)
        return all(
            read_owned(os.path.join(package, source))
            == read_owned(os.path.join(os.path.dirname(directory), target))
            for source, target in opencode_files(package)
        )
    if agent.id == CODEX:
        # It copies every file as it is: one more, or another manifest, is somebody else's work.
        return not differs(os.path.join(bundle, PLUGIN), directory)
    return is_current(os.path.join(bundle, EXTENSION if agent.id == GEMINI else PLUGIN), directory)


def _claude(root: str) -> Plugin | None:
    installed = _json(root, "plugins", "installed_plugins.json")
    scopes = _at(installed, "plugins", PLUGIN_ID)
    if not isinstance(scopes, list) or not scopes:
        return None
    market = _at(_json(root, "plugins", "known_marketplaces.json"), NAME)
    in_place = _at(market, "source", "source") == "directory"
    directory = _at(market, "installLocation") if in_place else _at(scopes[0], "installPath")
    enabled = _at(_json(root, "settings.json"), "enabledPlugins", PLUGIN_ID) is True
    return Plugin(os.path.join(str(directory), PLUGIN) if in_place else str(directory), enabled)


def _copilot(root: str) -> Plugin | None:
    settings = _json(root, "settings.json")
    path = _at(settings, "extraKnownMarketplaces", NAME, "source", "path")
    enabled = _at(settings, "enabledPlugins", PLUGIN_ID)
    if enabled is None or (enabled is False and path is None):
        return None  # `copilot plugin uninstall` leaves a `false` behind
    return Plugin(os.path.join(str(path), PLUGIN), enabled is True)


def _qwen(root: str) -> Plugin | None:
    directory = os.path.join(root, "extensions", NAME)
    if not os.path.isdir(directory):
        return None
    known = _at(_json(root, "extension-store", "state.json"), "extensions")
    every = known.values() if isinstance(known, dict) else ()
    states = [one for one in every if _at(one, "name") == NAME]
    return Plugin(directory, all(_at(one, "defaultActivation") != "disabled" for one in states))


def _gemini(root: str) -> Plugin | None:
    directory = os.path.join(root, "extensions", NAME)
    if not os.path.isdir(directory):
        return None
    enablement = _json(root, "extensions", "extension-enablement.json")
    overrides = _at(enablement, NAME, "overrides")
    last = overrides[-1] if isinstance(overrides, list) and overrides else ""
    return Plugin(directory, not str(last).startswith("!"))


def _codex(root: str) -> Plugin | None:
    raw = read_owned(os.path.join(root, "config.toml"))
    try:
        config = tomllib.loads((raw or b"").decode("utf-8"))
    except ValueError:
        return None
    enabled = _at(config, "plugins", PLUGIN_ID, "enabled")
    cache = os.path.join(root, "plugins", "cache", NAME, NAME)
    versions = sorted(os.listdir(cache), key=version_numbers) if os.path.isdir(cache) else []
    if enabled is None or not versions:
        return None
    return Plugin(os.path.join(cache, versions[-1]), enabled is True)


def _opencode(root: str) -> Plugin | None:
    for folder in ("plugin", "plugins"):
        if os.path.exists(os.path.join(root, folder, OPENCODE_MODULE)):
            return Plugin(os.path.join(root, folder), enabled=True)
    return None


_PLUGINS: Final[dict[str, Callable[[str], Plugin | None]]] = {
    CLAUDE: _claude,
    COPILOT: _copilot,
    QWEN: _qwen,
    GEMINI: _gemini,
    CODEX: _codex,
    OPENCODE: _opencode,
}


def _json(*parts: str) -> object:
    """Read a file of an agent's; None when it cannot be read, which is like having no entry."""
    raw = read_owned(os.path.join(*parts))
    try:
        return plain(parse_jsonc((raw or b"").decode("utf-8-sig")))
    except (JsoncError, UnicodeDecodeError):
        return None


def _at(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
