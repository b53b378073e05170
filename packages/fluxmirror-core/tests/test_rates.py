"""Figures set against each other: failures, shares, changes."""

from __future__ import annotations

import pytest
from fluxmirror_core.analysis.rates import (
    failed,
    failure_rate,
    percent_change,
    share,
    stopped,
    unknown,
    whole_percent,
)

OUTCOMES = {"ok": 6, "failed": 2, "denied": 1, "rejected": 3, "interrupted": 5, "unknown": 7}


def test_outcomes_are_failed_stopped_or_unknown() -> None:
    """Each counts in one of them, or went well."""
    assert (failed(OUTCOMES), stopped(OUTCOMES), unknown(OUTCOMES)) == (2, 9, 7)


def test_the_failure_rate_is_of_calls_that_ended_by_themselves() -> None:
    """What was stopped or is not known counts on neither side; there may be nothing to tell."""
    assert failure_rate(OUTCOMES) == 0.25
    assert failure_rate({"failed": 1}) == 1.0
    assert failure_rate({"ok": 1}) == 0.0
    assert failure_rate({"denied": 1, "unknown": 1}) is None


def test_a_share_of_nothing_is_none() -> None:
    """There is no whole."""
    assert share(1, 4) == 0.25
    assert share(0, 0) is None


@pytest.mark.parametrize(("part", "whole", "percent"), [(1, 200, 1), (29, 200, 15), (1, 201, 0)])
def test_percent_are_rounded_half_up(part: int, whole: int, percent: int) -> None:
    """Without a float in between that would be a little less than a half."""
    assert whole_percent(part, whole) == percent


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [
        (12, 10, 20),
        (4, 10, -60),
        (0, 10, -100),
        (0, 0, 0),
        (5, 0, None),
        (201, 200, 1),
        (199, 200, -1),
        (401, 400, 0),
    ],
)
def test_a_change_is_told_in_percent_of_before(now: int, before: int, percent: int | None) -> None:
    """Half a percent goes away from 0, up and down alike."""
    assert percent_change(now, before) == percent
