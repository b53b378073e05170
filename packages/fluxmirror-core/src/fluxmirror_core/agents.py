"""AGENTS: one row per agent whose work FluxMirror records. Adding an agent is adding a row."""

from __future__ import annotations

from typing import Final

from fluxmirror_core.event import Kind
from fluxmirror_core.named_tuple import NamedTuple


class AgentSpec(NamedTuple):
    """One agent: how it is called, where it lives, what its hooks say."""

    id: str
    name: str
    """As people write it."""
    kinds: tuple[str, ...]
    """Registration words that mean this agent."""
    dialect: str
    """Which adapter of `fluxmirror_core.wire` reads its payloads; empty when it has no hooks."""
    home: str
    """Its directory under the user's home."""
    home_variable: str
    """The variable that moves that directory; empty when there is none."""
    home_below: str
    """Where the directory is below what that variable names; empty when it is that itself."""
    project_variable: str
    """The variable that names the project directory; `cwd` follows `cd` and is not it."""
    version_variable: str
    """The variable that names the agent's version in a hook; empty where none does."""
    transcripts: tuple[str, ...]
    """Globs of its session files below `home`; `**` stands for folders of any depth."""
    package: str
    """The package of this repository that registers its hooks."""
    hook_events: dict[str, Kind]
    """Hook event name → what it means; an event not listed is kept as a signal and counted."""


_TOOL = Kind.TOOL_CALL

_CLAUDE_EVENTS: Final = {
    "PreToolUse": _TOOL,
    "PostToolUse": _TOOL,
    "PostToolUseFailure": _TOOL,
    "PostToolBatch": _TOOL,
    "UserPromptSubmit": Kind.PROMPT,
    "UserPromptExpansion": Kind.SIGNAL,
    "SessionStart": Kind.SESSION_START,
    "SessionEnd": Kind.SESSION_END,
    "Stop": Kind.TURN_END,
    "StopFailure": Kind.TURN_FAILED,
    "SubagentStart": Kind.SUBAGENT_START,
    "SubagentStop": Kind.SUBAGENT_END,
    "PreCompact": Kind.COMPACTION_START,
    "PostCompact": Kind.COMPACTION_END,
    "PermissionRequest": Kind.PERMISSION_REQUEST,
    "PermissionDenied": Kind.PERMISSION_DENIED,
    "Notification": Kind.NOTIFICATION,
    "InstructionsLoaded": Kind.SIGNAL,
    "MessageDisplay": Kind.SIGNAL,
}

AGENTS: Final = (
    AgentSpec(
        id="claude-code",
        name="Claude Code",
        # The word `claude` is no evidence: the one plugin registers it in four agents.
        kinds=(),
        dialect="claude",
        home=".claude",
        home_variable="CLAUDE_CONFIG_DIR",
        home_below="",
        project_variable="CLAUDE_PROJECT_DIR",
        version_variable="AI_AGENT",
        transcripts=("projects/**/*.jsonl",),
        package="plugins/fluxmirror",
        hook_events=_CLAUDE_EVENTS
        | dict.fromkeys(
            (
                "PreModelSwitch",
                "PostModelSwitch",
                "Setup",
                "TeammateIdle",
                "TaskCreated",
                "TaskCompleted",
                "Elicitation",
                "ElicitationResult",
                "ConfigChange",
                "WorktreeCreate",
                "WorktreeRemove",
                "CwdChanged",
                "FileChanged",
                "DirectoryAdded",
            ),
            Kind.SIGNAL,
        ),
    ),
    AgentSpec(
        id="qwen-code",
        name="Qwen Code",
        kinds=("qwen",),
        dialect="claude",
        home=".qwen",
        home_variable="QWEN_HOME",
        home_below="",
        project_variable="QWEN_PROJECT_DIR",
        version_variable="QWEN_CODE_STARTUP_VERSION",
        transcripts=("projects/*/chats/*.jsonl", "projects/*/subagents/**/*.jsonl"),
        package="plugins/fluxmirror",
        hook_events=_CLAUDE_EVENTS
        | dict.fromkeys(("SessionDelete", "TodoCreated", "TodoCompleted"), Kind.SIGNAL),
    ),
    AgentSpec(
        id="gemini-cli",
        name="Gemini CLI",
        kinds=("gemini",),
        dialect="gemini",
        home=".gemini",
        home_variable="GEMINI_CLI_HOME",
        home_below=".gemini",
        project_variable="GEMINI_PROJECT_DIR",
        version_variable="",
        transcripts=("tmp/*/chats/**/*.jsonl",),
        package="gemini-extension",
        hook_events={
            "BeforeTool": _TOOL,
            "AfterTool": _TOOL,
            "BeforeAgent": Kind.PROMPT,
            "AfterAgent": Kind.TURN_END,
            "SessionStart": Kind.SESSION_START,
            "SessionEnd": Kind.SESSION_END,
            "Notification": Kind.NOTIFICATION,
            # Fired before every model request, whether anything is compressed or not.
            "PreCompress": Kind.SIGNAL,
            "BeforeModel": Kind.SIGNAL,
            "AfterModel": Kind.SIGNAL,
            "BeforeToolSelection": Kind.SIGNAL,
        },
    ),
    AgentSpec(
        id="codex-cli",
        name="Codex CLI",
        kinds=("codex",),
        dialect="claude",
        home=".codex",
        home_variable="CODEX_HOME",
        home_below="",
        project_variable="",
        version_variable="",
        transcripts=("sessions/**/rollout-*.jsonl", "archived_sessions/**/rollout-*.jsonl"),
        package="plugins/fluxmirror",
        hook_events={
            name: _CLAUDE_EVENTS[name]
            for name in (
                "PreToolUse",
                "PostToolUse",
                "PermissionRequest",
                "PreCompact",
                "PostCompact",
                "SessionStart",
                "SessionEnd",
                "UserPromptSubmit",
                "SubagentStart",
                "SubagentStop",
                "Stop",
            )
        }
        | dict.fromkeys(("Interrupt", "agent-turn-complete"), Kind.SIGNAL),
    ),
    AgentSpec(
        id="copilot-cli",
        name="GitHub Copilot CLI",
        kinds=("copilot",),
        dialect="copilot",
        home=".copilot",
        home_variable="COPILOT_HOME",
        home_below="",
        project_variable="COPILOT_PROJECT_DIR",
        version_variable="COPILOT_CLI_BINARY_VERSION",
        transcripts=("session-state/*/events.jsonl",),
        package="plugins/fluxmirror",
        hook_events={
            "preToolUse": _TOOL,
            "postToolUse": _TOOL,
            "postToolUseFailure": _TOOL,
            "userPromptSubmitted": Kind.PROMPT,
            "userPromptSubmit": Kind.PROMPT,
            "userPromptTransformed": Kind.SIGNAL,
            "sessionStart": Kind.SESSION_START,
            "sessionEnd": Kind.SESSION_END,
            "agentStop": Kind.TURN_END,
            "stop": Kind.TURN_END,
            "subagentStart": Kind.SUBAGENT_START,
            "subagentStop": Kind.SUBAGENT_END,
            "errorOccurred": Kind.TURN_FAILED,
            "preCompact": Kind.COMPACTION_START,
            "permissionRequest": Kind.PERMISSION_REQUEST,
            "notification": Kind.NOTIFICATION,
            "preMcpToolCall": Kind.SIGNAL,
            "postResult": Kind.SIGNAL,
            "prePRDescription": Kind.SIGNAL,
        },
    ),
    AgentSpec(
        id="opencode",
        name="OpenCode",
        kinds=("opencode",),
        dialect="opencode",
        home=".local/share/opencode",
        home_variable="XDG_DATA_HOME",
        home_below="opencode",
        project_variable="",
        version_variable="",
        transcripts=("opencode*.db",),
        package="plugins/opencode",
        hook_events={
            "tool.execute.before": _TOOL,
            "tool.execute.after": _TOOL,
            "chat.message": Kind.PROMPT,
            "session.created": Kind.SESSION_START,
            "session.deleted": Kind.SESSION_END,
            "session.idle": Kind.TURN_END,
            "session.error": Kind.TURN_FAILED,
            "session.compacted": Kind.COMPACTION_END,
            "experimental.session.compacting": Kind.COMPACTION_START,
            "permission.asked": Kind.PERMISSION_REQUEST,
            # A denial when it says so.
            "permission.replied": Kind.SIGNAL,
            # The end of a call, or the tokens of an answer.
            "message.part.updated": Kind.SIGNAL,
        },
    ),
    AgentSpec(
        id="claude-desktop",
        name="Claude Desktop",
        kinds=(),
        dialect="",
        home="",
        home_variable="",
        home_below="",
        project_variable="",
        version_variable="",
        transcripts=(),
        package="",
        hook_events={},
    ),
    AgentSpec(
        id="setup",
        name="FluxMirror set-up",
        kinds=(),
        dialect="",
        home="",
        home_variable="",
        home_below="",
        project_variable="",
        version_variable="",
        transcripts=(),
        package="",
        hook_events={},
    ),
)

BY_ID: Final = {spec.id: spec for spec in AGENTS}
BY_KIND: Final = {word: spec for spec in AGENTS if spec.dialect for word in (spec.id, *spec.kinds)}
