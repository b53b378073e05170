"""Voice: how a person reads what stands in a report, in the language of a catalog.

Whatever was recorded passes the mask here, whole, before it is cut and before it meets markup.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.messages import Message
from fluxmirror_core.report import dates, rounding
from fluxmirror_core.report.cells import (
    NAME_COLUMNS,
    agent_name,
    head,
    money,
    money_decimals,
    shown_path,
)
from fluxmirror_core.report.sections import (
    AGENT,
    BASE,
    CHANGE,
    CLOCK,
    COMMAND,
    DATE,
    DECIMAL,
    FLAG,
    FOLDER,
    HOUR,
    MINUTES,
    MONEY,
    NAME,
    NUMBER,
    OUTCOME,
    PATH,
    SHARE,
    SUBJECT,
    TEXT,
    WEEKDAY,
    WORD,
    Shown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from fluxmirror_core.messages import Catalog, Sayable
    from fluxmirror_core.report.sections import Cell, Kind, Money, PathEnd

Role = Literal["prose", "code", "recorded", "name", "path"]
"""What a piece of a text is: our words, what a person types, or what somebody else wrote.

Of the last a name may be cut at its end and a path at its beginning; anything else stays whole.
"""
Span = tuple[Role, str]
RECORDED: Final[tuple[Role, ...]] = ("recorded", "name", "path")
"""The roles of what somebody else wrote."""
_ROLES: Final[dict[Kind, Role]] = {
    NAME: "name",
    AGENT: "name",
    BASE: "name",
    COMMAND: "name",
    SUBJECT: "name",
    PATH: "path",
    FOLDER: "path",
    SHARE: "prose",
    MONEY: "prose",
}
"""Of values within a sentence; of any other kind they are `recorded`."""
_COMMAND_COLUMNS: Final = 80
_SUBJECT_COLUMNS: Final = 100
_TEXT_COLUMNS: Final = 4096
"""Of any text that was recorded; what is longer nobody reads."""
_MARK: Final = "\0"
"""Stands around the place of a recorded value in a text of ours, which has none itself."""
_UNKNOWN_PART: Final = "+?"
_SET: Final = "✓"
_OUTCOMES: Final = {
    "failed": "outcome.failed",
    "denied": "outcome.denied",
    "rejected": "outcome.rejected",
    "interrupted": "outcome.interrupted",
    "unknown": "outcome.unknown",
}
"""Only what went another way than it should is worth a word."""


class Voice:
    """Says messages, and writes cells.

    Args:
        catalog: the words.
        zone: whose clock to tell times by.
        home: directory that paths are shown relative to, as `~`.
        mask: takes secrets out of what was recorded; None where there are none.
    """

    def __init__(
        self,
        catalog: Catalog,
        zone: ZoneInfo,
        home: str,
        mask: Callable[[str], str] | None = None,
    ) -> None:
        self.catalog: Final = catalog
        self.zone: Final = zone
        self.home: Final = home
        self._mask: Final = mask
        self._clocks: Final[dict[int, str]] = {}
        self._writers: Final[dict[Kind, Callable[[Cell], str]]] = {
            TEXT: self._text,
            WORD: self.say,
            NUMBER: self._text,
            NAME: self._name,
            AGENT: self._agent,
            PATH: self._path,
            COMMAND: self._command,
            SUBJECT: self._subject,
            BASE: self._base,
            FOLDER: self._folder,
            SHARE: rounding.share,
            DECIMAL: rounding.decimal,
            MONEY: self._money,
            MINUTES: self._minutes,
            CLOCK: self._clock,
            DATE: self._date,
            FLAG: _flag,
            OUTCOME: self._outcome,
            WEEKDAY: self._weekday,
            HOUR: _hour,
            CHANGE: self._change,
        }

    def in_language(self, catalog: Catalog) -> Voice:
        """Give the same voice in another language."""
        return Voice(catalog, self.zone, self.home, self._mask)

    def say(self, what: Sayable) -> str:
        """Say a message; what was recorded in it is masked."""
        if isinstance(what, str):
            return self.recorded(what)
        return self.catalog.say(self._filled(what, lambda _, value: self.recorded(value)))

    def spans(self, what: Sayable) -> list[Span]:
        """Say a message in pieces, so that markup can tell our words from recorded ones."""
        if isinstance(what, str):
            return [("recorded", self.recorded(what))]
        values: list[Span] = []
        said = self.catalog.say(self._filled(what, lambda *span: _place(values, span)))
        if not values and "`" not in said:
            return [("prose", said)]
        cleaned = [(role, self.recorded(value)) for role, value in values]
        return [span for span in _spans(said, cleaned) if span[1]]

    def recorded(self, text: str) -> str:
        """Mask what was recorded, and cut what nobody would read."""
        return head(self.masked(text), _TEXT_COLUMNS)

    def masked(self, text: str) -> str:
        """Mask what was recorded."""
        return text if self._mask is None else self._mask(text)

    def write(self, kind: Kind, cell: Cell) -> str:
        """Write a cell of a kind as a person reads it."""
        return self.write_column(kind, (cell,))[0]

    def write_column(self, kind: Kind, cells: Sequence[Cell]) -> list[str]:
        """Write the cells of one column: its dates and its amounts in one form."""
        write = self._writers[kind]
        if kind == MONEY:
            decimals = money_decimals(one.pico for cell in cells if cell for one in cell.costs)
            return [self._none() if one is None else self._money(one, decimals) for one in cells]
        if kind == DATE and len({day.year for day in cells if day is not None}) > 1:
            return [
                self._none() if one is None else self._date(one, with_year=True) for one in cells
            ]
        return [self._none() if cell is None else write(cell) for cell in cells]

    def _filled(self, what: Message, change: Callable[[Role, str], str]) -> Message:
        """Give a message whose recorded values are changed, those of messages in it too."""
        if not what.values:
            return what
        values = tuple((name, self._changed(value, change)) for name, value in what.values)
        return what._replace(values=values)

    def _changed(self, value: object, change: Callable[[Role, str], str]) -> object:
        if isinstance(value, Message):
            return self._filled(value, change)
        if isinstance(value, Shown):
            return change(_ROLES.get(value.kind, "recorded"), self.write(value.kind, value.cell))
        return change("recorded", value) if isinstance(value, str) else value

    def _none(self) -> str:
        return self.catalog.text("unit.none")

    def _text(self, cell: Sayable | int) -> str:
        return f"{cell:,}" if isinstance(cell, int) else self.say(cell)

    def _name(self, name: Sayable) -> str:
        # Words of our own stand where something has no name.
        return head(self.masked(name) if isinstance(name, str) else self.say(name), NAME_COLUMNS)

    def _agent(self, agent: str) -> str:
        return agent_name(agent if agent in BY_ID else self.masked(agent))

    def _path(self, path: str) -> str:
        return shown_path(self.masked(path), self.home)

    def _command(self, command: str) -> str:
        return head(self.masked(command), _COMMAND_COLUMNS) or self.catalog.text("card.untold")

    def _subject(self, subject: str) -> str:
        return head(self.masked(subject), _SUBJECT_COLUMNS) or self._none()

    def _base(self, end: PathEnd) -> str:
        masked = self.masked(end.path)
        return head(self.masked(_last_parts(masked, end.parts) or masked), NAME_COLUMNS)

    def _folder(self, path: str) -> str:
        masked = self.masked(path)
        folder = masked[: max(_end_of_folder(masked), 0)]
        if not folder and masked != path:
            # Its mask hides where it is.
            return head(masked, NAME_COLUMNS)
        return self._path(folder or ".")

    def _money(self, paid: Money, decimals: int | None = None) -> str:
        if not paid.costs:
            return self.catalog.text("cost.unknown") if paid.unpriced else self._none()
        known = " + ".join(money(self.catalog, *one, decimals) for one in paid.costs)
        return known + _UNKNOWN_PART if paid.unpriced else known

    def _minutes(self, minutes: int) -> str:
        return self.catalog.say(dates.duration(minutes))

    def _clock(self, ts_ms: int) -> str:
        minute = ts_ms // 60_000
        if minute not in self._clocks:
            self._clocks[minute] = f"{datetime.fromtimestamp(minute * 60, self.zone):%H:%M}"
        return self._clocks[minute]

    def _date(self, day: date, *, with_year: bool = False) -> str:
        return self.catalog.say(dates.short_date(day, with_year=with_year))

    def _weekday(self, number: int) -> str:
        return self.catalog.say(dates.weekday(number))

    def _outcome(self, outcome: str) -> str:
        return self.catalog.text(_OUTCOMES[outcome]) if outcome in _OUTCOMES else ""

    def _change(self, cell: Cell) -> str:
        return rounding.change(cell) or self.catalog.text("unit.not_comparable")


def _flag(is_set: bool) -> str:  # noqa: FBT001 - a cell
    return _SET if is_set else ""


def _end_of_folder(path: str) -> int:
    """Find the last separator of either system; -1 without any."""
    return max(path.rfind("/"), path.rfind("\\"))


def _last_parts(path: str, number: int) -> str:
    """Give so many last parts of a path, or all it has."""
    start = len(path)
    for _ in range(number):
        start = _end_of_folder(path[: max(start, 0)])
    return path[start + 1 :]


def _hour(hour: int) -> str:
    return f"{hour:02}:00"


def _place(values: list[Span], value: Span) -> str:
    values.append(value)
    return f"{_MARK}{len(values) - 1}{_MARK}"


def _spans(said: str, values: Sequence[Span]) -> list[Span]:
    pieces = said.split("`")
    # A backquote without its partner quotes nothing.
    if not len(pieces) % 2:
        pieces = [said]
    spans: list[Span] = []
    for number, piece in enumerate(pieces):
        parts = piece.split(_MARK)
        # Every second part is the number of a value.
        own: list[Span] = [
            values[int(part)] if at % 2 else ("prose", part) for at, part in enumerate(parts)
        ]
        if number % 2:
            spans.append(("code", "".join(text for _, text in own)))
        else:
            spans += own
    return spans
