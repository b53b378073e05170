"""Only calls that may lack something are read, and what explains them is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fluxmirror_core.analysis.told_calls import Gap, ToldCalls
from fluxmirror_core.event import AFTER, ANSWERED, ASKED, BATCH, BEFORE, Kind
from fluxmirror_store import coverage_queries, phase_counts, session_signs
from fluxmirror_store.coverage_queries import is_told, told_calls
from fluxmirror_store.importing.session_files import SessionFile
from fluxmirror_store.queries import Window
from fluxmirror_store.summing import add_up
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent

NOON_MS = 1_767_268_800_000
MINUTE = 60_000
DAY = Window(NOON_MS, NOON_MS + 86_400_000, None, "")
RESPONSE = """
INSERT INTO response (agent, key, ts_ms, session, input_tokens, output_tokens, cache_read_tokens,
    cache_write_5m_tokens, cache_write_1h_tokens, reasoning_tokens, tool_use_tokens, source_id,
    offset)
SELECT 'claude-code', 'r', ?, 's', 0, 0, 0, 0, 0, 0, 0, id, 0 FROM source
"""
HOOKED, FILED = BEFORE | AFTER, ASKED | ANSWERED


@pytest.fixture
def put(db: sqlite3.Connection, event: Callable[..., AgentEvent]) -> Callable[..., None]:
    """Store calls by phases, one a minute from noon on; later ones go on from the last."""
    made: list[str] = []

    def store(*phases: int, **changes: object) -> None:
        events = []
        for bits in phases:
            made.append(f"call{len(made)}")
            sources = ("hook" if bits & 7 else "", "transcript" if bits & 24 else "")
            usual = {
                "ts_ms": NOON_MS + (len(made) - 1) * MINUTE,
                "call_id": made[-1],
                "outcome": "ok",
                "phases": bits,
                "sources": ",".join(filter(None, sources)),
            }
            events.append(event(made[-1], **{**usual, **changes}))
        with writing(db):
            write_events(db, events)

    return store


@pytest.fixture
def source(db: sqlite3.Connection) -> Callable[..., None]:
    """Make a session file known, and read up to a time."""

    def register(path: str, mtime_ns: int | None = 1, agent: str = "claude-code") -> None:
        with writing(db):
            db.execute("INSERT INTO source (agent, path, seen_ms) VALUES (?, ?, 0)", (agent, path))
            if mtime_ns is not None:
                db.execute(
                    "INSERT INTO reading SELECT id, 'calls', 1, ?, 1, x'', '', '[]' FROM source"
                    " WHERE path = ?",
                    (mtime_ns, path),
                )

    return register


def asked(db: sqlite3.Connection, window: Window = DAY, *there: SessionFile) -> ToldCalls:
    """Ask about a window, with some session files as they lie there now."""
    files = {file.path: file for file in there}
    return told_calls(db, window, lambda _, path: files.get(path))


def odd_ids(db: sqlite3.Connection) -> list[str | None]:
    """Give the ids of the calls of which something may be missing."""
    return [call.call_id for call in asked(db).odd]


def test_calls_are_counted_by_who_told_of_them(
    db: sqlite3.Connection, put: Callable[..., None]
) -> None:
    """Of each agent apart."""
    put(HOOKED | FILED, HOOKED | FILED, FILED)
    put(HOOKED, agent="codex-cli")
    assert [tuple(count) for count in asked(db).counts] == [
        ("claude-code", FILED, 1),
        ("claude-code", HOOKED | FILED, 2),
        ("codex-cli", HOOKED, 1),
    ]
    assert [count.agent for count in asked(db, DAY._replace(agent="codex-cli")).counts] == [
        "codex-cli"
    ]


def test_whole_calls_are_not_read(
    db: sqlite3.Connection, put: Callable[..., None], source: Callable[..., None]
) -> None:
    """Nor those that need nothing more: what did not run has no hook after it."""
    source("/p/s.jsonl")
    put(HOOKED | FILED, HOOKED | BATCH | FILED)
    put(BEFORE | FILED, BATCH | FILED, outcome="rejected")
    put(BEFORE | ASKED, BEFORE | BATCH | FILED, outcome="unknown")
    assert odd_ids(db) == []


def test_calls_that_lack_something_are_read(
    db: sqlite3.Connection, put: Callable[..., None], source: Callable[..., None]
) -> None:
    """A source, a hook, or an end."""
    source("/p/s.jsonl")
    put(HOOKED | FILED)
    put(FILED, HOOKED, BATCH, AFTER | FILED, BEFORE | FILED, BATCH | FILED, HOOKED | ASKED)
    assert odd_ids(db) == [f"call{number}" for number in range(1, 8)]


def test_calls_before_the_first_hook_are_counted_and_not_read(
    db: sqlite3.Connection, put: Callable[..., None]
) -> None:
    """A whole month of them costs nothing more."""
    put(FILED, FILED, HOOKED | FILED, FILED)
    told = asked(db)
    assert told.agents["claude-code"].hooked_ms == NOON_MS + 2 * MINUTE
    assert told.agents["claude-code"].early == 2
    assert odd_ids(db) == ["call3"]


def test_an_agent_whose_hooks_were_never_heard_has_no_odd_call(
    db: sqlite3.Connection, put: Callable[..., None]
) -> None:
    """All of them have one reason."""
    put(FILED, FILED)
    told = asked(db)
    assert tuple(told.agents["claude-code"]) == (None, 2, False)
    assert told.odd == []


def test_a_hook_of_an_earlier_day_counts(db: sqlite3.Connection, put: Callable[..., None]) -> None:
    """Also one that is no call's."""
    start = {"kind": str(Kind.SESSION_START), "tool": None, "call_id": None, "outcome": None}
    put(0, ts_ms=NOON_MS - 1, sources="hook", **start)
    put(FILED)
    assert asked(db).agents["claude-code"].hooked_ms == NOON_MS - 1
    assert odd_ids(db) == ["call1"]


def test_rows_of_older_programs_are_no_sign_of_hooks(
    db: sqlite3.Connection, put: Callable[..., None]
) -> None:
    """Those hooks were others."""
    put(0, sources="hook", schema_version=1)
    put(FILED)
    assert asked(db).agents["claude-code"].hooked_ms is None


def test_what_hooks_alone_told_is_not_read_without_session_files(
    db: sqlite3.Connection, put: Callable[..., None]
) -> None:
    """There is nothing it could be missing in."""
    put(HOOKED, AFTER)
    assert not asked(db).agents["claude-code"].has_files
    assert odd_ids(db) == []


def test_a_file_is_whole_when_it_is_read_to_its_end(
    db: sqlite3.Connection, put: Callable[..., None], source: Callable[..., None]
) -> None:
    """One that was never read, of which there is more, or that has grown since, is not."""
    source("/read/s.jsonl", 5_000_000)
    source("/new/s.jsonl", None)
    source("/more/s.jsonl", 0)
    source("/grown/s.jsonl", 5_000_000)
    put(HOOKED)
    grown = SessionFile("claude-code", "/grown/s.jsonl", 2, 6_000_000, "")
    assert {tuple(file)[1:] for file in asked(db, DAY, grown).files} == {
        ("/read/s.jsonl", 5, True),
        ("/new/s.jsonl", None, False),
        ("/more/s.jsonl", None, False),
        ("/grown/s.jsonl", 5, False),
    }


def test_a_file_whose_usage_is_not_read_is_not_whole(
    db: sqlite3.Connection, put: Callable[..., None], source: Callable[..., None]
) -> None:
    """An import would read on in it."""
    source("/p/s.jsonl", 5_000_000)
    put(HOOKED)
    there = SessionFile("claude-code", "/p/s.jsonl", 1, 5_000_000, "")
    assert not asked(db, DAY, there).files[0].is_whole
    with writing(db):
        db.execute(
            "INSERT INTO reading SELECT source_id, 'usage', 1, mtime_ns, 1, x'', '', '[]'"
            " FROM reading"
        )
    assert asked(db, DAY, there).files[0].is_whole


def test_of_other_sessions_no_file_is_looked_at(
    db: sqlite3.Connection, put: Callable[..., None], source: Callable[..., None]
) -> None:
    """There are thousands of them."""
    source("/p/s.jsonl")
    source("/p/another.jsonl")
    put(HOOKED)
    looked_at: list[str] = []
    told_calls(db, DAY, lambda _, path: looked_at.append(path))
    assert looked_at == ["/p/s.jsonl"]


def test_session_files_are_asked_for_only_where_they_matter(
    db: sqlite3.Connection, put: Callable[..., None]
) -> None:
    """To walk through all of them takes its time."""

    def not_asked(_agent: str, _path: str) -> None:
        raise AssertionError

    put(HOOKED | FILED, FILED)
    assert told_calls(db, DAY, not_asked).files == []


def test_a_sessions_signs_are_those_of_all_its_rows(
    db: sqlite3.Connection, put: Callable[..., None], source: Callable[..., None]
) -> None:
    """A response of the model tells that its file went on."""
    source("/p/s.jsonl")
    put(HOOKED | FILED, FILED, HOOKED)
    put(FILED, session="unheard")
    with writing(db):
        db.execute(RESPONSE, (NOON_MS + 9 * MINUTE,))
    told, answered_ms = asked(db), NOON_MS + 9 * MINUTE
    assert told.filed == {("claude-code", "s"): (answered_ms, answered_ms)}
    assert told.hooked["claude-code", "s"] == (True, False)
    assert told.hooked["claude-code", "unheard"] == (False, False)


def test_a_session_that_began_before_any_hook_is_early(
    db: sqlite3.Connection, put: Callable[..., None]
) -> None:
    """Agents read their hooks when they start."""
    put(FILED, session="old")
    put(HOOKED | FILED, session="new")
    put(FILED, session="old")
    assert asked(db).hooked["claude-code", "old"].is_early


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"agent": "codex-cli"}, False),
        ({"session": "s"}, True),
        ({"session": "another"}, False),
        ({"first_ms": NOON_MS + 1}, False),
        ({"last_ms": NOON_MS - 1}, False),
        ({"phases": ANSWERED}, False),
        ({"failed": True}, False),
        ({"failed": False}, True),
    ],
)
def test_a_gap_is_filled_by_a_call_that_was_told(
    db: sqlite3.Connection, put: Callable[..., None], changes: dict[str, object], *, told: bool
) -> None:
    """Of the same agent, in that time, of that sort."""
    put(HOOKED)
    values = {**Gap("claude-code", None, 0, NOON_MS, AFTER, None)._asdict(), **changes}
    assert is_told(db, Gap(**values)) == told


def test_a_gap_in_a_session_is_filled_by_the_session_alone(
    db: sqlite3.Connection, put: Callable[..., None]
) -> None:
    """Other sessions' calls of the same minutes tell nothing of it."""
    put(HOOKED, session="another")
    gap = Gap("claude-code", "s", 0, NOON_MS, AFTER, None)
    assert not is_told(db, gap)
    assert is_told(db, gap._replace(session="another"))
    assert is_told(db, gap._replace(session=None))


def plan_of(db: sqlite3.Connection, statement: str) -> list[str]:
    """Give the steps in which a question is answered."""
    names = ("start_ms", "end_ms", "hidden", "agent", "hooked_ms", "has_files", "first_ms", "first")
    others = ("last_ms", "phases", "session", "failed", "end", "anew")
    values = {**dict.fromkeys((*names, *others), 0), "anew": "[]"}
    given = ("[]",) * statement.count("?") or values
    return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}", given)]


@pytest.mark.parametrize("is_analyzed", [False, True])
def test_every_question_searches_an_index(
    db: sqlite3.Connection, put: Callable[..., None], *, is_analyzed: bool
) -> None:
    """A day is asked of a database that holds years."""
    put(*(HOOKED | FILED,) * 50, HOOKED, FILED)
    add_up(db)
    if is_analyzed:
        db.execute("ANALYZE")
    tables = ("event", "activity_hour", "response")
    modules = (coverage_queries, session_signs, phase_counts)
    for statement in (one for module in modules for one in module.STATEMENTS):
        plan = plan_of(db, statement)
        starts = tuple(f"SEARCH {table} USING" for table in tables)
        assert any(step.startswith(starts) for step in plan), (statement, plan)
        assert not any(
            step.startswith(("SCAN event", "SCAN activity", "SCAN response")) for step in plan
        ), plan


def test_calls_that_lack_something_have_an_index_of_their_own(db: sqlite3.Connection) -> None:
    """Whole calls are a hundred times as many."""
    for statement in (coverage_queries.ODD, coverage_queries.EARLY):
        assert "USING INDEX event_odd" in plan_of(db, statement)[0]


def test_a_sessions_gap_is_looked_for_among_its_own_calls(db: sqlite3.Connection) -> None:
    """A session that has ended leaves the rest of the day to others."""
    assert "USING INDEX event_session" in "".join(plan_of(db, coverage_queries.TOLD_IN_SESSION))


@pytest.mark.parametrize("is_analyzed", [False, True])
def test_a_sessions_responses_are_looked_for_by_their_time(
    db: sqlite3.Connection, *, is_analyzed: bool
) -> None:
    """An agent's key holds all its years, and none of their times."""
    if is_analyzed:
        db.execute("ANALYZE")
    (responded,) = (one for one in session_signs.STATEMENTS if "FROM response" in one)
    assert "USING INDEX response_ts" in "".join(plan_of(db, responded))


@pytest.mark.parametrize(("hours", "counts"), [(1, True), (20, True), (25, False)])
def test_a_session_taken_up_again_within_a_day_went_on(
    db: sqlite3.Connection,
    put: Callable[..., None],
    source: Callable[..., None],
    hours: int,
    *,
    counts: bool,
) -> None:
    """By an answer alone, after a night: its file lacks the call all the same."""
    source("/p/s.jsonl")
    put(HOOKED | FILED, HOOKED)
    answered_ms = NOON_MS + MINUTE + hours * 3_600_000
    with writing(db):
        db.execute(RESPONSE, (answered_ms,))
    filed_ms, last_ms = asked(db).filed["claude-code", "s"]
    assert (filed_ms == answered_ms, last_ms == answered_ms) == (counts, counts)
