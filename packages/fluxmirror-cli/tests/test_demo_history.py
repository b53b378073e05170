"""The made-up fortnight is one that real hooks could have told."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_cli.demo.history import MadeUpRepositories, build_history, last_workday
from fluxmirror_core.analysis.themes import Theme, theme_of
from fluxmirror_core.event import BEFORE, Outcome
from fluxmirror_core.period import local_date
from fluxmirror_core.redact import Redactor
from fluxmirror_core.wire.builder import Machine
from fluxmirror_core.wire.builders import Builders
from fluxmirror_core.wire.reader import PayloadReader

if TYPE_CHECKING:
    from fluxmirror_core.event import AgentEvent
    from fluxmirror_core.wire.reader import Capture, Reading

SEOUL = ZoneInfo("Asia/Seoul")
HOME = "/home/mira"
NO_FILE = "File does not exist."
FRIDAY = int(datetime(2026, 3, 6, 8, 0, tzinfo=UTC).timestamp() * 1000)
"""Five in the afternoon in Seoul."""


def understood(captures: list[Capture]) -> list[Reading]:
    """Read captures as the drain does."""
    reader = PayloadReader(
        Builders(Redactor(b"key"), Machine(MadeUpRepositories(HOME), "host", "demo"))
    )
    return [reader.read(capture) for capture in captures]


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    """What a Friday's demo tells."""
    return understood(build_history(FRIDAY, SEOUL, HOME))


@pytest.fixture(scope="module")
def calls(readings: list[Reading]) -> dict[bytes, AgentEvent]:
    """The last telling of each call."""
    events = (event for reading in readings for event in reading.events)
    return {event.pair_key or event.uid: event for event in events if event.kind == "tool_call"}


def test_the_same_seed_gives_the_same_fortnight() -> None:
    """Two people who look at the demo see the same, but for the dates."""
    assert build_history(FRIDAY, SEOUL, HOME) == build_history(FRIDAY, SEOUL, HOME)
    assert build_history(FRIDAY, SEOUL, HOME, seed=1) != build_history(FRIDAY, SEOUL, HOME)


def test_every_payload_tells_its_agent_and_an_event_it_has(readings: list[Reading]) -> None:
    """Nothing needs the registration, nothing counts as format drift."""
    assert {reading.unknown_event for reading in readings} == {None}
    told = {event.evidence.partition(":")[0] for reading in readings for event in reading.events}
    assert told == {"payload"}


def test_there_is_something_of_everything(calls: dict[bytes, AgentEvent]) -> None:
    """Four agents, all classes of tools, failures, MCP servers, subagents, repositories."""
    assert 2_000 < len(calls) < 6_000
    seen = calls.values()
    agents = {event.agent for event in seen}
    assert agents == {"claude-code", "codex-cli", "gemini-cli", "qwen-code"}
    classes = {event.tool_class for event in seen}
    assert classes == {"Shell", "Read", "Write", "Search", "Task", "MCP"}
    assert {"ok", "failed", "unknown"} <= {event.outcome for event in seen}
    assert sum(event.subagent is not None for event in seen) > 50
    assert {event.repo and event.repo.rpartition("/")[0] for event in seen} == {f"{HOME}/code"}


class Files:
    """What a history did with files."""

    def __init__(self) -> None:
        self.calls: Counter[date] = Counter()
        self.new: dict[date, set[str]] = defaultdict(set)
        self.edited: dict[date, set[str]] = defaultdict(set)
        self.touched: set[str] = set()
        self.added_again: set[str] = set()
        """Files that were added although somebody had read or written them before."""

    def add(self, event: AgentEvent) -> None:
        """Take one call; they come in the order of time."""
        day = local_date(event.ts_ms, SEOUL)
        self.calls[day] += 1
        if event.tool_class not in ("Read", "Write") or event.path is None:
            return
        if is_addition(event):
            self.new[day].add(event.path)
            self.added_again |= {event.path} & self.touched
        elif event.tool_class == "Write":
            self.edited[day].add(event.path)
        self.touched.add(event.path)

    def theme(self, day: date) -> Theme:
        """Say what a day was about."""
        return theme_of(self.calls[day], len(self.new[day]), len(self.edited[day]))


def is_addition(event: AgentEvent) -> bool:
    """Tell whether a call writes a file as a whole."""
    patch = event.input_json or ""
    return event.tool_canonical in ("Write", "WriteFile") or "*** Add File" in patch


@pytest.fixture(scope="module", params=range(8, 15), ids=lambda day: f"{day} March")
def files(request: pytest.FixtureRequest) -> Files:
    """What was done with files in the fortnight up to each day of a week, the first a Sunday."""
    now = datetime(2026, 3, request.param, 17, 30, tzinfo=SEOUL)
    captures = build_history(int(now.timestamp() * 1000), SEOUL, HOME)
    told = [event for reading in understood(captures) for event in reading.events]
    failed = {event.call_id or event.path for event in told if event.error == NO_FILE}
    done = Files()
    for event in told:
        is_begun = event.kind == "tool_call" and event.phases & BEFORE
        if is_begun and (event.call_id or event.path) not in failed:
            done.add(event)
    return done


def test_a_file_is_added_once_and_before_anybody_touches_it(files: Files) -> None:
    """Whatever agent adds it, a report then shows it as new on one day alone."""
    added = [path for new in files.new.values() for path in new]
    assert files.added_again == set()
    assert len(added) == len(set(added)) > 100


def test_days_are_different(files: Files) -> None:
    """Something is built, a day ships, most polish what is there: the report has its words."""
    themes = Counter(files.theme(day) for day in files.calls)
    assert themes[Theme.SHIPPING] == 1
    assert themes[Theme.BUILDING] in (2, 3)
    assert themes[Theme.POLISHING] >= 4


def test_what_fails_is_mended(calls: dict[bytes, AgentEvent]) -> None:
    """A check that fails is run again until it passes, within its session."""
    last = {
        (event.session, event.detail): event.outcome
        for event in sorted(calls.values(), key=lambda one: one.ts_ms)
        if event.tool_class == "Shell" and event.agent != "codex-cli" and event.ended_ms
    }
    assert Outcome.FAILED not in last.values()


def test_weekends_are_quieter(calls: dict[bytes, AgentEvent]) -> None:
    """Every working day has several times the calls of a day at the weekend."""
    days = Counter(local_date(event.ts_ms, SEOUL) for event in calls.values())
    free = [count for day, count in days.items() if day.weekday() >= 5]
    busy = [count for day, count in days.items() if day.weekday() < 5]
    assert len(busy) >= 10
    assert max(free, default=0) < min(busy)


@pytest.mark.parametrize("hour", [0, 3, 8, 17, 23])
@pytest.mark.parametrize("zone", ["Asia/Seoul", "America/New_York"])
def test_it_ends_now_whenever_that_is(zone: str, hour: int) -> None:
    """Even at night today has something to show, and nothing is in the future."""
    place = ZoneInfo(zone)
    now = datetime(2026, 3, 8, hour, 40, tzinfo=place)
    now_ms = int(now.timestamp() * 1000)
    times = [capture.captured_ms for capture in build_history(now_ms, place, HOME)]
    assert times == sorted(times)
    assert now_ms - 3_600_000 < times[-1] <= now_ms
    assert local_date(times[-1], place) == now.date()
    assert local_date(times[0], place) > now.date() - timedelta(days=14)


@pytest.mark.parametrize(("today", "expected"), [(6, 5), (7, 6), (8, 6), (9, 6), (10, 9)])
def test_the_last_workday_is_no_day_at_the_weekend(today: int, expected: int) -> None:
    """The sixth of March 2026 is a Friday."""
    day = datetime(2026, 3, today, tzinfo=UTC).date()
    assert last_workday(day).day == expected
