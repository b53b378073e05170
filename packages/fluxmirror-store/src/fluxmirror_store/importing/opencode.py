"""What OpenCode's database tells, a bounded number of rows at a time."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.transcripts.calls.opencode import calls_of
from fluxmirror_core.transcripts.part import Part
from fluxmirror_core.transcripts.problem import FAILED, Problem
from fluxmirror_core.transcripts.usage.opencode import responses_of
from fluxmirror_core.wire.observation import text

from fluxmirror_store.importing.calls import call_event
from fluxmirror_store.importing.passes import USAGE
from fluxmirror_store.importing.reading import Reading, count_slow_values
from fluxmirror_store.importing.session_files import DATABASE_AGENT
from fluxmirror_store.importing.stretch import Mark
from fluxmirror_store.importing.usage import response_row, with_time
from fluxmirror_store.opencode_database import Since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.wire.builders import Builders

    from fluxmirror_store.importing.session_place import Within
    from fluxmirror_store.importing.sources import Job
    from fluxmirror_store.opencode_database import OpenCodeRows, Row

MOST_ROWS: Final = 20_000
_MARGIN_MS: Final = 60_000
"""A row is dated before it is committed: what was committed late is read once more."""
_UNKNOWN: Final = Since().known


def read_database(
    what: str, job: Job, database: OpenCodeRows, builders: Builders
) -> Iterator[Reading]:
    """Read on from a job's mark, a portion at a time.

    A mark's `end` is the time from which on rows are to be read, in UTC milliseconds; its memory
    has the highest number of a row that was there, as clocks may jump and numbers do not, and,
    between two portions, the last row that was read and when the first portion was.

    Raises:
        UnreadableSourceError: the database is damaged.
    """
    reader = _Reader(what, job, database, builders)
    memory = json.loads(job.mark.memory)
    table, rows = ("message", database.messages) if what == USAGE else ("part", database.parts)
    highest = database.highest(table)
    since = Since(job.mark.end, memory.get("highest", _UNKNOWN), memory.get("rowid", 0))
    if highest < since.known != _UNKNOWN:
        since = Since()  # an older state was put back
    began_ms = memory.get("began", time.time_ns() // 1_000_000)
    last = since.last
    for row in rows(since):
        if len(reader.told) >= MOST_ROWS:
            so_far = {"highest": since.known, "rowid": last, "began": began_ms}
            yield reader.taken(job.mark._replace(memory=json.dumps(so_far)), more=True)
        last = row["rowid"]
        reader.take(row)
    end = Mark(max(began_ms - _MARGIN_MS, 0), b"", json.dumps({"highest": highest}))
    yield reader.taken(end, more=False)


class _Reader:
    """Understands the rows of one reading."""

    def __init__(self, what: str, job: Job, database: OpenCodeRows, builders: Builders) -> None:
        self._what = what
        self._job = job
        self._sessions = database.sessions
        self._builders = builders
        self._part = Part(b"", job.file.path)
        self.told: list[Any] = []

    def take(self, row: Row) -> None:
        """Read one row of the table that `what` is in; one odd row must not hide the others."""
        session = row.get("session_id") or ""
        try:
            self._understand(row, self._sessions.get(session, {"id": session}))
        except Exception as error:  # noqa: BLE001 - as for a file of lines
            self._part.problems[Problem(FAILED, type(error).__name__)] += 1

    def _understand(self, row: Row, session: Row) -> None:
        within = self._within(session)
        if self._what == USAGE:
            response = responses_of(row, session)
            if response is not None and (builder := within(response.cwd)) is not None:
                timed = with_time(self._job, self._part, response)
                self.told.append(response_row(self._job, timed, builder))
        else:
            call = calls_of(row, session)
            if call is not None and (builder := within(call.seen.cwd)) is not None:
                self.told.append(call_event(self._job, call, builder))

    def _within(self, session: Row) -> Within:
        """Ask the directories of the session and of the whole that it is a part of as well."""
        whole = self._sessions.get(session.get("root") or "", {})
        places = (text(session.get("directory")), text(whole.get("directory")))
        return partial(self._builders.within, DATABASE_AGENT, *places)

    def taken(self, mark: Mark, *, more: bool) -> Reading:
        """Give what was told since the last portion, and begin the next."""
        told, problems = self.told, self._part.problems
        count_slow_values(problems, self._builders)
        self.told, self._part = [], Part(b"", self._job.file.path, 0, self._part.memory)
        return Reading(self._job, mark, told, problems, rewritten=False, more=more)
