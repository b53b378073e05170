"""What OpenCode's database tells, a bounded number of rows at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fluxmirror_core.transcripts.calls.opencode import calls_of
from fluxmirror_core.transcripts.part import Part
from fluxmirror_core.transcripts.usage.opencode import responses_of

from fluxmirror_store.importing.calls import call_event
from fluxmirror_store.importing.sources import USAGE
from fluxmirror_store.importing.stretch import Mark
from fluxmirror_store.importing.usage import response_row
from fluxmirror_store.opencode_database import opencode_rows

if TYPE_CHECKING:
    from collections import Counter

    from fluxmirror_core.transcripts.part import Problem
    from fluxmirror_core.wire.builder import EventBuilder

    from fluxmirror_store.importing.sources import Job
    from fluxmirror_store.opencode_database import Row

MOST_ROWS: Final = 20_000
_MARGIN_MS: Final = 60_000
"""A row is dated before it is committed: what was committed late is read once more."""


class Told(NamedTuple):
    """What some rows told."""

    rows: list[Any]
    """Rows of responses, or events."""
    mark: Mark
    """Its `end` is the time of the newest row that was read, in UTC milliseconds."""
    more: bool
    problems: Counter[Problem]


def read_opencode(what: str, job: Job, builder: EventBuilder) -> Told:
    """Read on from a mark.

    Raises:
        UnreadableSourceError: the database cannot be read now.
    """
    memory = json.loads(job.mark.memory)
    last, newest = memory.get("rowid", 0), memory.get("newest", job.mark.end)
    reader = _Reader(what, job, builder)
    with opencode_rows(job.file.path, max(job.mark.end - _MARGIN_MS, 0)) as database:
        for row in database.messages() if what == USAGE else database.parts():
            if row["rowid"] <= last:
                continue
            if len(reader.told) >= MOST_ROWS:
                after = json.dumps({"rowid": last, "newest": newest})
                return reader.so_far(job.mark._replace(memory=after), more=True)
            last, newest = row["rowid"], max(newest, row.get("time_updated") or 0)
            session = row.get("session_id") or ""
            reader.take(row, database.sessions.get(session, {"id": session}))
    return reader.so_far(Mark(newest), more=False)


class _Reader:
    """Understands the rows of one reading."""

    def __init__(self, what: str, job: Job, builder: EventBuilder) -> None:
        self._what = what
        self._job = job
        self._builder = builder
        self._part = Part(b"", job.file.path)
        self.told: list[Any] = []

    def take(self, row: Row, session: Row) -> None:
        """Read one row of the table that `what` is in."""
        if self._what == USAGE:
            response = responses_of(row, session)
            if response is not None:
                self.told.append(response_row(self._job, self._part, response, self._builder))
        else:
            call = calls_of(row, session)
            if call is not None:
                self.told.append(call_event(self._job, call, self._builder))

    def so_far(self, mark: Mark, *, more: bool) -> Told:
        """Give what was told up to a mark."""
        return Told(self.told, mark, more, self._part.problems)
