"""`fluxmirror export` writes everything, in order, masked, and never over another file."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands.export import command
from fluxmirror_core.errors import ConfigError, ExitCode, OutputError, UsageError
from fluxmirror_core.event import AgentEvent, Kind
from fluxmirror_core.paths import here
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("flux_home")
NOON = 1_772_452_800_000
"""2026-03-02T12:00:00Z."""
KEY = "AKIA" + "QWERTYUIOPASDFGH"
RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"


def event(number: int, **changes: Any) -> AgentEvent:  # noqa: ANN401 - the fields' own types
    """Make a shell call of Claude Code, unless told otherwise."""
    blank: dict[str, Any] = dict.fromkeys(AgentEvent._fields)
    usual = {
        "uid": number.to_bytes(16, "big"),
        "kind": str(Kind.TOOL_CALL),
        "ts_ms": NOON + number,
        "agent": "claude-code",
        "evidence": "default",
        "session": "s",
        "hook_event": "PostToolUse",
        "tool": "Bash",
        "tool_class": "Shell",
        "detail": f"make {number}",
        "sources": "hook",
        "self_noise": 0,
        "phases": 2,
        "schema_version": 2,
    }
    return AgentEvent(**{**blank, **usual, **changes})


@pytest.fixture
def db(flux_home: Path) -> Iterator[sqlite3.Connection]:
    """A database of two calls, of two agents, and a prompt."""
    with closing(connect_to_write(here().database)) as db:
        with writing(db):
            write_events(
                db,
                [
                    event(2, agent="qwen-code"),
                    event(1, detail="echo 한국어\n| cat\x1b[2J"),
                    event(3, kind=str(Kind.PROMPT), tool=None, detail="\u202e한"),
                ],
            )
        yield db


def run(*arguments: str) -> str:
    """Run the command; gives what it prints."""
    return CliRunner().invoke(command, ["--tz", "UTC", *arguments], catch_exceptions=False).stdout


def records(*arguments: str) -> list[dict[str, Any]]:
    """Run it, and read its JSON Lines."""
    return [json.loads(line) for line in run(*arguments).split("\n") if line]


@pytest.mark.usefixtures("db")
def test_calls_come_as_json_lines_in_the_order_of_time() -> None:
    """An object for each row, with the columns of `agent_events`."""
    found = records()
    assert [one["detail"] for one in found] == ["echo 한국어\n| cat\x1b[2J", "make 2"]
    assert list(found[0])[:4] == ["id", "ts", "agent", "session"]
    assert (found[0]["ts"], found[0]["ts_ms"]) == ("2026-03-02T12:00:00Z", NOON + 1)
    assert found[0]["exit_code"] is None


@pytest.mark.usefixtures("db")
def test_a_line_is_a_line_and_commands_no_terminal() -> None:
    """What is not visible is spelt; what is, is not."""
    lines = run("--what", "events").split("\n")
    assert len(lines) == 4
    assert all(line.isprintable() for line in lines)
    assert r'"echo 한국어\n| cat\u001b[2J"' in lines[0]
    assert json.loads(lines[2])["detail"] == "\u202e한"


@pytest.mark.usefixtures("db")
def test_other_views_and_agents_can_be_asked_for() -> None:
    """Events hold what was no tool call; a database may have no response."""
    assert [one["kind"] for one in records("--what", "events")][-1] == "prompt"
    assert [one["agent"] for one in records("--agent", "qwen")] == ["qwen-code"]
    assert records("--what", "responses") == []


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        (("--date", "2026-03-02"), 2),
        (("--date", "2026-03-03"), 0),
        (("--month", "2026-03"), 2),
        (("--since", "2026-03-03"), 0),
        (("--until", "2026-03-02"), 2),
        (("--start", "2026-03-02T12:00:00.002Z", "--end", "2026-03-02T12:00:00.003Z"), 1),
    ],
)
def test_a_time_can_be_asked_for(arguments: tuple[str, ...], rows: int) -> None:
    """In every way in which a report takes one."""
    assert len(records(*arguments)) == rows


def test_everything_is_everything(db: sqlite3.Connection) -> None:
    """A row whose time nobody can read is left out only where a time is asked for."""
    db.execute("UPDATE event SET ts_ms = NULL, ts_text = 'yesterday' WHERE agent = 'qwen-code'")
    assert [one["ts"] for one in records()] == ["yesterday", "2026-03-02T12:00:00Z"]
    assert len(records("--date", "2026-03-02")) == 1


def test_what_was_never_masked_is_masked_now(db: sqlite3.Connection) -> None:
    """An older program kept it as it was; JSON within a row stays JSON."""
    payload = {"tool_input": {"command": f"export AWS={KEY}", "spelt": "\\", "n": 1}}
    spelt = json.dumps(payload).replace("AKIA", r"\u0041KIA")
    db.execute("UPDATE event SET detail = ?, error = ?", (f"aws {KEY}", f'{{"password": "{KEY}"}}'))
    db.execute("DELETE FROM payload")
    db.executemany(
        "INSERT INTO payload (event_id, raw_json) VALUES (?, ?)",
        [(1, spelt), (2, f"{spelt[:-9]} torn {KEY}")],
    )
    for form in ("jsonl", "csv"):
        assert KEY not in run("--format", form)
    whole, torn = sorted(records(), key=lambda one: one["id"])
    masked = json.loads(whole["raw_json"])["tool_input"]
    assert masked["command"].startswith("export AWS=[REDACTED:")
    assert (masked["spelt"], masked["n"]) == ("\\", 1)
    assert "[REDACTED:" in torn["raw_json"]
    assert whole["detail"].startswith("aws [REDACTED:")


@pytest.mark.usefixtures("db")
def test_csv_has_a_line_of_names_and_a_record_for_each_row(tmp_path: Path) -> None:
    """Read by any program that reads CSV, line feeds included."""
    path = tmp_path / "calls.csv"
    run("--format", "csv", "--out", str(path))
    with path.open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["detail"], first["exit_code"]) == ("echo 한국어\n| cat\x1b[2J", "")
    assert second["detail"] == "make 2"


@pytest.mark.usefixtures("db", "no_umask")
def test_a_file_is_private_and_told_of(tmp_path: Path) -> None:
    """A sentence for a person, facts for a program; nothing else is left beside it."""
    path = tmp_path / "calls.jsonl"
    assert run("--out", str(path)) == f"2 calls written to {path}\n"
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
    told = json.loads(run("--out", str(tmp_path / "b"), "--what", "events", "--json"))
    facts = {"rows": 3, "what": "events", "format": "jsonl", "file": str(tmp_path / "b")}
    assert told == {"version": 1, **facts}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["b", "calls.jsonl", "home"]


@pytest.mark.usefixtures("db")
def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """Unless --force says that it is to be replaced."""
    path = tmp_path / "mine"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="is there already") as refused:
        run("--out", str(path))
    assert "--force" in str(refused.value.hint)
    assert path.read_text(encoding="utf-8") == "mine"
    run("--out", str(path), "--force")
    assert path.read_text(encoding="utf-8").startswith('{"id":')


def _folder(path: Path) -> None:
    path.mkdir()


def _link(path: Path) -> None:
    path.symlink_to(path.parent / "elsewhere")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("make", [_folder, _link])
def test_what_is_no_file_is_never_replaced(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A directory, a link to who knows where, a device."""
    make(tmp_path / "taken")
    with pytest.raises(OutputError, match="is no file"):
        run("--out", str(tmp_path / "taken"), "--force")


@pytest.mark.parametrize(
    "name",
    ["events.db", "events.db-wal", "calls.jsonl", "config/config.toml", "spool/new/x", "../link"],
)
def test_nothing_is_written_over_what_is_recorded(
    db: sqlite3.Connection, flux_home: Path, name: str
) -> None:
    """Nor among it, whatever the path is called; `--force` changes nothing about it."""
    for directory in ("config", "spool/new"):
        (flux_home / directory).mkdir(parents=True, exist_ok=True)
    os.link(flux_home / "events.db", flux_home.parent / "link")
    for force in ([], ["--force"]):
        with pytest.raises(OutputError, match="where FluxMirror keeps") as refused:
            run("--out", str(flux_home / name), *force)
        assert "--force" not in str(refused.value.hint)
    assert db.execute("SELECT count(*) FROM event").fetchone() == (3,)


@pytest.mark.parametrize("ending", ["", "-wal", "-journal"])
def test_a_database_is_not_exported_over_itself(
    db: sqlite3.Connection, tmp_path: Path, ending: str
) -> None:
    """Also one that --db names; beside it there is room for everything else."""
    other = tmp_path / "other.db"
    db.execute("VACUUM INTO ?", (str(other),))
    with pytest.raises(OutputError, match="where FluxMirror keeps"):
        run("--db", str(other), "--out", f"{other}{ending}", "--force")
    assert run("--db", str(other), "--out", f"{other}.jsonl").startswith("2 calls written")


@pytest.mark.usefixtures("db")
def test_nothing_is_shown_while_the_patterns_are_unknown(flux_home: Path) -> None:
    """What its owner wants masked could be anywhere in it."""
    file = flux_home / "config" / "config.toml"
    file.parent.mkdir()
    file.write_text('[redaction]\npatterns = ["make", "("]\n')
    with pytest.raises(ConfigError):
        run()
    file.write_text('[redaction]\npatterns = ["make"]\n')
    assert "make" not in run()


@pytest.mark.usefixtures("db")
def test_a_directory_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """It is more often a mistake than a wish."""
    with pytest.raises(OutputError, match="could not be written"):
        run("--out", str(tmp_path / "none" / "calls"))


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--json",), "--json is about a file"),
        (("--force",), "--force is about a file"),
        (("--out", ""), "--out is empty"),
        (("--agent", "nobody"), "no agent called"),
        (("--date", "today", "--month", "2026-03"), "--date is one day"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(arguments: tuple[str, ...], told: str) -> None:
    """With a hint each."""
    with pytest.raises(UsageError) as refused:
        run(*arguments)
    assert told in str(refused.value)
    assert refused.value.hint


def test_nothing_recorded_is_no_error(flux_home: Path) -> None:
    """No line, or the line of names; no database is made by looking."""
    assert run() == ""
    assert run("--format", "csv").startswith("id,ts,agent,")
    assert not flux_home.exists()


@pytest.mark.usefixtures("db")
def test_an_output_that_cannot_say_everything_loses_nothing() -> None:
    """JSON spells in plain letters what the output's encoding lacks."""
    done = CliRunner(charset="ascii").invoke(command, [], catch_exceptions=False)
    assert json.loads(done.stdout.splitlines()[0])["detail"].startswith("echo 한국어")


def test_a_reader_that_leaves_early_is_no_trouble(db: sqlite3.Connection) -> None:
    """As with `head -1`: the rest is not written, and nothing is said."""
    with writing(db):
        write_events(db, [event(number) for number in range(10, 20_000)])
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "export"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == ExitCode.PIPE_CLOSED
