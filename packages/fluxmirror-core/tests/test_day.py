"""What a day's report says of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.activity import DayPart, build_activity
from fluxmirror_core.analysis.day import Day, ShellCommand
from fluxmirror_core.analysis.earlier import Earlier
from fluxmirror_core.analysis.hour import HOUR_MS, Call, build_hour
from fluxmirror_core.analysis.rework import Rework
from fluxmirror_core.analysis.usage import By, build_usage
from fluxmirror_core.analysis.work import (
    NamedCalls,
    PeriodUsage,
    Scope,
    Work,
    build_work,
)
from fluxmirror_core.messages import languages, load_catalog
from fluxmirror_core.period import day_period
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.day import build_day_report
from fluxmirror_core.report.sections import for_people
from fluxmirror_core.report.voice import Voice

DATE = date(2026, 3, 2)
SEOUL = ZoneInfo("Asia/Seoul")
NO_USAGE = PeriodUsage(*(build_usage(by, []) for by in (By.AGENT, By.DAY)))
EDIT = {"tool": "Edit", "tool_class": "Write", "canonical": "Edit", "is_absolute": True}


def at(hour: int, minute: int = 0) -> int:
    """Give 2 March 2026 at a time of day in Seoul, in UTC milliseconds."""
    return int(datetime(2026, 3, 2, hour, minute, 59, tzinfo=SEOUL).timestamp() * 1000)


def call(ts_ms: int, **told: Any) -> Call:  # noqa: ANN401 - the fields' own types
    """Make a shell call of which nothing else is known."""
    usual: dict[str, Any] = {
        **dict.fromkeys(Call._fields, ""),
        "agent": "claude-code",
        "outcome": "ok",
        "tool": "Bash",
        "tool_class": "Shell",
        "is_absolute": False,
        "phases": 3,
        "base": None,
        "input_json": None,
    }
    return Call(**{**usual, "ts_ms": ts_ms, **told})


def work(*calls: Call, agent: str | None = None) -> Work:
    """Count a day in Seoul."""
    hours: dict[int, list[Call]] = {}
    for one in calls:
        hours.setdefault(one.ts_ms // HOUR_MS, []).append(one)
    parts = ((hour, one) for hour, some in hours.items() for one in build_hour(some).activities)
    activity = build_activity([DayPart(DATE, parts)], {}, str)
    return build_work(Scope(day_period(DATE, SEOUL), agent), activity, NO_USAGE)


def rendered(found: Work, *commands: ShellCommand, language: str = "en") -> str:
    """Write a day's report."""
    report = build_day_report(Day(found, commands, None, None), today=DATE)
    return render_text(report, Voice(load_catalog(language), SEOUL, "/home/mira"))


def test_sections_without_rows_are_left_out() -> None:
    """What did not happen takes no line."""
    headings = [line for line in rendered(work(call(at(9)))).splitlines() if line[:3] == "## "]
    assert headings == [
        *("## In short", "## Key figures", "## Hours of the day", "## Agents", "## Cost"),
        *("## Tool mix", "## How the work went", "## Worth knowing"),
    ]


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    """A mark where nothing tells how a command ended, explained where there is one."""
    found = work(call(at(9)))
    ok, unknown = (ShellCommand(at(9), "make", outcome) for outcome in ("ok", "unknown"))
    assert "nothing told how it ended" not in rendered(found, ok)
    told = rendered(found, ok, unknown)
    assert "| 09:00 | `make`  |         |\n| 09:00 | `make`  | ?       |\n" in told
    assert "\n\n? = nothing told how it ended\n" in told


def test_the_clock_of_a_command_is_the_zones() -> None:
    """The same instant is another time of day elsewhere."""
    instant = int(datetime(2026, 3, 2, 3, 4, tzinfo=UTC).timestamp() * 1000)
    assert "| 12:04 | `ls` " in rendered(work(call(at(12))), ShellCommand(instant, "ls", "ok"))


def test_a_first_day_stands_alone() -> None:
    """Nothing was recorded before: no column of noughts, and one sentence."""
    found, nothing = work(call(at(9))), work().summary
    for until_ms, said in ((None, "2 March 2026."), (at(10), "2 March 2026 up to 10:00.")):
        earlier = Earlier(nothing.scope.period, until_ms)
        report = build_day_report(Day(found, (), earlier, nothing), today=DATE)
        told = render_text(for_people(report), Voice(load_catalog(), SEOUL, "/home/mira"))
        assert f"\n\nNo comparison, as nothing was recorded for Monday, {said}" in told
        assert "| Figure        | Value |\n" in told
        assert "| Figure             | Value |\n" in told
        assert "n/a" not in told
        assert "Before" not in told


def test_commands_that_are_not_shown_are_counted() -> None:
    """The last ones of a day are not taken for all of them."""
    told = rendered(work(*(call(at(9)) for _ in range(7))), ShellCommand(at(9), "ls", "ok"))
    assert "\n6 earlier ones are not shown.\n" in told


@pytest.mark.parametrize("language", languages())
def test_one_of_everything_is_said_as_one(language: str) -> None:
    """A sentence of one call, one session and one file reads as well as one of many."""
    edit = call(at(9), **EDIT, file="/a.py", session="s")
    told = rendered(work(edit), language=language)
    assert all(f"1 {word}s" not in told for word in ("call", "session", "file", "time"))
    if language == "en":
        assert "Claude Code made 1 call in 1 session. 1 file was written " in told


def test_a_day_without_files_that_were_only_read_does_not_speak_of_them() -> None:
    """Nobody wants to read of no files."""
    told = rendered(work(call(at(9), **EDIT, file="/a.py", session="s")))
    assert " 1 file was written (none new). " in told


@pytest.mark.parametrize(
    ("until_ms", "said"),
    [
        (None, "That is 200% more calls than the day before."),
        (at(9), "That is 200% more calls than by the same time the day before."),
    ],
)
def test_a_single_day_is_set_beside_the_day_before(until_ms: int | None, said: str) -> None:
    """A person knows a day by that name, not as a period."""
    earlier = Earlier(day_period(date(2026, 3, 1), SEOUL), until_ms)
    day = Day(work(*(call(at(9)) for _ in range(3))), (), earlier, work(call(at(9))).summary)
    report = build_day_report(day, today=DATE)
    assert said in render_text(report, Voice(load_catalog(), SEOUL, "/home/mira"))


def under(heading: str, text: str) -> str:
    """Give what a report says under a heading, up to the next one."""
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_what_a_report_compares_with_is_said_under_its_key_figures() -> None:
    """A reader meets the numbers of before there, and not at the very end."""
    earlier = Earlier(day_period(date(2026, 3, 1), SEOUL), at(9))
    day = Day(work(call(at(9))), (), earlier, work(call(at(9))).summary)
    report = build_day_report(day, today=DATE)
    told = render_text(report, Voice(load_catalog(), SEOUL, "/home/mira"))
    line = "\nCompared with Sunday, 1 March 2026 up to 09:00.\n"
    assert line in under("Key figures", told)
    assert told.count(line) == 1


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (("ok", "ok"), ""),
        (("ok", "denied"), ""),
        (("unknown", "unknown"), ""),
        (("ok", "unknown"), "of the 1 call that is known to be fine or failed."),
        (("ok", "failed", "denied", "unknown"), "of the 2 calls that are known to be fine or"),
    ],
)
def test_a_rate_of_few_calls_says_of_how_many(outcomes: tuple[str, ...], said: str) -> None:
    """No failure among a few known ends is no promise about all the others."""
    found = work(*(call(at(9), outcome=one) for one in outcomes))
    told = under("Key figures", rendered(found))
    assert said in told
    assert ("\nFailure rate: " in told) == bool(said)


@pytest.mark.parametrize(("minutes", "times"), [(range(0, 40, 8), 1), (range(40), 0)])
def test_focus_that_is_longer_than_the_active_time_is_explained(minutes: range, times: int) -> None:
    """It looks like a mistake, where it is the pauses."""
    told = rendered(work(*(call(at(9, one), root="/it") for one in minutes)))
    line = "\nFocus time counts short pauses too; active time does not.\n"
    assert under("How the work went", told).count(line) == times


@pytest.mark.parametrize(
    ("edited", "said"),
    [
        (2, "- Files: 1 new, 2 edited (a file may be both), a ratio of 0.50; "),
        (1, "- Files: 1 new, 1 edited, a ratio of 1.00; "),
    ],
)
def test_files_that_are_new_and_edited_are_not_to_be_added(edited: int, said: str) -> None:
    """Both together may be more than were written."""
    found = work(call(at(9)))
    totals = found.summary.totals
    files = totals.files._replace(written=2, new=1, edited=edited)
    summary = found.summary._replace(totals=totals._replace(files=files))
    assert said in rendered(found._replace(summary=summary))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((("/a.py", 1),), "- One rework loop (edit, failed test, edit again), on /a.py."),
        (
            (("/a.py", 1), ("/b.py", 1)),
            "- 2 rework loops (edit, failed test, edit again), each of a different file.",
        ),
        (
            (("/a.py", 2), ("/b.py", 1)),
            "- 3 rework loops (edit, failed test, edit again), most on /a.py (2).",
        ),
    ],
)
def test_most_of_the_rework_is_on_a_file_only_where_it_is(
    files: tuple[tuple[str, int], ...], said: str
) -> None:
    """Of files that are alike none has most."""
    found = work(call(at(9)))
    rework = Rework(sum(loops for _, loops in files), files)
    told = rendered(found._replace(summary=found.summary._replace(rework=rework)))
    assert said in told


@pytest.mark.parametrize(
    ("servers", "said"),
    [
        ((NamedCalls("github", 1, 0, 0.0),), "Light MCP traffic: 1 call, to `github`."),
        ((NamedCalls("github", 2, 0, 0.0),), "Light MCP traffic: 2 calls, all of it to `github`."),
        (
            (NamedCalls("github", 50, 0, 0.0), NamedCalls("jira", 1, 0, 0.0)),
            "Lively MCP traffic: 51 calls, mostly to `github`.",
        ),
    ],
)
def test_one_mcp_server_has_all_of_the_traffic(servers: tuple[NamedCalls, ...], said: str) -> None:
    """Where there is no other, it is not `mostly` that one."""
    assert said in rendered(work(call(at(9)))._replace(servers=servers))


@pytest.mark.parametrize(
    ("days", "calls", "said"),
    [
        (7, 50, "Light"),
        (7, 51, "Lively"),
        (14, 100, "Light"),
        (14, 101, "Lively"),
        (30, 214, "Light"),
        (30, 215, "Lively"),
    ],
)
def test_mcp_traffic_of_long_times_is_told_by_the_week(days: int, calls: int, said: str) -> None:
    """A quiet month has more calls than a lively week."""
    found = work(call(at(9)))
    servers = (NamedCalls("github", calls, 0, 0.0),)
    told = rendered(found._replace(servers=servers, days=found.days[:1] * days))
    assert f"{said} MCP traffic: {calls} calls" in told
