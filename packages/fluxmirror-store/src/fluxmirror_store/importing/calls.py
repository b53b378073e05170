"""Calls that a stretch of a session file tells of → events, as they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import TRANSCRIPT
from fluxmirror_core.transcripts.calls import claude, codex, copilot, gemini, qwen
from fluxmirror_core.wire.builder import Origin
from fluxmirror_core.wire.identity import Identity

from fluxmirror_store.importing.call_rows import call_uid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.transcripts.part import Part
    from fluxmirror_core.transcripts.told_call import ToldCall
    from fluxmirror_core.wire.builder import EventBuilder

    from fluxmirror_store.importing.sources import Job

_READERS: Final[Mapping[str, Callable[[Part], Iterator[ToldCall]]]] = {
    "claude-code": claude.calls,
    "codex-cli": codex.calls,
    "gemini-cli": gemini.calls,
    "qwen-code": qwen.calls,
    "copilot-cli": copilot.calls,
}


def read_calls(job: Job, part: Part, builder: EventBuilder) -> list[AgentEvent]:
    """Read what a part tells of calls; the beginning and the end of one are two tellings."""
    return [call_event(job, told, builder) for told in _READERS[job.file.agent](part)]


def call_event(job: Job, told: ToldCall, builder: EventBuilder) -> AgentEvent:
    """Make the event of one telling; a record without a time has its file's."""
    seen = told.seen
    ts_ms = job.file.mtime_ns // 1_000_000 if told.ts_ms is None else told.ts_ms
    origin = Origin(job.file.agent, TRANSCRIPT, TRANSCRIPT, ts_ms, response_key=told.response)
    identity = Identity(call_uid(seen.session, seen.call_id or ""))
    return builder.build(seen, origin, identity, {})
