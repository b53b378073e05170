"""What the agents' session files add to what the hooks told: each call once more, and its end.

Only they tell how a command of Codex ended.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import (
    AFTER,
    ANSWERED,
    ASKED,
    BEFORE,
    TRANSCRIPT,
    AgentEvent,
    Kind,
    Outcome,
)

from fluxmirror_cli.demo.projects import PROJECTS
from fluxmirror_cli.demo.work import NO_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FAILURES: Final = frozenset(
    sha256(text.encode()).digest()
    for text in (NO_FILE, *(check.failure for one in PROJECTS for check in one.checks))
)
"""Digests of what commands say that fail."""


def with_records(events: Iterable[AgentEvent]) -> Iterator[AgentEvent]:
    """Let the session files tell of each call, too.

    Args:
        events: what the hooks told, in the order of time.

    Yields:
        The same, and behind each call's end, or behind all where it has none yet, its record.
    """
    begun: dict[bytes, AgentEvent] = {}
    waiting: dict[bytes, list[bytes]] = {}
    for event in events:
        yield event
        if event.kind == Kind.TOOL_CALL and event.phases & BEFORE:
            begun[event.uid] = event
            if event.pair_key is not None:
                waiting.setdefault(event.pair_key, []).append(event.uid)
        elif event.kind == Kind.TOOL_CALL and event.phases & AFTER:
            paired = event.pair_key is not None and waiting.get(event.pair_key)
            before = begun.pop(paired.pop(0) if paired else event.uid)
            yield _ended(_record(before, ASKED | ANSWERED), event)
    yield from (_record(before, ASKED) for before in begun.values())


def _record(before: AgentEvent, phases: int) -> AgentEvent:
    return before._replace(
        phases=phases,
        sources=TRANSCRIPT,
        outcome=Outcome.UNKNOWN,
        twin_uid=None,
        pair_key=None,
    )


def _ended(record: AgentEvent, after: AgentEvent) -> AgentEvent:
    """Say how a call ended: a command of Codex by its exit code, which no hook was told."""
    if after.outcome != Outcome.UNKNOWN:
        return record._replace(outcome=after.outcome, error=after.error, exit_code=after.exit_code)
    failed = after.output_sha256 in _FAILURES
    outcome = Outcome.FAILED if failed else Outcome.OK
    return record._replace(outcome=outcome, exit_code=int(failed))
