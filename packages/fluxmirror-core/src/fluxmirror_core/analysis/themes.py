"""Themes: what days and weeks were about, in one word each, told from their figures.

A word means one thing wherever it stands: what a day's shape shares with its theme, `idle` and
`light`, they have by the same rule.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.activity import WrittenFiles
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.tools import ToolClass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from fluxmirror_core.analysis.activity import Activity, Count

LIGHT_CALLS: Final = 50
"""A day with fewer is a light one."""
SHIPPING_CALLS: Final = 1_000
SHIPPING_NEW: Final = 50
STEADY_DAYS: Final = 5
STEADY_PART: Final = 2
"""Active days are steady where they are at least one in so many: of a week, five always are."""
THREAD_DAYS: Final = 3
THREAD_WRITES: Final = 10
_SATURDAY: Final = 5
_NOTHING: Final = WrittenFiles(frozenset(), frozenset())


class Theme(StrEnum):
    """What a local day was about."""

    IDLE = "idle"
    LIGHT = "light"
    SHIPPING = "shipping"
    BUILDING = "building"
    POLISHING = "polishing"


class Shape(StrEnum):
    """How a day went, by what its calls did."""

    IDLE = "idle"
    LIGHT = "light"
    INVESTIGATING = "investigating"
    WRITING = "writing"
    READING = "reading"
    BALANCED = "balanced"


class Mode(StrEnum):
    """Whether more files were made or changed."""

    BUILD = "build"
    REFACTOR = "refactor"
    BALANCED = "balanced"


class Pattern(StrEnum):
    """On which days a period had calls."""

    IDLE = "idle"
    WEEKEND = "weekend"
    WEEKDAY = "weekday"
    STEADY = "steady"
    OTHER = "other"


class DayTheme(NamedTuple):
    """A day and what it was about."""

    date: date
    calls: int
    new: int
    edited: int
    agents: int
    theme: Theme


class WeekTheme(NamedTuple):
    """What a week, or any other period, was about."""

    pattern: Pattern
    theme: Theme
    """One of shipping, building, polishing and light; light too where nothing happened."""
    active_days: int
    theme_days: int
    """How many of the active days have this theme themselves."""


class FileTotals(NamedTuple):
    """The files of a period, each counted once."""

    written: int
    only_read: int
    new: int
    """Made on any day of the period."""
    edited: int
    """Changed on any day of the period; a file that was made and changed is in both."""

    @property
    def ratio(self) -> float | None:
        """Give new files per edited one; None where none was edited."""
        return self.new / self.edited if self.edited else None

    @property
    def mode(self) -> Mode:
        """Put the ratio into a word: see `mode_of`."""
        return mode_of(self.new, self.edited)


class MainThread(NamedTuple):
    """The file that the work kept coming back to."""

    file: str
    writes: int
    days: int
    """On which it was written."""


def theme_of(calls: int, new: int, edited: int) -> Theme:
    """Say what a day was about; the first that fits.

    Idle without a call, light below 50 calls, shipping from 1,000 calls and 50 new files on,
    building with at least as many new files as edited ones, else polishing.
    """
    if not calls:
        return Theme.IDLE
    if calls < LIGHT_CALLS:
        return Theme.LIGHT
    if calls >= SHIPPING_CALLS and new >= SHIPPING_NEW:
        return Theme.SHIPPING
    return Theme.BUILDING if new >= edited else Theme.POLISHING


def day_themes(activity: Activity, days: Iterable[date]) -> tuple[DayTheme, ...]:
    """Say what each local day was about, in the order of `days`, those without a call included."""
    return tuple(_day_theme(activity, day) for day in days)


def week_theme(themes: Iterable[DayTheme]) -> WeekTheme:
    """Say what a period was about, by its days.

    Its theme is shipping with any shipping day, else building with more building days than
    polishing ones, else polishing with any polishing day, else light. Its pattern: idle without a
    call, weekend or weekday where all days with calls are such, steady with five or more of them
    that are at least half of all days, else other.

    Args:
        themes: of every day of the period, those without a call included.
    """
    days = tuple(themes)
    active = [one for one in days if one.calls]
    active_themes = [one.theme for one in active]
    main = _main_theme(active_themes)
    return WeekTheme(_pattern(active, len(days)), main, len(active), active_themes.count(main))


def file_totals(activity: Activity) -> FileTotals:
    """Count the files of a period, each once."""
    return FileTotals(
        written=len(activity.writes),
        only_read=len(activity.reads.keys() - activity.writes.keys()),
        new=len(frozenset().union(*(one.new for one in activity.day_files.values()))),
        edited=len(frozenset().union(*(one.edited for one in activity.day_files.values()))),
    )


def mode_of(new: int, edited: int) -> Mode:
    """Say whether more files were made or changed.

    Build with more than one and a half times as many new files as edited ones, refactor with more
    than one and a half times as many edited ones, else balanced.
    """
    if 2 * new > 3 * edited:
        return Mode.BUILD
    return Mode.REFACTOR if 2 * edited > 3 * new else Mode.BALANCED


def main_thread(activity: Activity) -> MainThread | None:
    """Give the file with most writes of those written on three local days or more.

    Of equal ones that whose path comes first; None without any, or with fewer than ten writes in
    the whole period.
    """
    if sum(activity.writes.values()) < THREAD_WRITES:
        return None
    days: dict[str, int] = {}
    for one in activity.day_files.values():
        for written in one.new | one.edited:
            days[written] = days.get(written, 0) + 1
    writes = activity.writes
    kept = [written for written, number in days.items() if number >= THREAD_DAYS]
    if not kept:
        return None
    file = min(kept, key=lambda one: (-writes[one], one))
    return MainThread(file, writes[file], days[file])


def shape_of(count: Count) -> Shape:
    """Say how a day went; the first that fits.

    Idle without a call, light below 50 calls, investigating with more than twice as many reads as
    writes and at least one shell command, writing with more writes than reads, reading with more
    reads than writes, else balanced.
    """
    reads = count.classes.get(ToolClass.READ, 0)
    writes = count.classes.get(ToolClass.WRITE, 0)
    if not count.calls:
        return Shape.IDLE
    if count.calls < LIGHT_CALLS:
        return Shape.LIGHT
    if reads > 2 * writes and count.classes.get(ToolClass.SHELL):
        return Shape.INVESTIGATING
    if writes == reads:
        return Shape.BALANCED
    return Shape.WRITING if writes > reads else Shape.READING


def _day_theme(activity: Activity, day: date) -> DayTheme:
    count, files = activity.days.get(day), activity.day_files.get(day, _NOTHING)
    calls, agents = (count.calls, len(count.agents)) if count else (0, 0)
    new, edited = len(files.new), len(files.edited)
    return DayTheme(day, calls, new, edited, agents, theme_of(calls, new, edited))


def _pattern(active: list[DayTheme], days: int) -> Pattern:
    at_weekends = {one.date.weekday() >= _SATURDAY for one in active}
    if not active:
        return Pattern.IDLE
    if len(at_weekends) == 1:
        return Pattern.WEEKEND if True in at_weekends else Pattern.WEEKDAY
    is_steady = len(active) >= STEADY_DAYS and len(active) * STEADY_PART >= days
    return Pattern.STEADY if is_steady else Pattern.OTHER


def _main_theme(themes: list[Theme]) -> Theme:
    if Theme.SHIPPING in themes:
        return Theme.SHIPPING
    if themes.count(Theme.BUILDING) > themes.count(Theme.POLISHING):
        return Theme.BUILDING
    return Theme.POLISHING if Theme.POLISHING in themes else Theme.LIGHT
