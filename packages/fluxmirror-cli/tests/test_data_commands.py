"""The commands for scripts print what they always printed, and the same as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from fluxmirror_cli.commands import daily_totals, histogram, per_day_files, window
from fluxmirror_core.errors import NoDataError, UsageError
from fluxmirror_core.event import AgentEvent, Kind
from fluxmirror_core.paths import here
from fluxmirror_store.database import connect_to_write
from fluxmirror_store.transaction import writing
from fluxmirror_store.writer import write_events

if TYPE_CHECKING:
    from pathlib import Path

    import click

pytestmark = pytest.mark.usefixtures("flux_home")
DATA = (histogram.command, daily_totals.command, per_day_files.command)
WEEK = ("--from", "2026-03-02", "--to", "2026-03-04")


def at(hour: int, day: int = 2) -> int:
    """Give an hour of UTC in March 2026, in milliseconds."""
    return int(datetime(2026, 3, day, hour, tzinfo=UTC).timestamp() * 1000)


def record(*events: dict[str, Any]) -> None:
    """Record events: successful shell calls of Claude Code, unless told otherwise."""
    blank: dict[str, Any] = dict.fromkeys(AgentEvent._fields)
    usual = {
        "kind": str(Kind.TOOL_CALL),
        "agent": "claude-code",
        "evidence": "default",
        "session": "s",
        "hook_event": "PostToolUse",
        "tool": "Bash",
        "tool_canonical": "Bash",
        "tool_class": "Shell",
        "detail": "make",
        "outcome": "ok",
        "sources": "hook",
        "self_noise": 0,
        "phases": 2,
        "schema_version": 2,
    }
    rows = [
        AgentEvent(**{**blank, **usual, "uid": number.to_bytes(16, "big"), **event})
        for number, event in enumerate(events)
    ]
    with closing(connect_to_write(here().database)) as db, writing(db):
        write_events(db, rows)


def run(command: click.Command, *arguments: str) -> str:
    """Run a command in UTC, unless another zone is named; gives what it prints."""
    zone = () if "--tz" in arguments else ("--tz", "UTC")
    done = CliRunner().invoke(command, [*arguments, *zone], catch_exceptions=False)
    return done.stdout


def told(command: click.Command, *arguments: str) -> dict[str, Any]:
    """Run it, and read its JSON."""
    facts: dict[str, Any] = json.loads(run(command, *arguments, "--json"))
    assert facts["version"] == 1
    return facts


def rows(command: click.Command, *arguments: str) -> list[dict[str, str]]:
    """Run it, and read its CSV."""
    return list(csv.DictReader(io.StringIO(run(command, *arguments, "--csv"))))


def written(path: str, ts_ms: int, tool: str = "Edit") -> dict[str, Any]:
    """Make a call that writes a file."""
    names = {"tool": tool, "tool_canonical": tool, "tool_class": "Write"}
    return {"ts_ms": ts_ms, "path": path, "detail": path, **names}


def test_the_window_of_a_day() -> None:
    """Byte for byte as scripts know it: a day with 23 hours."""
    done = run(window.command, "--date", "2026-03-08", "--tz", "America/New_York")
    assert done == (
        "2026-03-08 2026-03-08T05:00:00Z 2026-03-09T04:00:00Z 1772946000000 1773028800000\n"
    )


def test_the_window_of_days_in_a_row() -> None:
    """Begins with both dates, also where they are the same."""
    done = run(window.command, *WEEK, "--tz", "Asia/Seoul")
    assert done == (
        "2026-03-02 2026-03-04 2026-03-01T15:00:00Z 2026-03-04T15:00:00Z"
        " 1772377200000 1772636400000\n"
    )
    assert len(run(window.command, "--from", "2026-03-02", "--to", "2026-03-02").split()) == 6


@pytest.mark.parametrize(
    ("arguments", "words", "hours"),
    [
        ((), 5, 24),
        (("--period", "today"), 5, 24),
        (("--period", "yesterday"), 5, 24),
        (("--period", "week"), 6, 168),
        (("--last", "1d"), 6, 24),
    ],
)
def test_the_window_of_a_named_period(arguments: tuple[str, ...], words: int, hours: int) -> None:
    """Today where nothing is asked for."""
    found = run(window.command, *arguments).split()
    assert len(found) == words
    assert int(found[-1]) - int(found[-2]) == hours * 3_600_000


def test_a_window_as_json_and_csv() -> None:
    """The same members in both."""
    facts = told(window.command, "--date", "2026-03-02")
    assert facts == {
        "version": 1,
        "first": "2026-03-02",
        "last": "2026-03-02",
        "timezone": "UTC",
        "start": "2026-03-02T00:00:00Z",
        "end": "2026-03-03T00:00:00Z",
        "start_ms": 1772409600000,
        "end_ms": 1772496000000,
    }
    (row,) = rows(window.command, "--date", "2026-03-02")
    assert {**row, "version": "1"} == {name: str(value) for name, value in facts.items()}


def test_years_have_four_digits() -> None:
    """East of UTC the calendar begins in the year before its first."""
    asked = ("--date", "0001-01-01", "--tz", "Asia/Seoul")
    assert run(window.command, *asked).split()[:2] == ["0001-01-01", "0000-12-31T15:32:08Z"]


def test_a_histogram_has_a_line_for_each_hour_with_calls() -> None:
    """Ascending; of several days, what each hour adds up to; of one agent, if asked."""
    record({"ts_ms": at(9)}, {"ts_ms": at(14)}, {"ts_ms": at(9, 3), "agent": "qwen-code"})
    assert run(histogram.command, *WEEK) == "09:00 2\n14:00 1\n"
    assert run(histogram.command, *WEEK, "--agent", "qwen") == "09:00 1\n"
    assert run(histogram.command, "--date", "2026-03-03", "--tz", "Asia/Seoul") == "18:00 1\n"
    facts = told(histogram.command, *WEEK)
    assert (facts["calls"], facts["hours"][9], len(facts["hours"])) == (3, 2, 24)
    assert rows(histogram.command, *WEEK)[0] == {"hour": "09:00", "calls": "2"}


def test_an_hour_that_a_clock_shows_twice_holds_both() -> None:
    """New York's first of November 2026 has 25 hours."""
    november = int(datetime(2026, 11, 1, 5, 30, tzinfo=UTC).timestamp() * 1000)
    record({"ts_ms": november}, {"ts_ms": november + 3_600_000})
    zone = ("--tz", "America/New_York")
    assert run(histogram.command, "--date", "2026-11-01", *zone) == "01:00 2\n"


def test_daily_totals_have_a_line_for_each_day() -> None:
    """Byte for byte as scripts know it, empty days too."""
    record({"ts_ms": at(9)}, {"ts_ms": at(9), "agent": "qwen-code"}, {"ts_ms": at(9, 4)})
    assert run(daily_totals.command, *WEEK) == (
        "2026-03-02 (Mon) | calls=2 | agents=claude-code,qwen-code\n"
        "2026-03-03 (Tue) | calls=0 | agents=-\n"
        "2026-03-04 (Wed) | calls=1 | agents=claude-code\n"
        "WEEK TOTAL | calls=3 | active_days=2\n"
    )
    facts = told(daily_totals.command, *WEEK)
    assert (facts["calls"], facts["active_days"], facts["agent"]) == (3, 2, None)
    assert facts["days"][0] == {
        "date": "2026-03-02",
        "weekday": "Mon",
        "calls": 2,
        "agents": ["claude-code", "qwen-code"],
    }
    assert rows(daily_totals.command, *WEEK)[1] == {
        "date": "2026-03-03",
        "weekday": "Tue",
        "calls": "0",
        "agents": "",
    }


def test_daily_totals_are_of_a_week_unless_told_otherwise() -> None:
    """Ending today, the line of the total apart."""
    assert run(daily_totals.command).count("\n") == 8


def test_the_old_flags_do_as_they_did() -> None:
    """A database, a zone and two instants: from the start to the day before the end."""
    record({"ts_ms": at(9)}, {"ts_ms": at(9, 4)})
    old = ("--db", here().database, "--start", "2026-03-02T00:00:00Z")
    assert run(daily_totals.command, *old, "--end", "2026-03-04T09:00:00+09:00") == (
        "2026-03-02 (Mon) | calls=1 | agents=claude-code\n"
        "2026-03-03 (Tue) | calls=0 | agents=-\n"
        "WEEK TOTAL | calls=1 | active_days=1\n"
    )


def test_files_have_a_line_for_each_day_with_writes() -> None:
    """New and edited ones, each once a day."""
    record(
        written("/a", at(9), "Write"),
        written("/b", at(9)),
        written("/b", at(10)),
        {"ts_ms": at(9, 3)},
        written("/a", at(9, 4)),
    )
    assert run(per_day_files.command, *WEEK) == (
        "2026-03-02 | new_files=1 | edited_files=1\n2026-03-04 | new_files=0 | edited_files=1\n"
    )
    assert told(per_day_files.command, *WEEK)["days"][0] == {
        "date": "2026-03-02",
        "new_files": 1,
        "edited_files": 1,
    }
    assert rows(per_day_files.command, *WEEK)[1]["edited_files"] == "1"


def test_what_an_older_program_called_an_agent_is_harmless() -> None:
    """A line stays a line, and commands no terminal."""
    record({"ts_ms": at(9), "agent": "x\x1b[2J\ny"})
    assert r"agents=x\x1b[2J\ny" in run(daily_totals.command, "--date", "2026-03-02")


@pytest.mark.parametrize("command", DATA)
def test_a_machine_without_a_database_has_nothing(command: click.Command, flux_home: Path) -> None:
    """No error, and no file is made by looking."""
    run(command)
    assert told(command)["first"]
    assert run(command, "--csv").startswith(("hour,", "date,"))
    assert not flux_home.exists()


@pytest.mark.parametrize("command", DATA)
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--json", "--csv"), "two formats"),
        (("--agent", "nobody"), "no agent called"),
        (("--tz", "Mars"), "no time zone"),
        (("--date", "today", "--last", "7d"), "--date is one day"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    command: click.Command, arguments: tuple[str, ...], told: str
) -> None:
    """With a hint each."""
    with pytest.raises(UsageError) as refused:
        run(command, *arguments)
    assert told in str(refused.value)
    assert refused.value.hint


@pytest.mark.parametrize("command", DATA)
def test_a_database_that_is_not_there_is_named(command: click.Command, tmp_path: Path) -> None:
    """Another one is never made."""
    with pytest.raises(NoDataError):
        run(command, "--db", str(tmp_path / "none.db"))
