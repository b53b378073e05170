"""HOOK_FACTS: which of its tool calls each agent's hooks tell of, as real runs showed.

What no run showed is not here: a call that no hook told of is then a loss, until a run shows
otherwise.
"""

from __future__ import annotations

from typing import Final

from fluxmirror_core.event import Outcome
from fluxmirror_core.named_tuple import NamedTuple

_NOT_RUN: Final = frozenset((Outcome.DENIED, Outcome.REJECTED, Outcome.INTERRUPTED))


class HookFacts(NamedTuple):
    """What an agent's hooks tell of a tool call, and when they say nothing."""

    before: str = ""
    """The event before a call; empty for an agent without hooks."""
    after: str = ""
    """The event after it."""
    after_failure: str = ""
    """The event after a call that failed."""
    after_exit_code: str = ""
    """The event after a command with an exit code other than 0."""
    silent_ends: frozenset[str] = frozenset((Outcome.INTERRUPTED,))
    """Outcomes of calls that no hook needs to have told of at all."""
    batch_ends: frozenset[str] = frozenset()
    """Outcomes of calls that only the batch behind them tells of, in versions that have one."""
    is_failure_silent: bool = False
    """Whether nothing is fired after a call that failed without an exit code."""
    hookless_tools: frozenset[str] = frozenset()
    """Tools that no hook ever tells of."""
    has_subagent_files: bool = False
    """Whether each subagent has a session file of its own, named after it."""


HOOK_FACTS: Final = {
    "claude-code": HookFacts(
        before="PreToolUse",
        after="PostToolUse",
        after_failure="PostToolUseFailure",
        after_exit_code="PostToolUseFailure",
        batch_ends=frozenset((Outcome.REJECTED,)),
        has_subagent_files=True,
    ),
    "qwen-code": HookFacts(
        before="PreToolUse",
        after="PostToolUse",
        after_failure="PostToolUseFailure",
        after_exit_code="PostToolUseFailure",
        batch_ends=frozenset((Outcome.REJECTED, Outcome.DENIED)),
        has_subagent_files=True,
    ),
    # Unknown tools, invalid input and tools that policy forbids fire nothing.
    "gemini-cli": HookFacts(
        before="BeforeTool",
        after="AfterTool",
        after_failure="AfterTool",
        after_exit_code="AfterTool",
        silent_ends=_NOT_RUN,
        has_subagent_files=True,
    ),
    # A patch or an MCP call that fails fires nothing more, a shell command does; input for one that
    # still runs fires nothing, and what the model's provider runs never comes by here.
    "codex-cli": HookFacts(
        before="PreToolUse",
        after="PostToolUse",
        after_failure="PostToolUse",
        after_exit_code="PostToolUse",
        silent_ends=_NOT_RUN,
        is_failure_silent=True,
        hookless_tools=frozenset(("web_search", "image_generation", "write_stdin")),
        has_subagent_files=True,
    ),
    # A command with an exit code is a success to it.
    "copilot-cli": HookFacts(
        before="preToolUse",
        after="postToolUse",
        after_failure="postToolUseFailure",
        after_exit_code="postToolUse",
    ),
    "opencode": HookFacts(
        before="tool.execute.before",
        after="tool.execute.after",
        after_failure="tool.execute.after",
        after_exit_code="tool.execute.after",
        is_failure_silent=True,
    ),
}


def hook_facts(agent: str) -> HookFacts:
    """Give what is known of an agent's hooks; of an unknown one nothing is."""
    return HOOK_FACTS.get(agent, HookFacts())


def after_event(facts: HookFacts, outcome: str | None, exit_code: int | None) -> str:
    """Name the event that tells of the end of a call that ran; empty where none does."""
    if outcome not in (Outcome.OK, Outcome.FAILED):
        return ""
    if outcome == Outcome.OK:
        return facts.after
    if exit_code is not None:
        return facts.after_exit_code
    return "" if facts.is_failure_silent else facts.after_failure
