"""Responses of a stretch of a session file → rows, as they are stored."""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core import bounds
from fluxmirror_core.period import EVER_MS
from fluxmirror_core.transcripts.part import Problem
from fluxmirror_core.transcripts.usage import claude, codex, copilot, gemini, qwen

from fluxmirror_store.importing.response_rows import Record, ResponseRow, merge_rows, nameless_key
from fluxmirror_store.importing.sources import stored_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fluxmirror_core.transcripts.part import Part
    from fluxmirror_core.transcripts.response import Response, Tokens
    from fluxmirror_core.wire.builder import EventBuilder

    from fluxmirror_store.importing.sources import Job

NO_TIME: Final = "record without time"
"""It is counted at the time of the record before it, or of the file."""
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
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))


def read_usage(job: Job, part: Part, builder: EventBuilder) -> list[ResponseRow]:
    """Read the responses of a part; the records of one in one row.

    Args:
        job: whose part it is.
        part: its memory and problems are filled.
        builder: scrubs names, and finds repositories.
    """
    told: dict[str, ResponseRow] = {}
    seen: dict[str | None, tuple[Tokens, int | None]] = {}
    for response in _READERS[job.file.agent](part):
        # Most agents tell a response several times in equal words.
        tokens, ts_ms = seen.get(response.key, (None, None))
        if tokens == response.tokens and ts_ms is not None and (response.ts_ms or 0) >= ts_ms:
            continue
        if response.key is not None:
            seen[response.key] = response.tokens, response.ts_ms
        row = response_row(job, part, response, builder)
        other = told.get(row.key)
        told[row.key] = row if other is None else merge_rows(other, row)
    return list(told.values())


def response_row(job: Job, part: Part, told: Response, builder: EventBuilder) -> ResponseRow:
    """Make the row of one record of a response."""
    path = stored_path(job.file.path)
    project = builder.name(told.cwd, bounds.PATH_BYTES)
    return ResponseRow(
        agent=job.file.agent,
        key=builder.name(told.key) or nameless_key(job.source_id, told.offset),
        ts_ms=_time(job, part, told),
        path=path,
        source_id=job.source_id,
        offset=told.offset,
        session=builder.name(told.session),
        subagent=builder.name(told.subagent),
        model=builder.name(told.model),
        project=builder.repository_of(project) or project,
        tokens=told.tokens,
        record=Record(path, job.source_id, told.offset, _raw(told.raw, builder), sum(told.tokens)),
    )


def _time(job: Job, part: Part, told: Response) -> int:
    if told.ts_ms is not None and 0 < told.ts_ms < EVER_MS:
        part.memory[_LATEST] = told.ts_ms
        return told.ts_ms
    part.problems[Problem(NO_TIME)] += 1
    latest: int = part.memory.get(_LATEST, job.file.mtime_ns // 1_000_000)
    return latest


def _raw(counts: dict[str, Any], builder: EventBuilder) -> str:
    """Write down the numbers alone, and the names they go by."""
    return _ENCODER.encode(_numbers(counts, builder))


def _numbers(counts: dict[str, Any], builder: EventBuilder, depth: int = 0) -> dict[str, Any]:
    numbers: dict[str, Any] = {}
    for name, value in islice(counts.items(), _MOST_COUNTS):
        if isinstance(value, dict) and depth < _DEEPEST:
            numbers[_safe_name(builder, name)] = _numbers(value, builder, depth + 1)
        elif isinstance(value, int) and abs(value) < _LARGEST:
            numbers[_safe_name(builder, name)] = value
    return numbers


@lru_cache(maxsize=1024)
def _safe_name(builder: EventBuilder, name: str) -> str:
    return builder.name(name, _NAME_BYTES) or ""
