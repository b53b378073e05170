"""Several tellings of one tool call → one row: its hooks' and its session file's."""

from __future__ import annotations

from typing import Final

from fluxmirror_core.event import (
    AFTER,
    ANSWERED,
    ASKED,
    BATCH,
    BEFORE,
    HOOK,
    MCP,
    TRANSCRIPT,
    AgentEvent,
    Outcome,
)

_BOTH: Final = BEFORE | AFTER
_RECORDED: Final = ASKED | ANSWERED
_ENDS: Final = AFTER | BATCH | ANSWERED
_HOOKS: Final = BEFORE | AFTER | BATCH
_ADDED: Final = (
    "input_json",
    "output_sha256",
    "output_text",
    "duration_ms",
    "response_key",
    "exit_code",
)
_SOURCES: Final = (HOOK, TRANSCRIPT, MCP)
_AUTHORITY: Final = (AFTER, BATCH, BEFORE, ANSWERED, ASKED)
"""Who is believed first, where two say different things."""
_IF_MISSING: Final = frozenset(
    (
        "session",
        "subagent",
        "subagent_type",
        "turn",
        "call_id",
        "response_key",
        "model",
        "tool",
        "tool_canonical",
        "tool_class",
        "mcp_server",
        "mcp_tool",
        "cwd",
        "project",
        "repo",
        "path",
        "input_bytes",
        "output_bytes",
        "input_json",
        "output_sha256",
        "output_text",
    )
)
_FILLED: Final = tuple(map(AgentEvent._fields.index, sorted(_IF_MISSING)))


def merge(known: AgentEvent, told: AgentEvent) -> AgentEvent:
    """Make one call of what is known of it and one more telling, in whatever order they came.

    A telling that adds nothing gives `known` itself back, so a replay changes no row.
    """
    if told.phases | known.phases == known.phases and not _fills(known, told):
        return known
    strong, weak = (told, known) if _rank(told) < _rank(known) else (known, told)
    ending, other = (weak, strong) if _ends_better(weak, strong) else (strong, weak)
    phases = known.phases | told.phases
    ts_ms = _began(known, told)
    ended_ms = weak.ended_ms if strong.ended_ms is None else strong.ended_ms
    duration_ms, duration_source = _duration(strong, weak, phases, ts_ms, ended_ms)
    return _filled(strong, weak)._replace(
        uid=known.uid,
        twin_uid=known.twin_uid or told.twin_uid,
        ts_ms=ts_ms,
        ended_ms=ended_ms,
        detail=strong.detail or weak.detail,
        outcome=ending.outcome or other.outcome,
        error=ending.error,
        exit_code=other.exit_code if ending.exit_code is None else ending.exit_code,
        duration_ms=duration_ms,
        duration_source=duration_source,
        sources=_joined(known.sources, told.sources),
        self_noise=known.self_noise | told.self_noise,
        phases=phases,
        pair_key=None if phases & _BOTH == _BOTH else strong.pair_key,
    )


def _fills(known: AgentEvent, told: AgentEvent) -> bool:
    """Tell whether a repeated telling knows what the first did not."""
    if known.outcome == Outcome.UNKNOWN and told.outcome not in (None, Outcome.UNKNOWN):
        return True
    return any(getattr(known, name) is None and getattr(told, name) is not None for name in _ADDED)


def _rank(event: AgentEvent) -> int:
    """Order tellings by authority: the after-hook, the batch, the before-hook, the session file."""
    for rank, phase in enumerate(_AUTHORITY):
        if event.phases & phase:
            return rank
    return len(_AUTHORITY)


def _ends_better(weak: AgentEvent, strong: AgentEvent) -> bool:
    """Tell whether the weaker telling knows better how the call ended."""
    if weak.outcome in (None, Outcome.UNKNOWN):
        return False
    if strong.outcome in (None, Outcome.UNKNOWN):
        return True
    if not weak.phases & ANSWERED or strong.phases & ANSWERED:
        return False
    # A hook that saw no end was told one by what came after it; one without an exit code has
    # only the agent's word that the tool itself did not fail.
    return not strong.phases & _ENDS or (strong.exit_code is None and weak.exit_code is not None)


def _began(known: AgentEvent, told: AgentEvent) -> int:
    """Give the earliest time; but a session file's row may be far older than the before-hook."""
    for event, other in ((known, told), (told, known)):
        if event.phases & BEFORE and not other.phases & _HOOKS:
            return event.ts_ms
    return min(known.ts_ms, told.ts_ms)


def _joined(known: str, told: str) -> str:
    if known == told:
        return known
    both = {*known.split(","), *told.split(",")}
    return ",".join(source for source in _SOURCES if source in both)


def _filled(strong: AgentEvent, weak: AgentEvent) -> AgentEvent:
    """Give `strong` with what it does not know taken from `weak`."""
    values = list(strong)
    for at in _FILLED:
        if values[at] is None:
            values[at] = weak[at]
    return AgentEvent._make(values)


def _duration(
    strong: AgentEvent, weak: AgentEvent, phases: int, ts_ms: int, ended_ms: int | None
) -> tuple[int | None, str | None]:
    """Prefer the agent's own figure; then the time between two hooks, then between two records."""
    for event in (strong, weak):
        if event.duration_source == "agent":
            return event.duration_ms, "agent"
    if strong.duration_source == "hooks" and not weak.phases & _HOOKS:
        return strong.duration_ms, "hooks"
    if ended_ms is None:
        return strong.duration_ms, strong.duration_source
    # A batch ends when its slowest call does, so only the after-hook's time is the call's.
    if phases & _BOTH == _BOTH:
        return max(ended_ms - ts_ms, 0), "hooks"
    # One record that tells the beginning and the end at once has a single time for both.
    if phases & _RECORDED == _RECORDED and not phases & _HOOKS and ended_ms > ts_ms:
        return ended_ms - ts_ms, "transcript"
    return strong.duration_ms, strong.duration_source
