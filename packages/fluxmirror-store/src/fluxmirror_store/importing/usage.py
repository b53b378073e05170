"""Responses of a stretch of a session file → rows, as they are stored."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core import bounds
from fluxmirror_core.period import EVER_MS
from fluxmirror_core.transcripts.problem import NO_TIME, Problem
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_core.transcripts.usage import claude, codex, copilot, gemini, qwen

from fluxmirror_store.importing.response_rows import Record, ResponseRow, nameless_key
from fluxmirror_store.importing.sources import stored_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fluxmirror_core.transcripts.part import Part
    from fluxmirror_core.transcripts.response import Response
    from fluxmirror_core.wire.builder import EventBuilder
    from fluxmirror_core.wire.scrubber import Scrubber

    from fluxmirror_store.importing.session_place import Within
    from fluxmirror_store.importing.sources import Job

_READERS: Final[Mapping[str, Callable[[Part], Iterator[Response]]]] = {
    "claude-code": claude.responses,
    "codex-cli": codex.responses,
    "gemini-cli": gemini.responses,
    "qwen-code": qwen.responses,
    "copilot-cli": copilot.responses,
}
_LATEST: Final = "latest_ms"
"""In a part's memory: the time of the last record that had one."""
_NAME_BYTES: Final = 60
_MOST_COUNTS: Final = 40
_DEEPEST: Final = 2
_LARGEST: Final = 1 << 53


class _Told:
    """A response, as far as a part has told of it."""

    __slots__ = ("builder", "first", "largest", "tokens")

    def __init__(self, response: Response, builder: EventBuilder) -> None:
        self.builder = builder
        self.first = self.largest = response
        self.tokens = response.tokens

    def add(self, response: Response) -> None:
        """Take one more record; most agents tell a response several times in equal words."""
        if (response.ts_ms or 0) < (self.first.ts_ms or 0):
            self.first = response
        if response.tokens != self.tokens:
            self.tokens = Tokens(*map(max, self.tokens, response.tokens))
            if sum(response.tokens) > sum(self.largest.tokens):
                self.largest = response


def read_usage(job: Job, part: Part, within: Within) -> list[ResponseRow]:
    """Read the responses of a part; the records of one in one row.

    Args:
        job: whose part it is.
        part: its memory and problems are filled.
        within: gives what scrubs the names of a directory's responses, and finds repositories; None
            where none is recorded.
    """
    told: dict[str, _Told] = {}
    rows: list[ResponseRow] = []
    for response in _READERS[job.file.agent](part):
        timed = with_time(job, part, response)
        if (builder := within(timed.cwd)) is None:
            continue
        if timed.key is None:
            rows.append(response_row(job, timed, builder))
        elif (known := told.get(timed.key)) is None:
            told[timed.key] = _Told(timed, builder)
        else:
            known.add(timed)
    for one in told.values():
        row = response_row(job, one.first, one.builder)
        if one.tokens is not one.first.tokens:
            row = row._replace(tokens=one.tokens, record=_record(job, one.largest, one.builder))
        rows.append(row)
    return rows


def response_row(job: Job, told: Response, builder: EventBuilder) -> ResponseRow:
    """Make the row of one record of a response that has a time."""
    scrubber = builder.scrubber
    project = _name(scrubber, told.cwd, bounds.PATH_BYTES)
    return ResponseRow(
        agent=job.file.agent,
        key=scrubber.name(told.key) or nameless_key(job.source_id, told.offset),
        ts_ms=told.ts_ms or 0,
        path=stored_path(job.file.path),
        source_id=job.source_id,
        offset=told.offset,
        session=_name(scrubber, told.session),
        subagent=_name(scrubber, told.subagent),
        model=_name(scrubber, told.model),
        project=builder.repository_of(project) or project,
        tokens=told.tokens,
        record=_record(job, told, builder),
    )


def _record(job: Job, told: Response, builder: EventBuilder) -> Record:
    path = stored_path(job.file.path)
    return Record(
        path, job.source_id, told.offset, _raw(told.raw, builder.scrubber), sum(told.tokens)
    )


def with_time(job: Job, part: Part, told: Response) -> Response:
    """Give a response without a possible time that of the record before it, or of the file."""
    if told.ts_ms is not None and 0 < told.ts_ms < EVER_MS:
        part.memory[_LATEST] = told.ts_ms
        return told
    part.problems[Problem(NO_TIME)] += 1
    return told._replace(ts_ms=part.memory.get(_LATEST, job.file.mtime_ns // 1_000_000))


def _raw(counts: dict[str, Any], scrubber: Scrubber, depth: int = 0) -> str:
    """Write down the numbers alone, and the names they go by, as JSON."""
    written = []
    for name, value in islice(counts.items(), _MOST_COUNTS):
        if isinstance(value, dict) and depth < _DEEPEST:
            written.append(f"{_quoted(scrubber, name)}:{_raw(value, scrubber, depth + 1)}")
        elif isinstance(value, int) and abs(value) < _LARGEST:
            written.append(f"{_quoted(scrubber, name)}:{int(value)}")
    return f"{{{','.join(written)}}}"


@lru_cache(maxsize=1024)
def _quoted(scrubber: Scrubber, name: str) -> str:
    return json.dumps(scrubber.name(name, _NAME_BYTES) or "")


@lru_cache(maxsize=4096)
def _name(scrubber: Scrubber, name: str | None, limit: int = bounds.NAME_BYTES) -> str | None:
    return scrubber.name(name, limit)
