"""A planned history → a database, through what writes real ones."""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import closing
from heapq import heappop, heappush, heapreplace
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from fluxmirror_cli.prices.book import open_book
from fluxmirror_core.event import AgentEvent, Kind
from fluxmirror_core.paths import places
from fluxmirror_core.transcripts.problem import TORN_END, Problem
from fluxmirror_store import tally
from fluxmirror_store.checkpoint import WAL_BYTES, checkpoint, wal_bytes
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.hook_times import HookTimeTally
from fluxmirror_store.importing import sources
from fluxmirror_store.importing.passes import CALLS, USAGE
from fluxmirror_store.importing.response_rows import write_responses
from fluxmirror_store.importing.session_files import SessionFile
from fluxmirror_store.importing.sources import Job, ReadSoFar, register, save_reading
from fluxmirror_store.importing.stretch import Mark
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

from history.draw import Draw
from history.rows import set_up_row
from history.session import Session

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping

    from fluxmirror_store.importing.response_rows import PriceBook

    from history.plan import Plan
    from history.session import Row

_BATCH: Final = 4_000
"""Rows a transaction."""
_HOOK_US: Final = (2_600, 0.5)
"""What a hook takes, in microseconds."""
_ODD_FILES: Final = 0.01
"""So many session files end within a line."""
_EVER: Final = 1 << 62
_NS_PER_MS: Final = 1_000_000


class Written(NamedTuple):
    """What a database holds."""

    events: int
    calls: int
    """Those of the agents; the set-up's row is none of them."""
    responses: int
    sessions: int
    size: int
    """Of the file, in bytes."""


class _Running(NamedTuple):
    """A session that is being told, by its next row."""

    ts_ms: int
    number: int
    row: Row
    rest: Iterator[Row]


def write_history(home: str, plan: Plan) -> Written:
    """Write a database of a planned history.

    Args:
        home: what `FLUXMIRROR_HOME` is to be; it has no database yet.
        plan: what to write.
    """
    own = places({"FLUXMIRROR_HOME": home}, sys.platform)
    with closing(connect_to_write(own.database)) as db:
        counts = _Writer(db, own.database, open_book(own), plan).write()
    size = os.path.getsize(own.database)
    return Written(counts["events"], counts["calls"], counts["responses"], len(plan.sessions), size)


class _Writer:
    """One history on its way into one database."""

    def __init__(self, db: sqlite3.Connection, path: str, book: PriceBook, plan: Plan) -> None:
        self._db = db
        self._path = path
        self._book = book
        self._plan = plan
        self._draw = Draw(plan.seed, "beside")
        self._counts: Counter[str] = Counter()
        self._ends: dict[str, int] = {}
        """How long each session file is, in bytes."""

    def write(self) -> Counter[str]:
        """Write everything; gives how much of what there is."""
        jobs = self._register()
        with writing(self._db):
            write_events(self._db, [set_up_row(self._plan.first_ms)])
        rows = _in_order(self._plan, {path: job.source_id for path, job in jobs.items()})
        while batch := list(islice(rows, _BATCH)):
            with writing(self._db):
                self._write_batch(batch)
            if wal_bytes(self._path) > WAL_BYTES:
                checkpoint(self._path)
        with writing(self._db):
            self._save_readings(jobs)
        return self._counts

    def _register(self) -> dict[str, Job]:
        """Make all session files known; they are nowhere but in the database."""
        agents = {planned.path: planned.voice.agent for planned in self._plan.sessions}
        files = [SessionFile(agent, path, 0, 0, "") for path, agent in agents.items()]
        with writing(self._db):
            jobs = register(self._db, sources.Plan([], files, []), self._plan.first_ms)
        return {job.file.path: job for job in jobs}

    def _write_batch(self, rows: list[Row]) -> None:
        events = [row for row in rows if isinstance(row, AgentEvent)]
        responses = [row for row in rows if not isinstance(row, AgentEvent)]
        now_ms = rows[-1].ts_ms
        write_events(self._db, events)
        # All keys are new, so none has to be looked for.
        write_responses(self._db, responses, self._book, now_ms, set())
        self._count_beside(events, now_ms)
        for response in responses:
            end = response.offset + len(response.record.raw_json)
            self._ends[response.path] = max(end, self._ends.get(response.path, 0))
        calls = sum(event.kind == Kind.TOOL_CALL for event in events)
        self._counts.update(events=len(events), calls=calls, responses=len(responses))

    def _count_beside(self, events: Iterable[AgentEvent], now_ms: int) -> None:
        """Count what is no event: how long the hooks took, and what was torn."""
        hooks, counts = HookTimeTally(), tally.Tally()
        for event in events:
            hooks.add(self._draw.around(*_HOOK_US), event.ts_ms * _NS_PER_MS)
            if event.kind == Kind.TORN:
                counts.add(tally.TORN)
        hooks.flush(self._db, now_ms)
        counts.flush(self._db, now_ms)

    def _save_readings(self, jobs: dict[str, Job]) -> None:
        """Note that all session files are read to their ends."""
        for path, end in self._ends.items():
            file = jobs[path].file._replace(size=end, mtime_ns=self._plan.end_ms * _NS_PER_MS)
            odd = {Problem(TORN_END): 1} if self._draw.chance(_ODD_FILES) else {}
            so_far = ReadSoFar(Mark(end), Counter(odd), rewritten=False, more=False)
            for what in (USAGE, CALLS):
                save_reading(self._db, what, jobs[path]._replace(file=file), so_far)


def _in_order(plan: Plan, source_ids: Mapping[str, int]) -> Iterator[Row]:
    """Tell sessions that overlap, the oldest row first; those of a moment are in memory."""
    running: list[_Running] = []
    for planned in plan.sessions:
        yield from _until(running, planned.start_ms)
        rest = Session(planned, source_ids[planned.path], plan.seed).tell()
        row = next(rest)
        heappush(running, _Running(row.ts_ms, planned.number, row, rest))
    yield from _until(running, _EVER)


def _until(running: list[_Running], ts_ms: int) -> Iterator[Row]:
    """Take what was before a moment from the sessions that are running."""
    while running and running[0].ts_ms < ts_ms:
        now = running[0]
        yield now.row
        row = next(now.rest, None)
        if row is None:
            heappop(running)
        else:
            heapreplace(running, _Running(row.ts_ms, now.number, row, now.rest))
