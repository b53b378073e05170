"""The one model of a report that every format renders, so that formats never differ in content.

A cell holds a value as it is: its column's kind says how a person reads it, in whatever language,
and JSON gives it as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from fluxmirror_core.cutting import shown_of
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmirror_core.analysis.usage import Cost
    from fluxmirror_core.messages import Sayable

TEXT: Final = "text"
"""A `Sayable`."""
WORD: Final = "word"
"""A `Message` of one word, such as a theme; JSON gives the last part of its id."""
NUMBER: Final = "number"
"""An int, digits grouped; or a text that is written to the right."""
NAME: Final = "name"
"""A recorded name, such as a tool's or a project's; a long one is cut at its end."""
AGENT: Final = "agent"
"""An agent's id, shown by its name."""
PATH: Final = "path"
"""A path, shown below `~`; a long one is cut at its beginning."""
COMMAND: Final = "command"
"""A shell command; a long one is cut at its end. May be empty: nothing told it."""
SUBJECT: Final = "subject"
"""What a commit is about, in one line; a long one is cut at its end, in JSON too."""
BASE: Final = "base"
"""A `PathEnd`: a whole path, of which its end is shown. What masks it sees it whole."""
FOLDER: Final = "folder"
"""A whole path of a file, of which the directory is shown, below `~`."""
SHARE: Final = "share"
"""A part of a whole, 0 to 1, shown in whole percent; None where there is no whole."""
DECIMAL: Final = "decimal"
"""A float, shown with up to two decimals; None where there is none."""
MONEY: Final = "money"
"""A `Money`; None where nothing was used."""
MINUTES: Final = "minutes"
"""An int of minutes, shown as hours and minutes."""
CLOCK: Final = "clock"
"""An instant in UTC milliseconds, shown as `14:05` of the report's zone."""
DATE: Final = "date"
"""A `datetime.date`, shown with its weekday."""
FLAG: Final = "flag"
"""A bool, shown as a mark or nothing."""
OUTCOME: Final = "outcome"
"""How a call ended, as `fluxmirror_core.event.Outcome` has it; only what went wrong is shown."""
WEEKDAY: Final = "weekday"
"""0 for Monday to 6."""
HOUR: Final = "hour"
"""Of a clock, 0 to 23, shown as `14:00`."""
CHANGE: Final = "change"
"""A `Change`; None where there is nothing to compare with."""

Kind = Literal[
    "text", "word", "number", "name", "agent", "path", "command", "subject", "base", "folder",
    "share", "decimal", "money",
    "minutes", "clock", "date", "flag", "outcome", "weekday", "hour", "change",
]  # fmt: skip
Look = Literal[
    "table", "bars", "strip", "trend", "heat", "points", "paragraph", "figures", "changes"
]
Cell = Any
"""What its column's kind says."""
_TO_THE_RIGHT: Final = frozenset((NUMBER, SHARE, DECIMAL, MONEY, MINUTES, CHANGE))


class Money(NamedTuple):
    """What was paid, as far as prices are known."""

    costs: tuple[Cost, ...]
    """One for each currency."""
    unpriced: int = 0
    """Responses without a price, which are in no cost."""


class Change(NamedTuple):
    """Two figures of one kind to compare: for money, in pico-units of one currency."""

    now: float
    before: float


class PathEnd(NamedTuple):
    """A file, called by the last part of its path, or by as many as tell it from others."""

    path: str
    parts: int = 1


class Column(NamedTuple):
    """One column of a table."""

    title: Sayable
    kind: Kind = "text"
    key: str = ""
    """The name of its values in JSON; one without is for people alone."""
    is_for_people: bool = True
    """Whether people are shown it; else it is in JSON alone."""

    @property
    def is_number(self) -> bool:
        """Tell whether its cells stand to the right."""
        return self.kind in _TO_THE_RIGHT


class Figure(NamedTuple):
    """One figure of a report's head, beside the same of an earlier time."""

    key: str
    title: Sayable
    kind: Kind
    value: Cell
    before: Cell = None
    """None where there is nothing to compare with."""
    change: Change | None = None


class Section(NamedTuple):
    """One heading and what stands under it."""

    title: Sayable
    kind: Look
    """How it looks, beside its plain table, which HTML and JSON have of every kind:

    `table`; `bars`, one bar for each row, by its first number; `strip`, a row for each hour of a
    day; `trend`, a row for each day; `heat`, a row for each weekday and a column for each hour;
    `points`, a list of sentences; `paragraph`; `figures`; `changes`, figures as rows of a table.
    """
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    """A cell per column. Of `points` and `paragraph` one `Sayable` each."""
    note: Sayable = ""
    """What is to be said under the rows."""
    facts: tuple[Sayable, ...] = ()
    """What is to be said above the rows, a line each."""
    key: str = ""
    """Its name in JSON."""
    shown: int | None = None
    """So many rows are shown to people, and how many more there are; JSON has all."""
    figures: tuple[Figure, ...] = ()
    """Of `figures` and `changes`, instead of rows."""
    times: tuple[Sayable, ...] = ()
    """What the time of the figures is called, and the one before it; empty for value and before."""
    only: Literal["", "now", "before"] = ""
    """Which of the two times has anything, where the other has nothing at all: people are shown
    the figures of that one alone, as there is nothing to compare; JSON has both."""

    @property
    def is_empty(self) -> bool:
        """Tell whether it says nothing at all."""
        return not (self.rows or self.figures or self.note or self.facts)


class Report(NamedTuple):
    """A title and its sections."""

    title: Sayable
    sections: tuple[Section, ...]
    subtitle: Sayable = ""
    """What the title is of: dates, zone, agent, project."""
    key: str = ""
    """Which report it is, in JSON."""
    facts: Mapping[str, Any] | None = None
    """What JSON says of the whole: period, zone, what was asked for."""
    footer: tuple[Sayable, ...] = ()
    """What is to be said at the very end, such as who saw the calls; a line each."""


def for_people(report: Report) -> Report:
    """Leave out the columns that are for programs alone, and no row that is the only one more.

    Figures that have nothing to be compared with stand alone.
    """
    sections = (_with_last_row(_for_people(_alone(section))) for section in report.sections)
    return report._replace(sections=tuple(sections))


def _with_last_row(section: Section) -> Section:
    if section.shown is None:
        return section
    return section._replace(shown=shown_of(len(section.rows), section.shown))


def _alone(section: Section) -> Section:
    """Leave out the time that has nothing."""
    if not section.only:
        return section
    place = ("now", "before").index(section.only)
    figures = tuple(
        one._replace(value=(one.value, one.before)[place], before=None, change=None)
        for one in section.figures
    )
    times = (section.times[place], "") if section.times else ()
    return section._replace(kind="figures", figures=figures, times=times)


def _for_people(section: Section) -> Section:
    places = [place for place, column in enumerate(section.columns) if column.is_for_people]
    if len(places) == len(section.columns):
        return section
    return section._replace(
        columns=tuple(section.columns[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in section.rows),
    )


class Shown(NamedTuple):
    """A value within a sentence, as a message's placeholder holds it: written like a cell."""

    kind: Kind
    cell: Cell
