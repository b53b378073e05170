"""The drain: what waits becomes rows, each event once, and nothing is lost without a number."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core import journal
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.errors import StoreError
from fluxmirror_store import aside, checkpoint, lock, spool, spool_reader
from fluxmirror_store import drain as drain_module
from fluxmirror_store.batch import Batch
from fluxmirror_store.database import connect_to_read, connect_to_write, newest_version
from fluxmirror_store.drain import Drained, drain, run_quietly
from fluxmirror_store.tally import tallied

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from fluxmirror_core.paths import Places
    from fluxmirror_core.wire.reader import Capture as Captured
    from fluxmirror_store.migrations import Progress

    Capture = Callable[..., str]
    Rows = Callable[..., list[dict[str, Any]]]

NOON_MS = 1_767_268_800_000
BEFORE = {"hook_event_name": "PreToolUse", "session_id": "s", "tool_name": "Bash"}
DRAIN = """
import os, sys
os.umask(0)
from fluxmirror_core.config.settings import Settings
from fluxmirror_core.paths import here
from fluxmirror_store.drain import drain
sys.stdin.read()
drained = drain(here(), Settings(), wait_s=float(sys.argv[1]))
print(drained.events, drained.busy)
"""


def call(number: int) -> dict[str, object]:
    """A call with an id."""
    return {**BEFORE, "tool_use_id": f"t{number}", "tool_input": {"command": f"make {number}"}}


def gemini(event: str, number: int, at_ms: int) -> dict[str, object]:
    """Half of a call without an id."""
    second, rest = divmod(at_ms, 1000)
    return {
        "hook_event_name": event,
        "session_id": "g",
        "timestamp": f"2026-01-01T12:00:{second:02}.{rest:03}Z",
        "tool_name": "read_file",
        "tool_input": {"file_path": f"/srv/{number}"},
        **({"tool_response": {"llmContent": "x"}} if event == "AfterTool" else {}),
    }


def copilot(event: str, number: int, at_ms: int) -> dict[str, object]:
    """The same of Copilot, in its own spelling."""
    after = {"toolResult": {"resultType": "success", "textResultForLlm": "x"}}
    return {
        "sessionId": "c",
        "timestamp": NOON_MS + at_ms,
        "toolName": "view",
        "toolArgs": {"path": f"/srv/{number}"},
        **(after if event == "postToolUse" else {}),
    }


def content(places: Places) -> dict[str, tuple[bytes, int]]:
    """Name → bytes and time of everything that waits."""
    found = {}
    for waiting in spool_reader.oldest(places.spool, 10_000):
        path = Path(spool_reader.new_path(places.spool, waiting.name))
        found[waiting.name] = (path.read_bytes(), waiting.mtime_ns // 1_000_000)
    return found


def counts(places: Places) -> dict[tuple[str, str], int]:
    """The tally by kind and name."""
    with closing(connect_to_read(places.database)) as db:
        return {(line.kind, line.name): line.times for line in tallied(db)}


def waiting(places: Places) -> int:
    """How many files wait."""
    return spool_reader.status(places.spool).waiting


def test_empty_machine_gets_an_empty_database(places: Places) -> None:
    """Whoever reads first drains first."""
    assert drain(places, Settings()) == Drained()
    with closing(connect_to_read(places.database)) as db:
        assert db.execute("SELECT count(*) FROM event").fetchone() == (0,)


def test_what_waits_becomes_rows(places: Places, capture: Capture, rows: Rows) -> None:
    """One event, all the way; its file is gone and its time is that of its capture."""
    capture(call(1), "claude", at_ms=NOON_MS + 7)
    assert drain(places, Settings()) == Drained(files=1, events=1)
    assert waiting(places) == 0
    (row,) = rows()
    assert (row["ts_ms"], row["session"], row["call_id"]) == (NOON_MS + 7, "s", "t1")
    assert (row["tool_canonical"], row["detail"]) == ("Bash", "make 1")
    (seen,) = rows(table="agent_events")
    assert json.loads(seen["raw_json"]) == {"tool_input": {"command": "make 1"}}
    assert drain(places, Settings()) == Drained()


def test_oldest_is_drained_first(places: Places, capture: Capture, rows: Rows) -> None:
    """Numbers follow the time of capture, not the names of files."""
    for number in (5, 1, 4, 2, 3):
        capture(call(number), at_ms=NOON_MS + number)
    drain(places, Settings())
    by_id = sorted(rows(), key=lambda row: row["id"])
    assert [row["call_id"] for row in by_id] == ["t1", "t2", "t3", "t4", "t5"]


def test_batches_of_any_size_give_the_same_rows(
    places: Places,
    capture: Capture,
    drop: Callable[..., None],
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Memory is flat in the number of waiting files, and nobody can tell by the result."""
    for number in range(600):
        capture(call(number), at_ms=NOON_MS + 2 * number)
        done = {**call(number), "hook_event_name": "PostToolUse", "tool_response": "ok"}
        capture(done, at_ms=NOON_MS + 2 * number + 601)
        capture(gemini("BeforeTool", number % 7, number), at_ms=NOON_MS + number)
        capture(gemini("AfterTool", number % 7, number + 9000), at_ms=NOON_MS + number + 9000)
        capture({"hook_event_name": "UserPromptSubmit", "prompt": f"do {number}"})
    saved = content(places)
    results = []
    for sizes in ({}, {"LISTED": 400, "BATCH_FILES": 35}):
        for name, (raw, at_ms) in saved.items():
            drop(name, raw, at_ms)
        with monkeypatch.context() as patch:
            for name, value in sizes.items():
                patch.setattr(drain_module, name, value)
            drained = drain(places, Settings())
        assert (drained.files, drained.events) == (3000, 1800)
        results.append(rows())
        Path(places.database).unlink()
    assert results[0] == results[1]


@pytest.mark.parametrize("later_ms", [0, 5000, 86_400_000])
def test_replayed_file_adds_nothing(
    places: Places, capture: Capture, drop: Callable[..., None], rows: Rows, later_ms: int
) -> None:
    """Whatever its new time: a kill between commit and unlink, or a backup played back."""
    events = [
        call(1),
        {**call(2), "hook_event_name": "PostToolUse", "tool_response": "ok"},
        {"hook_event_name": "UserPromptSubmit", "session_id": "s", "prompt": "go"},
        {"hook_event_name": "Stop", "session_id": "s"},
        gemini("BeforeTool", 1, 0),
        gemini("AfterTool", 1, 9),
        copilot("preToolUse", 1, 0),
        copilot("postToolUse", 1, 9),
        {"hook_event_name": "PostToolUse", "session_id": "old", "tool_name": "Bash"},
        {"hook_event_name": "Brandnew", "session_id": "s"},
    ]
    words = {6: ("copilot", "preToolUse"), 7: ("copilot", "postToolUse")}
    for number, payload in enumerate(events):
        capture(payload, *words.get(number, ()), at_ms=NOON_MS + number)
    drop("torn", b"fluxmirror-spool/1\ttorn\tclaude Stop\n{")
    saved = content(places)
    drain(places, Settings())
    before = rows()
    assert len(before) == 9
    for _ in range(2):
        for name, (raw, at_ms) in saved.items():
            drop(name, raw, at_ms + later_ms)
        assert drain(places, Settings()).events == 0
        assert rows() == before
        assert waiting(places) == 0


def test_event_with_an_identity_is_known_under_any_name(
    places: Places, capture: Capture, rows: Rows
) -> None:
    """Two registrations of one hook write two files of each event, at their own speed."""
    halves = [gemini("BeforeTool", 1, 0), gemini("AfterTool", 1, 9)]
    for later_ms in (0, 7, 60_000):
        capture(call(1), at_ms=NOON_MS + later_ms)
        for number, payload in enumerate(halves):
            capture(payload, at_ms=NOON_MS + 9 * number + later_ms)
        drain(places, Settings())
    assert sorted(row["agent"] for row in rows()) == ["claude-code", "gemini-cli"]


@pytest.mark.parametrize("drains", [1, 2])
def test_double_registration_adds_nothing(
    places: Places, capture: Capture, rows: Rows, drains: int
) -> None:
    """An event without an identity is known by its bytes, for as long as two hooks may take."""
    prompt = {"hook_event_name": "UserPromptSubmit", "session_id": "s", "prompt": "yes"}
    for at_ms in (0, 1900):
        capture(prompt, at_ms=NOON_MS + at_ms)
        if drains == 2:
            drain(places, Settings())
    drain(places, Settings())
    assert len(rows()) == 1
    capture(prompt, at_ms=NOON_MS + 60_000)
    drain(places, Settings())
    assert len(rows()) == 2, "a minute later the user said so again"


HALVES = {
    "gemini": (gemini, "BeforeTool", "AfterTool"),
    "copilot": (copilot, "preToolUse", "postToolUse"),
}


@pytest.mark.parametrize("drains", ["one", "one a file", "one a file, backwards"])
@pytest.mark.parametrize("kind", HALVES)
def test_halves_without_an_id_become_one_call(
    places: Places, capture: Capture, rows: Rows, kind: str, drains: str
) -> None:
    """Three different calls, and each half drained in any order."""
    half, before, after = HALVES[kind]
    told = [(name, number) for name in (before, after) for number in range(3)]
    for name, number in told[:: -1 if "backwards" in drains else 1]:
        at_ms = number + 50 * (name == after)
        capture(half(name, number, at_ms), kind, name, at_ms=NOON_MS + at_ms)
        if drains != "one":
            drain(places, Settings())
    drain(places, Settings())
    columns = ("detail", "ts_ms", "ended_ms", "outcome", "duration_ms", "phases")
    assert [tuple(row[name] for name in columns) for row in rows()] == [
        (f"/srv/{n}", NOON_MS + n, NOON_MS + n + 50, "ok", 50, 3) for n in range(3)
    ]


def test_what_cannot_be_understood_is_kept_counted_and_noted(
    places: Places, capture: Capture, rows: Rows
) -> None:
    """In `bad/` with its reason, as a number, and as a line in the journal."""
    bad = capture(b"no json", "claude")
    capture(call(1))
    assert drain(places, Settings()) == Drained(files=2, events=1, bad=1)
    assert len(rows()) == 1
    bad_dir = Path(places.spool) / "bad"
    assert b"\nno json\n" in (bad_dir / bad).read_bytes()
    assert (bad_dir / "reasons" / bad).read_text(encoding="utf-8") == "the payload is no JSON\n"
    assert counts(places) == {("bad", "the payload is no JSON"): 1}
    assert journal.counts(places.logs) == {"bad": 1}
    assert bad in Path(places.logs, journal.NAME).read_text(encoding="utf-8")


def test_what_was_set_aside_can_be_tried_again(
    places: Places, capture: Capture, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer program may understand it."""
    with monkeypatch.context() as older:
        older.setattr("fluxmirror_core.wire.reader._DIALECTS", {})
        capture(call(1), "claude")
        assert drain(places, Settings()).bad == 1
    assert drain(places, Settings()).files == 0
    assert aside.bring_back(places.spool) == 1
    assert drain(places, Settings()) == Drained(files=1, events=1)
    assert [row["call_id"] for row in rows()] == ["t1"]
    assert aside.count_reasons(places.spool) == {}


def test_torn_file_is_an_event_a_number_and_kept(
    places: Places, drop: Callable[..., None], rows: Rows
) -> None:
    """Once: brought back and drained again it is still the same event."""
    drop("torn", b'fluxmirror-spool/1\ttorn\tclaude Stop\n{"hook_ev')
    assert drain(places, Settings()) == Drained(files=1, events=1, torn=1, bad=1)
    assert [(row["kind"], row["hook_event"]) for row in rows()] == [("torn", "Stop")]
    assert rows(table="agent_events") == []
    assert counts(places)["torn", ""] == 1
    aside.bring_back(places.spool)
    assert drain(places, Settings()) == Drained(files=1, events=0, torn=0, bad=1)
    assert counts(places)["torn", ""] == 1


def test_files_torn_by_a_full_disk_are_all_counted(
    places: Places, drop: Callable[..., None], rows: Rows
) -> None:
    """Ten at once, all of them empty: ten events were lost, not one."""
    for number in range(10):
        drop(f"torn{number}", b"", NOON_MS + number)
    assert drain(places, Settings()).torn == 10
    assert len(rows("kind = 'torn'")) == 10


def test_young_torn_file_waits_and_holds_up_nobody(
    places: Places, capture: Capture, drop: Callable[..., None], rows: Rows
) -> None:
    """Its writer may still be at it."""
    drop("young", b"fluxmirror-spool/1\tyoung\tclaude Stop\n{", time.time_ns() // 1_000_000)
    capture(call(1), at_ms=time.time_ns() // 1_000_000 + 5000)
    assert drain(places, Settings()) == Drained(files=1, events=1)
    assert waiting(places) == 1
    assert len(rows()) == 1


def test_foreign_things_in_the_spool_hold_up_nobody(
    places: Places, capture: Capture, drop: Callable[..., None], rows: Rows
) -> None:
    """A directory, a pipe, a link, a file of no known form."""
    capture(call(1), at_ms=NOON_MS + 9)
    new = Path(places.spool) / "new"
    (new / "directory").mkdir()
    (new / "link").symlink_to("/etc/passwd")
    os.mkfifo(new / "pipe")
    drop("text", b"hello\n" * 1000)
    drop("json", json.dumps(call(2)).encode())
    assert drain(places, Settings()).files == 3
    assert [row["call_id"] for row in rows("kind = 'tool_call'")] == ["t2", "t1"]
    assert sorted(os.listdir(new)) == ["directory", "link", "pipe"]


def test_event_no_column_takes_is_set_aside_alone(
    places: Places, capture: Capture, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot be stored does not cost its neighbours their place."""
    names = [capture(call(number), at_ms=NOON_MS + number) for number in range(5)]
    understand = Batch._read

    def spoil(batch: Batch, told: Captured) -> None:
        understand(batch, told)
        if told.name == names[2]:
            batch.events[-1] = batch.events[-1]._replace(exit_code=1 << 70)

    monkeypatch.setattr(Batch, "_read", spoil)
    assert drain(places, Settings()) == Drained(files=5, events=4, bad=1)
    assert [row["call_id"] for row in rows()] == ["t0", "t1", "t3", "t4"]
    reason = "the program failed on it: OverflowError"
    assert aside.count_reasons(places.spool) == {reason: 1}
    assert counts(places) == {("bad", reason): 1}


def test_file_that_cannot_be_removed_holds_up_nobody(
    places: Places, capture: Capture, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held by a virus scanner, or somebody else's: its event is stored once all the same."""
    names = [capture(call(number), at_ms=NOON_MS + number) for number in range(5)]
    held = spool_reader.new_path(places.spool, names[0])
    unlink = os.unlink

    def refuse(path: str) -> None:
        if path == held:
            raise PermissionError(13, "held", path)
        unlink(path)

    with monkeypatch.context() as patch:
        patch.setattr(drain_module, "BATCH_FILES", 2)
        patch.setattr(os, "unlink", refuse)
        assert drain(places, Settings()) == Drained(files=4, events=5)
        assert drain(places, Settings()) == Drained()
    assert journal.counts(places.logs)["stuck"] >= 1
    assert drain(places, Settings()) == Drained(files=1)
    assert len(rows()) == 5


def test_spool_is_no_longer_full_when_it_is_drained(places: Places, capture: Capture) -> None:
    """The marker goes; what was refused meanwhile stays a number."""
    capture(call(1))
    Path(places.spool, "full").touch()
    spool.put(places.spool, b"{}", (), {})
    drain(places, Settings())
    status = spool_reader.status(places.spool)
    assert (status.full, status.refused, status.waiting) == (False, 1, 0)


def test_log_is_taken_back_between_batches(
    places: Places, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much waits: the log stays bounded."""
    monkeypatch.setattr(checkpoint, "WAL_BYTES", 100_000)
    monkeypatch.setattr(drain_module, "BATCH_FILES", 20)
    wal_bytes = checkpoint.wal_bytes
    sizes = []

    def look(path: str) -> int:
        sizes.append(wal_bytes(path))
        return sizes[-1]

    monkeypatch.setattr(checkpoint, "wal_bytes", look)
    for number in range(400):
        capture(call(number) | {"tool_input": {"command": "x" * 2000}})
    drain(places, Settings())
    assert len(sizes) == 20
    assert max(sizes) < 1_000_000


def test_second_drainer_leaves_at_once(places: Places, capture: Capture) -> None:
    """Unless it is told to wait."""
    capture(call(1))
    with lock.held(os.path.join(places.spool, "drain.lock")) as ours:
        assert ours
        assert drain(places, Settings()) == Drained(busy=True)
        assert not os.path.exists(places.database)
    assert drain(places, Settings()).events == 1


@pytest.mark.parametrize("wait_s", ["0", "60"])
def test_sixteen_first_drains_store_every_event_once(
    places: Places, capture: Capture, rows: Rows, wait_s: str
) -> None:
    """On a machine without a database; whoever is not first leaves, or waits its turn."""
    for number in range(64):
        capture(call(number))
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", DRAIN, wait_s],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "FLUXMIRROR_HOME": places.data},
        )
        for _ in range(16)
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.close()
        racer.stdin = None
    answers = [racer.communicate() for racer in racers]
    assert [stderr for _, stderr in answers] == [""] * 16
    told = [stdout.split() for stdout, _ in answers]
    assert sum(int(events) for events, _ in told) == 64
    assert wait_s == "0" or {busy for _, busy in told} == {"False"}
    assert sorted(row["call_id"] for row in rows()) == sorted(f"t{n}" for n in range(64))


def test_everything_made_is_private(places: Places, drop: Callable[..., None]) -> None:
    """By a process that masks no mode, on a machine where nothing is yet."""
    command = [sys.executable, "-c", DRAIN, "0"]
    env = {**os.environ, "FLUXMIRROR_HOME": places.data}
    subprocess.run(command, env=env, input=b"", check=True, stdout=subprocess.DEVNULL)
    drop("bad", b"fluxmirror-spool/1\tbad\tclaude\n[]\nfluxmirror-spool/1\tbad\n")
    os.chmod(spool_reader.new_path(places.spool, "bad"), 0o600)
    subprocess.run(command, env=env, input=b"", check=True, stdout=subprocess.DEVNULL)
    made = [Path(places.data), *Path(places.data).rglob("*")]
    names = {path.name for path in made}
    assert {"events.db", "spool", "new", "bad", "reasons", "logs", "capture.log"} <= names
    assert {"drain.lock", "redaction.key"} <= names
    open_to_others = [
        (str(path), oct(path.stat().st_mode))
        for path in made
        if stat.S_IMODE(path.stat().st_mode) != (0o700 if path.is_dir() else 0o600)
    ]
    assert open_to_others == []


def test_older_database_is_upgraded_before_anything_is_written(
    places: Places, legacy: Callable[..., sqlite3.Connection], capture: Capture, rows: Rows
) -> None:
    """Old rows keep their numbers, new ones come behind."""
    with closing(legacy()) as db:
        db.execute(
            "INSERT INTO agent_events (id, ts, agent, tool)"
            " VALUES (7, '2025-01-01T00:00:00Z', 'claude-code', 'Bash')"
        )
    capture(call(1))
    told: list[tuple[int, int]] = []
    drain(places, Settings(), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]
    assert [row["id"] for row in rows()] == [7, 8]


def make_newer(places: Places) -> None:
    """A database of a later program."""
    with closing(connect_to_write(places.database)) as db:
        db.execute(f"PRAGMA user_version = {newest_version() + 1}")


def make_junk(places: Places) -> None:
    """No database at all."""
    Path(places.database).parent.mkdir(parents=True, exist_ok=True)
    Path(places.database).write_bytes(b"junk" * 1000)


@pytest.mark.parametrize("spoil", [make_newer, make_junk])
def test_database_that_cannot_be_written_loses_nothing(
    places: Places, capture: Capture, spoil: Callable[[Places], None]
) -> None:
    """Everything still waits; who asked is told, and a hook's drain only makes a note."""
    capture(call(1))
    spoil(places)
    before = Path(places.database).read_bytes()
    with pytest.raises(StoreError):
        drain(places, Settings())
    run_quietly(places, Settings())
    assert waiting(places) == 1
    assert journal.counts(places.logs) == {"drain": 1}
    assert Path(places.database).read_bytes() == before
    Path(places.database).unlink()
    assert drain(places, Settings()).events == 1


def test_full_disk_loses_nothing(
    places: Places, capture: Capture, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says what is full; what could not be written waits."""
    drain(places, Settings())
    for number in range(50):
        capture({**call(number), "tool_input": {"command": "x" * 4000}}, at_ms=NOON_MS + number)

    def cramped(path: str, progress: Progress | None) -> sqlite3.Connection:
        db = connect_to_write(path, progress)
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 30}")
        return db

    with monkeypatch.context() as patch:
        patch.setattr("fluxmirror_store.drain.connect_to_write", cramped)
        patch.setattr(drain_module, "BATCH_FILES", 10)
        with pytest.raises(StoreError, match="full") as refused:
            drain(places, Settings())
    assert "free some space" in str(refused.value.hint)
    stored = len(rows())
    assert stored + waiting(places) == 50
    drain(places, Settings())
    assert len(rows()) == 50


def test_secrets_are_not_stored(places: Places, capture: Capture) -> None:
    """Nowhere in the file, whatever field they came in."""
    secret = "ghp_" + "x7Qz" * 9
    capture({**call(1), "tool_input": {"command": f"curl -H 'Authorization: token {secret}'"}})
    capture({"hook_event_name": "UserPromptSubmit", "prompt": f"my token is {secret}"})
    drain(places, Settings())
    assert secret.encode() not in Path(places.database).read_bytes()


def test_quiet_drain_says_nothing(
    places: Places, capture: Capture, capfd: pytest.CaptureFixture[str]
) -> None:
    """It runs where an agent may still be listening."""
    capture(b"junk")
    run_quietly(places, Settings())
    assert capfd.readouterr() == ("", "")


def test_what_bad_has_no_place_for_is_counted(
    places: Places, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the newest are kept; those deleted are a number."""
    monkeypatch.setattr(aside, "KEPT", 2)
    for _ in range(5):
        capture(b"no json")
    assert drain(places, Settings()).bad == 5
    assert counts(places) == {("bad", "the payload is no JSON"): 5, ("pruned", ""): 3}


def test_torn_file_of_the_future_does_not_wait_for_it(
    places: Places, drop: Callable[..., None], rows: Rows
) -> None:
    """A clock that was wrong once must not hide an event for years."""
    drop("later", b"fluxmirror-spool/1\tlater\tclaude\n{", at_ms=4_102_444_800_000)
    assert drain(places, Settings()).torn == 1
    assert [row["kind"] for row in rows()] == ["torn"]


def test_drain_again_tries_what_was_set_aside(places: Places, capture: Capture) -> None:
    """Under the drain's lock, so that two of them do not meet."""
    capture(b"no json")
    assert drain(places, Settings()).bad == 1
    assert drain(places, Settings()).files == 0
    assert drain(places, Settings(), again=True).bad == 1


def test_old_database_others_could_read_is_closed_to_them(
    places: Places, legacy: Callable[..., sqlite3.Connection]
) -> None:
    """Older programs left it to the umask."""
    legacy()
    os.chmod(places.database, 0o644)
    drain(places, Settings())
    assert os.stat(places.database).st_mode & 0o077 == 0
