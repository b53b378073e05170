"""What agents' hooks tell is written down for every agent that has any."""

from __future__ import annotations

import pytest
from fluxmirror_core.agents import AGENTS, BY_ID
from fluxmirror_core.event import Kind
from fluxmirror_core.hook_facts import HOOK_FACTS, after_event, hook_facts


def test_every_agent_with_hooks_has_facts() -> None:
    """Adding an agent is not done before somebody looked at what its hooks tell."""
    assert {spec.id for spec in AGENTS if spec.dialect} == set(HOOK_FACTS)


@pytest.mark.parametrize("agent", sorted(HOOK_FACTS))
def test_events_are_the_agents_own(agent: str) -> None:
    """A report names what a person finds in the agent's settings."""
    facts, events = HOOK_FACTS[agent], BY_ID[agent].hook_events
    names = (facts.before, facts.after, facts.after_failure, facts.after_exit_code)
    assert {events[name] for name in names} == {Kind.TOOL_CALL}


@pytest.mark.parametrize(
    ("agent", "outcome", "exit_code", "event"),
    [
        ("claude-code", "ok", None, "PostToolUse"),
        ("claude-code", "failed", 3, "PostToolUseFailure"),
        ("claude-code", "denied", None, ""),
        ("copilot-cli", "failed", 3, "postToolUse"),
        ("copilot-cli", "failed", None, "postToolUseFailure"),
        ("codex-cli", "failed", 3, "PostToolUse"),
        ("codex-cli", "failed", None, ""),
        ("codex-cli", "unknown", None, ""),
        ("gemini-cli", "failed", None, "AfterTool"),
        ("opencode", "failed", None, ""),
        ("nobody", "ok", None, ""),
    ],
)
def test_the_event_behind_a_call_depends_on_its_end(
    agent: str, outcome: str, exit_code: int | None, event: str
) -> None:
    """A call that was refused, or that may not have run, has none."""
    assert after_event(hook_facts(agent), outcome, exit_code) == event
