"""What days and weeks were about, told from their figures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from fluxmirror_core.analysis.activity import Activity, Count, WrittenFiles
from fluxmirror_core.analysis.themes import (
    DayTheme,
    FileTotals,
    MainThread,
    Mode,
    Pattern,
    Shape,
    Theme,
    WeekTheme,
    day_themes,
    file_totals,
    main_thread,
    mode_of,
    shape_of,
    theme_of,
    week_theme,
)

MONDAY = date(2026, 3, 2)


def day(number: int) -> date:
    """Give a day of the week, 0 for Monday."""
    return MONDAY + timedelta(number)


def themed(number: int, theme: Theme) -> DayTheme:
    """Give a day with a theme, and with calls unless it is idle."""
    return DayTheme(day(number), int(theme is not Theme.IDLE), 0, 0, 1, theme)


def lit(active: tuple[int, ...], days: int) -> list[DayTheme]:
    """Give days from Monday on, of which some are light and the others idle."""
    return [themed(at, Theme.LIGHT if at in active else Theme.IDLE) for at in range(days)]


def written(days: dict[int, tuple[set[str], set[str]]], **writes: int) -> Activity:
    """Give an activity with new and edited files of days, and how often each was written."""
    activity = Activity()
    for number, (new, edited) in days.items():
        activity.day_files[day(number)] = WrittenFiles(frozenset(new), frozenset(edited))
    activity.writes = writes
    return activity


def count(calls: int, reads: int = 0, writes: int = 0, shells: int = 0) -> Count:
    """Give calls of some classes."""
    counted = Count()
    counted.calls = calls
    counted.classes = {"Read": reads, "Write": writes, "Shell": shells}
    return counted


@pytest.mark.parametrize(
    ("figures", "theme"),
    [
        ((0, 0, 0), Theme.IDLE),
        ((1, 9, 0), Theme.LIGHT),
        ((49, 10, 5), Theme.LIGHT),
        ((50, 5, 5), Theme.BUILDING),
        ((50, 0, 0), Theme.BUILDING),
        ((200, 5, 30), Theme.POLISHING),
        ((999, 50, 0), Theme.BUILDING),
        ((1_000, 49, 50), Theme.POLISHING),
        ((1_000, 50, 0), Theme.SHIPPING),
        ((1_500, 80, 90), Theme.SHIPPING),
    ],
)
def test_a_day_has_the_first_theme_that_fits(figures: tuple[int, int, int], theme: Theme) -> None:
    """Of calls, new and edited files, each limit included."""
    assert theme_of(*figures) is theme


def test_days_are_told_one_by_one_the_empty_ones_included() -> None:
    """A day with files that have no calls in the period is nobody's."""
    activity = written({1: ({"a"}, {"a", "b"})})
    counted = count(60)
    counted.agents = {"x": 50, "y": 10}
    activity.days = {day(1): counted}
    assert day_themes(activity, [day(0), day(1)]) == (
        DayTheme(day(0), 0, 0, 0, 0, Theme.IDLE),
        DayTheme(day(1), 60, 1, 2, 2, Theme.POLISHING),
    )


@pytest.mark.parametrize(
    ("themes", "theme"),
    [
        ((Theme.BUILDING, Theme.SHIPPING), Theme.SHIPPING),
        ((Theme.BUILDING, Theme.BUILDING, Theme.POLISHING), Theme.BUILDING),
        ((Theme.BUILDING, Theme.POLISHING), Theme.POLISHING),
        ((Theme.LIGHT,), Theme.LIGHT),
    ],
)
def test_a_week_is_about_what_its_days_were(themes: tuple[Theme, ...], theme: Theme) -> None:
    """Shipping before building, building before polishing only with more days."""
    assert week_theme(themed(at, one) for at, one in enumerate(themes)).theme is theme


@pytest.mark.parametrize(
    ("weekdays", "pattern"),
    [
        ((), Pattern.IDLE),
        ((5,), Pattern.WEEKEND),
        ((5, 6, 12), Pattern.WEEKEND),
        ((0,), Pattern.WEEKDAY),
        ((0, 1, 2, 3, 4), Pattern.WEEKDAY),
        ((0, 1, 2, 3, 5), Pattern.STEADY),
        ((0, 1, 2, 5), Pattern.OTHER),
    ],
)
def test_a_week_has_a_pattern_of_days(weekdays: tuple[int, ...], pattern: Pattern) -> None:
    """Idle days do not count."""
    days = lit(weekdays, max((7, *(at + 1 for at in weekdays))))
    assert week_theme(days) == WeekTheme(pattern, Theme.LIGHT, len(weekdays), len(weekdays))


@pytest.mark.parametrize(
    ("active", "days", "pattern"),
    [
        (5, 7, Pattern.STEADY),
        (7, 14, Pattern.STEADY),
        (7, 15, Pattern.OTHER),
        (14, 691, Pattern.OTHER),
    ],
)
def test_steady_is_work_on_half_of_the_days(active: int, days: int, pattern: Pattern) -> None:
    """Two weeks in two years are not."""
    from_tuesday = tuple(range(1, active + 1))
    assert week_theme(lit(from_tuesday, days)).pattern is pattern


def test_a_week_tells_how_many_days_its_theme_is_of() -> None:
    """One day that shipped is the theme of the week, and still one day."""
    themes = (Theme.BUILDING, Theme.SHIPPING, Theme.IDLE, Theme.BUILDING)
    found = week_theme(themed(at, one) for at, one in enumerate(themes))
    assert (found.theme, found.theme_days, found.active_days) == (Theme.SHIPPING, 1, 3)


def test_files_of_a_period_count_once_each() -> None:
    """One that was made and changed is both; one that was read and written is not only read."""
    activity = written({0: ({"a"}, set()), 1: (set(), {"a", "b"})}, a=3, b=1)
    activity.reads = {"a": 1, "c": 4}
    assert file_totals(activity) == FileTotals(written=2, only_read=1, new=1, edited=2)
    assert file_totals(activity).ratio == 0.5
    assert file_totals(activity).mode is Mode.REFACTOR
    assert file_totals(Activity()).ratio is None


@pytest.mark.parametrize(
    ("new", "edited", "mode"),
    [
        (0, 0, Mode.BALANCED),
        (1, 0, Mode.BUILD),
        (0, 1, Mode.REFACTOR),
        (3, 2, Mode.BALANCED),
        (4, 2, Mode.BUILD),
        (2, 3, Mode.BALANCED),
        (2, 4, Mode.REFACTOR),
    ],
)
def test_the_mode_takes_more_than_one_and_a_half_times(new: int, edited: int, mode: Mode) -> None:
    """Exactly so many are balanced, in either direction."""
    assert mode_of(new, edited) is mode


def test_the_main_thread_was_written_on_three_days() -> None:
    """One that was written more often on two days is none."""
    days: dict[int, tuple[set[str], set[str]]] = {
        0: ({"a"}, {"b"}),
        1: (set(), {"a", "b"}),
        2: ({"a"}, {"a"}),
    }
    assert main_thread(written(days, a=4, b=90)) == MainThread("a", 4, 3)


def test_there_is_no_main_thread_below_ten_writes() -> None:
    """Of all files together; of equal files the first by path is it."""
    days: dict[int, tuple[set[str], set[str]]] = {at: (set(), {"a", "b"}) for at in range(3)}
    assert main_thread(written(days, a=5, b=4)) is None
    assert main_thread(written(days, b=5, a=5)) == MainThread("a", 5, 3)
    assert main_thread(written({0: (set(), {"a"})}, a=50)) is None
    assert main_thread(Activity()) is None


@pytest.mark.parametrize(
    ("counted", "shape"),
    [
        (count(0), Shape.IDLE),
        (count(49, reads=30, shells=9), Shape.LIGHT),
        (count(50, reads=21, writes=10, shells=1), Shape.INVESTIGATING),
        (count(50, reads=21, writes=10), Shape.READING),
        (count(50, reads=20, writes=10, shells=1), Shape.READING),
        (count(50, reads=10, writes=11, shells=1), Shape.WRITING),
        (count(50, reads=10, writes=10, shells=1), Shape.BALANCED),
        (count(50, shells=50), Shape.BALANCED),
    ],
)
def test_a_day_has_the_first_shape_that_fits(counted: Count, shape: Shape) -> None:
    """Of reads, writes and shell commands."""
    assert shape_of(counted) is shape
