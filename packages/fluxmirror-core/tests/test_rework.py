"""Files that were written, failed a test, and were written again."""

from __future__ import annotations

import pytest
from fluxmirror_core.analysis.activity import TEST_ENDED, TEST_FAILED, Step
from fluxmirror_core.analysis.rework import Rework, count_rework
from hypothesis import given
from hypothesis import strategies as st

F, E = TEST_FAILED, TEST_ENDED
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


@pytest.mark.parametrize(("steps", "loops"), CASES)
def test_a_loop_is_a_write_a_failed_run_and_the_write_again(
    steps: list[Step], loops: dict[str, int]
) -> None:
    """Once for each file and failed run, before any run ends otherwise."""
    assert dict(count_rework({("x", "s"): steps}).files) == loops


def test_sessions_are_counted_apart() -> None:
    """What one wrote is no loop of the other; those of a file add up, most first, then by path."""
    steps: dict[tuple[str, str], list[Step]] = {
        ("x", "1"): ["a", F],
        ("x", "2"): ["a"],
        ("x", "3"): ["b", F, "b", "c", F, "c"],
        ("y", "3"): ["c", F, "c"],
        ("y", "4"): ["a", F, "a"],
    }
    assert count_rework(steps) == Rework(4, (("c", 2), ("a", 1), ("b", 1)))


@given(st.lists(st.sampled_from(["a", "b", F, E]), max_size=30))
def test_a_file_loops_no_more_often_than_runs_fail(steps: list[Step]) -> None:
    """Nor more often than it is written again."""
    found = count_rework({("x", "s"): steps})
    for file, loops in found.files:
        assert loops <= sum(step is F for step in steps)
        assert loops < steps.count(file)
