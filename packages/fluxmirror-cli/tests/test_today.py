"""`fluxmirror today` as a person meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from fluxmirror_core.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxmirror_core.event import AgentEvent
    from fluxmirror_store.importing.response_rows import ResponseRow

RUN = "import sys; from fluxmirror_cli.entry import main; sys.exit(main())"
NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 86_400_000


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
def database(record: Callable[..., str], call: Callable[..., AgentEvent]) -> str:
    """A database with one recorded shell command, on 2 March 2026 at noon UTC."""
    told = call(NOON, detail="echo 한국어 | cat\x1b[2J", cwd="/srv/app", project="/srv/app")
    return record([told])


@pytest.mark.usefixtures("database")
def test_a_days_report_is_printed() -> None:
    """The day that was asked for, in the zone that was asked for; nothing on stderr."""
    done = run("--date", "2026-03-02", "--tz", "Asia/Seoul")
    head = "# What the agents did\n\nMonday, 2 March 2026 · Asia/Seoul\n\n## In short\n"
    assert done.stdout.startswith(head)
    assert r"| 21:00 | `echo 한국어 \| cat\x1b[2J` |" in done.stdout
    assert (done.stderr, done.returncode) == ("", ExitCode.OK)


@pytest.mark.usefixtures("database")
def test_today_and_yesterday_have_names(
    run_here: Callable[..., Any],
    record: Callable[..., str],
    call: Callable[..., AgentEvent],
) -> None:
    """A title that one can read out; other days are known by their dates."""
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    # Far from midnight in the one zone or the other, whenever this runs.
    zone = "UTC" if 6 <= datetime.now(UTC).hour < 18 else "Etc/GMT+12"
    record([call(now_ms), call(now_ms - DAY_MS)])
    today = run_here("today", "--tz", zone).out
    yesterday = run_here("today", "--tz", zone, "--date", "yesterday").out
    assert today.startswith("# What the agents did today\n")
    assert yesterday.startswith("# What the agents did yesterday\n")
    assert run_here("yesterday", "--tz", zone).out == yesterday
    one = run_here("yesterday", "--tz", zone, "--agent", "claude").out
    assert one.startswith("# What Claude Code did yesterday\n")


def test_a_zone_that_cannot_be_read_is_said_once() -> None:
    """A rule of POSIX is no zone's name; days that end at another hour look wrong for no reason."""
    done = run("--date", "2026-03-02", TZ="KST-9")
    sentence, hint = done.stderr.splitlines()
    assert sentence.startswith("fluxmirror: TZ='KST-9' is no zone's name, so days are counted in ")
    assert hint == "  hint: `fluxmirror config set timezone ZONE` sets one"
    assert run("--date", "2026-03-02", "--tz", "UTC", TZ="KST-9").stderr == ""
    assert run("--date", "2026-03-02", TZ="KST-9", FLUXMIRROR_TIMEZONE="UTC").stderr == ""


@pytest.mark.usefixtures("database")
def test_a_day_as_json_has_all_its_figures(run_here: Callable[..., Any]) -> None:
    """Uncut, under names that stay."""
    arguments = ("today", "--date", "2026-03-02", "--tz", "Asia/Seoul")
    told = json.loads(run_here(*arguments, "--json").out)
    assert told == json.loads(run_here(*arguments, "--format", "json").out)
    assert list(told) == [
        *("version", "report", "from", "to", "timezone", "start_ms", "end_ms", "agent", "project"),
        *(
            "totals",
            "before",
            "coverage",
            "narrative",
            "figures",
            "hours",
            "agents",
            "projects",
            "no_cost",
        ),
        *("commands", "programs", "tools", "directories", "insights"),
    ]
    assert (told["version"], told["report"], told["from"], told["to"]) == (
        *(2, "day"),
        *("2026-03-02", "2026-03-02"),
    )
    assert (told["start_ms"], told["end_ms"]) == (NOON - 21 * 3_600_000, NOON + 3 * 3_600_000)
    assert told["before"]["from"] == "2026-03-01"
    assert told["figures"]["calls"] == {"value": 1, "before": 0, "change": None}
    assert told["agents"] == [
        {
            "agent": "claude-code",
            "calls": 1,
            "share": 1.0,
            "sessions": 1,
            "active_minutes": 1,
            "failed": 0,
            "failure_rate": 0.0,
            "unknown": 0,
            "top_tool": "Bash",
        }
    ]
    command = "echo 한국어 | cat\x1b[2J"
    assert told["commands"] == [
        {"time": "2026-03-02T12:00:00.000Z", "command": command, "outcome": "ok"}
    ]
    assert told["hours"][21] == {"hour": 21, "calls": 1}
    assert (len(told["hours"]), told["coverage"]["calls"]) == (24, 1)


@pytest.mark.usefixtures("database")
def test_json_of_a_day_without_activity_says_so(run_here: Callable[..., Any]) -> None:
    """A script sees which report it has, and of what."""
    told = json.loads(run_here("today", "--date", "2026-03-01", "--json").out)
    assert (told["report"], told["from"], told["agent"]) == ("nothing", "2026-03-01", None)
    assert told["nothing"][1] == "The first day with activity is 2026-03-02 (`--date 2026-03-02`)."


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("word", ["ko", "Korean", "한국어", "ko_KR.UTF-8"])
def test_a_report_is_in_the_language_that_was_asked_for(
    word: str, run_here: Callable[..., Any]
) -> None:
    """By whatever word people call it; another than the four is refused."""
    korean = run_here("today", "--date", "2026-03-02", "--lang", word).out
    assert korean.startswith("# 에이전트 활동\n\n2026년 3월 2일 월요일 · ")
    refused = run_here("today", "--lang", "klingon")
    assert (refused.code, refused.out) == (ExitCode.USAGE, "")
    assert "there are english (English)" in refused.err


@pytest.mark.usefixtures("database")
def test_the_zone_of_the_environment_decides_which_day_it_was() -> None:
    """Noon in Greenwich is the next day on Kiritimati."""
    kiritimati = {"FLUXMIRROR_TIMEZONE": "Pacific/Kiritimati"}
    assert "Shell commands" in run("--date", "2026-03-03", **kiritimati).stdout
    assert "No agent activity" in run("--date", "2026-03-02", **kiritimati).stdout


@pytest.mark.usefixtures("database")
def test_a_day_without_activity_names_the_nearest_with_some(run_here: Callable[..., Any]) -> None:
    """No error: what to do next."""
    done = run_here("today")
    assert (done.code, done.err) == (ExitCode.OK, "")
    assert "\nNo agent activity today.\n" in done.out
    assert "(`--date 2026-03-02`)" in done.out
    later = run_here("today", "--date", "2026-02-01").out
    assert "The first day with activity is 2026-03-02 (`--date 2026-03-02`)." in later
    other = run_here("today", "--date", "2026-03-02", "--agent", "codex").out
    assert "\nNo activity of Codex CLI.\n" in other
    assert "Nothing of Codex CLI was recorded yet; `fluxmirror agents` shows all agents." in other


@pytest.mark.usefixtures("flux_home")
def test_where_nothing_was_recorded_the_first_step_is_named(run_here: Callable[..., Any]) -> None:
    """Somebody who has just installed the program asks this first."""
    done = run_here("today")
    assert done.code == ExitCode.OK
    assert "Nothing was recorded yet: `fluxmirror install`" in done.out


def test_hidden_rows_are_no_activity(
    run_here: Callable[..., Any], record: Callable[..., str], call: Callable[..., AgentEvent]
) -> None:
    """The set-up's own row, and agents that ask about themselves, are nothing that was done."""
    record([call(NOON, agent="setup")])
    day = ("today", "--date", "2026-03-02")
    assert json.loads(run_here(*day, "--json").out)["agents"][0]["agent"] == "setup"
    record([call(NOON), call(NOON, self_noise=1)])
    told = json.loads(run_here(*day, "--json").out)
    assert [(one["agent"], one["calls"]) for one in told["agents"]] == [("claude-code", 1)]
    record([call(NOON - 9 * DAY_MS, self_noise=1)])
    noise = run_here("today", "--date", "2026-02-21").out
    assert "The first day with activity is 2026-03-02" in noise


def test_only_rows_that_no_report_counts_are_said_to_be_there(
    run_here: Callable[..., Any], record: Callable[..., str], call: Callable[..., AgentEvent]
) -> None:
    """Nobody who sees rows in the database is told that there are none."""
    record([call(NOON, self_noise=1), call(None)])
    told = run_here("today", "--date", "2026-03-02").out
    assert "What was recorded is hidden from reports, or has no time that can be read." in told


def test_another_database_can_be_read(
    database: str, tmp_path: Path, run_here: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--db` wins over the usual place; what is not there is said in a sentence."""
    monkeypatch.setenv("FLUXMIRROR_HOME", str(tmp_path / "none"))
    other = run_here("today", "--db", database, "--date", "2026-03-02")
    assert "Claude Code" in other.out
    missing = run_here("today", "--db", str(tmp_path / "missing.db"))
    assert missing.code == ExitCode.NO_DATA
    assert "missing.db" in missing.err
    assert not (tmp_path / "missing.db").exists()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", ["claude-code", "Claude Code", "CLAUDE-CODE", "claude", "Claude"])
def test_an_agent_is_known_by_its_id_and_its_name(name: str, run_here: Callable[..., Any]) -> None:
    """People write it either way, or as they registered its hooks."""
    done = run_here("today", "--date", "2026-03-02", "--agent", name)
    assert done.out.startswith("# What Claude Code did\n")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--agent", "Cluade Code"), "did you mean claude-code"),
        (("--agent", "zzzz"), "the agents are claude-code, qwen-code"),
        (("--agent", ""), "--agent is empty"),
        (("--project", ""), "--project is empty"),
        (("--project", "ap"), "did you mean app"),
        (("--tz", ""), "--tz is empty"),
        (("--date", " "), "--date is empty"),
        (("--out", ""), "--out is empty"),
        (("--date", "yesterdy"), "did you mean yesterday?"),
        (("--db", ""), "--db is empty"),
        (("--tz", "UTC+9"), "name a place, such as Asia/Tokyo"),
        (("--tz", "Asia/Soul"), "Asia/Seoul"),
        (("--date", "2026-02-30"), "2026-02-28"),
        (("--date", "9999-12-31"), "outside the calendar"),
        (("--date", "2011-12-30", "--tz", "Pacific/Apia"), "skipped that day"),
        (("--format", "pdf"), "'text', 'markdown', 'html', 'json'"),
        (("--json", "--format", "html"), "leave one out"),
        (("now",), "unexpected extra argument"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    arguments: tuple[str, ...], told: str, run_here: Callable[..., Any]
) -> None:
    """Exit code 2, and a sentence that helps."""
    done = run_here("today", *arguments)
    assert told in done.err
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert "setup" not in done.err


@pytest.mark.usefixtures("database")
def test_an_output_that_cannot_say_everything_says_the_rest() -> None:
    """A terminal without Korean or block characters gets question marks, not a crash."""
    done = run("--date", "2026-03-02", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == ExitCode.OK
    assert "echo ???" in done.stdout


def test_a_no_activity_line_is_harmless_whatever_the_agent_is_called(
    run_here: Callable[..., Any], record: Callable[..., str], call: Callable[..., AgentEvent]
) -> None:
    """Rows of other programs may have any name; it is shown, not obeyed."""
    name = "x\x1b[2J\n# y"
    record([call(NOON, agent=name)])
    done = run_here("today", "--date", "2026-03-01", "--tz", "UTC", "--agent", name)
    assert "\x1b" not in done.out
    assert "\nNo activity of `x\\x1b[2J\\n# y`" in done.out
    assert [line for line in done.out.splitlines() if line.startswith("# ")][1:] == []


def test_a_day_of_responses_alone_is_a_day_with_activity(
    run_here: Callable[..., Any],
    record: Callable[..., str],
    response: Callable[..., ResponseRow],
) -> None:
    """What models cost is told, by agent, also where no tool was called; of one agent, if asked."""
    record([], [response(NOON), response(NOON, agent="codex-cli", model="house-9")])
    day = ("today", "--date", "2026-03-02", "--tz", "UTC")
    everyone = run_here(*day).out
    assert "## In short" not in everyone
    assert "Claude Code | $0.0011" in everyone
    assert "Codex CLI   | unknown" in everyone
    assert "Codex" not in run_here(*day, "--agent", "claude").out
    assert "No activity of Gemini CLI" in run_here(*day, "--agent", "gemini").out


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
    slow = {"asyncio", "dataclasses", "logging", "difflib", "importlib_metadata", "jinja2"}
    assert not loaded & slow
