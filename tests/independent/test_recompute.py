"""Every figure of a report agrees with what its page of definitions says, worked out by another.

`recompute` reads exported rows and was written from docs/reference/metrics.md; the reports read the
database, and hours that are added up before. 50 random histories are told by both.
"""

from __future__ import annotations

import io
import json
import random
import sys
import time
from contextlib import closing, redirect_stderr, redirect_stdout
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_cli.entry import main
from fluxmirror_core.paths import here
from fluxmirror_store.database import connect_to_write

from tests.independent.asking import question_of
from tests.independent.calendars import local
from tests.independent.captured import ROOT, capture_some
from tests.independent.changes import change_rows
from tests.independent.histories import make_history, write_history
from tests.independent.recompute import History, Part, change, parse_rows
from tests.independent.sentences import change_differences, sentence_differences
from tests.independent.shapes import (
    ABOUT,
    COUNTED,
    FIGURES,
    NOT_ALWAYS,
    NOT_WORKED_OUT,
    VERSION,
    kind_of,
    members_of,
    tables_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.independent.asking import Question
    from tests.independent.histories import Random
    from tests.independent.recompute import Asked

    Difference = tuple[str, object, object]

pytestmark = pytest.mark.usefixtures("flux_home")
ROUNDED = Fraction(1, 20_000)
"""Half of the last of four decimals."""
RATES = ("failure_rate", "overlap_share", "switch_rate")
"""Figures without a change: the two are set side by side."""
QUICK = 10
SEEDS = [
    pytest.param(seed, marks=[pytest.mark.slow] if seed >= QUICK else []) for seed in range(50)
]


def run(*arguments: str) -> str:
    """Run the command in this process; gives what it prints."""
    said, complained = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(complained):
        patch.setattr(sys, "argv", ["fluxmirror", *arguments])
        code = main()
    assert not code, (arguments, complained.getvalue())
    return said.getvalue()


def now_ms() -> int:
    """Give the time, in UTC milliseconds."""
    return time.time_ns() // 1_000_000


def exported(what: str) -> list[dict[str, Any]]:
    """Export rows of a kind."""
    return parse_rows(run("export", "--what", what))


def ways_to_ask(history: Random, rows: History) -> Iterator[tuple[str, ...]]:
    """Give the commands whose answers are compared, for everything and for parts of it."""
    rng = random.Random(history.seed)  # noqa: S311 - no secret
    day, zone = history.day, ("--tz", history.zone)
    date_, other = ("--date", str(day)), str(day - timedelta(days=rng.choice((2, 7, 9))))
    agents = sorted({call["agent"] for call in rows.all_calls})
    agent = ("--agent", rng.choice(agents)) if agents else ()
    names = sorted(rows.names.values())
    project = ("--project", rng.choice(names)) if names else ()
    for part in ((), agent, project, (*agent, *project)):
        yield ("today", *date_, *zone, *part)
        yield ("week", *date_, *zone, *part)
        yield ("compare", str(day), other, *zone, *part)
        yield ("agents", "--from", other, "--to", str(day), *zone, *part)
    yield ("today", *date_, *zone, "--agent", "setup")
    yield ("yesterday", *date_, *zone)
    yield ("month", *date_, *zone)
    yield ("month", "--month", f"{day:%Y-%m}", *zone, *project)
    yield ("compare", f"{day:%G-W%V}", f"{day:%Y-%m}", *zone, *agent)
    if agents:
        yield ("agent", rng.choice(agents), *date_, *zone, *project)
        yield ("agent", rng.choice(agents), "--from", other, "--to", str(day), *zone)


def differences(
    report: dict[str, Any], words: Sequence[str], history: History, made_ms: tuple[int, int]
) -> Iterator[Difference]:
    """Compare a report with what is worked out of the rows; gives what is not the same.

    Args:
        report: its JSON.
        words: the command line that it answers.
        history: the rows.
        made_ms: it was made between these two times.
    """
    question = question_at(report, words, made_ms)
    part = Part(history, question.asked)
    ways = [earlier_of(question, now_ms) for now_ms in made_ms]
    kind = kind_of(question.command, part, ways[0] and Part(history, ways[0]))
    told = (report["report"], report["version"], {*report} - NOT_ALWAYS)
    wanted = (kind, VERSION, members_of(kind, question.command, part))
    yield from scope_differences(report, question.asked)
    if told != wanted:
        yield "report and members", told, wanted
        return
    if kind == "nothing" and question.command != "compare":
        ways = [None, None]
    earlier, found = compared_with(report, question.asked, ways)
    yield from found
    before = Part(history, earlier) if earlier else None
    yield from counted_differences(report, part, before)
    made = tables_of(kind, part)
    for key in {*report} - ABOUT - NOT_WORKED_OUT - {"totals", "figures"}:
        yield from table_differences(key, report[key], made[key])
    yield from sentence_differences(report, part)
    if before and report["report"] == "compare":
        yield from change_differences(report, part, before)


def counted_differences(
    report: dict[str, Any], part: Part, before: Part | None
) -> Iterator[Difference]:
    """Compare the figures, and what is counted of all calls together, where a report has these."""
    figures, totals = report.get("figures"), report.get("totals")
    if figures is not None:
        yield from different("figures", {*figures}, FIGURES[report["report"]])
    if totals is not None:
        yield from different("totals", {*totals}, COUNTED)
    for key, figure in (figures or {}).items():
        yield from figure_differences(key, figure, part, before)
    for key, value in (totals or {}).items():
        yield from different(f"totals {key}", value, part.figures[key])


def question_at(report: dict[str, Any], words: Sequence[str], made_ms: tuple[int, int]) -> Question:
    """Read a command line; the day may have ended while it was answered."""
    first, last = (question_of(words, now_ms) for now_ms in made_ms)
    return last if report["to"] == str(last.asked.last) else first


def scope_differences(report: dict[str, Any], asked: Asked) -> Iterator[Difference]:
    """Compare what a report says that it is about with what was asked for."""
    for name, value in {
        "from": str(asked.first),
        "to": str(asked.last),
        "timezone": asked.zone,
        "agent": asked.agent,
        "project": asked.project,
    }.items():
        yield from different(name, report[name], value)
    yield from different("bounds", (report["start_ms"], report["end_ms"]), asked.bounds_ms)


def compared_with(
    report: dict[str, Any], asked: Asked, ways: Sequence[Asked | None]
) -> tuple[Asked | None, list[Difference]]:
    """Tell what a report is to be compared with, and where it is compared with anything else.

    Args:
        report: its JSON.
        asked: what it is of.
        ways: what it is to be compared with when it was begun, and when it was made.
    """
    told: Any = report["before"]
    first, last = ways
    if first is None or last is None or told is None:
        return None, list(different("before", told, first))
    earlier = first._replace(until_ms=told["end_ms"])
    shown = local(told["end_ms"] - 1, asked.zone).date()
    days = (str(first.first), str(first.last if first.until_ms is None else shown), asked.zone)
    found = [
        *different("before", (told["from"], told["to"], told["timezone"]), days),
        *different("before", told["start_ms"], first.bounds_ms[0]),
    ]
    if not first.bounds_ms[1] <= told["end_ms"] <= last.bounds_ms[1]:
        found.append(("before", told["end_ms"], (first.bounds_ms, last.bounds_ms)))
    return earlier, found


def earlier_of(question: Question, now_ms: int) -> Asked | None:
    """Tell what a report is to be compared with: what was asked for, or the time before."""
    if question.command == "agents":
        return None
    if question.other is not None:
        if not question.other.is_as_long_as(question.asked):
            return question.other
        return question.other.cut_like(question.asked, now_ms)
    return question.asked.before(now_ms)


def figure_differences(
    key: str, told: dict[str, Any], part: Part, before: Part | None
) -> Iterator[Difference]:
    """Compare a figure, that of the time before, and its change."""
    now = part.figures[key]
    yield from different(f"{key} now", told["value"], now)
    if before is None:
        yield from different(f"{key} before", told["before"], None)
        return
    then = before.figures[key]
    yield from different(f"{key} before", told["before"], then)
    yield from different(f"{key} change", told["change"], change_of(key, now, then))


def change_of(key: str, now: Any, then: Any) -> Fraction | None:  # noqa: ANN401 - numbers or money
    """Tell the change of a figure, where it has one."""
    if key in RATES:
        return None
    if key != "cost":
        return change(now, then)
    if now is None or then is None or now["unpriced_responses"] or then["unpriced_responses"]:
        return None
    if len(now["costs"]) != 1 or [*now["costs"]] != [*then["costs"]]:
        return None
    return change(*now["costs"].values(), *then["costs"].values())


def table_differences(
    key: str, told: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> Iterator[Difference]:
    """Compare a table, row by row."""
    yield from different(f"{key} rows", len(told), len(rows))
    for number, (one, other) in enumerate(zip(told, rows, strict=False)):
        yield from different(f"{key} {number} columns", {*one}, {*other})
        for name in one.keys() & other.keys():
            yield from different(f"{key} {number} {name}", one[name], other[name])


def different(what: str, told: object, ours: object) -> Iterator[Difference]:
    """Compare two values."""
    if not same(told, ours):
        yield what, told, ours


def same(told: Any, ours: Any) -> bool:  # noqa: ANN401 - values of JSON
    """Tell whether a value of JSON is what was worked out."""
    if isinstance(ours, Fraction):
        return told is not None and abs(Fraction(str(told)) - ours) <= ROUNDED
    if isinstance(told, dict) and isinstance(ours, dict):
        costs = {currency: Decimal(amount) for currency, amount in told["costs"].items()}
        told = {**told, "costs": costs}
    return bool(told == ours)


def disagreements(history: Random, home: Path) -> list[object]:
    """Ask for reports, and work them out from an export; gives what is not the same."""
    rows = History(exported("calls"), exported("events"), exported("responses"), str(home))
    found: list[object] = []
    for words in ways_to_ask(history, rows):
        began_ms = now_ms()
        report = json.loads(run(*words, "--json"))
        made_ms = (began_ms, now_ms())
        found += [(" ".join(words), *one) for one in differences(report, words, rows, made_ms)]
    return found


def agree(history: Random, home: Path) -> None:
    """Assert that both tell the same."""
    found = disagreements(history, home)
    assert not found, f"seed {history.seed}: {len(found)}\n" + "\n".join(map(repr, found[:40]))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_history_is_told_alike(seed: int, home: Path) -> None:
    """A disagreement is a mistake in the program, or a sentence that the page lacks."""
    history = make_history(seed, str(home))
    with closing(connect_to_write(here().database)) as db:
        write_history(db, history)
    agree(history, home)


@pytest.mark.parametrize("seed", SEEDS[::5])
def test_hours_that_were_added_up_before_and_changed_since_are_told_alike(
    seed: int, home: Path
) -> None:
    """Reports add up hours once: those with news are to be added up anew, and no others lost."""
    history = make_history(seed, str(home))
    half = len(history.events) // 2
    earlier = history._replace(events=history.events[:half], responses=history.responses[:5])
    for part in (earlier, history):
        with closing(connect_to_write(here().database)) as db:
            write_history(db, part)
        agree(history, home)


@pytest.mark.parametrize("seed", SEEDS[::5])
def test_rows_that_were_changed_by_hand_are_told_alike(seed: int, home: Path) -> None:
    """All hours are added up; then plain SQL changes some calls and deletes others."""
    history = make_history(seed, str(home))
    with closing(connect_to_write(here().database)) as db:
        write_history(db, history)
    agree(history, home)
    told = exported("calls")
    with closing(connect_to_write(here().database)) as db:
        change_rows(db, seed)
    assert exported("calls") != told
    agree(history, home)


@pytest.mark.parametrize("seed", SEEDS[::5])
def test_what_hooks_told_is_told_alike(seed: int, home: Path) -> None:
    """Through the spool and the drain, as everything comes; on top of what is there."""
    history = make_history(seed, str(home))
    with closing(connect_to_write(here().database)) as db:
        write_history(db, history)
    run("week", "--date", str(history.day), "--tz", history.zone)
    captured = capture_some(here(), seed, history.day, history.zone)
    run("drain")
    assert captured
    assert any(call["cwd"] == ROOT for call in exported("calls"))
    agree(history, home)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/New_York", "Pacific/Apia"])
def test_a_period_that_goes_on_is_compared_up_to_now(zone: str, home: Path) -> None:
    """Calls of now, of later today and of the days before."""
    today = datetime.now(ZoneInfo(zone)).date()
    history = make_history(len(zone), str(home), (zone, today))
    with closing(connect_to_write(here().database)) as db:
        write_history(db, history)
    agree(history, home)
