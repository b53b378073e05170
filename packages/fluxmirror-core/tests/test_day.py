"""The figures of a day, and the words and tables they become."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.day import (
    SLOT_MS,
    AgentActivity,
    Counted,
    Day,
    Elsewhen,
    FileCount,
    NameCount,
    ShellCommand,
    SlotCount,
    build_day,
)
from fluxmirror_core.messages import languages, load_catalog
from fluxmirror_core.period import day_period
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.day import build_day_report, no_activity

if TYPE_CHECKING:
    from collections.abc import Callable

DATE = date(2026, 3, 2)
SEOUL = ZoneInfo("Asia/Seoul")
EMPTY = Counted(*((),) * len(Counted._fields))
CALLS = EMPTY._replace(agents=[AgentActivity("claude-code", 3, 1, 0, 0)])
"""What has to be there for there to be a report."""


def at(hour: int, minute: int = 0) -> int:
    """Give 2 March 2026 at a time of day in Seoul, in UTC milliseconds."""
    return int(datetime(2026, 3, 2, hour, minute, 59, tzinfo=SEOUL).timestamp() * 1000)


def some_day(counted: Counted = CALLS, *, agent: str | None = None) -> Day:
    """Build a day in Seoul."""
    return build_day(day_period(DATE, SEOUL), agent, counted)


def rendered(day: Day, today: date = DATE, language: str = "en") -> str:
    """Write a day's report."""
    catalog = load_catalog(language)
    return render_text(build_day_report(day, catalog, today=today, home="/home/mira"))


def full_day() -> Day:
    """Build a day that has something of everything, hostile strings included."""
    sources = [FileCount(f"/home/mira/code/app/src/m{n:02}.py", "Edit", 30 - n) for n in range(22)]
    documents = [NameCount(f"/home/mira/code/app/docs/d{n:02}.md", 20 - n) for n in range(13)]
    counted = EMPTY._replace(
        agents=[
            AgentActivity("claude-code", 1_234, 3, 12, 7),
            AgentActivity("gemini-cli", 56, 2, 0, 0),
            AgentActivity("my-own|agent\x1b[2J", 1, 0, 0, 1),
        ],
        edited=[FileCount("/home/mira/a|b\nc.py", "Write", 31), *sources],
        read=[NameCount("/etc/hosts", 21), *documents],
        commands=[
            ShellCommand(at(9, 5), "uv run pytest -q | tail -3", "failed"),
            ShellCommand(at(9, 7), "git commit -m 'first line\n\nsecond line'", "ok"),
            ShellCommand(at(9, 8), "printf '\x1b]0;owned\x07'", "unknown"),
            ShellCommand(at(13, 30), "rm -rf build", "denied"),
            ShellCommand(at(14, 0), "x" * 81, "interrupted"),
            ShellCommand(at(14, 1), "", "rejected"),
            ShellCommand(at(23, 59), "echo 한국어 \u202egnp.exe", "ok"),
        ],
        directories=[NameCount("/home/mira/code/app", 1_200), NameCount("/home/mira", 90)],
        tools=[NameCount("Bash", 700), NameCount("github/get_issue", 12)],
        slots=[SlotCount(at(hour) // SLOT_MS, n) for hour, n in ((0, 1), (9, 600), (23, 20))],
    )
    return some_day(counted)


@pytest.mark.parametrize("language", languages())
def test_a_full_day_reads_as_it_should(
    language: str, same_as_golden: Callable[[str, str], None]
) -> None:
    """The whole report, compared with what was read and found good."""
    same_as_golden(f"today.{language}.md", rendered(full_day(), language=language))


def test_an_agents_day_is_called_by_its_name(same_as_golden: Callable[[str, str], None]) -> None:
    """With a filter the title tells whose day it is; another day than today is not called so."""
    day = some_day(CALLS._replace(tools=[NameCount("Bash", 3)]), agent="claude-code")
    same_as_golden("date-of-agent.md", rendered(day, today=date(2026, 3, 9)))


def test_sections_without_rows_are_left_out() -> None:
    """What did not happen takes no line."""
    headings = [line for line in rendered(some_day()).splitlines() if line.startswith("## ")]
    assert headings == ["## Activity"]


def test_totals_are_sums_over_the_agents() -> None:
    """No figure is counted twice in two ways."""
    day = full_day()
    assert (day.calls, day.failed, day.unknown) == (1_291, 12, 8)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        # 01:30 comes twice: both are counted under 01:00
        ("America/New_York", date(2026, 11, 1), {1: 8, 0: 4, 2: 4}),
        # there is no 02:30
        ("America/New_York", date(2026, 3, 8), {2: 0, 1: 4, 3: 4}),
        # offsets of three quarters of an hour
        ("Asia/Kathmandu", date(2026, 3, 2), {0: 4, 23: 4}),
        ("Australia/Lord_Howe", date(2026, 4, 5), {1: 6, 2: 4}),
    ],
)
def test_hours_are_those_of_the_local_clock(zone: str, day: date, hours: dict[int, int]) -> None:
    """One call in every quarter of an hour, on days when clocks change."""
    period = day_period(day, ZoneInfo(zone))
    slots = [SlotCount(n, 1) for n in range(period.start_ms // SLOT_MS, period.end_ms // SLOT_MS)]
    built = build_day(period, None, EMPTY._replace(slots=slots))
    assert {hour: built.hours[hour] for hour in hours} == hours
    assert len(built.hours) == 24
    assert sum(built.hours) == len(slots)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/mira", "~"),
        ("/home/mira/a.py", "~/a.py"),
        ("/home/miranda/a.py", "/home/miranda/a.py"),
        ("relative.py", "relative.py"),
        ("/srv/" + "d" * 200 + "/a.py", "…" + "d" * 94 + "/a.py"),
    ],
)
def test_paths_are_shown_relative_to_the_home_and_cut_at_the_front(path: str, shown: str) -> None:
    """The end of a path tells more than its beginning."""
    assert f"| {shown} " in rendered(some_day(CALLS._replace(directories=[NameCount(path, 1)])))


def test_a_megabyte_of_a_command_is_cut() -> None:
    """Nothing of any length spoils a table."""
    huge = "a" * 1_000_000
    counted = EMPTY._replace(
        commands=[ShellCommand(at(1), huge, "ok")],
        tools=[NameCount(huge, 1)],
        edited=[FileCount(huge, huge, 1)],
        agents=[AgentActivity(huge, 1, 1, 0, 0)],
    )
    assert max(map(len, rendered(some_day(counted)).splitlines())) < 200


BEFORE = Elsewhen(date(2026, 2, 27), date(2026, 3, 9), any_recorded=True)
AFTER = Elsewhen(None, date(2026, 3, 9), any_recorded=True)
HIDDEN = Elsewhen(None, None, any_recorded=True)
NOTHING = Elsewhen(None, None, any_recorded=False)
PRUNED = NOTHING._replace(kept_since=DATE)


@pytest.mark.parametrize(
    ("agent", "today", "elsewhen", "said", "following"),
    [
        (None, DATE, BEFORE, "No agent activity today (2026-03-02, Asia/Seoul).", "last day"),
        (None, date(2026, 3, 5), AFTER, "No agent activity on 2026-03-02 (Asia/Seoul).", "first"),
        ("qwen-code", DATE, AFTER, "No activity of Qwen Code today (2026-03-02, Asia/Seoul).", ""),
        (
            "qwen-code",
            date(2026, 3, 5),
            HIDDEN,
            "No activity of Qwen Code on 2026-03-02 (Asia/Seoul).",
            "Nothing of Qwen Code was recorded yet",
        ),
        (None, DATE, HIDDEN, "No agent activity today (2026-03-02, Asia/Seoul).", "hidden from"),
        (None, DATE, NOTHING, "No agent activity today (2026-03-02, Asia/Seoul).", "Nothing was"),
        (
            None,
            DATE,
            PRUNED,
            "No agent activity today (2026-03-02, Asia/Seoul).",
            "Nothing from before 2026-03-02 is kept, and nothing was recorded since.",
        ),
    ],
)
def test_a_day_without_calls_says_what_to_do_next(
    agent: str | None, today: date, elsewhen: Elsewhen, said: str, following: str
) -> None:
    """What there is before or after; and `nothing yet` only when there is nothing at all."""
    day = some_day(EMPTY, agent=agent)
    lines = no_activity(day, load_catalog(), elsewhen, today=today)
    assert lines[0] == said
    assert following in lines[1]


def test_a_day_without_calls_names_the_option_that_helps() -> None:
    """Not a whole command, which would forget what else was typed."""
    before, after = (
        no_activity(some_day(EMPTY), load_catalog(), elsewhen, today=DATE)[1]
        for elsewhen in (BEFORE, AFTER)
    )
    assert before == "The last day with any is 2026-02-27 (`--date 2026-02-27`)."
    assert after == "The first day with any is 2026-03-09 (`--date 2026-03-09`)."


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    """A mark where nothing tells how a command ended, explained where there is one."""
    ok, unknown = (ShellCommand(at(9), "make", outcome) for outcome in ("ok", "unknown"))
    told = rendered(some_day(CALLS._replace(commands=[ok])))
    assert "nothing told how it ended" not in told
    told = rendered(some_day(CALLS._replace(commands=[ok, unknown])))
    assert "| 09:00 | make    |         |\n| 09:00 | make    | ?       |\n" in told
    assert "\n\n? = nothing told how it ended\n" in told


def test_the_clock_of_a_command_is_the_zones() -> None:
    """The same instant is another time of day elsewhere."""
    instant = int(datetime(2026, 3, 2, 3, 4, tzinfo=UTC).timestamp() * 1000)
    assert "| 12:04 | ls " in rendered(
        some_day(CALLS._replace(commands=[ShellCommand(instant, "ls", "ok")]))
    )
