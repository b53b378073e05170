"""The made-up history: asked with plain SQL, it is what its script promises."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.tools import name_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "make_history.py"
CALLS, DAYS, UNTIL = 8_000, 14, "2026-11-20"
AGENTS = ("claude-code", "codex-cli", "copilot-cli", "gemini-cli", "opencode", "qwen-code")
TABLES = (
    *("event", "payload", "response", "record", "price", "source", "reading"),
    *("tally", "heard", "hook_time"),
)
OF_AGENTS = "kind = 'tool_call' AND agent <> 'setup'"
WRITES = "Write"
SHELL = "Shell"


def make(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script."""
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(directory), *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small history; `FLUXMIRROR_HOME` may name it."""
    directory = tmp_path_factory.mktemp("history") / "data"
    told = make(directory, f"--calls={CALLS}", f"--days={DAYS}", f"--until={UNTIL}")
    assert told.returncode == 0, told.stderr
    return directory


@pytest.fixture
def db(made: Path) -> Iterator[sqlite3.Connection]:
    """Its database, to ask."""
    path = made / "events.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as opened:
        yield opened


def share(db: sqlite3.Connection, condition: str) -> float:
    """Give how many of the agents' calls fulfil a condition, as a part of 1."""
    row = db.execute(f"SELECT avg({condition}) FROM event WHERE {OF_AGENTS}").fetchone()
    return float(row[0])


def digests(directory: Path) -> dict[str, str]:
    """Give a digest of every table's rows."""
    path = directory / "events.db"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        rows = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    return {table: hashlib.sha256(repr(rows[table]).encode()).hexdigest() for table in TABLES}


def test_there_are_as_many_calls_as_asked_for(db: sqlite3.Connection) -> None:
    """What is measured is measured on so many, no more and no fewer."""
    found = db.execute(f"SELECT agent, count(*) FROM event WHERE {OF_AGENTS} GROUP BY 1 ORDER BY 1")
    calls = dict(found.fetchall())
    assert tuple(calls) == AGENTS
    assert sum(calls.values()) == CALLS


def test_the_same_arguments_give_the_same_rows(tmp_path: Path) -> None:
    """Two machines measure the same; identities and prices are the same too."""
    arguments = ("--calls=600", "--days=3", f"--until={UNTIL}")
    for name, seed in (("one", "1"), ("same", "1"), ("other", "2")):
        assert make(tmp_path / name, *arguments, f"--seed={seed}").returncode == 0
    assert digests(tmp_path / "one") == digests(tmp_path / "same")
    assert digests(tmp_path / "one")["event"] != digests(tmp_path / "other")["event"]


def test_it_ends_on_the_day_that_was_asked_for(db: sqlite3.Connection) -> None:
    """Days are UTC's; nothing comes later, and the first day is in it."""
    days = "SELECT min(date(ts_ms / 1000, 'unixepoch')), max(date(ts_ms / 1000, 'unixepoch'))"
    assert db.execute(f"{days} FROM event").fetchone() == ("2026-11-07", UNTIL)
    assert db.execute(f"{days} FROM response").fetchone()[1] == UNTIL


def test_the_command_reads_it(made: Path, home: Path) -> None:
    """The directory is what `FLUXMIRROR_HOME` names, and a report counts its calls."""
    program = os.path.join(os.path.dirname(sys.executable), "fluxmirror")
    told = subprocess.run(
        [program, "today", "--date", UNTIL, "--tz", "UTC", "--json"],
        env={**os.environ, "HOME": str(home), "FLUXMIRROR_HOME": str(made)},
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    facts: dict[str, Any] = json.loads(told.stdout)
    with closing(sqlite3.connect(made / "events.db")) as db:
        day = f"date(ts_ms / 1000, 'unixepoch') = '{UNTIL}'"
        wanted = db.execute(f"SELECT count(*) FROM event WHERE {OF_AGENTS} AND {day}").fetchone()
    assert facts["figures"]["calls"]["value"] == wanted[0] > 0


def test_tools_are_named_as_the_agents_own(db: sqlite3.Connection) -> None:
    """Each raw name is one that its agent has, and means what a recorded one would."""
    found = db.execute(
        "SELECT DISTINCT agent, tool, tool_canonical, tool_class, mcp_server, mcp_tool FROM event"
        f" WHERE {OF_AGENTS}"
    )
    for agent, tool, canonical, tool_class, server, mcp_tool in found:
        mcp = (server, mcp_tool) if agent == "gemini-cli" and server else None
        named = name_tool(agent, tool, mcp)
        assert (canonical, tool_class) == (named.canonical, named.tool_class)
        assert (server, mcp_tool) == (named.mcp_server, named.mcp_tool)
        assert tool_class != "Other"


def test_files_are_those_of_the_projects(db: sqlite3.Connection) -> None:
    """A file lies in the repository of its call; a few files are touched far more than most."""
    found = db.execute("SELECT path, repo FROM event WHERE path IS NOT NULL").fetchall()
    assert all(path.startswith(f"{repo}/") and ".." not in path for path, repo in found)
    assert len({repo for _, repo in found}) >= 8
    times = sorted(Counter(path for path, _ in found).values(), reverse=True)
    assert sum(times[: len(times) // 10]) > len(found) / 3


def test_calls_end_as_they_do_in_life(db: sqlite3.Connection) -> None:
    """About four of a hundred fail, and every other end is there too."""
    assert 0.03 < share(db, "outcome = 'failed'") < 0.05
    for outcome in ("denied", "rejected", "interrupted", "unknown"):
        assert 0.0005 < share(db, f"outcome = '{outcome}'") < 0.03, outcome


def test_a_tenth_of_the_calls_has_its_payload(db: sqlite3.Connection) -> None:
    """What is kept is JSON, as large as the row says."""
    kept = db.execute(
        "SELECT input_json, input_bytes FROM payload JOIN event ON id = event_id"
    ).fetchall()
    assert 0.08 < len(kept) / CALLS < 0.12
    assert all(json.loads(text) and len(text) == size for text, size in kept)


def test_tests_fail_and_the_same_file_is_edited_again(db: sqlite3.Connection) -> None:
    """Loops of rework are there to be found."""
    loops = 0
    latest: dict[str, str] = {}
    broken: dict[str, str] = {}
    for session, tool_class, path, outcome in db.execute(
        f"SELECT session, tool_class, path, outcome FROM event WHERE {OF_AGENTS} ORDER BY ts_ms, id"
    ):
        if tool_class == WRITES and path:
            loops += broken.pop(session, "") == path
            latest[session] = path
        elif tool_class == SHELL and outcome == "failed":
            broken[session] = latest.get(session, "")
    assert loops > CALLS / 200


def test_people_sleep_and_have_weekends(db: sqlite3.Connection) -> None:
    """Hours and days differ, and on some days an agent is not used."""
    by_day: dict[int, list[int]] = defaultdict(list)
    used = 0
    for weekday, calls, agents in db.execute(
        "SELECT strftime('%w', ts_ms / 1000, 'unixepoch'), count(*), count(DISTINCT agent)"
        f" FROM event WHERE {OF_AGENTS} GROUP BY ts_ms / 86400000"
    ):
        by_day[weekday in {"0", "6"}].append(calls)
        used += agents
    assert sum(by_day[False]) / len(by_day[False]) > 3 * sum(by_day[True]) / len(by_day[True])
    assert used < DAYS * len(AGENTS)
    assert share(db, "ts_ms % 86400000 < 6 * 3600000") < 0.05


def test_other_events_stand_between_the_calls(db: sqlite3.Connection) -> None:
    """The timeline has prompts, turns, sessions and subagents; the set-up has its one row."""
    kinds = dict(db.execute("SELECT kind, count(*) FROM event GROUP BY 1").fetchall())
    wanted = ("prompt", "turn_end", "session_start", "session_end", "subagent_start")
    assert all(kinds[kind] > 0 for kind in (*wanted, "permission_request", "compaction_start"))
    assert (
        kinds["session_start"]
        == db.execute(f"SELECT count(DISTINCT session) FROM event WHERE {OF_AGENTS}").fetchone()[0]
    )
    assert db.execute("SELECT count(*) FROM event WHERE agent = 'setup'").fetchone() == (1,)
    assert db.execute("SELECT count(*) FROM event WHERE subagent <> ''").fetchone()[0] > 0


def test_every_call_was_asked_for_by_a_response_of_its_session(db: sqlite3.Connection) -> None:
    """Usage and calls can be joined, as after an import; what hooks alone told of cannot."""
    lost = f"""
    SELECT count(*) FROM event AS e LEFT JOIN response AS r
    ON r.agent = e.agent AND r.key = e.response_key AND r.session = e.session
    WHERE e.{OF_AGENTS.replace("agent", "e.agent")} AND (r.id IS NULL) <> (e.sources = 'hook')
    """
    assert db.execute(lost).fetchone() == (0,)
    unpriced = db.execute("SELECT avg(cost_pico IS NULL) FROM response").fetchone()[0]
    assert 0 < unpriced < 0.1


def test_a_directory_in_use_is_left_alone(tmp_path: Path) -> None:
    """Nobody's real database is written over by a slip of the hand."""
    directory = tmp_path / "data"
    directory.mkdir()
    (directory / "events.db").write_text("mine", encoding="utf-8")
    refused = make(directory, "--calls=10")
    assert (refused.returncode, refused.stderr) == (2, "make_history: DIR is not empty\n")
    assert os.listdir(directory) == ["events.db"]
