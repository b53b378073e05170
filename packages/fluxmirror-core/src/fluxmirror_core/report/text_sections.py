"""The sections of a report as Markdown: tables, lists and charts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.report import markdown
from fluxmirror_core.report.as_text import one_line, width
from fluxmirror_core.report.cells import head, tail
from fluxmirror_core.report.changes import is_compared, times, written_change, written_value
from fluxmirror_core.report.drawing import first_number, left_out
from fluxmirror_core.report.sections import (
    AGENT,
    CHANGE,
    COMMAND,
    MONEY,
    NAME,
    PATH,
    SUBJECT,
    TEXT,
    WORD,
    Column,
)
from fluxmirror_core.report.text_charts import draw
from fluxmirror_core.report.text_lines import flowing, spoken_line
from fluxmirror_core.report.text_tables import TableColumn, lined_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.report.sections import Cell, Figure, Kind, Section
    from fluxmirror_core.report.voice import Voice

_DRAWN: Final = 4
"""Columns of a table that has room for bars behind it."""
_READABLE: Final = 30
"""Columns of a terminal in which the subject of a commit can still be told."""
_RECORDED: Final = (NAME, AGENT, PATH, COMMAND, SUBJECT)
_MARKS: Final = {MONEY: "+?", CHANGE: " ↑↓"}
"""What stands behind some of a column's numbers, and would push them out of line."""


def section_blocks(section: Section, voice: Voice, room: int | None = None) -> Iterator[str]:
    """Write a section block by block; an empty one has none.

    Args:
        section: what to write.
        voice: how to say it.
        room: columns of the terminal; None for lines of any length.
    """
    body = _BODIES[section.kind](section, voice, room)
    if not body and not section.facts:
        return
    if section.title:
        yield f"## {spoken_line(section.title, voice)}"
    if section.facts:
        yield _points(section.facts, voice, room)
    if body:
        yield body
    if left := left_out(section):
        yield flowing(message("card.more", count=f"{left:,}"), voice, room)
    if section.note:
        yield flowing(section.note, voice, room)


def _table(section: Section, voice: Voice, room: int | None) -> str:
    rows = section.rows[: section.shown]
    if not rows:
        return ""
    pairs = zip(section.columns, zip(*rows, strict=True), strict=True)
    return lined_up([_column(column, cells, voice) for column, cells in pairs], room)


def _column(column: Column, cells: Sequence[Cell], voice: Voice) -> TableColumn:
    title = _title(column.title, voice)
    if column.kind not in _RECORDED:
        return TableColumn(title, _cells(column, cells, voice), column.is_number)
    write = partial(_recorded, column.kind, cells, voice.write_column(column.kind, cells))
    asked = _READABLE if column.kind == SUBJECT else 0
    return TableColumn(title, write(None), cut=write, asked=asked)


def _title(title: Sayable, voice: Voice) -> str:
    return markdown.in_table(spoken_line(title, voice))


def _recorded(
    kind: Kind, cells: Sequence[Cell], texts: Sequence[str], limit: int | None
) -> list[str]:
    """Write the cells of a column of recorded texts, in so many columns of a terminal at most."""
    pairs = zip(texts, cells, strict=True)
    if kind == COMMAND:
        # Without a command, our own words say so.
        return [_fitting(text, limit, markdown.code if cell else str) for text, cell in pairs]
    cut = tail if kind == PATH else head
    return [_fitting(text, limit, markdown.shown, cut) for text in texts]


def _fitting(
    text: str,
    limit: int | None,
    markup: Callable[[str], str],
    cut: Callable[[str, int], str] = head,
) -> str:
    """Write a recorded text as Markdown; cut before, so that no half of markup is left."""
    written = markdown.in_table(markup(one_line(text)))
    if limit is None or width(written) <= limit:
        return written
    shorter = (markdown.in_table(markup(one_line(cut(text, room)))) for room in range(limit, 0, -1))
    return next(one for one in shorter if width(one) <= limit)


def _cells(column: Column, cells: Sequence[Cell], voice: Voice) -> list[str]:
    """Write cells of our own making, each as one line that Markdown shows as it is."""
    kind = column.kind
    if kind in {TEXT, WORD}:
        texts = [
            f"{cell:,}"
            if isinstance(cell, int)
            else ""
            if cell is None
            else spoken_line(cell, voice)
            for cell in cells
        ]
    else:
        texts = [one_line(text) for text in voice.write_column(kind, cells)]
    if kind in _MARKS:
        texts = _level_with(texts, _MARKS[kind])
    return [markdown.in_table(text) for text in texts]


def _level_with(texts: Sequence[str], marks: str) -> list[str]:
    """Keep numbers in line where a mark stands behind some."""
    behind = [len(text) - len(text.rstrip(marks)) for text in texts]
    most = max(behind, default=0)
    # What is no number, such as `unknown`, ends where the marks do.
    return [
        text + " " * (most - own) if text[-1:].isdigit() or text[-1:] in "%" + marks else text
        for text, own in zip(texts, behind, strict=True)
    ]


def _points(points: Sequence[Sayable], voice: Voice, room: int | None) -> str:
    return "\n".join(flowing(point, voice, room, "- ", "  ") for point in points)


def _listed(section: Section, voice: Voice, room: int | None) -> str:
    return _points([row[0] for row in section.rows[: section.shown]], voice, room)


def _paragraph(section: Section, voice: Voice, room: int | None) -> str:
    return "\n\n".join(flowing(row[0], voice, room) for row in section.rows)


def _figures(section: Section, voice: Voice, room: int | None) -> str:
    """Write figures as a table; what came before stands in it where anything did."""
    figures = section.figures
    if not figures:
        return ""
    now, _ = times(section)
    columns = [
        _labels(figures, voice),
        _numbers(now, [_figure(one, one.value, voice) for one in figures], voice),
    ]
    if is_compared(section):
        earlier, change = _earlier(section, voice)
        # Two times that have names stand in their order.
        columns[1:] = [earlier, *columns[1:]] if section.times else [*columns[1:], earlier]
        columns.append(change)
    return lined_up(columns, room)


def _labels(figures: Sequence[Figure], voice: Voice) -> TableColumn:
    whole = [_title(one.title, voice) for one in figures]

    def write(limit: int) -> list[str]:
        cut = [_fitting(voice.say(one.title), limit, markdown.shown) for one in figures]
        pairs = zip(whole, cut, strict=True)
        return [line if width(line) <= limit else short for line, short in pairs]

    return TableColumn(_title(message("card.figure"), voice), whole, cut=write, is_label=True)


def _earlier(section: Section, voice: Voice) -> tuple[TableColumn, TableColumn]:
    """Write what came before, and the change since."""
    figures = section.figures
    _, before = times(section)
    changes = _level_with([written_change(one, voice) for one in figures], _MARKS[CHANGE])
    return (
        _numbers(before, [_figure(one, one.before, voice) for one in figures], voice),
        _numbers(message("card.change"), changes, voice),
    )


def _numbers(title: Sayable, texts: Sequence[str], voice: Voice) -> TableColumn:
    return TableColumn(_title(title, voice), texts, is_number=True)


def _figure(figure: Figure, cell: Cell, voice: Voice) -> str:
    return markdown.in_table(one_line(written_value(figure, cell, voice)))


def _bars(section: Section, voice: Voice, room: int | None) -> str:
    """Draw bars, or leave them away where a table is wide enough without them."""
    return (_table if len(section.columns) > _DRAWN else _chart)(section, voice, room)


def _chart(section: Section, voice: Voice, room: int | None) -> str:
    lines = draw(section, voice, room)
    return _shortened(section, voice, room) if lines is None else _fenced(lines)


def _shortened(section: Section, voice: Voice, room: int | None) -> str:
    """Draw fewer columns; those without room beside the bars follow in a table."""
    places = range(len(section.columns))
    for count in range(len(places) - 1, first_number(section.columns), -1):
        lines = draw(_with_columns(section, places[:count]), voice, room)
        if lines is not None:
            others = _with_columns(section, (0, *places[count:]))
            return f"{_fenced(lines)}\n\n{_table(others, voice, room)}"
    return _table(section, voice, room)


def _with_columns(section: Section, places: Sequence[int]) -> Section:
    columns = tuple(section.columns[place] for place in places)
    rows = tuple(tuple(row[place] for place in places) for row in section.rows)
    return section._replace(columns=columns, rows=rows)


def _fenced(lines: Sequence[str]) -> str:
    return "\n".join(("```text", *lines, "```")) if lines else ""


_BODIES: Final = {
    "table": _table,
    "bars": _bars,
    "strip": _chart,
    "trend": _chart,
    "heat": _chart,
    "points": _listed,
    "paragraph": _paragraph,
    "figures": _figures,
    "changes": _figures,
}
