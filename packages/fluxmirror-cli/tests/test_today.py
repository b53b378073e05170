"""`fluxmirror today` as a person meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_cli.commands.today import day_text
from fluxmirror_cli.prices.book import open_book
from fluxmirror_core import paths
from fluxmirror_core.errors import ExitCode
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.redact import Redactor
from fluxmirror_core.touched import Repositories
from fluxmirror_core.transcripts.response import Tokens
from fluxmirror_core.wire.builder import Machine
from fluxmirror_core.wire.builders import Builders
from fluxmirror_core.wire.reader import Capture, PayloadReader
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.importing.response_rows import Record, ResponseRow, write_responses
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    from pathlib import Path

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)

RECORD = Record("/p", 1, 0, "{}", 0)


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `fluxmirror today` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", RUN, "today", *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "TZ": "UTC", "PYTHONUTF8": "1", **env},
    )


@pytest.fixture
def database(flux_home: Path) -> str:
    """A database with one recorded shell command, on 2 March 2026 at noon UTC."""
    flux_home.mkdir()
    message = {
        "hook_event_name": "PostToolUse",
        "session_id": "s",
        "tool_use_id": "t",
        "prompt_id": "p",
        "tool_name": "Bash",
        "tool_input": {"command": "echo 한국어 | cat\x1b[2J"},
        "tool_response": {"stdout": ""},
        "cwd": "/srv/app",
    }
    capture = Capture("n", ("claude", "PostToolUse"), {}, json.dumps(message).encode(), NOON)
    reader = PayloadReader(Builders(Redactor(b"key"), Machine(Repositories(), "host", "user")))
    path = str(flux_home / "events.db")
    with closing(connect_to_write(path)) as db, writing(db):
        write_events(db, reader.read(capture).events)
    return path


@pytest.mark.usefixtures("database")
def test_a_days_report_is_printed() -> None:
    """The day that was asked for, in the zone that was asked for; nothing on stderr."""
    done = run("--date", "2026-03-02", "--tz", "Asia/Seoul")
    assert done.stdout.startswith("# What the agents did (2026-03-02, Asia/Seoul)\n")
    assert r"| 21:00 | echo 한국어 \| cat\x1b[2J |" in done.stdout
    assert (done.stderr, done.returncode) == ("", ExitCode.OK)


def test_a_zone_that_cannot_be_read_is_said_once() -> None:
    """A rule of POSIX is no zone's name; days that end at another hour look wrong for no reason."""
    done = run("--date", "2026-03-02", TZ="KST-9")
    sentence, hint = done.stderr.splitlines()
    assert sentence.startswith("fluxmirror: TZ='KST-9' is no zone's name, so days are counted in ")
    assert hint == "  hint: `fluxmirror config set timezone ZONE` sets one"
    assert run("--date", "2026-03-02", "--tz", "UTC", TZ="KST-9").stderr == ""
    assert run("--date", "2026-03-02", TZ="KST-9", FLUXMIRROR_TIMEZONE="UTC").stderr == ""


@pytest.mark.usefixtures("database")
def test_a_day_as_json_has_all_its_figures() -> None:
    """Uncut, under names that stay."""
    done = run("--date", "2026-03-02", "--tz", "Asia/Seoul", "--json")
    told = json.loads(done.stdout)
    assert list(told) == [
        "version",
        "date",
        "timezone",
        "start",
        "end",
        "agent",
        "calls",
        "failed",
        "unknown",
        "agents",
        "cost",
        "edited",
        "read",
        "commands",
        "directories",
        "tools",
        "hours",
        "coverage",
    ]
    assert (told["version"], told["date"], told["timezone"]) == (1, "2026-03-02", "Asia/Seoul")
    assert (told["start"], told["end"]) == ("2026-03-01T15:00:00Z", "2026-03-02T15:00:00Z")
    assert told["agents"] == [
        {"agent": "claude-code", "calls": 1, "sessions": 1, "failed": 0, "unknown": 0}
    ]
    assert told["commands"] == [
        {
            "time": "2026-03-02T12:00:00.000Z",
            "command": "echo 한국어 | cat\x1b[2J",
            "outcome": "ok",
        }
    ]
    assert (told["hours"][21], sum(told["hours"]), told["coverage"]["calls"]) == (1, 1, 1)
    assert (told["cost"]["rows"], told["cost"]["total"]["responses"]) == ([], 0)


@pytest.mark.usefixtures("database")
def test_json_of_a_day_without_activity_has_the_same_shape() -> None:
    """A script need not ask first whether there is anything."""
    told = json.loads(run("--date", "2026-03-01", "--json").stdout)
    assert (told["calls"], told["agents"], told["commands"]) == (0, [], [])
    assert told["hours"] == [0] * 24


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("word", ["ko", "Korean", "한국어", "ko_KR.UTF-8"])
def test_a_report_is_in_the_language_that_was_asked_for(word: str) -> None:
    """By whatever word people call it; another than the four is refused."""
    english = run("--date", "2026-03-02").stdout
    korean = run("--date", "2026-03-02", "--lang", word).stdout
    assert korean != english
    assert "Claude Code" in korean
    refused = run("--lang", "klingon")
    assert (refused.returncode, refused.stdout) == (ExitCode.USAGE, "")
    assert "there are english (English)" in refused.stderr


@pytest.mark.usefixtures("database")
def test_the_zone_of_the_environment_decides_which_day_it_was() -> None:
    """Noon in Greenwich is the next day on Kiritimati."""
    kiritimati = {"FLUXMIRROR_TIMEZONE": "Pacific/Kiritimati"}
    assert "Shell commands" in run("--date", "2026-03-03", **kiritimati).stdout
    assert "No agent activity" in run("--date", "2026-03-02", **kiritimati).stdout


@pytest.mark.usefixtures("database")
def test_a_day_without_activity_names_the_nearest_with_some() -> None:
    """No report, no error: what to do next."""
    done = run()
    assert done.returncode == ExitCode.OK
    assert done.stdout.startswith("No agent activity today (")
    assert "(`--date 2026-03-02`)" in done.stdout
    later = run("--date", "2026-02-01")
    assert "The first day with any is 2026-03-02 (`--date 2026-03-02`)." in later.stdout


def test_another_database_can_be_read(database: str, tmp_path: Path) -> None:
    """`--db` wins over the usual place; what is not there is said in a sentence."""
    other = run("--db", database, "--date", "2026-03-02", FLUXMIRROR_HOME=str(tmp_path / "none"))
    assert "Claude Code" in other.stdout
    missing = run("--db", str(tmp_path / "missing.db"))
    assert missing.returncode == ExitCode.NO_DATA
    assert "missing.db" in missing.stderr


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", ["claude-code", "Claude Code", "CLAUDE-CODE", "claude", "Claude"])
def test_an_agent_is_known_by_its_id_and_its_name(name: str) -> None:
    """People write it either way, or as they registered its hooks."""
    done = run("--date", "2026-03-02", "--agent", name)
    assert done.stdout.startswith("# What Claude Code did (2026-03-02, ")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--agent", "Cluade Code"), "did you mean claude-code"),
        (("--agent", "zzzz"), "the agents are claude-code, qwen-code"),
        (("--agent", ""), "--agent is empty"),
        (("--tz", ""), "--tz is empty"),
        (("--date", " "), "--date is empty"),
        (("--date", "yesterdy"), "did you mean yesterday?"),
        (("--db", ""), "--db is empty"),
        (("--tz", "UTC+9"), "name a place, such as Asia/Tokyo"),
        (("--tz", "Asia/Soul"), "Asia/Seoul"),
        (("--date", "2026-02-30"), "YYYY-MM-DD"),
        (("--date", "9999-12-31"), "outside the calendar"),
        (("--date", "2011-12-30", "--tz", "Pacific/Apia"), "skipped that day"),
        (("now",), "unexpected extra argument"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(arguments: tuple[str, ...], told: str) -> None:
    """Exit code 2, and a sentence that helps."""
    done = run(*arguments)
    assert done.returncode == ExitCode.USAGE
    assert told in done.stderr
    assert "setup" not in done.stderr
    assert done.stdout == ""


@pytest.mark.usefixtures("database")
def test_an_output_that_cannot_say_everything_says_the_rest() -> None:
    """A terminal without Korean or block characters gets question marks, not a crash."""
    done = run("--date", "2026-03-02", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == ExitCode.OK
    assert "echo ???" in done.stdout


def test_a_no_activity_line_is_harmless_whatever_the_agent_is_called(tmp_path: Path) -> None:
    """Rows of other programs may have any name; it is shown, not obeyed."""
    with closing(connect_to_write(str(tmp_path / "events.db"))) as db:
        day, zone = date(2026, 3, 2), ZoneInfo("UTC")
        text = day_text(db, day, zone, "x\x1b[2J\n# y", today=day, catalog=load_catalog())
    assert text.startswith(r"No activity of x\x1b[2J\n# y today")
    assert text.count("\n") == 2


def test_a_day_of_responses_alone_is_a_day_with_activity(tmp_path: Path) -> None:
    """What models cost is told, by agent, also where no tool was called; of one agent, if asked."""
    rows = [
        ResponseRow(
            agent, agent, NOON, "/p", 1, 0, "s", None, model, None, Tokens(1_200, 40), RECORD
        )
        for agent, model in (("claude-code", "claude-opus-5-5"), ("codex-cli", "gpt-nova"))
    ]
    path = str(tmp_path / "events.db")
    places = paths.places({"FLUXMIRROR_HOME": str(tmp_path)}, sys.platform)
    with closing(connect_to_write(path)) as db:
        db.execute("INSERT INTO source (agent, path, seen_ms) VALUES ('claude-code', '/p', 0)")
        with writing(db):
            write_responses(db, rows, open_book(places), NOON)
        day, zone = date(2026, 3, 2), ZoneInfo("UTC")
        everyone = day_text(db, day, zone, None, today=day, catalog=load_catalog())
        one = day_text(db, day, zone, "claude-code", today=day, catalog=load_catalog())
    assert "## Activity" not in everyone
    assert "| Claude Code |         1 | 1.20K |     40 |      0 |       0 | " in everyone
    assert "| Codex CLI | gpt-nova |         1 |" in everyone
    assert "Codex" not in one


def test_today_loads_little() -> None:
    """What a report does not need is not loaded: the slow ones by name."""
    probe = (
        "import sys; old = set(sys.modules); import fluxmirror_cli.commands.today;"
        " print(*set(sys.modules) - old)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split() if not name.startswith("_")}
    ours = {"fluxmirror_cli", "fluxmirror_core", "fluxmirror_store"}
    assert loaded - sys.stdlib_module_names <= {"click", *ours}
    assert not loaded & {"asyncio", "dataclasses", "logging", "difflib", "importlib_metadata"}
