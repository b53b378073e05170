"""Where the agents' own commands write, below each agent's directory; seen in runs of them."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.paths import home

from fluxmirror_cli.registration.agent_home import CLAUDE, CODEX, COPILOT, GEMINI, OPENCODE, QWEN
from fluxmirror_cli.registration.agent_program import AWAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fluxmirror_cli.registration.agent_home import AgentHome

_REGISTRATION: Final = {
    CLAUDE: (
        "settings.json",
        "plugins/known_marketplaces.json",
        "plugins/installed_plugins.json",
        "plugins/marketplaces",
        "plugins/cache/fluxmirror/**",
    ),
    QWEN: (
        "settings.json",
        "settings.json.corrupted",
        "extension-store/*.json",
        "extension-store/lock",
        "extension-store/rollback",
        "extension-store/staging",
        "extension-store/transactions",
        "extensions/extension-enablement.json",
        "extensions/fluxmirror/**",
    ),
    GEMINI: (
        "settings.json",
        "extension_integrity.json",
        "extensions/extension-enablement.json",
        "extensions/fluxmirror/**",
        f"history/{AWAY}*/.project_root",
        f"tmp/{AWAY}*/.project_root",
    ),
    CODEX: (
        "config.toml",
        "hooks.json",
        ".hook-trust/*",
        ".tmp/marketplaces",
        "plugins/cache/fluxmirror/**",
    ),
    COPILOT: (
        "settings.json",
        "settings.json.lock",
        "installed-plugins.lock",
    ),
    OPENCODE: ("plugin/fluxmirror.js", "command/fluxmirror/**"),
}
"""What registering writes, below the agent's directory; seen with the versions in `agent_home`."""

_MADE_BY_RUNS: Final = {
    CLAUDE: "plugins/data/fluxmirror*",
    CODEX: "plugins/data/fluxmirror*",
    COPILOT: "plugin-data/fluxmirror",
}
"""Directories that an agent makes for our plugin when it runs it: we put nothing there."""

_BYPRODUCTS: Final = {
    CLAUDE: (
        ".claude.json",
        "~/.claude.json",
        "backups/.claude.json.backup.*",
        "telemetry/*",
        "cache/*",
    ),
    QWEN: ("installation_id", "debug/*"),
    GEMINI: (
        "gemini-credentials.json",
        "history/*/.project_root",
        "installation_id",
        "projects.json",
        "projects.json.*.tmp",
        "projects.json.lock",
        "tmp/*/.project_root",
    ),
    CODEX: (
        ".tmp/**",
        "*.sqlite",
        "*.sqlite-shm",
        "*.sqlite-wal",
        "installation_id",
        "skills/.system/**",
    ),
    COPILOT: ("logs/.copilot-log.lock", "logs/process-*.log", "~/.cache/copilot/**"),
    OPENCODE: (),
}
"""What any run of the agent writes: removed only where nobody has used the agent since."""


def find_registrations(agent: AgentHome, env: Mapping[str, str]) -> Iterator[str]:
    """Yield what registering writes; Copilot locks its settings where a link leads, beside them."""
    yield from _found(agent, env, _REGISTRATION[agent.id])
    if agent.settings:
        lock = f"{os.path.realpath(agent.settings_path(env))}.lock"
        yield from (lock,) if os.path.exists(lock) else ()


def find_byproducts(agent: AgentHome, env: Mapping[str, str]) -> Iterator[str]:
    """Yield what any run of an agent writes."""
    yield from _found(agent, env, _BYPRODUCTS[agent.id])


def find_made_by_runs(agent: AgentHome, env: Mapping[str, str]) -> Iterator[str]:
    """Yield the directories that an agent makes for our plugin when it runs it."""
    pattern = _MADE_BY_RUNS.get(agent.id)
    yield from _found(agent, env, (pattern,) if pattern else ())


def _found(agent: AgentHome, env: Mapping[str, str], patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        base = home(env) if pattern.startswith("~/") else agent.root(env)
        path = os.path.join(glob.escape(base), *pattern.removeprefix("~/").split("/"))
        yield from glob.iglob(path, recursive=True, include_hidden=True)
