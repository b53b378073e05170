"""Hours are added up once, and again when anything in them changes, whoever changes it."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core import journal
from fluxmirror_core.event import AFTER, BEFORE, Kind
from fluxmirror_core.period import days_period, instants_period
from fluxmirror_core.private import make_directory
from fluxmirror_store import lock
from fluxmirror_store.changing import changed_by_hand
from fluxmirror_store.database import connect_to_read, connect_to_write, empty
from fluxmirror_store.pruning import prune
from fluxmirror_store.schema import REACH_MS
from fluxmirror_store.summing import add_up, bring_up_to_date, first_sighting, is_stale
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import join_rows, write_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.paths import Places

    Insert = Callable[..., int]
    Check = Callable[..., None]

HOUR_MS = 3_600_000
NOON_MS = 1_767_268_800_000
NOON = NOON_MS // HOUR_MS
STALE = "SELECT what, hour FROM stale_hour ORDER BY what, hour"
PATCH = '{"input": "*** Begin Patch\\n*** Add File: new.py\\n+x\\n*** End Patch"}'
CHANGES = {
    "kind": "prompt",
    "ts_ms": NOON_MS + 5,
    "agent": "codex-cli",
    "session": "other",
    "tool": "Shell",
    "tool_canonical": "Write",
    "tool_class": "Write",
    "mcp_server": "github",
    "mcp_tool": "get_issue",
    "detail": "cargo test",
    "cwd": "/elsewhere",
    "project": "/project",
    "repo": "/repository",
    "path": "/a",
    "outcome": "failed",
    "self_noise": 1,
    "phases": 27,
}
"""Every column of an event that a report counts, and something else that it may hold."""
UPSERT = """
INSERT INTO event (uid, kind, ts_ms, agent, sources, schema_version)
SELECT uid, kind, ts_ms, 'qwen-code', sources, schema_version FROM event WHERE true
ON CONFLICT DO UPDATE SET agent = excluded.agent
"""
REPLACE = """
REPLACE INTO event (uid, kind, ts_ms, agent, sources, schema_version)
SELECT uid, kind, ts_ms + 7200000, agent, sources, schema_version FROM event
"""


@pytest.fixture
def fresh(db: sqlite3.Connection, insert: Insert) -> Callable[..., int]:
    """Record one event and have it added up."""

    def make(**columns: Any) -> int:  # noqa: ANN401 - the columns' own types
        number = insert(db, **columns)
        add_up(db)
        assert not is_stale(db)
        return number

    return make


def stale(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """List the hours that are to be added up."""
    return db.execute(STALE).fetchall()


@pytest.mark.parametrize("column", CHANGES)
def test_an_hour_is_stale_when_anything_that_counts_changes(
    db: sqlite3.Connection, fresh: Callable[..., int], check_sums: Check, column: str
) -> None:
    """Whoever changes it, and by whatever means."""
    number = fresh(detail="make", cwd="/w")
    db.execute(f"UPDATE event SET {column} = ? WHERE id = ?", (CHANGES[column], number))
    assert stale(db) == [("calls", NOON)]
    check_sums(db)


def test_what_no_report_counts_leaves_an_hour_as_it_is(
    db: sqlite3.Connection, fresh: Callable[..., int], insert: Insert
) -> None:
    """Most columns are written and not counted, and other kinds of events are not either."""
    fresh()
    db.execute("UPDATE event SET error = 'x', duration_ms = 4, evidence = 'y'")
    prompt = insert(db, kind="prompt")
    db.execute("UPDATE event SET ts_ms = ts_ms + 1 WHERE id = ?", (prompt,))
    db.execute("DELETE FROM event WHERE id = ?", (prompt,))
    assert stale(db) == []


def test_both_hours_of_a_call_that_moves_are_stale(
    db: sqlite3.Connection, fresh: Callable[..., int], check_sums: Check
) -> None:
    """The one it leaves and the one it goes to."""
    fresh()
    db.execute("UPDATE event SET ts_ms = ts_ms - ?", (HOUR_MS * 5,))
    assert stale(db) == [("calls", NOON - 5), ("calls", NOON)]
    check_sums(db)
    db.execute("DELETE FROM event")
    assert stale(db) == [("calls", NOON - 5)]
    check_sums(db)
    assert db.execute("SELECT count(*) FROM activity_hour").fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        UPSERT,
        "UPDATE OR FAIL event SET agent = 'qwen-code'",
        "UPDATE OR ABORT event SET agent = 'qwen-code'",
        "UPDATE OR ROLLBACK event SET agent = 'qwen-code'",
        "UPDATE OR IGNORE event SET agent = 'qwen-code'",
        "UPDATE OR REPLACE event SET agent = 'qwen-code'",
        REPLACE,
    ],
)
def test_a_statement_with_its_own_way_with_conflicts_finds_none(
    db: sqlite3.Connection, insert: Insert, check_sums: Check, statement: str
) -> None:
    """An hour that is stale twice is no conflict, and a row that is replaced leaves its hour."""
    insert(db)
    insert(db, ts_ms=NOON_MS + 1)
    db.execute(statement)
    db.execute(statement)
    check_sums(db)
    db.execute(statement)
    assert stale(db)
    check_sums(db)


def test_a_patch_counts_by_its_input_as_it_is_now(
    db: sqlite3.Connection,
    fresh: Callable[..., int],
    check_sums: Check,
    counted: Callable[..., Any],
) -> None:
    """Whoever removes it from the database leaves the first file."""
    patch = {"tool": "apply_patch", "tool_canonical": "ApplyPatch", "tool_class": "Write"}
    number = fresh(**patch, path="/p/first.py", cwd="/p")
    for statement, file in (
        (f"INSERT INTO payload (event_id, input_json) VALUES (?, '{PATCH}')", "/p/new.py"),
        ("UPDATE payload SET input_json = NULL WHERE event_id = ?", "/p/first.py"),
        (f"REPLACE INTO payload (event_id, input_json) VALUES (?, '{PATCH}')", "/p/new.py"),
        ("DELETE FROM payload WHERE event_id = ?", "/p/first.py"),
    ):
        db.execute(statement, (number,))
        assert stale(db) == [("calls", NOON)]
        check_sums(db)
        assert counted(db)["activity"]["writes"] == {file: 1}


def test_other_inputs_are_not_counted(db: sqlite3.Connection, fresh: Callable[..., int]) -> None:
    """Only a patch says in its input which files it changes."""
    number = fresh()
    db.execute("INSERT INTO payload (event_id, input_json) VALUES (?, '{}')", (number,))
    db.execute("UPDATE payload SET input_json = NULL")
    assert stale(db) == []


def test_the_writer_leaves_its_hours_stale(
    db: sqlite3.Connection, event: Callable[..., AgentEvent], check_sums: Check
) -> None:
    """A new call, what is told of it later, and what the end of a turn says of it."""
    with writing(db):
        write_events(db, [event("one", phases=BEFORE, subagent=None)])
    assert stale(db) == [("calls", NOON)]
    check_sums(db)
    with writing(db):
        write_events(db, [event("one", phases=AFTER, outcome="failed")])
    assert stale(db) == [("calls", NOON)]
    check_sums(db)
    with writing(db):
        write_events(db, [event("two", phases=BEFORE)])
    add_up(db)
    late = event("end", kind=str(Kind.SESSION_END), ts_ms=NOON_MS + 2 * HOUR_MS, phases=0)
    with writing(db):
        write_events(db, [late])
    assert stale(db) == [("calls", NOON)]
    check_sums(db)


def test_two_rows_that_become_one_leave_both_hours_stale(
    db: sqlite3.Connection, event: Callable[..., AgentEvent], check_sums: Check
) -> None:
    """The hour of the row that goes counts one call less."""
    one, other = event("one"), event("other", ts_ms=NOON_MS + HOUR_MS)
    with writing(db):
        write_events(db, [one, other])
    add_up(db)
    with writing(db):
        join_rows(db, one.uid, other.uid)
    assert stale(db) == [("calls", NOON), ("calls", NOON + 1)]
    check_sums(db)


def test_what_is_pruned_is_not_counted_any_more(
    places: Places, db: sqlite3.Connection, insert: Insert, check_sums: Check
) -> None:
    """Nor kept in sums; of a file that was made before, the first that is left counts as new."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'claude-code', '/s', 1)")
    for at_ms in (NOON_MS, NOON_MS + 60_000):
        written = {"tool": "Write", "tool_canonical": "Write", "tool_class": "Write", "path": "/a"}
        insert(db, ts_ms=at_ms, **written)
        insert(db, "response", ts_ms=at_ms)
    add_up(db)
    assert prune(places, NOON_MS + 1).rows == (1, 1, 0)
    assert stale(db) == []
    check_sums(db)
    assert db.execute("SELECT calls FROM activity_hour").fetchall() == [(1,)]
    assert db.execute("SELECT responses FROM usage_hour").fetchall() == [(1,)]
    assert first_sighting(db, "/a") == (NOON_MS + 60_000, True, "claude-code")


def test_a_price_that_changes_makes_an_hour_of_usage_stale(
    db: sqlite3.Connection, insert: Insert, check_sums: Check
) -> None:
    """Calls of that hour have nothing to do with it."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'claude-code', '/s', 1)")
    db.execute('INSERT INTO price VALUES (7, \'{"currency": "USD"}\', 1)')
    insert(db, "response")
    insert(db)
    add_up(db)
    db.execute("UPDATE response SET cost_pico = 12, price_id = 7")
    assert stale(db) == [("usage", NOON)]
    check_sums(db)
    db.execute("DELETE FROM response")
    assert stale(db) == [("usage", NOON)]
    check_sums(db)


def test_a_change_by_hand_is_counted(
    places: Places, db: sqlite3.Connection, fresh: Callable[..., int], check_sums: Check
) -> None:
    """What `fluxmirror sqlite --write` runs."""
    fresh()
    with changed_by_hand(places.database, (places.spool,), 0) as by_hand:
        by_hand.execute("UPDATE event SET outcome = 'failed'")
    assert stale(db) == [("calls", NOON)]
    check_sums(db)


def test_an_upgraded_database_is_added_up_from_the_beginning(
    places: Places, legacy: Callable[..., sqlite3.Connection], check_sums: Check
) -> None:
    """Rows of the older programs' table, also those whose time nobody can read."""
    with closing(legacy()) as older:
        for ts in ("2026-01-01T12:00:00Z", "1969-12-31T23:59:59Z", "yesterday"):
            older.execute(
                "INSERT INTO agent_events (ts, agent, session, tool, tool_class, detail, raw_json)"
                " VALUES (?, 'claude-code', 's', 'Edit', 'Write', 'a.py', '{}')",
                (ts,),
            )
    with closing(connect_to_write(places.database)) as db:
        assert stale(db) == [("calls", -1), ("calls", NOON)]
        check_sums(db)


def test_times_that_no_period_has_are_in_no_hour(
    db: sqlite3.Connection, insert: Insert, check_sums: Check
) -> None:
    """A broken time must not keep all others from being added up, or a row from being kept."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'claude-code', '/s', 1)")
    write = {"tool": "Write", "tool_canonical": "Write", "tool_class": "Write", "path": "/a"}
    for at_ms in (-(1 << 63), -REACH_MS - 1, REACH_MS + 1, (1 << 63) - 1, None):
        number = insert(db, ts_ms=at_ms, **write)
        db.execute("INSERT INTO payload (event_id, input_json) VALUES (?, '{}')", (number,))
        if at_ms is not None:
            insert(db, "response", ts_ms=at_ms)
    assert stale(db) == []
    insert(db, **write)
    check_sums(db)
    assert first_sighting(db, "/a") == (NOON_MS, True, "claude-code")
    db.execute("DELETE FROM event")
    check_sums(db)


def test_a_call_that_nobody_can_read_keeps_no_hour_from_being_added_up(
    db: sqlite3.Connection, insert: Insert, check_sums: Check, counted: Callable[..., Any]
) -> None:
    """A patch nested beyond reason counts by its first file; half a character is replaced."""
    patch = {"tool": "apply_patch", "tool_canonical": "ApplyPatch", "tool_class": "Write"}
    half = '{"input": "*** Begin Patch\\n*** Add File: \\ud800.py\\n+x\\n*** End Patch"}'
    for text in ("[" * 200_000, half):
        number = insert(db, **patch, path="/p/first.py", cwd="/p")
        db.execute("INSERT INTO payload (event_id, input_json) VALUES (?, ?)", (number, text))
    check_sums(db)
    assert counted(db)["activity"]["writes"] == {"/p/first.py": 1, "/p/?.py": 1}


def test_an_hour_that_cannot_be_added_up_is_passed_over(
    places: Places, db: sqlite3.Connection, insert: Insert
) -> None:
    """All others are, however many it is among, and the journal says that one was not."""
    db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'claude-code', '/s', 1)")
    for hour in range(30):
        insert(db, ts_ms=NOON_MS + hour * HOUR_MS)
    for _ in "more", "than a sum can hold":
        insert(db, "response", ts_ms=NOON_MS + 3 * HOUR_MS, output_tokens=(1 << 63) - 1)
    assert add_up(db) == 30
    assert stale(db) == [("usage", NOON + 3)]
    assert db.execute("SELECT count(*) FROM usage_hour").fetchone() == (0,)
    make_directory(places.spool)
    bring_up_to_date(places)
    assert stale(db) == [("usage", NOON + 3)]
    assert journal.counts(places.logs) == {"sums": 1}
    db.execute("DELETE FROM response")
    assert add_up(db) == 1
    assert stale(db) == []


def test_progress_is_told_hour_by_hour_and_the_newest_come_first(
    db: sqlite3.Connection, insert: Insert
) -> None:
    """Whoever waits for it sees how far it is; it ends with all of them."""
    for hour in range(30):
        insert(db, ts_ms=NOON_MS + hour * HOUR_MS)
    told: list[tuple[int, int]] = []
    left: list[int] = []

    def note(done: int, total: int) -> None:
        told.append((done, total))
        left.extend(db.execute("SELECT max(hour) FROM stale_hour").fetchone())

    assert add_up(db, note) == 30
    assert told == [(12, 30), (24, 30), (30, 30)]
    assert left == [NOON + 17, NOON + 5, None]
    assert add_up(db, note) == 0
    assert len(told) == 3


def test_hours_are_brought_up_to_date_when_nobody_else_is_at_work(
    places: Places, db: sqlite3.Connection, insert: Insert
) -> None:
    """A drain adds up what it wrote; while it runs, reports count by themselves."""
    bring_up_to_date(places)  # there is no spool yet
    insert(db)
    make_directory(places.spool)
    with lock.held(os.path.join(places.spool, lock.DRAIN)) as ours:
        assert ours
        bring_up_to_date(places)
        assert is_stale(db)
    bring_up_to_date(places)
    assert not is_stale(db)


def test_a_database_that_somebody_writes_is_left_alone(
    places: Places, db: sqlite3.Connection, insert: Insert, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report is no place to fail because of it."""
    insert(db)
    monkeypatch.setattr("fluxmirror_store.database.BUSY_MS", 1)
    with writing(db):
        bring_up_to_date(places)
    assert is_stale(db)


def test_a_database_that_cannot_be_read_is_not_the_summings_business(places: Places) -> None:
    """Whoever reads it says so."""
    path = Path(places.database)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database" * 100)
    bring_up_to_date(places)
    assert path.read_bytes() == b"no database" * 100
    assert journal.counts(places.logs) == {"sums": 1}


def test_a_stale_database_is_read_right_by_who_may_not_write(
    places: Places, db: sqlite3.Connection, insert: Insert, counted: Callable[..., Any]
) -> None:
    """Whatever is not added up is counted by the report itself."""
    insert(db, detail="one")
    add_up(db)
    insert(db, detail="two")
    insert(db, ts_ms=NOON_MS + HOUR_MS, detail="three")
    with closing(connect_to_read(places.database)) as reader:
        assert counted(reader)["activity"]["total"]["calls"] == 3
        assert is_stale(reader)


HALF_HOUR = HOUR_MS // 2
TIMES = st.integers(-4, 4).map(lambda half: NOON_MS + 12 * HOUR_MS + half * HALF_HOUR) | st.just(
    None
)
COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "ts_ms": TIMES,
    "agent": st.sampled_from(("claude-code", "codex-cli", "setup")),
    "session": st.sampled_from((None, "", "a", "b")),
    "repo": st.sampled_from((None, "", "/r", "/s")),
    "cwd": st.sampled_from((None, "/w")),
    "path": st.sampled_from((None, "/r/a.py", "/r/b.py", "/s/c.py")),
    "detail": st.sampled_from((None, "", "a.py", "pytest -q", "cd x && cargo test")),
    "outcome": st.sampled_from((None, "ok", "failed", "denied", "unknown")),
    "self_noise": st.sampled_from((0, 0, 0, 1)),
    "kind": st.sampled_from(("tool_call",) * 4 + ("prompt",)),
}
TOOLS = st.sampled_from(
    (
        {"tool": "Bash", "tool_canonical": "Bash", "tool_class": "Shell"},
        {"tool": "Read", "tool_canonical": "Read", "tool_class": "Read"},
        {"tool": "Edit", "tool_canonical": "Edit", "tool_class": "Write"},
        {"tool": "Write", "tool_canonical": "Write", "tool_class": "Write"},
        {"tool": "patch", "tool_canonical": "ApplyPatch", "tool_class": "Write"},
        {"tool": None, "tool_canonical": None, "tool_class": None},
    )
)
EVENTS = st.builds(lambda tool, rest: {**tool, **rest}, TOOLS, st.fixed_dictionaries(COLUMNS))
RESPONSES = st.fixed_dictionaries(
    {
        "ts_ms": TIMES.filter(lambda at_ms: at_ms is not None),
        "agent": COLUMNS["agent"],
        "project": st.sampled_from((None, "/r", "/s")),
        "model": st.sampled_from((None, "m")),
        "cost_pico": st.sampled_from((None, 0, 5)),
    }
)
STEPS = st.one_of(
    st.tuples(st.just("event"), EVENTS),
    st.tuples(st.just("response"), RESPONSES),
    st.tuples(st.just("change event"), st.tuples(st.integers(0, 9), EVENTS)),
    st.tuples(st.just("change response"), st.tuples(st.integers(0, 9), RESPONSES)),
    st.tuples(
        st.just("delete"), st.tuples(st.sampled_from(("event", "response")), st.integers(0, 9))
    ),
    st.tuples(st.just("patch"), st.tuples(st.integers(0, 9), st.sampled_from((None, PATCH, "[")))),
    st.tuples(st.just("add up"), st.none()),
)
PERIODS = (
    days_period(date(2025, 12, 31), date(2026, 1, 3), ZoneInfo("UTC")),
    days_period(date(2026, 1, 2), date(2026, 1, 2), ZoneInfo("Asia/Kolkata")),
    instants_period(
        NOON_MS + 11 * HOUR_MS + 1, NOON_MS + 13 * HOUR_MS + 999, ZoneInfo("Asia/Kathmandu")
    ),
)
AGENTS = (None, "codex-cli")
ROOTS = (None, frozenset(("/r", "")))


def take(db: sqlite3.Connection, insert: Insert, step: str, told: Any) -> None:  # noqa: ANN401 - as drawn
    """Take one step."""
    table = step.rsplit(maxsplit=1)[-1]
    if step in ("event", "response"):
        insert(db, step, **({"source_id": 1} if step == "response" else {}), **told)
    elif step.startswith("change"):
        nth, columns = told
        names = ", ".join(f"{name} = ?" for name in columns)
        row = f"(SELECT id FROM {table} ORDER BY id LIMIT 1 OFFSET {nth})"
        db.execute(f"UPDATE {table} SET {names} WHERE id = {row}", tuple(columns.values()))
    elif step == "delete":
        table, nth = told
        row = f"(SELECT id FROM {table} ORDER BY id LIMIT 1 OFFSET {nth})"
        db.execute(f"DELETE FROM {table} WHERE id = {row}")
    elif step == "patch":
        nth, text = told
        row = f"SELECT id, ? FROM event ORDER BY id LIMIT 1 OFFSET {nth}"
        db.execute(f"INSERT OR REPLACE INTO payload (event_id, input_json) {row}", (text,))
    else:
        add_up(db)


def check_steps(steps: list[tuple[str, Any]], insert: Insert, check_sums: Check) -> None:
    """Take all steps in a database of their own, and compare what reports say."""
    with closing(empty()) as db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("INSERT INTO source (id, agent, path, seen_ms) VALUES (1, 'x', '/s', 1)")
        for step, told in steps:
            take(db, insert, step, told)
        check_sums(db, PERIODS, AGENTS, ROOTS)


@given(steps=st.lists(STEPS, max_size=14))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_reports_are_the_same_whatever_is_added_up(
    insert: Insert, check_sums: Check, steps: list[tuple[str, Any]]
) -> None:
    """After any changes, with sums made at any moment between them."""
    check_steps(steps, insert, check_sums)


@pytest.mark.slow
@given(steps=st.lists(STEPS, min_size=6, max_size=40))
@settings(max_examples=1_500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_reports_are_the_same_after_many_changes(
    insert: Insert, check_sums: Check, steps: list[tuple[str, Any]]
) -> None:
    """The same, for longer."""
    check_steps(steps, insert, check_sums)
