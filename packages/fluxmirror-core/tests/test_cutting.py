"""How many of several things are shown."""

from __future__ import annotations

import pytest
from fluxmirror_core.cutting import shown_of
from fluxmirror_core.report.sections import Report, Section, for_people


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (1, 1), (3, 3), (4, 4), (5, 3), (1_000, 3)])
def test_nothing_is_left_out_to_say_that_there_is_one_more(number: int, shown: int) -> None:
    """It would take the same room."""
    assert shown_of(number, 3) == shown


@pytest.mark.parametrize(("rows", "shown"), [(3, 3), (4, 4), (5, 3)])
def test_people_see_the_last_row_rather_than_that_there_is_one(rows: int, shown: int) -> None:
    """It would take the same room."""
    section = Section("t", "points", rows=tuple((f"{n}",) for n in range(rows)), shown=3)
    (seen,) = for_people(Report("r", (section,))).sections
    assert seen.shown == shown
    assert seen.rows == section.rows, "JSON has all, whatever is shown"
