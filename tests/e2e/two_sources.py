"""One recorded session as both its sources tell it: the session file, and a hook for each call.

The session files are the recorded ones. Of each event and tool one payload was recorded, so the
other calls of the run get it with their own id and input.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fluxmirror_core.event import ASKED
from fluxmirror_core.paths import here
from fluxmirror_core.transcripts.calls import claude, codex, copilot, gemini, qwen
from fluxmirror_core.transcripts.part import Part
from fluxmirror_store import spool, spool_reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.transcripts.told_call import ToldCall

RECORDED = Path(__file__).parents[1]
DAY = "2026-11-21"
PROJECT = "/tmp/demo/project"  # noqa: S108 - as it was recorded
READERS = {
    "claude": claude.calls,
    "codex": codex.calls,
    "copilot": copilot.calls,
    "gemini": gemini.calls,
    "qwen": qwen.calls,
}
IDS = {
    "claude": "claude-code",
    "codex": "codex-cli",
    "copilot": "copilot-cli",
    "gemini": "gemini-cli",
    "qwen": "qwen-code",
}
BEFORE = {**dict.fromkeys(READERS, "PreToolUse"), "gemini": "BeforeTool"}
AFTER = {**dict.fromkeys(READERS, "PostToolUse"), "gemini": "AfterTool"}
FAILING = ("claude", "qwen")
"""Have an event of its own for a command that failed."""
LATER_MS = 50
"""After a call began; the recorded ones lasted longer."""


class Hook(NamedTuple):
    """One payload, and when it was captured."""

    event: str
    call_id: str
    """Empty for an event that is no call's."""
    payload: dict[str, Any]
    at_ms: int


class TwoSources(NamedTuple):
    """A session, still to be put where its sources would have it."""

    agent: str
    """As its folder of recorded files is called."""
    path: str
    """Of its session file, below the home."""
    lines: list[str]
    hooks: list[Hook]
    calls: list[str]
    """Ids by time, as the session file has them."""

    def without_hooks(self, lost: Callable[[Hook], bool]) -> TwoSources:
        """Lose hooks."""
        return self._replace(hooks=[hook for hook in self.hooks if not lost(hook)])

    def without_lines(self, lost: Callable[[str], bool]) -> TwoSources:
        """Lose lines of the session file."""
        return self._replace(lines=[line for line in self.lines if not lost(line)])

    def moved_to(self, project: str) -> TwoSources:
        """Have the session file say that it worked in another directory."""
        return self._replace(lines=[line.replace(PROJECT, project) for line in self.lines])

    def put_hooks(self) -> None:
        """Put every payload into the spool."""
        for hook in self.hooks:
            words = (self.agent, hook.event)
            name = spool.put(here().spool, json.dumps(hook.payload).encode(), words, {})
            at_ns = hook.at_ms * 1_000_000
            os.utime(spool_reader.new_path(here().spool, name), ns=(at_ns, at_ns))

    def put_file(self, home: Path) -> Path:
        """Write the session file into a home."""
        path = home / self.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(self.lines), encoding="utf-8")
        return path

    def put(self, home: Path) -> None:
        """Put both."""
        self.put_hooks()
        self.put_file(home)


def recorded(agent: str) -> TwoSources:
    """Load the recorded run with all kinds of tools."""
    run = RECORDED / "transcripts" / agent / "tools"
    (file,) = (path for path in run.glob(f".{agent}/**/*.jsonl"))
    told = [one for one in READERS[agent](Part(file.read_bytes(), str(file))) if one.ts_ms]
    asked: dict[str, ToldCall] = {}
    for one in told:
        if one.seen.phase & ASKED and one.seen.tool_input is not None:
            asked.setdefault(one.seen.call_id or "", one)
    hooks = [hook for one in asked.values() for hook in _hooks(agent, one, told)]
    start = min(hook.at_ms for hook in hooks) - 1
    end = max(hook.at_ms for hook in hooks) + 5_000
    hooks = [_plain(agent, "SessionStart", start), *hooks]
    hooks.append(_plain(agent, "AfterAgent" if agent == "gemini" else "Stop", end))
    lines = file.read_text("utf-8").splitlines(keepends=True)
    return TwoSources(agent, str(file.relative_to(run)), lines, hooks, list(asked))


def _hooks(agent: str, one: ToldCall, told: list[ToldCall]) -> list[Hook]:
    """Make a call's hooks of the payloads that were recorded of its tool."""
    seen, began_ms = one.seen, one.ts_ms or 0
    ends = [end.seen for end in told if end.seen.call_id == seen.call_id]
    failed = agent in FAILING and any(end.outcome == "failed" for end in ends)
    after = "PostToolUseFailure" if failed else AFTER[agent]
    hooks = [_hook(agent, BEFORE[agent], one, began_ms), _hook(agent, after, one, began_ms)]
    hooks[1] = hooks[1]._replace(at_ms=began_ms + LATER_MS)
    if agent == "claude":
        payload = _payload(agent, "PostToolBatch")
        (batched,) = payload["tool_calls"]
        own = {"tool_name": seen.tool, "tool_input": seen.tool_input, "tool_use_id": seen.call_id}
        payload["tool_calls"] = [{**batched, **own}]
        hooks.append(Hook("PostToolBatch", seen.call_id or "", payload, began_ms + 2 * LATER_MS))
    return hooks


def _hook(agent: str, event: str, one: ToldCall, at_ms: int) -> Hook:
    payload = _payload(agent, f"{event}-{one.seen.tool}")
    payload["tool_input"] = one.seen.tool_input
    for name in ("tool_use_id", "tool_call_id"):
        if name in payload:
            payload[name] = one.seen.call_id
    return Hook(event, one.seen.call_id or "", payload, at_ms)


def _plain(agent: str, event: str, at_ms: int) -> Hook:
    return Hook(event, "", _payload(agent, event), at_ms)


def _payload(agent: str, name: str) -> dict[str, Any]:
    text = (RECORDED / "payloads" / agent / f"{name}.json").read_text(encoding="utf-8")
    payload: dict[str, Any] = json.loads(text)
    # The time it was recorded at is another call's.
    payload.pop("timestamp", None)
    return payload
