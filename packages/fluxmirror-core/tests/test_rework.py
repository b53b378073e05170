"""Files that were written, failed a test, and were written again."""

from __future__ import annotations

import pytest
from fluxmirror_core.analysis.hour import FAILED_TEST, OTHER_TEST, HourActivity
from fluxmirror_core.analysis.rework import LoopFinder, Rework, build_rework
from hypothesis import given
from hypothesis import strategies as st

Step = str | int
F, E = FAILED_TEST, OTHER_TEST
CASES: list[tuple[list[Step], dict[str, int]]] = [
    (["a", F, "a"], {"a": 1}),
    (["a", F, "a", "a"], {"a": 1}),
    (["a", F, "a", "b", "a"], {"a": 1}),
    (["a", F, F, "a"], {"a": 1}),
    (["a", F, "a", F, "a"], {"a": 2}),
    (["a", F, "b", F, "a"], {"a": 1}),
    (["a", F, "b", F, "a", "b"], {"a": 1, "b": 1}),
    (["a", "b", F, "b", "a"], {"a": 1, "b": 1}),
    (["a", F, E, "a"], {}),
    (["a", E, F, "a"], {}),
    (["a", F, "a", E], {"a": 1}),
    ([F, "a"], {}),
    (["a", F], {}),
    (["a", "a"], {}),
    ([], {}),
]


def hour(agent: str, **sessions: list[Step]) -> HourActivity:
    """Make an hour of an agent, with the steps of its sessions."""
    one = HourActivity(agent, "/r")
    for session, steps in sessions.items():
        one.steps[session] = []
        for number, step in enumerate(steps):
            if isinstance(step, str) and step not in one.files:
                one.files.append(step)
            at = one.files.index(step) if isinstance(step, str) else step
            one.steps[session] += [number, at]
    return one


def loops_of(*hours: list[HourActivity]) -> dict[str, int]:
    """Give the loops of some hours, by file."""
    finder = LoopFinder()
    for activities in hours:
        finder.add_hour(activities)
    return finder.loops


@pytest.mark.parametrize(("steps", "loops"), CASES)
def test_a_loop_is_a_write_a_failed_run_and_the_write_again(
    steps: list[Step], loops: dict[str, int]
) -> None:
    """Once for each file and failed run, before any run ends otherwise."""
    assert loops_of([hour("x", s=steps)]) == loops
    assert loops_of(*([hour("x", s=[step])] for step in steps)) == loops


def test_sessions_are_counted_apart() -> None:
    """What one wrote is no loop of the other; those of a file add up."""
    x = hour("x", one=["a", F], two=["a"], three=["b", F, "b", "c", F, "c"])
    y = hour("y", three=["c", F, "c"], four=["a", F, "a"])
    assert loops_of([x, y]) == {"c": 2, "a": 1, "b": 1}


def test_a_session_that_works_in_two_projects_has_one_order() -> None:
    """That of its calls, which the numbers of its steps tell."""
    here, there = hour("x", s=["a", "a"]), hour("x", s=["b", F])
    here.steps["s"][::2], there.steps["s"][::2] = [0, 3], [1, 2]
    assert loops_of([here, there]) == loops_of([there, here]) == {"a": 1}


def test_loops_are_told_most_first() -> None:
    """Then by path."""
    assert build_rework({"b": 1, "a": 1, "c": 2}) == Rework(4, (("c", 2), ("a", 1), ("b", 1)))


@given(st.lists(st.sampled_from(["a", "b", F, E]), max_size=30))
def test_a_file_loops_no_more_often_than_runs_fail(steps: list[Step]) -> None:
    """Nor more often than it is written again."""
    for file, loops in loops_of([hour("x", s=steps)]).items():
        assert loops <= steps.count(F)
        assert loops < steps.count(file)
