"""import_session_files: what is new in session files → rows; usage first, then calls."""

from __future__ import annotations

import os
import time
from collections import Counter
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.private import make_directory
from fluxmirror_core.transcripts.problem import FAILED, Problem

from fluxmirror_store import lock
from fluxmirror_store.checkpoint import checkpoint, wal_bytes
from fluxmirror_store.crew import crew_size, in_order
from fluxmirror_store.database import connect_to_write, spool_errors, store_errors
from fluxmirror_store.importing import sources
from fluxmirror_store.importing.call_rows import write_calls
from fluxmirror_store.importing.nameless import join_nameless
from fluxmirror_store.importing.opencode import read_database
from fluxmirror_store.importing.passes import CALLS, USAGE
from fluxmirror_store.importing.reading import Reading, gathered, groups, read_group, unreadable
from fluxmirror_store.importing.response_rows import forget_nameless, write_responses
from fluxmirror_store.importing.session_files import DATABASE_AGENT, UNREADABLE, of_recorded
from fluxmirror_store.importing.sources import SEEN_TWICE, Job, ReadSoFar
from fluxmirror_store.importing.stretch import Mark
from fluxmirror_store.importing.waiting import LOCK, Wanted, news, recent
from fluxmirror_store.machine import event_builders
from fluxmirror_store.opencode_database import UnreadableSourceError, opencode_rows
from fluxmirror_store.pricing import price_unknown
from fluxmirror_store.projects import look_for_remotes, note_remotes
from fluxmirror_store.retention import not_pruned
from fluxmirror_store.transaction import NOT_STORABLE, writing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

    from fluxmirror_core.config.settings import Settings
    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.paths import Places

    from fluxmirror_store.importing.response_rows import PriceBook
    from fluxmirror_store.importing.session_files import Found

LARGE_DATABASE: Final = 256 << 20
CREW_BYTES: Final = 16 << 20
"""So much to read is worth the start of several processes."""
_LOG_BYTES: Final = 64 << 20
"""A first import writes its pages several times: brought home too often, they cost more."""


class Progress(Protocol):
    """Told how far an import is."""

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` bytes are read."""


class Imported(NamedTuple):
    """What an import did."""

    problems: Counter[tuple[str, Problem]]
    """What was odd, by agent."""
    files: int = 0
    """Files that were read, at least in part."""
    bytes: int = 0
    responses: int = 0
    """New ones."""
    calls: int = 0
    """New ones: those no hook had told of."""
    left: int = 0
    """Files with something new that the budget was not enough for."""
    busy: bool = False
    """Another process was importing, and was left to it."""


def import_session_files(  # noqa: PLR0913, PLR0917 - where, what, how much, who is told
    places: Places,
    settings: Settings,
    found: Found,
    book: PriceBook,
    wanted: Wanted,
    progress: Progress | None = None,
) -> Imported:
    """Read what is new in the agents' session files into the database.

    What a file told stays when the file is gone; a kill at any moment loses nothing and doubles
    nothing, as each file's rows and how far it was read are committed together.

    Args:
        places: where the database is.
        settings: what is to be kept.
        found: the files there are.
        book: knows the prices.
        wanted: which part of the work to do.
        progress: told how far it is.

    Raises:
        StoreError: the database cannot be written.
    """
    found = of_recorded(found, settings)
    if not news(places, found, wanted):
        return Imported(found.problems.copy())
    with spool_errors(places.spool):
        make_directory(places.spool)
        with lock.held(os.path.join(places.spool, LOCK), wanted.wait_s) as ours:
            if not ours:
                return Imported(found.problems.copy(), busy=True)
            with closing(connect_to_write(places.database)) as db, store_errors(places.database):
                return _Import(places, settings, db, found, book, wanted, progress).run()


class _Import:
    """One import, with what it has done so far."""

    def __init__(  # noqa: PLR0913, PLR0917 - what `import_session_files` was given
        self,
        places: Places,
        settings: Settings,
        db: sqlite3.Connection,
        found: Found,
        book: PriceBook,
        wanted: Wanted,
        progress: Progress | None,
    ) -> None:
        self._places = places
        self._db = db
        self._found = found
        self._book = book
        self._wanted = wanted
        self._progress = progress
        self._builders = event_builders(places, settings)
        self._now_ms = time.time_ns() // 1_000_000
        budget_s = wanted.budget_s
        self._deadline = None if budget_s is None else time.monotonic() + budget_s
        self._files: set[int] = set()
        self._left: dict[str, set[int]] = {}
        self._new = dict.fromkeys((USAGE, CALLS), 0)
        self._bytes = dict.fromkeys((USAGE, CALLS), 0)
        self._total = 0
        is_first = db.execute("SELECT EXISTS (SELECT 1 FROM response)").fetchone() == (0,)
        self._written: set[int] | None = set() if is_first else None
        self._problems = found.problems.copy()

    def run(self) -> Imported:
        """Do every pass."""
        plans = {what: self._plan(what) for what in self._wanted.passes}
        self._total = sum(job.size for jobs in plans.values() for job in jobs)
        self._left = {what: {job.source_id for job in jobs} for what, jobs in plans.items()}
        for what, jobs in plans.items():
            self._read_all(what, [job for job in jobs if job.file.agent != DATABASE_AGENT])
        # Behind the files: what has to be loaded for prices is loaded while workers read those.
        for path in dict.fromkeys(job.file.path for job in _databases(plans)):
            self._read_database(path, plans)
        if USAGE in plans:
            price_unknown(self._db, self._book)
        if CALLS in plans:
            with writing(self._db):
                join_nameless(self._db)
        return Imported(
            self._problems,
            len(self._files),
            max(self._bytes.values()),
            self._new[USAGE],
            self._new[CALLS],
            len(set().union(*self._left.values())),
        )

    def _read_database(self, path: str, plans: Mapping[str, list[Job]]) -> None:
        """Read what every pass wants of a database, of one state of it."""
        wanted = [
            (what, job) for what, jobs in plans.items() for job in jobs if job.file.path == path
        ]
        in_time = self._deadline is None or wanted[0][1].file.size <= LARGE_DATABASE
        if not in_time or self._is_over():
            return  # to copy a large one takes longer than anybody waits
        try:
            with opencode_rows(path, self._places.cache) as database:
                for what, job in wanted:
                    for reading in read_database(what, job, database, self._builders):
                        self._store(what, [reading])
                        if self._is_over():
                            break
        except UnreadableSourceError as error:
            for what, job in wanted:
                if job.source_id in self._left[what]:
                    self._store(what, [unreadable(job, str(error))])

    def _plan(self, what: str) -> list[Job]:
        known = sources.load_sources(self._db, what)
        of_late = recent(self._found, self._wanted)
        plan = sources.build_plan(of_late.files, known, full=self._wanted.full)
        with writing(self._db):
            jobs = sources.register(self._db, plan, self._now_ms)
            sources.note_missing(self._db, known, of_late, self._now_ms)
        return jobs

    def _read_all(self, what: str, jobs: list[Job]) -> None:
        """Read every job to its file's end, a stretch of each at a time."""
        while jobs:
            following: list[Job] = []
            waiting = iter(jobs)
            for readings in gathered(what, self._readings(what, waiting)):
                self._store(what, readings)
                following += [_next(reading) for reading in readings if reading.more]
            jobs = [] if self._is_over() else following

    def _readings(self, what: str, waiting: Iterator[Job]) -> Iterator[list[Reading]]:
        read = partial(read_group, what, self._builders)
        lists = self._until_deadline(waiting)
        if self._total - self._done() >= CREW_BYTES and (size := crew_size()) > 1:
            yield from in_order(read, lists, size)
        else:
            yield from map(read, lists)

    def _until_deadline(self, waiting: Iterator[Job]) -> Iterator[list[Job]]:
        for group in groups(waiting):
            yield group
            if self._is_over():
                return

    def _is_over(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _store(self, what: str, readings: Sequence[Reading]) -> None:
        """Store what a group told in one transaction; what no column takes is found and counted."""
        try:
            told = not_pruned(self._db, [row for reading in readings for row in reading.told])
            remotes = self._remotes(told) if what == CALLS else {}
            with writing(self._db):
                self._write(what, readings, told)
                note_remotes(self._db, remotes, self._now_ms)
        except NOT_STORABLE as error:
            if len(readings) > 1:
                for reading in readings:
                    self._store(what, [reading])
                return
            problem = Problem(FAILED, type(error).__name__)
            self._problems[readings[0].job.file.agent, problem] += 1
            with writing(self._db):
                self._note(what, readings[0]._replace(problems=Counter()))
        if wal_bytes(self._places.database) > _LOG_BYTES:
            checkpoint(self._places.database)

    def _remotes(self, calls: Sequence[AgentEvent]) -> dict[str, str | None]:
        return look_for_remotes(self._db, calls, self._builders, self._now_ms)

    def _write(self, what: str, readings: Sequence[Reading], told: Sequence[Any]) -> None:
        for reading in readings:
            if reading.rewritten and what == USAGE:
                forget_nameless(self._db, reading.job.file.agent, reading.job.source_id)
        if what == USAGE:
            new = write_responses(self._db, told, self._book, self._now_ms, self._written)
        else:
            new = write_calls(self._db, told)
        for reading in readings:
            self._note(what, reading)
        self._new[what] += new

    def _note(self, what: str, reading: Reading) -> None:
        job = reading.job
        if not reading.more:
            self._left[what].discard(job.source_id)
        if reading.mark is not None:
            so_far = ReadSoFar(reading.mark, reading.problems, reading.rewritten, reading.more)
            sources.save_reading(self._db, what, job, so_far)
            self._files.add(job.source_id)
            self._bytes[what] += _bytes_read(reading, reading.mark)
        for problem, times in reading.problems.items():
            if what == self._wanted.passes[-1] or problem.kind not in (UNREADABLE, *SEEN_TWICE):
                self._problems[job.file.agent, problem] += times
        if self._progress is not None:
            self._progress(self._done(), self._total)

    def _done(self) -> int:
        return sum(self._bytes.values())


def _next(reading: Reading) -> Job:
    return reading.job._replace(mark=reading.mark or Mark(), afresh=False)


def _databases(plans: Mapping[str, list[Job]]) -> Iterator[Job]:
    return (job for jobs in plans.values() for job in jobs if job.file.agent == DATABASE_AGENT)


def _bytes_read(reading: Reading, mark: Mark) -> int:
    """Say how long the stretch was; of a database nobody knows."""
    if reading.job.file.agent == DATABASE_AGENT:
        return 0 if reading.more else reading.job.file.size
    from_start = reading.job.afresh or reading.rewritten
    return mark.end - (0 if from_start else reading.job.mark.end)
