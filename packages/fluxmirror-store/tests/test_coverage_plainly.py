"""Coverage by indexes and added-up hours is what one gets by looking at every row."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from fluxmirror_core.analysis.coverage import build_coverage
from fluxmirror_core.analysis.losses import Moment
from fluxmirror_core.analysis.told_calls import (
    FILES,
    HOOKS,
    AgentSigns,
    FileSigns,
    Gap,
    HookSigns,
    OddCall,
    PhaseCount,
    ReadFile,
    ToldCalls,
)
from fluxmirror_core.event import AFTER, ANSWERED, ASKED, BEFORE
from fluxmirror_core.period import Period
from fluxmirror_store.coverage_queries import is_told, told_calls
from fluxmirror_store.database import empty
from fluxmirror_store.importing.session_files import SessionFile
from fluxmirror_store.phase_counts import phase_counts
from fluxmirror_store.queries import Window, snapshot
from fluxmirror_store.summing import add_up

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

SEEDS = 200
HOUR = 3_600_000
MINUTE = 60_000
DAY = Period(10 * HOUR + 7, 34 * HOUR + 7, date(1970, 1, 1), date(1970, 1, 2), "UTC")
ALL = BEFORE | AFTER | ASKED | ANSWERED
ALICE = "c85b930f-ec34-4f71-8736-59ee4a652dc6"
BOB = "d1"
HELPER = "a63c"


class Row(NamedTuple):
    """What coverage asks of an event."""

    kind: str
    ts_ms: int | None
    ended_ms: int | None
    agent: str
    session: str | None
    subagent: str | None
    outcome: str | None
    exit_code: int | None
    cwd: str | None
    sources: str
    self_noise: int
    phases: int
    schema_version: int


class Reply(NamedTuple):
    """A response of a model."""

    agent: str
    session: str | None
    ts_ms: int


class Source(NamedTuple):
    """A session file, as it was read twice, and as it is now; by size and time."""

    agent: str
    path: str
    calls: tuple[int, int] | None
    usage: tuple[int, int] | None
    now: tuple[int, int] | None


class History(NamedTuple):
    """All that a database holds."""

    rows: list[Row]
    replies: list[Reply]
    sources: list[Source]
    heard: dict[str, int]


AGENTS = (*("claude-code",) * 6, *("gemini-cli",) * 3, "codex-cli", "opencode", "setup")
SESSIONS = (None, "", *(ALICE,) * 4, *(BOB,) * 4)
# Most calls are of one source only: of those that both told of there is nothing to judge.
PHASES = (0, 1, 2, *(3,) * 6, 4, 8, 9, *(11,) * 3, 16, *(24,) * 3, 25, 26, 27, 27, 27, 31)
STATES = (None, (1, 0), (2, 1), *((1, 1),) * 5)
PLACES = (
    ("claude-code", f"/h/{ALICE}.jsonl"),
    ("claude-code", f"/h/{BOB}.jsonl"),
    ("claude-code", f"/h/{ALICE}/subagents/agent-{HELPER}.jsonl"),
    ("gemini-cli", f"/h/chats/session-2026-{ALICE[:8]}.jsonl"),
    ("gemini-cli", f"/h/{BOB}/chat.jsonl"),
    ("codex-cli", rf"C:\h\rollout-{ALICE}.jsonl"),
    ("opencode", "/h/opencode.db"),
    ("claude-code", "/h/another.jsonl"),
)


class Dice(Random):
    """Makes histories up."""

    def time(self) -> int:
        """Give a time around the day: most are of one hour."""
        return self.choice((9, 10, *(11,) * 9, 33, 34)) * HOUR + self.randrange(60) * MINUTE

    def row(self) -> Row:
        """Make an event up."""
        return Row(
            kind=self.choice((*("tool_call",) * 9, "session_start")),
            ts_ms=self.choice((*(self.time(),) * 9, None)),
            ended_ms=self.choice((None, None, self.time())),
            agent=self.choice(AGENTS),
            session=self.choice(SESSIONS),
            subagent=self.choice((*(None,) * 6, HELPER)),
            outcome=self.choice((None, *("ok",) * 5, "failed", "rejected", "interrupted")),
            exit_code=self.choice((None, 0, 1)),
            cwd=self.choice((None, *("/home/me/p",) * 5, "/home/another/p")),
            sources=self.choice(("hook", "transcript", "hook,transcript")),
            self_noise=self.choice((*(0,) * 9, 1)),
            phases=self.choice(PHASES),
            schema_version=self.choice((1, 2, 2, 2)),
        )

    def rows(self, most: int) -> list[Row]:
        """Make events up."""
        return [self.row() for _ in range(self.randrange(most))]

    def history(self) -> History:
        """Make all of a database up."""
        places = self.sample(PLACES, self.randrange(3, len(PLACES)))
        replies = range(self.randrange(6))
        return History(
            self.rows(40),
            [Reply(self.choice(AGENTS), self.choice(SESSIONS), self.time()) for _ in replies],
            [Source(*place, *(self.choice(STATES) for _ in range(3))) for place in places],
            {one: self.choice((0, 0, 0, self.time())) for one in AGENTS if self.random() < 0.9},
        )


def put(db: sqlite3.Connection, history: History) -> None:
    """Write a history down, after what is there."""
    names = ", ".join(Row._fields)
    marks = ", ".join("?" * (len(Row._fields) + 1))
    db.executemany(
        f"INSERT INTO event ({names}, uid) VALUES ({marks})",
        [(*row, f"{number}".encode()) for number, row in enumerate(history.rows)],
    )
    for number, source in enumerate(history.sources, 1):
        db.execute(
            "INSERT INTO source (id, agent, path, seen_ms) VALUES (?, ?, ?, 0)",
            (number, source.agent, source.path),
        )
        for what, read in (("calls", source.calls), ("usage", source.usage)):
            if read is not None:
                row = (number, what, *read)
                db.execute("INSERT INTO reading VALUES (?, ?, ?, ?, 1, x'', '', '[]')", row)
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (99, 'qwen-code', '/q', 0)")
    db.executemany(
        "INSERT INTO response (agent, key, ts_ms, session, input_tokens, output_tokens,"
        " cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, reasoning_tokens,"
        " tool_use_tokens, source_id, offset) VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 99, 0)",
        [(one.agent, str(at), one.ts_ms, one.session) for at, one in enumerate(history.replies)],
    )
    db.executemany("INSERT INTO heard VALUES (?, ?)", history.heard.items())


def end_of(row: Row) -> int:
    """Give when the last was heard of a call."""
    began_ms = row.ts_ms or 0
    return began_ms if row.ended_ms is None else max(row.ended_ms, began_ms)


def counted(history: History, wanted: Window) -> list[Row]:
    """Give the calls of a window, by time."""
    rows = [
        row
        for row in history.rows
        if row.kind == "tool_call"
        and not row.self_noise
        and row.ts_ms is not None
        and wanted.start_ms <= row.ts_ms < wanted.end_ms
        and row.agent != wanted.hidden
        and wanted.agent in {None, row.agent}
    ]
    return sorted(rows, key=lambda row: (row.agent, row.ts_ms))


def lacks(row: Row, *, has_files: bool) -> bool:
    """Tell whether a call may lack something."""
    if not row.phases & FILES:
        return has_files
    if not row.phases & HOOKS or row.phases & (BEFORE | AFTER) == AFTER:
        return True
    if row.phases & AFTER:
        return row.phases & FILES == ASKED
    return bool(row.phases & ANSWERED) and row.outcome in {"ok", "failed"}


def last_of(rows: Iterable[Row]) -> int | None:
    """Give when the last was heard of what began within an hour before the last that began."""
    timed = [row for row in rows if row.ts_ms is not None]
    newest = max((row.ts_ms or 0 for row in timed), default=0)
    return max((end_of(row) for row in timed if (row.ts_ms or 0) >= newest - HOUR), default=None)


def last_begun(rows: Iterable[Row]) -> int:
    """Give when the last began that a session file tells of."""
    return max(row.ts_ms or 0 for row in rows if row.phases & FILES and row.ts_ms is not None)


def signs_of(
    history: History, odd: list[OddCall], agent: str, session: str
) -> tuple[HookSigns, FileSigns]:
    """Look at a session, row by row."""
    own = [row for row in history.rows if (row.agent, row.session) == (agent, session)]
    is_hooked = any(row.sources != "transcript" and row.schema_version > 1 for row in own)
    began_ms = min(row.ts_ms for row in own if row.ts_ms is not None)
    heard_ms = history.heard.get(agent)
    is_early = not is_hooked and (heard_ms is None or heard_ms >= began_ms)
    filed_ms, last_ms = last_of(row for row in own if row.phases & FILES), last_of(own) or 0
    at_end = [
        call
        for call in odd
        if (call.agent, call.session) == (agent, session)
        and call.phases & HOOKS
        and not call.phases & ANSWERED
        and (filed_ms is None or last_begun(own) <= call.ended_ms)
    ]
    if at_end:
        first_ms = min(call.ts_ms for call in at_end) - HOUR
        until_ms = max(call.ended_ms for call in at_end) + 24 * HOUR
        answered = [
            one.ts_ms
            for one in history.replies
            if (one.agent, one.session) == (agent, session) and first_ms <= one.ts_ms <= until_ms
        ]
        if answered:
            filed_ms, last_ms = max(filed_ms or 0, *answered), max(last_ms, *answered)
    return HookSigns(is_hooked, is_early), FileSigns(filed_ms, last_ms)


def plainly_told(history: History, wanted: Window) -> ToldCalls:
    """Work out who told of the calls of a window by looking at every row."""
    rows = counted(history, wanted)
    numbers = Counter((row.agent, row.phases) for row in rows)
    filed = {source.agent for source in history.sources} | {"qwen-code"}
    agents, odd = {}, []
    for agent in sorted({row.agent for row in rows}):
        heard_ms = history.heard.get(agent)
        own = [row for row in rows if row.agent == agent]
        early = [
            row
            for row in own
            if row.phases
            and not row.phases & HOOKS
            and (heard_ms is None or (row.ts_ms or 0) < heard_ms)
        ]
        agents[agent] = AgentSigns(heard_ms, len(early), agent in filed)
        odd += [
            OddCall(
                *(agent, row.ts_ms or 0, end_of(row), row.session, row.subagent, None, None, ""),
                *(row.cwd, row.outcome, row.exit_code, row.phases),
            )
            for row in own
            if row.phases
            and row.phases & ALL != ALL
            and row not in early
            and lacks(row, has_files=agent in filed)
        ]
    signs = {
        (call.agent, call.session): signs_of(history, odd, call.agent, call.session)
        for call in odd
        if call.session
    }
    return ToldCalls(
        [PhaseCount(*key, calls) for key, calls in sorted(numbers.items())],
        agents,
        odd,
        {name: hooked for name, (hooked, _) in signs.items()},
        {name: filed for name, (_, filed) in signs.items()},
        [read_file(source) for source in history.sources],
    )


def read_file(source: Source) -> ReadFile:
    """Say whether a session file is read to its end."""
    is_read = source.calls is not None and source.calls[1] > 0
    is_grown = source.now is not None and {source.calls, source.usage} != {source.now}
    return ReadFile(source.agent, source.path, None, is_read and not is_grown)


def plainly_filled(history: History, gap: Gap) -> bool:
    """Look through every row for a call that was told in a gap."""
    return any(
        row.kind == "tool_call"
        and row.agent == gap.agent
        and row.ts_ms is not None
        and gap.first_ms <= row.ts_ms <= gap.last_ms
        and bool(row.phases & gap.phases)
        and gap.session in {None, row.session}
        and gap.failed in {None, row.outcome == "failed"}
        for row in history.rows
    )


@pytest.mark.parametrize("seed", range(SEEDS))
def test_coverage_is_that_of_looking_at_every_row(seed: int) -> None:
    """What is skipped for speed changes no number, no reason, and no finding."""
    dice = Dice(seed)
    history = dice.history()
    agent = dice.choice((None, None, "claude-code", "gemini-cli"))
    hidden, told_ms = dice.choice(("", "setup")), dice.choice((dice.time(), 40 * HOUR))
    wanted = Window(DAY.start_ms, DAY.end_ms, agent, hidden)
    files = {
        (one.agent, one.path): SessionFile(one.agent, one.path, *one.now, "")
        for one in history.sources
        if one.now
    }
    moment = Moment(40 * HOUR, told_ms, told_ms, "/home/me")
    with closing(empty()) as db:
        put(db, history)
        if dice.random() < 0.5:
            add_up(db)
        told = told_calls(db, wanted, lambda agent, path: files.get((agent, path)))
        found = build_coverage(DAY, told, moment, lambda gap: is_told(db, gap))
    plain = plainly_told(history, wanted)
    assert list(told.counts) == list(plain.counts)
    assert told.agents == plain.agents
    assert ordered(told.odd) == ordered(plain.odd)
    expected = build_coverage(DAY, plain, moment, lambda gap: plainly_filled(history, gap))
    assert found._replace(findings=()) == expected._replace(findings=())
    # Of calls of the same millisecond either may come first.
    assert ordered(found.findings) == ordered(expected.findings)


def ordered(things: Iterable[Any]) -> list[str]:
    """Put things into an order that does not depend on how they were found."""
    return sorted(map(repr, things))


@pytest.mark.parametrize("seed", range(40))
def test_calls_are_counted_alike_whatever_is_added_up(seed: int) -> None:
    """Hours that changed since, and parts of hours, are counted anew."""
    dice = Dice(seed)
    rows, later = dice.rows(40), dice.rows(6)
    wanted = Window(DAY.start_ms, DAY.end_ms, None, "")
    with closing(empty()) as db:
        put(db, History(rows, [], [], {}))
        add_up(db)
        db.executemany(
            f"INSERT INTO event ({', '.join(Row._fields)}, uid)"
            f" VALUES ({', '.join('?' * (len(Row._fields) + 1))})",
            [(*row, f"later{number}".encode()) for number, row in enumerate(later)],
        )
        with snapshot(db):
            numbers = phase_counts(db, wanted)
    expected = plainly_told(History([*rows, *later], [], [], {}), wanted).counts
    assert numbers == list(expected)
