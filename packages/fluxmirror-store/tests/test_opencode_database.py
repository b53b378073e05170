"""OpenCode's database is read in full, and nothing of it is touched."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.agents import BY_ID
from fluxmirror_core.event import ANSWERED, Kind, Outcome
from fluxmirror_core.transcripts.calls.opencode import calls_of
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_core.transcripts.usage.opencode import responses_of
from fluxmirror_core.wire import opencode as opencode_hooks
from fluxmirror_store.opencode_database import Since, UnreadableSourceError, opencode_rows

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.response import Response
    from fluxmirror_core.transcripts.told_call import ToldCall

ROOT = Path(__file__).parents[3]
RECORDED = ROOT / "tests" / "transcripts" / "opencode"
PAYLOADS = ROOT / "tests" / "payloads" / "opencode"
DUMP = Path(".local", "share", "opencode", "opencode.db.json")
EACH = Tokens(input=900, output=40, cache_read=300, reasoning=7)
"""What the scripted model said for every answer."""

Told = tuple[list["Response"], list["ToldCall"]]


def read(path: Path, since_ms: int = 0, cache: Path | None = None) -> Told:
    """Read every response and every call."""
    with opencode_rows(str(path), str(cache) if cache else None) as rows:
        sessions = rows.sessions
        responses = [
            responses_of(row, sessions[row["session_id"]]) for row in rows.messages(Since(since_ms))
        ]
        calls = [calls_of(row, sessions[row["session_id"]]) for row in rows.parts(Since(since_ms))]
    return [one for one in responses if one], [one for one in calls if one]


def recorded(run: str, path: Path) -> Path:
    """Make the database of a recorded run again; data that was cut in it is no JSON."""
    dump = json.loads((RECORDED / run / DUMP).read_text(encoding="utf-8"))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        for statement in dump["schema"].values():
            db.execute(statement)
        for table, rows in dump["rows"].items():
            for row in rows:
                names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
                values = list(row.values())
                db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)
    return path


def contents(directory: Path) -> dict[str, bytes]:
    """Give every file, and all that is in it."""
    return {file.name: file.read_bytes() for file in directory.iterdir()}


@pytest.fixture
def settled(tmp_path: Path) -> Path:
    """A recorded run's database that its agent has left; its log is gone."""
    (tmp_path / "opencode").mkdir()
    return recorded("subagent", tmp_path / "opencode" / "opencode.db")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a made database, and the truth about it."""
    home = tmp_path_factory.mktemp("made") / "home"
    script = str(ROOT / "scripts" / "make_transcripts.py")
    options = ["--megabytes", "6", "--no-cost", "--agents", "opencode"]
    subprocess.run([sys.executable, script, str(home), *options], check=True)
    return home


@pytest.mark.parametrize(("run", "count", "helpers"), [("tools", 8, 0), ("subagent", 5, 2)])
def test_responses_of_a_recorded_run_are_as_a_person_reads_them(
    run: str, count: int, helpers: int, tmp_path: Path
) -> None:
    """Each once; a subagent's belong to the session that a person started."""
    responses, _ = read(recorded(run, tmp_path / "opencode.db"))
    assert len(responses) == count
    assert {one.tokens for one in responses} == {EACH}
    assert sum(one.subagent is not None for one in responses) == helpers
    assert len({one.session for one in responses}) == 1
    assert {one.model for one in responses} == {"fake-model"}
    assert {one.cwd for one in responses} == {"/tmp/demo/project"}  # noqa: S108 - recorded


@pytest.mark.parametrize("run", ["tools", "subagent"])
def test_opencodes_own_sums_agree(run: str, tmp_path: Path) -> None:
    """It keeps a session's sums beside the session, a subagent's apart."""
    path = recorded(run, tmp_path / "opencode.db")
    with closing(sqlite3.connect(path)) as db:
        told = {
            row[0]: row[1:]
            for row in db.execute(
                "SELECT id, tokens_input, tokens_output + tokens_reasoning, tokens_cache_read,"
                " tokens_cache_write, tokens_reasoning FROM session"
            )
        }
    sums: dict[str | None, tuple[int, ...]] = {}
    for one in read(path)[0]:
        tokens = one.tokens
        used = (tokens.input, tokens.output, tokens.cache_read, tokens.cache_write_5m)
        before = sums.get(one.subagent or one.session, (0,) * 5)
        both = zip(before, (*used, tokens.reasoning), strict=True)
        sums[one.subagent or one.session] = tuple(map(sum, both))
    assert sums == told


def test_calls_of_a_recorded_run_are_as_a_person_reads_them(tmp_path: Path) -> None:
    """In the terms of the plugin: a subagent's ids are told apart from its session's."""
    _, calls = read(recorded("subagent", tmp_path / "opencode.db"))
    (call,) = calls
    seen = call.seen
    assert seen.session == "ses_e03cb0b60ffeUEtGt4KkkMMLfC"
    assert seen.subagent == "ses_e03cb025fffegZTej8BdcBUPgp"
    assert seen.subagent_type == "general"
    assert seen.call_id == "ses_e03cb025fffegZTej8BdcBUPgp/call_0_00_382c63c50334"
    assert (seen.tool, seen.outcome, seen.exit_code) == ("bash", "ok", 0)
    assert seen.tool_input == {"command": "echo from-helper", "description": "Say from-helper"}
    assert (seen.output, seen.duration_ms, seen.model) == ("from-helper\n", 101, "fake-model")
    assert call.response == "msg_1fc34fdce001YBqzI8zzDxjua0"
    assert call.ts_ms == 1795232693778


def test_a_call_is_told_in_the_terms_of_the_plugin(tmp_path: Path) -> None:
    """Both tellings become one row: by session and id."""
    _, calls = read(recorded("tools", tmp_path / "opencode.db"))
    found = {(call.seen.session, call.seen.call_id): call.seen for call in calls}
    matched = []
    for file in sorted(PAYLOADS.glob("*tool*.json")):
        message = json.loads(file.read_bytes())
        event = message["kind"] if message["kind"] != "event" else message["event"]["type"]
        (hook,) = opencode_hooks.observe(message, BY_ID["opencode"], event)
        seen = found.get((hook.session, hook.call_id))
        if seen is None or hook.kind is not Kind.TOOL_CALL:
            continue
        matched.append(file.name.partition("-")[2])
        assert seen.tool == hook.tool
        assert hook.tool_input in (None, seen.tool_input)
        for name in ("outcome", "exit_code", "output", "error"):
            said = getattr(hook, name)
            assert said in (None, Outcome.UNKNOWN, getattr(seen, name)), name
    assert matched == ["tool.json", "bash.json", "write.json", "bash.json", "write.json"]


def test_made_database_gives_the_truth(made: Path) -> None:
    """To the token and to the call, by session, subagents and damaged rows and all."""
    responses, calls = read(made / ".local" / "share" / "opencode" / "opencode.db")
    truth = json.loads((made / "truth.json").read_text(encoding="utf-8"))
    (total,) = truth["by_agent"]
    names = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "reasoning")
    assert len({one.key for one in responses}) == len(responses) == total["responses"]
    for name in names:
        assert sum(getattr(one.tokens, name) for one in responses) == total[f"{name}_tokens"]
    assert Counter(one.session for one in responses) == {
        row["session"]: row["responses"] for row in truth["by_session"]
    }
    assert by_session(calls) == wanted(made)


def by_session(calls: list[ToldCall]) -> dict[str | None, Counter[tuple[object, ...]]]:
    """Count the calls of each session, by id, tool and outcome."""
    found: dict[str | None, Counter[tuple[object, ...]]] = defaultdict(Counter)
    for call in calls:
        seen = call.seen
        own_id = (seen.call_id or "").rpartition("/")[2]
        found[seen.session][own_id, seen.tool, str(seen.outcome)] += 1
    return found


def wanted(home: Path) -> dict[str, Counter[tuple[object, ...]]]:
    """Give the same of the truth."""
    told = json.loads((home / "calls.json").read_text(encoding="utf-8"))["opencode"]
    return {
        session: Counter((call["id"], call["tool"], call["outcome"]) for call in calls)
        for session, calls in told.items()
    }


def test_call_that_runs_is_told_without_an_end(made: Path) -> None:
    """Its row is written anew when it ends."""
    _, calls = read(made / ".local" / "share" / "opencode" / "opencode.db")
    running = [call.seen for call in calls if not call.seen.phase & ANSWERED]
    assert running
    assert {seen.outcome for seen in running} == {"unknown"}
    assert {seen.duration_ms for seen in running} == {None}


def test_settled_database_is_read_where_it_lies(settled: Path) -> None:
    """Nothing is made beside it: no log, no index of one."""
    before = contents(settled.parent)
    assert list(before) == ["opencode.db"]
    responses, _ = read(settled)
    assert len(responses) == 5
    assert contents(settled.parent) == before


def test_what_is_only_in_the_log_of_a_running_agent_is_read(settled: Path, tmp_path: Path) -> None:
    """Most of a session is there until OpenCode is closed, and some of it long after."""
    with closing(sqlite3.connect(settled, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        add_message(writer, "msg_new", time_updated=1_795_300_000_000)
        before = contents(settled.parent)
        assert before["opencode.db-wal"]
        responses, _ = read(settled, cache=tmp_path / "cache")
        assert contents(settled.parent) == before
    assert [one.key for one in responses].count("msg_new") == 1
    assert len(responses) == 6
    assert list((tmp_path / "cache").iterdir()) == []


def test_log_that_a_killed_agent_left_is_read(settled: Path, tmp_path: Path) -> None:
    """It may have been killed within a transaction, which never was."""
    left = tmp_path / "left"
    with closing(sqlite3.connect(settled, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        add_message(writer, "msg_new", time_updated=1_795_300_000_000)
        writer.execute("BEGIN")
        add_message(writer, "msg_never", time_updated=1_795_300_000_000)
        shutil.copytree(settled.parent, left)
        writer.execute("ROLLBACK")
    before = contents(left)
    keys = [one.key for one in read(left / "opencode.db")[0]]
    assert "msg_new" in keys
    assert "msg_never" not in keys
    assert contents(left) == before


WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA wal_autocheckpoint = 20")
row = db.execute("SELECT session_id, data FROM message WHERE data LIKE '%assistant%'").fetchone()
print("ready", flush=True)
for number in range(300):
    db.execute("BEGIN")
    for half in range(2):
        own_id = f"msg_{number:03}_{half}"
        db.execute("INSERT INTO message VALUES (?, ?, 1, 9e12, ?)", (own_id, *row))
    db.execute("COMMIT")
"""


def test_agent_that_writes_on_and_on_is_read_up_to_a_moment(settled: Path) -> None:
    """Whole transactions, none left out, however often the log is moved into the database."""
    command = [sys.executable, "-c", WRITER, str(settled)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as agent:
        assert agent.stdout
        assert agent.stdout.readline()
        seen = [0]
        while agent.poll() is None or seen[-1] < 600:
            try:
                keys = [one.key for one in read(settled, 9_000_000_000_000)[0]]
            except UnreadableSourceError:
                continue
            assert keys == [f"msg_{at // 2:03}_{at % 2}" for at in range(len(keys))]
            seen.append(len(keys))
    assert seen == sorted(seen)
    assert all(count % 2 == 0 for count in seen)


def add_message(db: sqlite3.Connection, own_id: str, time_updated: int) -> None:
    """Write one answer more, as the last one."""
    db.execute(
        "INSERT INTO message SELECT ?, session_id, time_created, ?, data FROM message"
        " WHERE data LIKE '%assistant%' LIMIT 1",
        (own_id, time_updated),
    )


def test_only_what_changed_since_is_given(settled: Path) -> None:
    """A report reads what is new, and what is new may be an old row written anew."""
    with closing(sqlite3.connect(settled)) as db, db:
        add_message(db, "msg_new", time_updated=1_795_300_000_000)
    assert [one.key for one in read(settled, 1_795_300_000_000)[0]] == ["msg_new"]
    assert read(settled, 1_795_300_000_001) == ([], [])


def test_table_without_times_is_given_in_full(settled: Path) -> None:
    """An older shape of the database."""
    with closing(sqlite3.connect(settled)) as db, db:
        db.execute("ALTER TABLE message DROP COLUMN time_updated")
    assert len(read(settled, 1_795_300_000_001)[0]) == 5


def test_data_that_is_no_json_is_no_response(settled: Path) -> None:
    """One damaged row does not hide the others."""
    with closing(sqlite3.connect(settled)) as db, db:
        db.execute("UPDATE message SET data = '{\"role\"' WHERE rowid = 2")
        db.execute("UPDATE part SET data = CAST(x'22746f6f6c22ff' AS TEXT) WHERE rowid = 2")
    responses, calls = read(settled)
    assert (len(responses), len(calls)) == (4, 1)


def test_subagent_of_a_subagent_belongs_to_the_session_of_the_whole(settled: Path) -> None:
    """As the plugin tells it; a ring of parents ends, too."""
    with closing(sqlite3.connect(settled)) as db, db:
        rows = db.execute("SELECT id FROM session ORDER BY parent_id IS NOT NULL").fetchall()
        (top, below) = (row[0] for row in rows)
        columns = [row[1] for row in db.execute("PRAGMA table_info(session)")]
        rest = ", ".join(column for column in columns if column not in ("id", "parent_id"))
        insert = f"INSERT INTO session (id, parent_id, {rest}) SELECT ?, ?, {rest} FROM session"
        for own_id, parent in (("deep", below), ("a", "b"), ("b", "a"), ("orphan", "gone")):
            db.execute(f"{insert} WHERE id = ?", (own_id, parent, top))
    with opencode_rows(str(settled)) as rows_now:
        roots = {own_id: row["root"] for own_id, row in rows_now.sessions.items()}
    assert roots[top] is None
    assert roots[below] == roots["deep"] == top
    assert roots["orphan"] == "gone"
    assert roots["a"] in {"a", "b"}


def broken(kind: str, path: Path) -> None:
    """Make a file that is no readable database of OpenCode."""
    if kind == "other tables":
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("CREATE TABLE session (id TEXT)")
    elif kind == "no database":
        path.write_bytes(b"no database at all" * 100)
    elif kind == "torn":
        recorded("subagent", path)
        path.write_bytes(path.read_bytes()[:9_000])
    elif kind == "directory":
        path.mkdir()


@pytest.mark.parametrize("kind", ["missing", "other tables", "no database", "torn", "directory"])
def test_unreadable_database_says_why(kind: str, tmp_path: Path) -> None:
    """The importer counts it, and goes on."""
    path = tmp_path / "opencode.db"
    broken(kind, path)
    with pytest.raises(UnreadableSourceError, match=r"\w+"):
        read(path)


def test_database_that_changes_while_it_is_read_is_read_another_time(settled: Path) -> None:
    """What was given may be of two moments; the reader is told before it settles anything."""
    with (
        pytest.raises(UnreadableSourceError, match="changed"),
        opencode_rows(str(settled)),
        closing(sqlite3.connect(settled)) as db,
        db,
    ):
        add_message(db, "msg_new", time_updated=1_795_300_000_000)


def test_error_of_who_reads_is_not_the_databases(settled: Path) -> None:
    """A full disk of ours is none of OpenCode's."""
    with pytest.raises(OSError, match="ours"), opencode_rows(str(settled)):
        raise OSError("ours")


def test_part_of_any_shape_is_read_or_left_alone() -> None:
    """Nothing in a database is certain."""
    odd: list[Any] = [None, 0, "tool", [], {}, {"type": "tool"}, {"type": "tool", "state": 3}]
    odd += [{"type": "tool", "tool": "bash", "callID": [], "state": {"time": "noon"}}]
    for data in odd:
        row = {"rowid": 1, "id": "x", "time_created": "noon", "data": data}
        assert calls_of(row, {}) is None or data["tool"] == "bash"
        assert responses_of(row, {}) is None
