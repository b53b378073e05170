"""What stands below the columns of a chart: hours, weekdays, days, months and years."""

from __future__ import annotations

from calendar import monthrange
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from fluxmirror_core.report.as_text import one_line, width
from fluxmirror_core.report.dates import short_range
from fluxmirror_core.report.sections import DATE, WEEKDAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from fluxmirror_core.report.sections import Section
    from fluxmirror_core.report.voice import Voice

FEW: Final = 10
"""So many columns have all their names below them."""
_WEEK: Final = 7
_HOURS_APART: Final = 3
_DAYS_APART: Final = 5
_DAYS_NAMED: Final = 62
"""Of more days only months are named."""
_LETTER: Final = {False: 7, True: 14}
"""How wide a letter is drawn at most, in a narrow chart and in a wide one, on a narrow screen."""
_GAP: Final = 6
_DAY: Final = timedelta(days=1)

_Place = tuple[int, str]
"""Below which column a label stands, and the label."""


def axis_labels(section: Section, voice: Voice, size: int, *, is_wide: bool) -> list[str]:
    """Say what stands below each column; nothing below most of many.

    Args:
        section: whose rows are drawn.
        voice: how to say it.
        size: the width of the drawing, in its units.
        is_wide: whether it is as wide as a page.
    """
    column, cells = section.columns[0], [row[0] for row in section.rows]
    if section.kind == "strip":
        return [str(place) if not place % _HOURS_APART else "" for place in range(len(cells))]
    if column.kind != DATE:
        return [one_line(text) for text in voice.write_column(column.kind, cells)]
    if len(cells) <= _WEEK and not _has_gaps(cells):
        return voice.write_column(WEEKDAY, [day.weekday() for day in cells])
    step, letter = size / len(cells), _LETTER[is_wide]
    labels, taken = [""] * len(cells), list[tuple[float, float]]()
    for place, label in _by_weight(cells, voice):
        start, end = label_span(place, step, width(label) * letter)
        if end > size + letter or any(start < to + _GAP and begin < end + _GAP
                                      for begin, to in taken):  # fmt: skip
            continue
        labels[place] = label
        taken.append((start, end))
    return labels


def label_span(place: int, step: float, length: float) -> tuple[float, float]:
    """Say from where to where a label stands: the first begins with its column."""
    if not place:
        return 0, length
    middle = step * (place + 0.5)
    return middle - length / 2, middle + length / 2


def _by_weight(days: Sequence[date], voice: Voice) -> Iterator[_Place]:
    """Give what may stand below days, the weightiest first: the first one, years, months, days."""
    if not _has_gaps(days) and _month(days[0]) == _month(days[-1]):
        yield from _numbers(days)
        return
    with_years = _has_gaps(days) or days[0].year != days[-1].year
    before = [None, *days[:-1]]
    pairs = list(enumerate(zip(days, before, strict=True)))
    firsts = [at for at, (day, last) in pairs if last is None or _month(day) != _month(last)]
    years = [at for at in firsts if not at or days[at].year != days[at - 1].year]
    for place in years:
        yield place, _month_name(days[place], voice, with_year=with_years)
    for place in firsts:
        if place not in years:
            yield place, _month_name(days[place], voice, with_year=False)
    if len(days) <= _DAYS_NAMED:
        yield from _numbers(days)


def _numbers(days: Sequence[date]) -> Iterator[_Place]:
    apart = 1 if len(days) <= FEW else _DAYS_APART
    for place in range(0, len(days), apart):
        yield place, str(days[place].day)


def _has_gaps(days: Sequence[date]) -> bool:
    """Tell whether days are left out."""
    return days[-1] - days[0] != _DAY * (len(days) - 1)


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _month_name(day: date, voice: Voice, *, with_year: bool) -> str:
    last = monthrange(day.year, day.month)[1]
    whole = short_range(day.replace(day=1), day.replace(day=last), with_year=with_year)
    return voice.say(whole)
