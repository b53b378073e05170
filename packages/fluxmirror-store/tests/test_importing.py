"""What session files tell gets into the database: once, whole, and to stay."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.pricing import Price, Rates
from fluxmirror_core.transcripts.problem import (
    BAD_LINE,
    FAILED,
    NO_TIME,
    REWRITTEN,
    TORN_END,
    UNKNOWN_RECORD,
    Problem,
)
from fluxmirror_core.transcripts.usage.opencode import responses_of
from fluxmirror_store.drain import drain
from fluxmirror_store.importing import opencode, stretch
from fluxmirror_store.importing.passes import USAGE
from fluxmirror_store.importing.run import Imported, import_session_files
from fluxmirror_store.importing.session_files import UNREADABLE, find_session_files
from fluxmirror_store.importing.waiting import Wanted, news, pending

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.paths import Places
    from fluxmirror_core.transcripts.response import Response

    Rows = Callable[..., list[dict[str, Any]]]

RECORDED = Path(__file__).parents[3] / "tests" / "transcripts"
CENT = Price("own", "m", "USD", "test", None, Rates(10**10, 0, 0, 0, 0))
"""A cent for every token that was read."""


class Book:
    """Knows one model's price."""

    def find(self, agent: str, model: str | None, ts_ms: int) -> Price | None:  # noqa: ARG002 - a book's
        """Give a cent for `m` alone."""
        return CENT if model == "m" else None


def row(key: str | None, second: int = 0, **changes: Any) -> str:  # noqa: ANN401 - any JSON
    """Write one line of Claude Code about a response."""
    message = {
        "id": key,
        "role": "assistant",
        "model": changes.pop("model", "m"),
        "content": changes.pop("content", []),
        "usage": {"input_tokens": changes.pop("tokens", 3), "output_tokens": 2},
    }
    told = {
        "type": "assistant",
        "sessionId": "s",
        "cwd": "/p",
        "version": "2.1.0",
        "timestamp": f"2026-11-20T12:00:{second:02}.000Z",
        "message": message,
    }
    return json.dumps(told | changes, separators=(",", ":")) + "\n"


def session_file(home: Path, name: str = "s") -> Path:
    """Give the path of a session's file of Claude Code, its folder made."""
    path = home / f".claude/projects/-p/{name}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture
def run(home: Path, places: Places) -> Callable[..., Imported]:
    """Import what is in the home."""

    def imported(**wanted: Any) -> Imported:  # noqa: ANN401 - fields of Wanted
        found = find_session_files({"HOME": str(home)})
        return import_session_files(places, Settings(), found, Book(), Wanted(**wanted))

    return imported


def test_records_of_one_response_make_one_row(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """The larger of each count, the first time, and the price of the whole."""
    session_file(home).write_text(row("a", 5, tokens=1) + row("a", 3, tokens=7) + row("a", 9))
    assert run().responses == 1
    (told,) = rows(table="response")
    assert (told["key"], told["input_tokens"], told["output_tokens"]) == ("a", 7, 2)
    assert told["ts_ms"] % 60_000 == 3_000
    assert told["cost_pico"] == 7 * 10**10


def test_a_model_nobody_knows_costs_an_unknown_amount(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Never nothing."""
    session_file(home).write_text(row("a", model="nova") + row("b", model="m"))
    run()
    costs = {one["model"]: one["cost_pico"] for one in rows(table="response")}
    assert costs == {"nova": None, "m": 3 * 10**10}


def test_responses_without_ids_count_by_file_and_place(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Two equal ones are two; what a rewritten file says in their place replaces them."""
    path = session_file(home)
    path.write_text(row(None) + row(None))
    run()
    assert len(rows(table="response")) == 2
    path.write_text(row(None, tokens=5))
    imported = run()
    assert [one["input_tokens"] for one in rows(table="response")] == [5]
    assert imported.problems[("claude-code", Problem(REWRITTEN))] == 1


def test_a_fork_adds_only_what_is_its_own(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Its copies belong to the session that was first, whichever file is read first."""
    session_file(home, "a-fork").write_text(
        row("x", 1, sessionId="fork") + row("y", 9, sessionId="fork")
    )
    assert run().responses == 2
    session_file(home, "z-origin").write_text(row("x", 0, sessionId="origin"))
    assert run().responses == 0
    assert {one["key"]: one["session"] for one in rows(table="response")} == {
        "x": "origin",
        "y": "fork",
    }


def test_appended_lines_are_read_once(home: Path, run: Callable[..., Imported], rows: Rows) -> None:
    """And an unchanged file not at all."""
    path = session_file(home)
    path.write_text(row("a"))
    assert run().files == 1
    assert run().files == 0
    with path.open("a") as more:
        more.write(row("b"))
    assert run().responses == 1
    assert len(rows(table="response")) == 2


def test_what_was_imported_stays_when_its_file_is_gone(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Also when everything is read anew; the file comes back without doubling anything."""
    path = session_file(home)
    path.write_text(row("a"))
    run()
    path.rename(home / "aside")
    run(full=True)
    assert len(rows(table="response")) == 1
    session_file(home, "t").write_text(row("b"))
    run()
    gone = [one["gone_ms"] is not None for one in rows(table="source, (SELECT 0 AS ts_ms)")]
    assert sorted(gone) == [False, True]
    (home / "aside").rename(path)
    run()
    assert len(rows(table="response")) == 2


def test_a_moved_file_is_the_same_file(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Its responses without ids are not counted again under the new name."""
    path = session_file(home)
    path.write_text(row(None))
    run()
    path.rename(session_file(home, "moved"))
    run()
    assert len(rows(table="response")) == 1
    assert [Path(one["path"]).name for one in rows(table="source, (SELECT 0 AS ts_ms)")] == [
        "moved.jsonl"
    ]


def test_odd_lines_are_counted_and_the_others_read(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Whatever an editor, a kill or a newer version leaves in a file."""
    path = session_file(home)
    path.write_bytes(
        row("a").encode()
        + b'{"type":"assistant","message":{"usage":{"input_to\n'
        + b"\x00\x00\x00\n"
        + b'\xff\xfe no utf-8 "usage":\n'
        + b"[1, 2]\n"
        + b"[" * 100_000
        + b"\n"
        + b'{"type":"brand-new","version":"9.9"}\n'
        + row("b", timestamp=None).encode()
        + row("c", timestamp="yesterday").encode()
        + row("d", message={"id": "d", "usage": "none"}).encode()
        + row("e", tokens=-5).encode()
        + row("f", tokens=10**30).encode()
        + b'{"type":"assi'
    )
    problems = run().problems
    assert {one["key"] for one in rows(table="response")} == {"a", "b", "c", "e", "f"}
    assert problems[("claude-code", Problem(BAD_LINE))] == 4
    assert problems[("claude-code", Problem(UNKNOWN_RECORD, "brand-new", "9.9"))] == 1
    assert problems[("claude-code", Problem(NO_TIME))] == 2
    assert problems[("claude-code", Problem(TORN_END))] == 1
    assert sum(one["input_tokens"] for one in rows(table="response")) == 9


def test_a_file_that_cannot_be_read_is_counted_and_tried_again(
    home: Path, run: Callable[..., Imported], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's reason is told; the other files are read."""
    session_file(home).write_text(row("a"))
    session_file(home, "closed").write_text(row("b"))
    real = open

    def refusing(path: str | int, mode: str = "r") -> IO[bytes] | IO[str]:
        if str(path).endswith("closed.jsonl"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, mode)

    with monkeypatch.context() as patched:
        patched.setattr("builtins.open", refusing)
        imported = run(passes=(USAGE,))
    assert imported.responses == 1
    assert imported.problems == Counter(
        {("claude-code", Problem(UNREADABLE, "Permission denied")): 1}
    )
    assert run().responses == 1


def test_a_budget_leaves_the_older_files(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """The newest are read first; another import reads the rest."""
    for number in range(5):
        path = session_file(home, f"s{number}")
        path.write_text(row(f"r{number}") + "x" * (9 << 20))
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    imported = run(budget_s=0.0)
    assert imported.left == 5
    assert [one["key"] for one in rows(table="response")] == ["r4"]
    assert run().left == 0
    assert len(rows(table="response")) == 5


def test_since_leaves_files_that_did_not_change(
    home: Path, run: Callable[..., Imported], places: Places
) -> None:
    """By the time of their last change."""
    old, new = session_file(home, "old"), session_file(home, "new")
    old.write_text(row("a"))
    new.write_text(row("b"))
    os.utime(old, (1_000_000_000, 1_000_000_000))
    found = find_session_files({"HOME": str(home)})
    wanted = Wanted(since_ms=1_100_000_000_000)
    assert [file.path for file in pending(places, found, wanted)] == [str(new)]
    assert run(since_ms=1_100_000_000_000).files == 1
    assert news(places, found, Wanted()) == {
        "usage": old.stat().st_size,
        "calls": old.stat().st_size,
    }
    assert run().files == 1
    assert not news(places, found, Wanted())


@pytest.mark.parametrize("agent", ["claude", "codex", "gemini", "qwen", "copilot"])
def test_recorded_runs_are_imported_without_anything_odd(
    agent: str, home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Every kind of record of the current versions is known; every call has its response."""
    for recorded in sorted((RECORDED / agent).iterdir()):
        if recorded.is_dir():
            shutil.copytree(recorded, home, dirs_exist_ok=True)
    imported = run()
    assert not imported.problems
    assert imported.responses
    calls = rows("kind = 'tool_call'")
    assert len(calls) == imported.calls
    assert {one["sources"] for one in calls} == {"transcript"}
    keys = {one["key"] for one in rows(table="response")}
    assert all(one["response_key"] in keys for one in calls)


def test_a_database_is_read_in_portions(
    home: Path, run: Callable[..., Imported], rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenCode's may be large: so many rows at a time, each once."""
    path = opencode_database(home)
    for number in range(25):
        answer(path, f"msg{number:02}", 1_000 + number)
    monkeypatch.setattr(opencode, "MOST_ROWS", 10)
    assert run().responses == 25
    assert run().files == 0
    answer(path, "new", 2_000)
    assert run().responses == 1
    assert sum(one["cost_pico"] for one in rows(table="response")) == 26 * 3 * 10**10


HOOK = {
    "session_id": "s",
    "cwd": "/p",
    "hook_event_name": "PreToolUse",
    "tool_name": "Bash",
    "tool_use_id": "t1",
    "tool_input": {"command": "make"},
    "prompt_id": "p",
}
USE = {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "make"}}


def result(second: int = 8, **block: Any) -> str:  # noqa: ANN401 - any JSON
    """Write the line of a result."""
    told = {
        "type": "user",
        "sessionId": "s",
        "timestamp": f"2026-11-20T12:00:{second:02}.000Z",
        "message": {"content": [{"type": "tool_result", "tool_use_id": "t1", **block}]},
    }
    return json.dumps(told) + "\n"


@pytest.mark.parametrize("first", ["hook", "file"])
def test_a_call_seen_twice_is_one_event_with_both_sources(
    first: str,
    home: Path,
    run: Callable[..., Imported],
    rows: Rows,
    capture: Callable[..., str],
    places: Places,
) -> None:
    """Whichever came first; each fills in what the other does not tell."""
    session_file(home).write_text(row("a", content=[USE]) + result(content="done"))
    if first == "file":
        run()
    capture(HOOK, "claude", "PreToolUse")
    drain(places, Settings())
    run()
    (call,) = rows("kind = 'tool_call'")
    assert (call["sources"], call["outcome"], call["response_key"]) == (
        "hook,transcript",
        "ok",
        "a",
    )
    assert (call["turn"], call["model"]) == ("p", "m")


def test_a_call_no_hook_saw_is_an_event_of_its_own(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """With its time, its end and how long it took."""
    session_file(home).write_text(
        row("a", 2, content=[USE]) + result(8, content="x", is_error=True)
    )
    assert run().calls == 1
    (call,) = rows("kind = 'tool_call'")
    assert (call["sources"], call["evidence"], call["outcome"]) == (
        "transcript",
        "transcript",
        "failed",
    )
    assert (call["duration_ms"], call["duration_source"]) == (6_000, "transcript")
    assert (call["detail"], call["tool_class"], call["cwd"]) == ("make", "Shell", "/p")


def test_secrets_in_session_files_are_scrubbed(
    home: Path, run: Callable[..., Imported], rows: Rows, places: Places
) -> None:
    """As in hooks: no column and no page of the file holds one."""
    secret = "ghp_" + "a1B2" * 9
    use = USE | {"input": {"command": f"git push https://x:{secret}@host/r.git"}}
    counts = {"input_tokens": 3, "service_tier": secret, "cache_creation": {secret: 1}}
    odd = {"type": secret * 9, "version": secret}
    session_file(home).write_text(
        row("a", content=[use], cwd=f"/p/{secret}")
        + row("b", message={"id": secret, "model": secret, "usage": counts})
        + f"{json.dumps(odd)}\n"
    )
    assert len(run().problems) == 1
    assert rows("kind = 'tool_call'")[0]["detail"].startswith("git push")
    assert secret.encode() not in Path(places.database).read_bytes()


def test_a_new_file_in_the_place_of_a_deleted_one_is_another(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Systems give a deleted file's number to the next one: what the first told stays."""
    path = session_file(home)
    path.write_text(row(None) + row("a"))
    run()
    codex = home / ".codex/sessions/2026/11/20/rollout-x.jsonl"
    codex.parent.mkdir(parents=True)
    path.rename(codex)
    codex.write_text('{"type":"session_meta","payload":{}}\n')
    other = session_file(home, "other")
    other.write_text(row("b"))
    run()
    assert {one["key"] for one in rows(table="response")} == {"@1:0", "a", "b"}
    sources = rows(table="source, (SELECT 0 AS ts_ms)")
    assert {one["agent"] for one in sources if one["gone_ms"] is None} <= {
        "claude-code",
        "codex-cli",
    }
    assert [Path(one["path"]).name for one in sources if one["gone_ms"]] == ["s.jsonl"]


def test_a_full_import_of_a_rewritten_file_doubles_nothing(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Responses without ids are known by their places, which are others now."""
    path = session_file(home)
    path.write_text(row(None) + row(None))
    run()
    path.write_text("{}\n" + row(None) + row(None))
    run(full=True)
    assert len(rows(table="response")) == 2


def test_that_files_are_gone_is_news_of_its_own(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """And that they are back; nothing else has changed."""
    path = session_file(home)
    path.write_text(row("a"))
    run()
    path.rename(home / "aside")
    run()
    assert [one["gone_ms"] is None for one in rows(table="source, (SELECT 0 AS ts_ms)")] == [False]
    (home / "aside").rename(path)
    run()
    assert [one["gone_ms"] is None for one in rows(table="source, (SELECT 0 AS ts_ms)")] == [True]


def test_what_was_read_is_counted_once(
    home: Path, run: Callable[..., Imported], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many stretches and passes it took."""
    monkeypatch.setattr(stretch, "BLOCK_BYTES", 1_000)
    path = session_file(home)
    path.write_text("".join(row(f"r{number}") for number in range(50)))
    assert run().bytes == path.stat().st_size


def test_only_numbers_are_kept_of_the_counts(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Whatever a file calls them: neither a secret nor a megabyte gets in by that."""
    secret = "ghp_" + "a1B2" * 9
    usage = {
        "input_tokens": 3,
        "service_tier": "standard",
        "cache_creation": {"ephemeral_5m_input_tokens": 1, "x" * 5_000: 2},
        secret: 4,
        "deep": {"deep": {"deep": {"deep": 5}}},
        **{f"n{number}": number for number in range(1_000)},
    }
    message = {"id": "a", "model": "m", "usage": usage}
    session_file(home).write_text(row("a", message=message))
    run()
    (kept,) = rows(table="record, (SELECT 0 AS ts_ms, 0 AS id)")
    assert kept["raw_json"].startswith(
        '{"input_tokens":3,"cache_creation":{"ephemeral_5m_input_tokens":1,"xxx'
    )
    assert len(kept["raw_json"]) < 1_500
    assert secret not in kept["raw_json"]


def test_times_that_no_calendar_has_are_counted(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """The response is there, at the time of the record before it."""
    session_file(home).write_text(
        row("a", 3) + row("b", timestamp=1 << 52) + row("c", timestamp=-5)
    )
    assert run().problems[("claude-code", Problem(NO_TIME))] == 2
    assert len({one["ts_ms"] for one in rows(table="response")}) == 1


def hook_of(session: str, command: str) -> dict[str, Any]:
    """Make the payload of a call with an id that other sessions have too."""
    return HOOK | {"session_id": session, "tool_input": {"command": command}}


def call_row(session: str, command: str, second: int = 0) -> str:
    """Make the line of the same call."""
    use = USE | {"input": {"command": command}}
    return row("resp_1", second, sessionId=session, content=[use])


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("hooked", [True, False])
def test_equal_ids_of_two_sessions_are_two_calls(
    together: bool,  # noqa: FBT001 - a case
    hooked: bool,  # noqa: FBT001 - a case
    home: Path,
    run: Callable[..., Imported],
    rows: Rows,
    capture: Callable[..., str],
    places: Places,
) -> None:
    """Some models' servers count their ids from one in every session."""
    for session in ("A", "B") if hooked else ():
        capture(hook_of(session, f"make {session}"), "claude", "PreToolUse")
    drain(places, Settings())
    for session in ("A", "B"):
        session_file(home, session).write_text(call_row(session, f"make {session}"))
        if not together:
            run()
    run(full=True)
    found = {(one["session"], one["detail"]) for one in rows("kind = 'tool_call'")}
    assert found == {("A", "make A"), ("B", "make B")}
    assert len(rows("kind = 'tool_call'")) == 2


def test_calls_without_ids_are_calls_of_their_own(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """Each by its place in the file, and once however often that is read."""
    path = home / ".gemini/tmp/p/chats/session-x.jsonl"
    path.parent.mkdir(parents=True)
    header = {"sessionId": "s", "projectHash": "h", "kind": "main"}
    called = [
        {"name": "run_shell_command", "args": {"command": command}, "status": "success"}
        for command in ("one", "two")
    ]
    message = {"id": "m", "type": "gemini", "timestamp": "2026-11-20T12:00:00.000Z"}
    lines = [header, message | {"toolCalls": called}]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    run()
    told = {one["detail"] for one in rows("kind = 'tool_call'")}
    run(full=True)
    assert told in ({"one", "two"}, set())
    assert {one["detail"] for one in rows("kind = 'tool_call'")} == told
    assert len(rows("kind = 'tool_call'")) == len(told)


def opencode_database(home: Path) -> Path:
    """Make a database of OpenCode with one session and no message."""
    path = home / ".local/share/opencode/opencode.db"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as db:
        db.executescript("""
            CREATE TABLE session (id TEXT PRIMARY KEY, parent_id TEXT, directory TEXT);
            CREATE TABLE message (id TEXT PRIMARY KEY, session_id TEXT, time_created INTEGER,
                time_updated INTEGER, data TEXT);
            CREATE TABLE part (id TEXT PRIMARY KEY, message_id TEXT, session_id TEXT,
                time_created INTEGER, time_updated INTEGER, data TEXT);
            INSERT INTO session VALUES ('ses', NULL, '/p');
        """)
    return path


def answer(path: Path, key: str, ts_ms: int) -> None:
    """Write one message of a model into it."""
    data = '{"role":"assistant","modelID":"m","tokens":{"input":3,"output":1}}'
    with closing(sqlite3.connect(path)) as db, db:
        values = (key, "ses", ts_ms, ts_ms, data)
        db.execute("INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)", values)


def test_a_database_whose_clock_jumped_is_read_in_full(
    home: Path, run: Callable[..., Imported], rows: Rows
) -> None:
    """A row from the future hides none that comes after it, and none from the past is missed."""
    path = opencode_database(home)
    now_ms = time.time_ns() // 1_000_000
    for key, ts_ms in (("a", now_ms + 86_400_000), ("b", now_ms), ("c", 1_000_000)):
        answer(path, key, ts_ms)
        run()
    assert {one["key"] for one in rows(table="response")} == {"a", "b", "c"}


def test_a_database_that_was_put_back_is_read_anew(
    home: Path, run: Callable[..., Imported], rows: Rows, tmp_path: Path
) -> None:
    """Its numbers begin again."""
    path = opencode_database(home)
    shutil.copy(path, tmp_path / "aside")
    for key in ("a", "b"):
        answer(path, key, 1_000_000)
    run()
    shutil.copy(tmp_path / "aside", path)
    answer(path, "c", 1_000_000)
    run()
    assert {one["key"] for one in rows(table="response")} == {"a", "b", "c"}


def test_a_row_the_program_fails_on_hides_no_other(
    home: Path, run: Callable[..., Imported], rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted, as a file of lines would be."""
    path = opencode_database(home)
    for key in ("a", "b", "c"):
        answer(path, key, 1_000_000)
    real = responses_of

    def failing(message: dict[str, Any], session: dict[str, Any]) -> Response | None:
        if message["id"] == "b":
            raise KeyError("b")
        return real(message, session)

    monkeypatch.setattr(opencode, "responses_of", failing)
    assert run().problems[("opencode", Problem(FAILED, "KeyError"))] == 1
    assert {one["key"] for one in rows(table="response")} == {"a", "c"}


@pytest.mark.parametrize("session", ["ses", "sub"])
def test_a_private_session_of_a_database_is_private_wherever_it_works(
    home: Path, run: Callable[..., Imported], rows: Rows, session: str
) -> None:
    """A subagent's too, whose own session may be elsewhere."""
    path, private = opencode_database(home), home / "private"
    private.mkdir()
    (private / ".fluxmirror.toml").write_text("capture.enabled = false\n", encoding="utf-8")
    data = '{"role":"assistant","path":{"cwd":"/p"},"tokens":{"input":3,"output":1}}'
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE session SET directory = ?", (str(private),))
        db.execute("INSERT INTO session VALUES ('sub', 'ses', '/p'), ('other', NULL, '/p')")
        for key, of in (("a", session), ("b", "other")):
            db.execute("INSERT INTO message VALUES (?, ?, 1000000, 1000000, ?)", (key, of, data))
    run()
    assert [one["key"] for one in rows(table="response")] == ["b"]
