"""One row per agent: what its hooks are called, what they mean, where it lives."""

from __future__ import annotations

import pytest
from fluxmirror_core.agents import AGENTS, BY_ID, BY_KIND
from fluxmirror_core.event import Kind
from fluxmirror_core.wire.reader import _DIALECTS

CLAUDE = """
PreToolUse PostToolUse PostToolUseFailure PostToolBatch Notification UserPromptSubmit
UserPromptExpansion SessionStart SessionEnd Stop StopFailure SubagentStart SubagentStop PreCompact
PostCompact PreModelSwitch PostModelSwitch PermissionRequest PermissionDenied Setup TeammateIdle
TaskCreated TaskCompleted Elicitation ElicitationResult ConfigChange WorktreeCreate WorktreeRemove
InstructionsLoaded CwdChanged FileChanged DirectoryAdded MessageDisplay
"""
QWEN = """
PreToolUse PostToolUse PostToolUseFailure PostToolBatch UserPromptSubmit UserPromptExpansion
SessionStart SessionEnd SessionDelete MessageDisplay Stop StopFailure SubagentStart SubagentStop
PreCompact PostCompact Notification PermissionRequest PermissionDenied TodoCreated TodoCompleted
InstructionsLoaded
"""
GEMINI = """
BeforeTool AfterTool BeforeAgent AfterAgent BeforeModel AfterModel BeforeToolSelection SessionStart
SessionEnd PreCompress Notification
"""
CODEX = """
PreToolUse PermissionRequest PostToolUse PreCompact PostCompact SessionStart SessionEnd
UserPromptSubmit SubagentStart SubagentStop Stop Interrupt agent-turn-complete
"""
COPILOT = """
preToolUse postToolUse postToolUseFailure userPromptSubmitted userPromptTransformed sessionStart
sessionEnd agentStop subagentStart subagentStop errorOccurred preCompact permissionRequest
notification preMcpToolCall postResult prePRDescription
"""
FIRED = {
    "claude-code": CLAUDE,
    "qwen-code": QWEN,
    "gemini-cli": GEMINI,
    "codex-cli": CODEX,
    "copilot-cli": COPILOT,
}
MEANINGS = [
    ("claude-code", "PostToolBatch", Kind.TOOL_CALL),
    ("claude-code", "PostToolUseFailure", Kind.TOOL_CALL),
    ("claude-code", "StopFailure", Kind.TURN_FAILED),
    ("claude-code", "PermissionDenied", Kind.PERMISSION_DENIED),
    ("claude-code", "PostCompact", Kind.COMPACTION_END),
    ("claude-code", "WorktreeCreate", Kind.SIGNAL),
    ("claude-code", "MessageDisplay", Kind.SIGNAL),
    ("qwen-code", "UserPromptSubmit", Kind.PROMPT),
    ("qwen-code", "SessionDelete", Kind.SIGNAL),
    ("gemini-cli", "BeforeAgent", Kind.PROMPT),
    ("gemini-cli", "AfterAgent", Kind.TURN_END),
    ("gemini-cli", "PreCompress", Kind.SIGNAL),
    ("gemini-cli", "BeforeModel", Kind.SIGNAL),
    ("codex-cli", "Interrupt", Kind.SIGNAL),
    ("codex-cli", "agent-turn-complete", Kind.SIGNAL),
    ("copilot-cli", "userPromptSubmitted", Kind.PROMPT),
    ("copilot-cli", "errorOccurred", Kind.TURN_FAILED),
    ("copilot-cli", "agentStop", Kind.TURN_END),
    ("opencode", "session.idle", Kind.TURN_END),
    ("opencode", "chat.message", Kind.PROMPT),
]


def test_agents_have_the_names_rows_carry() -> None:
    """The names stand in databases, and in the filters of those who read them."""
    assert list(BY_ID) == [
        "claude-code",
        "qwen-code",
        "gemini-cli",
        "codex-cli",
        "copilot-cli",
        "opencode",
        "claude-desktop",
        "setup",
    ]


@pytest.mark.parametrize("agent", FIRED)
def test_every_event_an_agent_fires_is_listed(agent: str) -> None:
    """An event that is not in the row counts as format drift: the row must be whole."""
    assert set(FIRED[agent].split()) <= set(BY_ID[agent].hook_events)


@pytest.mark.parametrize(("agent", "event", "kind"), MEANINGS)
def test_hook_events_mean_what_a_person_would_say(agent: str, event: str, kind: Kind) -> None:
    """The meanings that are easy to get wrong, written down by hand."""
    assert BY_ID[agent].hook_events[event] is kind


def test_no_two_agents_share_a_registration_word() -> None:
    """A word that meant two agents would decide for one of them by accident."""
    words = [word for spec in AGENTS for word in {spec.id, *spec.kinds}]
    assert len(words) == len(set(words))


def test_the_word_claude_means_no_agent() -> None:
    """One plugin registers that word in four agents, so it is evidence for none."""
    assert "claude" not in BY_KIND


def test_every_registration_word_means_an_agent_whose_payloads_can_be_read() -> None:
    """A header that names an agent without hooks must not lead to a missing adapter."""
    assert {spec.dialect for spec in BY_KIND.values()} == set(_DIALECTS)
    assert not {"setup", "claude-desktop"} & set(BY_KIND)


def test_only_agents_with_hooks_have_events() -> None:
    """What has no dialect cannot have told anything."""
    for spec in AGENTS:
        assert bool(spec.hook_events) == bool(spec.dialect) == bool(spec.package)


def test_project_variables_belong_to_one_agent_each() -> None:
    """An agent nested in another inherits its variables, and must not take them for its own."""
    named = [spec.project_variable for spec in AGENTS if spec.project_variable]
    assert named == [
        "CLAUDE_PROJECT_DIR",
        "QWEN_PROJECT_DIR",
        "GEMINI_PROJECT_DIR",
        "COPILOT_PROJECT_DIR",
    ]
