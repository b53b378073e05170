"""Hours are put together into a period, whatever agents, projects and days they are of."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fluxmirror_core.analysis.activity import (
    MINUTES,
    Activity,
    DayPart,
    build_activity,
)
from fluxmirror_core.analysis.hour import HOUR_MS, Call, HourActivity, build_hour

DAY, NEXT = date(2026, 1, 1), date(2026, 1, 2)
HOUR = 490_908
WRITE = {"tool_class": "Write", "canonical": "Write", "tool": "Write", "is_absolute": True}
EDIT = {"tool_class": "Write", "canonical": "Edit", "tool": "Edit", "is_absolute": True}
READ = {"tool_class": "Read", "canonical": "Read", "tool": "Read", "is_absolute": True}


def call(**told: Any) -> Call:  # noqa: ANN401 - the fields' own types
    """Make a shell call of which nothing else is known."""
    usual: dict[str, Any] = {
        **dict.fromkeys(Call._fields, ""),
        "ts_ms": HOUR * HOUR_MS,
        "agent": "a",
        "root": "/r",
        "session": "s",
        "outcome": "ok",
        "tool": "Bash",
        "tool_class": "Shell",
        "is_absolute": False,
        "phases": 3,
        "base": None,
        "input_json": None,
    }
    return Call(**{**usual, **told})


def hour(number: int, *calls: Call) -> list[tuple[int, HourActivity]]:
    """Give an hour of calls."""
    return [(number, one) for one in build_hour(calls).activities]


def build(*days: tuple[date, list[tuple[int, HourActivity]]], **made: date) -> Activity:
    """Put days together; `made` tells when `/name` was made."""
    return build_activity(
        [DayPart(*one) for one in days], {f"/{name}": day for name, day in made.items()}, str.upper
    )


def test_nothing_is_no_activity() -> None:
    """Neither without a day nor in a day without an hour."""
    for activity in (build(), build((DAY, []))):
        assert (activity.total.calls, activity.days, activity.day_files) == (0, {}, {})


def test_calls_count_once_for_each_thing_that_they_are_of() -> None:
    """All together, their agent, their project by its name, and their day."""
    calls = [call(agent=agent, root=root) for agent in "ab" for root in ("/r", "/R", "")]
    activity = build((DAY, hour(HOUR, *calls)), (NEXT, hour(HOUR + 24, *calls[:2])))
    assert activity.total.calls == 8
    assert {name: one.calls for name, one in activity.agents.items()} == {"a": 5, "b": 3}
    assert {name: one.calls for name, one in activity.projects.items()} == {"/R": 6, "": 2}
    assert {day: one.calls for day, one in activity.days.items()} == {DAY: 6, NEXT: 2}
    assert activity.roots == {"/r": 3, "/R": 3, "": 2}
    assert activity.total.days == activity.agents["a"].days == {DAY, NEXT}
    assert activity.agents["b"].days == {DAY}
    assert activity.projects["/R"].agents == {"a": 4, "b": 2}
    assert activity.phases == {"a": {3: 5}, "b": {3: 3}}


def test_tables_of_hours_are_added_up() -> None:
    """Tools, servers, programs, directories, outcomes, classes."""
    one = [call(detail="make", cwd="/w"), call(detail="make", cwd="/w", outcome="failed")]
    mcp = call(tool="x/y", server="x", tool_class="MCP", cwd="/v")
    activity = build(
        (DAY, [*hour(HOUR, *one, mcp), *hour(HOUR + 1, *one)]), (NEXT, hour(HOUR, *one))
    )
    assert activity.programs == {"make": [6, 3, 6]}
    assert activity.servers == {"x": [1, 0, 1]}
    assert activity.directories == {"/w": 6, "/v": 1}
    assert activity.total.tools == {"Bash": [6, 3, 6], "x/y": [1, 0, 1]}
    assert activity.days[NEXT].tools == {"Bash": [2, 1, 2]}
    assert activity.total.outcomes == {"ok": 4, "failed": 3}
    assert activity.total.classes == {"Shell": 6, "MCP": 1}


def test_a_session_is_one_however_long_it_is() -> None:
    """An agent's: equal names of two agents are two."""
    activity = build(
        (DAY, [*hour(HOUR, call()), *hour(HOUR + 1, call(), call(agent="b"))]),
        (NEXT, hour(HOUR + 24, call(), call(session=""))),
    )
    assert activity.total.sessions == {("a", "s"), ("b", "s")}
    assert activity.days[NEXT].sessions == {("a", "s")}


def test_a_minute_tells_whose_calls_it_has() -> None:
    """By the project's name, so that two roots of one name are one; beside them, by agent."""
    late = call(ts_ms=HOUR * HOUR_MS + 59 * 60_000)
    hours = hour(HOUR, call(), call(root="/R"), call(agent="b"), late)
    activity = build((DAY, hours))
    first = HOUR * MINUTES
    assert activity.minutes == {
        first: {"/R": 3},
        first + 59: {"/R": 1},
    }
    assert activity.agent_minutes == {"a": {first, first + 59}, "b": {first}}


def test_parts_of_an_hour_are_added_up() -> None:
    """A midnight in an hour leaves the calls before it to one day, and the others to the next."""
    activity = build((DAY, hour(HOUR, call())), (NEXT, hour(HOUR, call(), call())))
    assert {day: one.calls for day, one in activity.days.items()} == {DAY: 1, NEXT: 2}
    assert activity.minutes == {HOUR * MINUTES: {"/R": 3}}


def test_a_file_is_new_on_the_day_it_was_made() -> None:
    """By its history; what is written more often than it was made was changed as well."""
    once = hour(HOUR, call(file="/new", **WRITE))
    twice = hour(HOUR + 1, call(file="/new", **WRITE), call(file="/old", **WRITE))
    later = hour(HOUR + 24, call(file="/new", **WRITE), call(file="/old", **EDIT))
    activity = build((DAY, [*once, *twice]), (NEXT, later), new=DAY)
    assert activity.day_files == {
        DAY: (frozenset({"/new"}), frozenset({"/new", "/old"})),
        NEXT: (frozenset(), frozenset({"/new", "/old"})),
    }
    assert activity.writes == {"/new": 3, "/old": 2}


def test_a_file_that_was_made_once_is_only_new() -> None:
    """And one that was not written as a whole is no new one, whatever its history says."""
    hours = hour(HOUR, call(file="/new", **WRITE), call(file="/other", **EDIT))
    assert build((DAY, hours), new=DAY, other=DAY).day_files == {
        DAY: (frozenset({"/new"}), frozenset({"/other"}))
    }


def test_a_write_that_says_that_it_makes_a_file_is_believed() -> None:
    """Each counts as one; the same file may be made twice in a day."""
    told = {**WRITE, "is_absolute": False}
    hours = hour(HOUR, call(file="a", **told), call(file="a", **told, agent="b"))
    assert build((DAY, hours)).day_files == {DAY: (frozenset({"a"}), frozenset())}
    more = hour(HOUR + 1, call(file="a", **EDIT))
    assert build((DAY, [*hours, *more])).day_files[DAY].edited == {"a"}


def test_reads_count_beside_writes() -> None:
    """A day with reads alone has no files of its own."""
    hours = hour(HOUR, call(file="/a", **READ), call(file="/b", **READ), call(file="/a", **READ))
    activity = build((DAY, hours), (NEXT, hour(HOUR + 24, call(file="/a", **EDIT))))
    assert activity.reads == {"/a": 2, "/b": 1}
    assert list(activity.day_files) == [NEXT]


def test_rework_goes_on_over_projects_hours_and_days() -> None:
    """A session's steps come in the order of its calls, though each project tells its own."""
    first = [
        call(file="/r/a", **EDIT),
        call(file="/s/a", root="/s", **EDIT),
        call(detail="pytest", outcome="failed"),
        call(file="/s/b", root="/s", **EDIT),
        call(file="/r/a", **EDIT),
    ]
    then = [call(file="/s/a", root="/s", **EDIT), call(detail="pytest", outcome="failed")]
    last = [call(file="/s/b", root="/s", **EDIT)]
    activity = build(
        (DAY, [*hour(HOUR, *first), *hour(HOUR + 1, *then)]), (NEXT, hour(HOUR + 24, *last))
    )
    assert activity.loops == {"/r/a": 1, "/s/a": 1, "/s/b": 1}


@pytest.mark.parametrize("times", [1, 3])
def test_hours_are_left_as_they_were(times: int) -> None:
    """Whoever has them may put them together once more."""
    hours = hour(HOUR, call(detail="make"), call(file="/a", **WRITE), call(cwd="/w"))
    whole = [build((DAY, hours), a=DAY) for _ in range(times)]
    assert {one.total.calls for one in whole} == {3}
    assert hours[0][1].programs == {"make": [1, 0, 1]}
    assert whole[-1].programs == {"make": [1, 0, 1]}
