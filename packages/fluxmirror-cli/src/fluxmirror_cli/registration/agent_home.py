"""Where each agent keeps its things, and how its program is called."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID as AGENTS
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.paths import home

if TYPE_CHECKING:
    from collections.abc import Mapping


class AgentHome(NamedTuple):
    """What is known of one agent's installation; variables as its own code reads them."""

    id: str
    program: str
    npm_package: str
    """The npm package whose `package.json` tells the version."""
    directory: str
    """Its directory under the user's home."""
    variable: str
    """The variable that moves that directory; empty when there is none."""
    moves_parent: bool
    """Whether the variable names the directory's parent, as it were the user's home."""
    settings: str
    """The file below the directory that hooks may stand in; empty when there is none."""
    usual_places: tuple[str, ...]
    """Directories under the user's home where its own installer puts the program."""
    tried: str
    """The version that FluxMirror was tried with."""
    needed: str
    """The first version whose plugins may have our hooks; empty when that is not known."""

    def root(self, env: Mapping[str, str]) -> str:
        """Give the agent's directory; relative overrides count from here, as with the agents."""
        moved = env.get(self.variable) if self.variable else None
        if moved and self.moves_parent:
            return os.path.join(os.path.abspath(moved), self.directory)
        if moved:
            return os.path.abspath(moved)
        if self.id == OPENCODE and env.get("XDG_CONFIG_HOME"):
            return os.path.join(env["XDG_CONFIG_HOME"], "opencode")
        return os.path.join(home(env), self.directory)

    def settings_path(self, env: Mapping[str, str]) -> str:
        """Give the file that hooks may stand in; empty when there is none."""
        return os.path.join(self.root(env), self.settings) if self.settings else ""


CLAUDE: Final = "claude-code"
QWEN: Final = "qwen-code"
GEMINI: Final = "gemini-cli"
CODEX: Final = "codex-cli"
COPILOT: Final = "copilot-cli"
OPENCODE: Final = "opencode"

AGENT_HOMES: Final = (
    AgentHome(
        id=CLAUDE,
        program="claude",
        npm_package="@anthropic-ai/claude-code",
        directory=".claude",
        variable="CLAUDE_CONFIG_DIR",
        moves_parent=False,
        settings="settings.json",
        usual_places=(".local/bin", ".claude/local"),
        tried="2.1.329",
        needed="",
    ),
    AgentHome(
        id=QWEN,
        program="qwen",
        npm_package="@qwen-code/qwen-code",
        directory=".qwen",
        variable="QWEN_HOME",
        moves_parent=False,
        settings="settings.json",
        usual_places=(".local/bin",),
        tried="0.24.4",
        needed="",
    ),
    AgentHome(
        id=GEMINI,
        program="gemini",
        npm_package="@google/gemini-cli",
        directory=".gemini",
        variable="GEMINI_CLI_HOME",
        moves_parent=True,
        settings="settings.json",
        usual_places=(".local/bin",),
        tried="0.61.0",
        needed="",
    ),
    AgentHome(
        id=CODEX,
        program="codex",
        npm_package="@openai/codex",
        directory=".codex",
        variable="CODEX_HOME",
        moves_parent=False,
        settings="hooks.json",
        usual_places=(".local/bin",),
        tried="0.169.0",
        needed="",
    ),
    AgentHome(
        id=COPILOT,
        program="copilot",
        npm_package="@github/copilot",
        directory=".copilot",
        variable="COPILOT_HOME",
        moves_parent=False,
        settings="settings.json",
        usual_places=(".local/bin",),
        tried="1.0.102",
        # Its changelog: hooks of plugins get CLAUDE_PLUGIN_ROOT from this version on.
        needed="1.0.26",
    ),
    AgentHome(
        id=OPENCODE,
        program="opencode",
        npm_package="opencode-ai",
        directory=os.path.join(".config", "opencode"),
        variable="OPENCODE_CONFIG_DIR",
        moves_parent=False,
        settings="",
        usual_places=(".opencode/bin", ".local/bin"),
        tried="1.18.33",
        needed="",
    ),
)
BY_ID: Final = {agent.id: agent for agent in AGENT_HOMES}


def name_of(agent: str) -> str:
    """Give an agent's name as people write it."""
    return AGENTS[agent].name
