"""What models used, added up, and the words and tables it becomes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.usage import (
    By,
    Cost,
    ModelCount,
    Usage,
    UsageSum,
    build_total,
    build_usage,
)
from fluxmirror_core.messages import languages, load_catalog
from fluxmirror_core.period import Period
from fluxmirror_core.report.as_text import render_text, width
from fluxmirror_core.report.usage import (
    AskedDays,
    build_usage_report,
    no_usage,
)
from fluxmirror_core.report.voice import Voice
from fluxmirror_core.transcripts.response import Tokens
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = date(2026, 3, 2)
NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
DOLLAR = 10**12
TOKENS = Tokens(1_200, 340, 56_000, 700, 80, 9, 0)
BLANK = UsageSum("x", "USD", 1, TOKENS, DOLLAR, NOON, NOON)
NAMES = st.sampled_from([None, "", "a", "b"])
SUMS = st.lists(
    st.builds(
        UsageSum,
        key=NAMES,
        currency=st.sampled_from([None, "EUR", "USD", "KRW"]),
        responses=st.just(1),
        tokens=st.sampled_from([Tokens(), Tokens(1)]),
        pico=st.integers(min_value=0, max_value=2),
        first_ms=st.just(NOON),
        last_ms=st.just(NOON),
        agent=NAMES,
        session=NAMES,
        project=NAMES,
    ),
    max_size=8,
)
"""Sums of which many are alike in what puts them in order."""
UNPRICED = (ModelCount("claude-code", "claude-nova", 2), ModelCount("my|own\x1b[2J", None, 1))


def some(key: str | None, **fields: Any) -> UsageSum:  # noqa: ANN401 - the fields' own types
    """Make the sum of one response that cost a dollar."""
    return BLANK._replace(key=key, **fields)


def without_price(key: str | None, **fields: Any) -> UsageSum:  # noqa: ANN401 - the fields' own types
    """Make the sum of one response without a price."""
    return some(key, currency=None, pico=0)._replace(**fields)


def voice(language: str) -> Voice:
    """Make the voice of a language."""
    return Voice(load_catalog(language), ZoneInfo("Asia/Seoul"), "/home/mira")


def rendered(
    usage: Usage, agent: str | None = None, terminal: int | None = None, language: str = "en"
) -> str:
    """Write a report of usage, as wide as it gets or for a terminal."""
    period = Period(0, 1, DAY, date(2026, 3, 8), "Asia/Seoul")
    report = build_usage_report(
        usage,
        load_catalog(language),
        period=period,
        agent=agent,
        home="/home/mira",
        terminal=terminal,
    )
    return render_text(report, voice(language))


def keys(usage: Usage) -> list[str | None]:
    """Give the keys of all rows."""
    return [row.key for row in usage.rows]


def test_sums_of_one_key_are_one_row() -> None:
    """Prices and days apart, tokens and costs together; the first and the last of all."""
    sums = [
        some("a", responses=2, pico=5, last_ms=NOON + 7),
        some("a", responses=3, pico=6, first_ms=NOON - 7, project="/p"),
        without_price("a", responses=4),
    ]
    (row,) = build_usage(By.SESSION, sums).rows
    assert (row.responses, row.unpriced, row.costs) == (9, 4, (Cost("USD", 11),))
    assert row.tokens == Tokens(*(3 * count for count in TOKENS))
    assert (row.first_ms, row.last_ms, row.project) == (NOON - 7, NOON + 7, "/p")


def test_what_nobody_knows_is_not_free() -> None:
    """No cost at all is none; a price of nothing is a cost of nothing."""
    assert build_usage(By.MODEL, [without_price("a")]).rows[0].cost is None
    assert build_usage(By.MODEL, [some("a", pico=0)]).rows[0].cost == Cost("USD", 0)


def test_currencies_are_not_added_up() -> None:
    """Each has its amount; there is no single cost then."""
    usage = build_usage(By.MODEL, [some("a", pico=1), some("a", currency="EUR", pico=2)])
    assert usage.total.costs == (Cost("EUR", 2), Cost("USD", 1))
    assert usage.total.cost is None
    assert "Distribution" not in rendered(usage)


def test_nothing_adds_up_to_nothing() -> None:
    """Zeros, and no cost."""
    total = build_total([])
    assert (total.responses, total.tokens, total.costs) == (0, Tokens(), ())
    assert (total.key, total.first_ms, total.last_ms) == (None, None, None)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (By.DAY, ["2026-12-31", "2027-01-01", "2027-01-03", "2027-01-04"]),
        (By.WEEK, ["2026-W53", "2027-W01"]),
        (By.MONTH, ["2026-12", "2027-01"]),
    ],
)
def test_weeks_and_months_are_made_of_days(by: By, expected: list[str]) -> None:
    """Weeks are ISO's: the first days of a year may be in the last week of another."""
    days = ["2027-01-04", "2026-12-31", "2027-01-01", "2027-01-03"]
    usage = build_usage(by, [some(day) for day in days])
    assert keys(usage) == expected
    assert sum(row.responses for row in usage.rows) == usage.total.responses == 4


def test_the_most_expensive_comes_first() -> None:
    """Then what used more tokens, then by name; what has no price comes after what is free."""
    few = Tokens(1)
    sums = [
        without_price("unpriced"),
        some("free", pico=0),
        some("b", pico=5, tokens=few),
        some("a", pico=5, tokens=few),
        some("c", pico=5),
        some(None, pico=9),
    ]
    assert keys(build_usage(By.MODEL, sums)) == [None, "c", "a", "b", "free", "unpriced"]


@pytest.mark.parametrize("by", [By.SESSION, By.SUBAGENT])
@given(st.data())
def test_the_same_sums_are_the_same_usage_in_any_order(by: By, data: st.DataObject) -> None:
    """A database gives rows in no order: a report must not change from one time to the next."""
    sums = data.draw(SUMS)
    assert build_usage(by, data.draw(st.permutations(sums))) == build_usage(by, sums)


def test_equal_amounts_are_in_the_order_of_their_currencies() -> None:
    """A price of nothing in one and in the other, say."""
    sums = [some("a", currency=currency, pico=0) for currency in ("USD", "EUR", "KRW")]
    assert [one.currency for one in build_total(sums).costs] == ["EUR", "KRW", "USD"]


def test_one_name_in_two_sessions_is_two_subagents() -> None:
    """Agents count their subagents from one in each session."""
    sums = [some("1", agent="qwen-code", session=name) for name in ("s", "t", "t")]
    assert [row.responses for row in build_usage(By.SUBAGENT, sums).rows] == [2, 1]


@pytest.mark.parametrize("language", languages())
def test_days_read_as_they_should(
    language: str, same_as_golden: Callable[[str, str], None]
) -> None:
    """The whole report: all that is wanted, nothing else, 80 columns wide."""
    many = Tokens(20_567_673, 999, 1_664_952_074, 1, 2, 3, 41)
    sums = [
        some("2026-03-02", responses=1_234, pico=1_129_297_258_654_000),
        without_price("2026-03-03"),
        some("2026-03-04", tokens=many, pico=9 * 10**8),
        without_price("2026-03-04"),
    ]
    text = rendered(build_usage(By.DAY, sums, UNPRICED), language=language)
    same_as_golden(f"usage.{language}.md", text)
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert max(map(width, tables)) <= 80


@pytest.mark.parametrize("name", ["/very/long/", "/아주/긴/"])
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("by", list(By))
def test_every_report_fits_a_terminal(by: By, language: str, name: str) -> None:
    """Whatever the keys are: long ones are cut, by the columns they take."""
    key = "2026-03-02" if by in {By.DAY, By.WEEK, By.MONTH} else name * 20
    of = {"agent": "copilot-cli", "session": "s"}
    sums = [some(key, pico=1_129 * DOLLAR, **of), without_price(key, **of)]
    text = rendered(build_usage(by, sums), terminal=80, language=language)
    lines = text.splitlines()
    assert max(width(line) for line in lines if line[:1] in "|█/…0123456789") <= 80
    assert "$1,129.00+?" in text.partition("```text")[2]


def test_columns_that_do_not_fit_become_one() -> None:
    """What was read from a cache and written to it: and it is said that they are one."""
    usage = build_usage(By.MODEL, [some("claude-opus-5-5")])
    wide, narrow = rendered(usage, terminal=90), rendered(usage, terminal=70)
    assert "| Cached | Written |" in wide
    assert "Cache is both" not in wide
    assert "| Cache |" in narrow
    assert "| 56.8K |" in narrow
    assert "Cache is both" in narrow


def test_a_session_is_shown_with_its_agent_and_its_first_day() -> None:
    """In the report's zone; where there is room its id is whole, so that it can be copied."""
    late = NOON + 4 * 3_600_000
    session = "01a17a71-8b53-709f-8288-1fda8add6aff"
    usage = build_usage(By.SESSION, [some(session, agent="codex-cli", first_ms=late)])
    assert f"| {session} | codex-cli | 2026-03-03 |" in rendered(usage)
    assert f"| {session} | codex-cli | 2026-03-03 |" in rendered(usage, terminal=120)
    narrow = rendered(usage, terminal=80)
    assert "| 01a17a71-" in narrow
    assert "Tokens are all of them" in narrow
    assert "|  58.3K |" in narrow


def test_the_mark_of_a_part_is_explained_where_there_is_one() -> None:
    """Of responses that all have no price nothing but that they have none is known."""
    none, part = [without_price("a")], [without_price("a"), some("b")]
    unpriced = [ModelCount("claude-code", "m", 1)]
    for sums, is_part in ((none, False), (part, True)):
        told = rendered(build_usage(By.MODEL, sums, unpriced))
        assert "Their cost is unknown, and in no sum" in told
        assert ("+?" in told) == is_part


def test_bars_that_are_left_out_are_told() -> None:
    """The latest of times, the most expensive of all else."""
    days = build_usage(By.DAY, [some(f"2026-{n // 28 + 1:02}-{n % 28 + 1:02}") for n in range(40)])
    assert "The latest 31 of 40." in rendered(days)
    models = build_usage(By.MODEL, [some(f"m{n:02}") for n in range(33)])
    assert "The 31 most expensive of 33." in rendered(models)
    models = build_usage(By.MODEL, [some(f"m{n:02}") for n in range(32)])
    assert "most expensive" not in rendered(models), "one more row takes less room than that"
    assert "most expensive" not in rendered(build_usage(By.MODEL, [some("m")]))


def test_a_path_is_shown_by_its_end() -> None:
    """Below the user's home as `~`."""
    text = rendered(build_usage(By.PROJECT, [some("/home/mira/code/app"), some(None)]))
    assert "| ~/code/app |" in text
    assert "| unknown    |" in text


def test_many_rows_are_cut_and_their_number_told() -> None:
    """A person reads the first thirty, a pipe gets all; the total is of all."""
    usage = build_usage(By.SESSION, [some(f"s{n:03}", agent="opencode") for n in range(70)])
    text = rendered(usage, terminal=80)
    assert "… and 40 more, " in text
    assert "| s029 " in text
    assert "| s030 " not in text
    assert "|        70 |" in text
    assert "| s069 " in rendered(usage)
    assert " more, " not in rendered(usage)


def test_one_agents_report_is_called_so() -> None:
    """By its name."""
    title = rendered(build_usage(By.DAY, [some("2026-03-02")]), "claude-code").splitlines()[0]
    assert title == "# What the models of Claude Code used (2026-03-02 to 2026-03-08, Asia/Seoul)"


def test_where_nothing_is_a_line_says_what_to_do() -> None:
    """Import, or look where there is something."""
    assert "`fluxmirror import`" in no_usage(load_catalog(), None)[1]
    assert "from 2026-03-02 to 2026-03-08" in no_usage(load_catalog(), (DAY, date(2026, 3, 8)))[1]


def test_days_without_a_response_are_named() -> None:
    """Also where nobody said them, as `cost explain` is of today then."""
    days = AskedDays(date(2026, 3, 9), date(2026, 3, 9), "Asia/Seoul")
    told = no_usage(load_catalog(), (DAY, DAY), asked=days)
    assert told[0] == "No response of a model fits what was asked for (2026-03-09, Asia/Seoul)."


def test_what_was_deleted_is_not_called_never_recorded() -> None:
    """Nobody has to set anything up then."""
    (line,) = no_usage(load_catalog(), None, kept_since=DAY)
    assert (
        line
        == "No response of a model from before 2026-03-02 is kept, and none was recorded since."
    )


def test_points_are_below_each_other() -> None:
    """A mark behind some of the costs shifts none of them."""
    sums = [some("a", pico=12 * DOLLAR), some("b"), without_price("b"), without_price("c")]
    lines = rendered(build_usage(By.MODEL, sums)).splitlines()
    costs = [line.rpartition("| ")[2] for line in lines if line.startswith(("| a", "| b", "| c"))]
    assert costs == ["$12.00   |", " $1.00+? |", " unknown |"]


def test_nothing_is_imported_into_another_database() -> None:
    """So nobody is told to."""
    (line,) = no_usage(load_catalog(), None, is_usual=False)
    assert "`fluxmirror import`" not in line
