"""Calls that a stretch of a session file tells of → events, as they are stored."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import TRANSCRIPT
from fluxmirror_core.period import EVER_MS
from fluxmirror_core.transcripts.calls import claude, codex, copilot, gemini, qwen
from fluxmirror_core.wire.builder import Origin
from fluxmirror_core.wire.identity import Identity, digest

from fluxmirror_store.importing.call_rows import call_uid
from fluxmirror_store.importing.sources import stored_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.transcripts.part import Part
    from fluxmirror_core.transcripts.told_call import ToldCall
    from fluxmirror_core.wire.builder import EventBuilder

    from fluxmirror_store.importing.session_place import Within
    from fluxmirror_store.importing.sources import Job

_READERS: Final[Mapping[str, Callable[[Part], Iterator[ToldCall]]]] = {
    "claude-code": claude.calls,
    "codex-cli": codex.calls,
    "gemini-cli": gemini.calls,
    "qwen-code": qwen.calls,
    "copilot-cli": copilot.calls,
}


def read_calls(job: Job, part: Part, within: Within) -> list[AgentEvent]:
    """Read what a part tells of calls; the beginning and the end of one are two tellings.

    Args:
        job: whose part it is.
        part: its memory and problems are filled.
        within: gives what names and scrubs the calls of a directory; None where none is recorded.
    """
    events = []
    places: Counter[int] = Counter()
    for told in _READERS[job.file.agent](part):
        if (builder := within(told.seen.cwd)) is not None:
            events.append(call_event(job, told, builder, places[told.offset]))
        places[told.offset] += 1
    return events


def call_event(job: Job, told: ToldCall, builder: EventBuilder, nth: int = 0) -> AgentEvent:
    """Make the event of one telling; a record without a possible time has its file's.

    Args:
        job: whose file it is.
        told: the telling.
        builder: names and scrubs it.
        nth: its place among the tellings of its record, by which a call without an id is known.
    """
    seen = told.seen
    is_possible = told.ts_ms is not None and 0 < told.ts_ms < EVER_MS
    ts_ms = told.ts_ms if told.ts_ms and is_possible else job.file.mtime_ns // 1_000_000
    origin = Origin(job.file.agent, TRANSCRIPT, TRANSCRIPT, ts_ms, response_key=told.response)
    if seen.call_id:
        uid = call_uid(seen.session, seen.call_id)
    else:
        uid = digest("told", job.file.agent, stored_path(job.file.path), f"{told.offset}:{nth}")
    return builder.build(seen, origin, Identity(uid), {})
