"""`fluxmirror compare` names its two times, and says what of them it has."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from fluxmirror_cli.commands import compare
from fluxmirror_core.period import days_period

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from fluxmirror_core.event import AgentEvent

    Run = Callable[..., Any]
    Record = Callable[..., str]
    Call = Callable[..., AgentEvent]

DAY_MS: Final = 86_400_000
MONDAY: Final = 1_740_960_000_000
"""2025-03-03 in UTC."""


def told(run_here: Run, *periods: str, form: str = "text") -> str:
    """Give what is said of two periods."""
    done = run_here("compare", *periods, "--tz", "UTC", "--format", form, "--out", "-")
    assert (done.err, done.code) == ("", 0)
    return str(done.out)


def test_what_is_over_is_named_by_its_days(record: Record, call: Call, run_here: Run) -> None:
    """Neither of two past weeks is now, nor is the later one before anything but the reader."""
    record([call(MONDAY + hour * 3_600_000) for hour in (-24, 0, 1, 2)])
    text = told(run_here, "2025-W10", "2025-W09")
    assert re.search(r"\| Figure +\| 24 Feb \u2013 2 Mar \| 3\u20139 Mar \| +Change \|", text)
    page = told(run_here, "2025-W10", "2025-W09", form="html")
    assert '<th scope="col">24 Feb \u2013 2 Mar</th><th scope="col">3\u20139 Mar</th>' in page
    assert "24 Feb \u2013 2 Mar: 1" in page
    assert "Value" not in text + page


def test_up_to_is_said_of_what_is_not_whole(record: Record, call: Call, run_here: Run) -> None:
    """Yesterday is cut beside today; beside the last 30 days it is whole, and they are not."""
    now_ms = time.time_ns() // 1_000_000
    record([call(now_ms - 1), call(now_ms - DAY_MS)])
    beside_today = told(run_here, "today", "yesterday")
    assert ", both up to " in beside_today
    assert re.search(r"\| (\w{3} \d+ \w{3}) \| (?!\1)\w{3} \d+ \w{3} \| +Change \|", beside_today)
    heading = told(run_here, "30d", "yesterday").splitlines()[2]
    assert re.search(r" against [^,]+ up to \d\d:\d\d \u00b7 UTC$", heading)
    assert " up to " not in told(run_here, "2025-W10", "2025-W09")


def test_times_of_two_lengths_are_not_cut(record: Record, call: Call, run_here: Run) -> None:
    """Whether one of them goes on or not, and whether it is a part of the other."""
    now_ms = time.time_ns() // 1_000_000
    record([call(now_ms - 1), *(call(now_ms - day * DAY_MS) for day in range(1, 14))])
    for periods in (("week", "today"), ("today", "week")):
        assert "| Tool calls    |" in told(run_here, *periods)
        facts = json.loads(told(run_here, *periods, form="json"))
        calls = facts["figures"]["calls"]
        assert (calls["before"], calls["value"]) == (7, 1)
    facts = json.loads(told(run_here, "14d", "7d", form="json"))
    assert facts["figures"]["calls"]["before"] == 14


def test_a_time_that_has_not_begun_is_compared_with_none(
    record: Record, call: Call, run_here: Run
) -> None:
    """Nobody was idle on it yet."""
    record([call(MONDAY)])
    for periods in (("today", "9998-01"), ("9998-01", "today"), ("9998-01",)):
        done = run_here("compare", *periods)
        assert (done.out, done.code) == ("", 2)
        assert "9998-01 has not begun" in done.err
        assert "name times that have begun" in done.err


def test_the_later_is_compared_with_the_earlier(record: Record, call: Call, run_here: Run) -> None:
    """Whichever is named first."""
    record([call(MONDAY), call(MONDAY - 7 * DAY_MS), call(MONDAY + 1)])
    assert told(run_here, "2025-W09", "2025-W10") == told(run_here, "2025-W10", "2025-W09")
    assert "Calls rose by 100%, from 1 to 2." in told(run_here, "2025-W09", "2025-W10")


def test_where_only_one_has_calls_its_days_are_named(
    record: Record, call: Call, run_here: Run
) -> None:
    """Whichever column it stands in."""
    record([call(MONDAY), call(MONDAY + 1)])
    line = "Only 3\u20139 March 2025 has calls: 2."
    assert line in told(run_here, "2025-W10", "2025-W09")
    assert line in told(run_here, "2025-W09", "2025-W10")


def test_few_figures_are_tiles_and_the_others_one_table(
    record: Record, call: Call, run_here: Run, read_page: Callable[[str], list[Any]]
) -> None:
    """What matters is seen first."""
    record([call(MONDAY), call(MONDAY - 7 * DAY_MS)])
    head, others, *_ = read_page(told(run_here, "2025-W10", "2025-W09", form="html"))
    done = run_here("week", "--week", "2025-W10", "--tz", "UTC", "--format", "html", "--out", "-")
    of_week = read_page(done.out)[1]
    titles = [title for title, *_ in head.figures]
    assert titles == ["Tool calls", "Sessions", "Files written", "Failure rate", "Cost"]
    assert titles == [title for title, *_ in of_week.figures if title in titles]
    assert others.rows[0] == ["Writes", "0", "0", "0%", ""]
    assert len(others.rows) == 18


def test_one_time_without_anything_is_a_sentence(
    record: Record, call: Call, run_here: Run, read_page: Callable[[str], list[Any]]
) -> None:
    """And no column of -100%; programs have the noughts."""
    record([call(MONDAY), call(MONDAY + 1)])
    for periods, shown in (
        (("2025-W10", "2025-W09"), "3\u20139 Mar"),
        (("2025-W11", "2025-W10"), "3\u20139 Mar"),
    ):
        text = told(run_here, *periods)
        assert f"| Figure        | {shown} |" in text
        assert "No comparison, as nothing was recorded for" in text
        assert "Change" not in text
        head, others, *_ = read_page(told(run_here, *periods, form="html"))
        assert head.figures[0] == ["Tool calls", "2"]
        assert len(others.figures) == 18
    facts = json.loads(told(run_here, "2025-W11", "2025-W10", form="json"))
    assert facts["figures"]["calls"] == {"value": 0, "before": 2, "change": -1.0}


def test_unlike_lengths_and_days_of_both_are_said(
    record: Record, call: Call, run_here: Run
) -> None:
    """Whoever reads the figures does not count days."""
    record([call(MONDAY + day * DAY_MS) for day in (-7, 0, 1)])
    text = told(run_here, "2025-03-04", "2025-W10")
    assert "Of different lengths: 1 day against 7 days." in text
    assert "The two overlap: Tuesday, 4 March 2025." in text
    assert "lengths" not in told(run_here, "2025-W10", "2025-W09")
    assert "overlap" not in told(run_here, "2025-W10", "2025-W09")
    assert "Of different lengths: 31 days against 28 days." in told(run_here, "2025-03", "2025-02")


def test_the_same_time_twice_is_refused(record: Record, call: Call, run_here: Run) -> None:
    """However it is called."""
    now_ms = time.time_ns() // 1_000_000
    record([call(now_ms)])
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    for other in ("today", str(today), "1d"):
        done = run_here("compare", "today", other, "--tz", "UTC")
        assert (done.out, done.code) == ("", 2)
        assert "both are the same time" in done.err
        assert "hint: name two different ones" in done.err


def test_a_month_that_goes_on_is_called_by_its_days_so_far(
    record: Record, call: Call, run_here: Run
) -> None:
    """Its other days are in no figure."""
    now_ms = time.time_ns() // 1_000_000
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    record([call(now_ms - 1), call(now_ms - 31 * DAY_MS)])
    text = told(run_here, "month", "last-month")
    heading = text.splitlines()[2]
    is_over = (today + timedelta(days=1)).month != today.month
    if today.day > 1 and not is_over:
        assert heading.startswith(f"1\u2013{today.day} {today:%B %Y} against ")
    assert re.search(r"up to \d\d:\d\d \u00b7 UTC$", heading)


def test_a_month_is_cut_beside_a_shorter_one_that_goes_on(
    record: Record, call: Call, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Months are alike, though one has a day more."""
    half = datetime(2025, 11, 16, 12, tzinfo=UTC)
    times = [datetime(2025, *day, tzinfo=UTC) for day in ((10, 5), (10, 25), (11, 5))]
    record([call(int(one.timestamp() * 1_000)) for one in times])
    monkeypatch.setattr(compare, "now_ms", lambda: int(half.timestamp() * 1_000))
    assert re.search(r"\| Tool calls +\| +1 \| +1 \| +0%", told(run_here, "2025-11", "2025-10"))


def test_an_earlier_time_that_goes_on_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last thirty days are thirty, also beside a month of as many that has only begun."""
    early = datetime(2025, 11, 4, 12, tzinfo=UTC)
    monkeypatch.setattr(compare, "now_ms", lambda: int(early.timestamp() * 1_000))
    zone = ZoneInfo("UTC")
    month = days_period(date(2025, 11, 1), date(2025, 11, 30), zone)
    last_30 = days_period(date(2025, 10, 6), date(2025, 11, 4), zone)
    assert compare._cut_alike(last_30, month, zone) == last_30


def test_what_is_left_out_is_said_of_a_comparison_too(
    record: Record, call: Call, run_here: Run
) -> None:
    """The figures of one agent are not those of all."""
    record([call(MONDAY, agent="codex-cli"), call(MONDAY - 7 * DAY_MS, agent="codex-cli")])
    text = told(run_here, "2025-W10", "2025-W09", "--agent", "codex")
    assert text.splitlines()[2].endswith(" \u00b7 UTC \u00b7 Codex CLI")


def test_times_of_unlike_lengths_have_no_sentence_on_what_changed(
    record: Record, call: Call, run_here: Run
) -> None:
    """A day has fewer calls than a week, whatever was done on it."""
    record([call(MONDAY + day * DAY_MS) for day in (-7, -6, -5, 0, 1)])
    assert "Worth knowing" not in told(run_here, "2025-03-03", "2025-W09")
    assert "Worth knowing" not in told(run_here, "2025-03-03", "2025-W09", form="html")
    assert "Calls fell by 33%, from 3 to 2." in told(run_here, "2025-W10", "2025-W09")
    line = "Only Monday, 3 March 2025 has a call: 1."
    assert line in told(run_here, "2025-03-03", "2025-W08")


def test_nearly_as_many_calls_are_not_the_same_number(
    record: Record, call: Call, run_here: Run
) -> None:
    """One more of three hundred is no percent."""
    weeks = [(0, 301), (-7, 300)]
    record([call(MONDAY + day * DAY_MS + n * 1000) for day, many in weeks for n in range(many)])
    assert "About as many calls in both: 300, then 301." in told(run_here, "2025-W10", "2025-W09")


def test_focus_time_that_is_longer_than_active_time_is_explained(
    record: Record, call: Call, run_here: Run
) -> None:
    """In either of the two: a reader takes it for a mistake."""
    note = "Focus time counts short pauses too; active time does not."
    minutes = range(0, 40, 2)
    record([call(MONDAY + minute * 60_000, project="/srv/web") for minute in minutes])
    record([call(MONDAY + day * DAY_MS) for day in (-7, 7)])
    for periods in (("2025-W10", "2025-W09"), ("2025-W11", "2025-W10")):
        assert note in told(run_here, *periods)
        assert note in told(run_here, *periods, form="html")
    assert note not in told(run_here, "2025-W11", "2025-W09")


def test_two_times_without_anything_are_both_named(
    record: Record, call: Call, run_here: Run
) -> None:
    """Else nobody knows that it was both; and the next day that has something, as ever."""
    record([call(MONDAY, agent="codex-cli")])
    periods = ("2025-W08", "2025-W07")
    heading, said, following = told(run_here, *periods).splitlines()[2:7:2]
    assert heading == "17\u201323 February 2025 against 10\u201316 February 2025 \u00b7 UTC"
    assert said == "Neither of the two has any agent activity."
    assert "`fluxmirror compare 2025-03-03`" in following
    heading, said = told(run_here, *periods, "--agent", "codex").splitlines()[2:5:2]
    assert heading.endswith(" \u00b7 UTC \u00b7 Codex CLI")
    assert said == "Neither of the two has any activity of Codex CLI."
    facts = json.loads(told(run_here, *periods, form="json"))
    assert (facts["report"], facts["before"]["from"]) == ("nothing", "2025-02-10")
