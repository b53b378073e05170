"""Several tellings of one tool call → one row: before, after, and what a batch says of it."""

from __future__ import annotations

from typing import Final

from fluxmirror_core.event import AFTER, BATCH, BEFORE, AgentEvent, Outcome

_BOTH: Final = BEFORE | AFTER
_IF_MISSING: Final = frozenset(
    (
        "session",
        "subagent",
        "subagent_type",
        "turn",
        "call_id",
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
    )
)
_FILLED: Final = tuple(map(AgentEvent._fields.index, sorted(_IF_MISSING)))


def merge(known: AgentEvent, told: AgentEvent) -> AgentEvent:
    """Make one call of what is known of it and one more telling, in whatever order they came.

    A telling that adds nothing gives `known` itself back, so a replay changes no row.
    """
    if told.phases | known.phases == known.phases and not _fills(known, told):
        return known
    strong, weak = (told, known) if _rank(told) > _rank(known) else (known, told)
    ending = weak if strong.outcome in (None, Outcome.UNKNOWN) else strong
    phases = known.phases | told.phases
    ts_ms = min(known.ts_ms, told.ts_ms)
    ended_ms = weak.ended_ms if strong.ended_ms is None else strong.ended_ms
    duration_ms, duration_source = _duration(strong, weak, phases, ts_ms, ended_ms)
    return _filled(strong, weak)._replace(
        uid=known.uid,
        twin_uid=known.twin_uid or told.twin_uid,
        ts_ms=ts_ms,
        ended_ms=ended_ms,
        detail=strong.detail or weak.detail,
        outcome=ending.outcome or strong.outcome,
        error=ending.error,
        exit_code=ending.exit_code,
        duration_ms=duration_ms,
        duration_source=duration_source,
        self_noise=known.self_noise | told.self_noise,
        phases=phases,
        pair_key=None if phases & _BOTH == _BOTH else strong.pair_key,
    )


def _fills(known: AgentEvent, told: AgentEvent) -> bool:
    return any(
        getattr(known, name) is None and getattr(told, name) is not None
        for name in ("input_json", "output_sha256", "duration_ms")
    )


def _rank(event: AgentEvent) -> int:
    """Order tellings by authority: the after-hook, then the batch, then the before-hook."""
    if event.phases & AFTER:
        return 2
    return 1 if event.phases & BATCH else 0


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
    """Prefer the agent's own figure; else the time between the call's two hooks."""
    for event in (strong, weak):
        if event.duration_source == "agent":
            return event.duration_ms, "agent"
    # A batch ends when its slowest call does, so only the after-hook's time is the call's.
    if phases & _BOTH == _BOTH and ended_ms is not None:
        return max(ended_ms - ts_ms, 0), "hooks"
    return strong.duration_ms, strong.duration_source
