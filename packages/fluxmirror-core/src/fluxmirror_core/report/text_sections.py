"""The sections of a report as Markdown: tables, lists and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.report import markdown
from fluxmirror_core.report.as_text import one_line, padded, width
from fluxmirror_core.report.drawing import left_out
from fluxmirror_core.report.sections import (
    AGENT,
    CHANGE,
    COMMAND,
    MONEY,
    NAME,
    NUMBER,
    PATH,
    SUBJECT,
    TEXT,
    WORD,
    Column,
)
from fluxmirror_core.report.text_charts import draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.report.sections import Cell, Figure, Section
    from fluxmirror_core.report.voice import Voice

_DRAWN: Final = 4
"""Columns of a table that has room for bars behind it."""
_RECORDED: Final = (NAME, AGENT, PATH, SUBJECT)
_MARKS: Final = {MONEY: "+?", CHANGE: " ↑↓"}
"""What stands behind some of a column's numbers, and would push them out of line."""


def spoken_line(what: Sayable, voice: Voice) -> str:
    """Write a line of prose; what was recorded in it has no power."""
    spans = [(role, one_line(text)) for role, text in voice.spans(what)]
    recorded = markdown.shown if len(spans) == 1 else markdown.shown_among
    markup = {"code": markdown.code, "recorded": recorded}
    return "".join(text if role == "prose" else markup[role](text) for role, text in spans)


def section_blocks(section: Section, voice: Voice) -> Iterator[str]:
    """Write a section block by block; an empty one has none."""
    body = _BODIES[section.kind](section, voice)
    if not body and not section.facts:
        return
    if section.title:
        yield f"## {spoken_line(section.title, voice)}"
    if section.facts:
        yield _points(section.facts, voice)
    if body:
        yield body
    if left := left_out(section):
        yield spoken_line(message("card.more", count=f"{left:,}"), voice)
    if section.note:
        yield spoken_line(section.note, voice)


def _table(section: Section, voice: Voice) -> str:
    rows = section.rows[: section.shown]
    return _grid(section.columns, rows, voice) if rows else ""


def _grid(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], voice: Voice) -> str:
    texts = [
        _column(column, cells, voice)
        for column, cells in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    return _lined_up(columns, texts, voice)


def _lined_up(columns: Sequence[Column], texts: Sequence[Sequence[str]], voice: Voice) -> str:
    """Put columns of texts beside each other, below their titles."""
    filled, rules = [], []
    for column, cells in zip(columns, texts, strict=True):
        right = column.is_number
        whole = [markdown.in_table(text) for text in (spoken_line(column.title, voice), *cells)]
        widest = max(map(width, whole))
        filled.append([padded(text, widest, right=right) for text in whole])
        rules.append("-" * (widest + 1) + ":" if right else "-" * (widest + 2))
    head, *body = (f"| {' | '.join(cells)} |" for cells in zip(*filled, strict=True))
    return "\n".join((head, f"|{'|'.join(rules)}|", *body))


def _column(column: Column, cells: Sequence[Cell], voice: Voice) -> list[str]:
    """Write the cells of a column, each as one line that Markdown shows as it is."""
    kind = column.kind
    if kind in {TEXT, WORD}:
        return [
            f"{cell:,}"
            if isinstance(cell, int)
            else ""
            if cell is None
            else spoken_line(cell, voice)
            for cell in cells
        ]
    texts = [one_line(text) for text in voice.write_column(kind, cells)]
    if kind in _RECORDED:
        return [markdown.shown(text) for text in texts]
    if kind == COMMAND:
        pairs = zip(texts, cells, strict=True)
        return [markdown.code(text) if command else text for text, command in pairs]
    return _level_with(texts, _MARKS[kind]) if kind in _MARKS else texts


def _level_with(texts: Sequence[str], marks: str) -> list[str]:
    """Keep numbers in line where a mark stands behind some."""
    behind = [len(text) - len(text.rstrip(marks)) for text in texts]
    most = max(behind, default=0)
    # What is no number, such as `unknown`, ends where the marks do.
    return [
        text + " " * (most - own) if text[-1:].isdigit() or text[-1:] in "%" + marks else text
        for text, own in zip(texts, behind, strict=True)
    ]


def _points(points: Sequence[Sayable], voice: Voice) -> str:
    return "\n".join(f"- {spoken_line(point, voice)}" for point in points)


def _listed(section: Section, voice: Voice) -> str:
    return _points([row[0] for row in section.rows[: section.shown]], voice)


def _paragraph(section: Section, voice: Voice) -> str:
    return "\n\n".join(spoken_line(row[0], voice) for row in section.rows)


def _figures(section: Section, voice: Voice) -> str:
    """Write figures as a table; what came before stands in it where anything did."""
    figures = section.figures
    if not figures:
        return ""
    columns = [
        Column(message("card.figure")),
        Column(message("card.now"), NUMBER),
    ]
    texts = [
        [spoken_line(one.title, voice) for one in figures],
        [_column(Column("", one.kind), (one.value,), voice)[0] for one in figures],
    ]
    if any(one.before is not None or one.change is not None for one in figures):
        columns.append(Column(message("card.before"), NUMBER))
        columns.append(Column(message("card.change"), CHANGE))
        texts.append([_before(one, voice) for one in figures])
        changes = _column(columns[-1], [one.change for one in figures], voice)
        texts.append(
            [text if one.change else "" for text, one in zip(changes, figures, strict=True)]
        )
    return _lined_up(columns, texts, voice)


def _before(figure: Figure, voice: Voice) -> str:
    if figure.before is None and figure.change is None:
        return ""
    return _column(Column("", figure.kind), (figure.before,), voice)[0]


def _bars(section: Section, voice: Voice) -> str:
    """Draw bars, or leave them away where a table is wide enough without them."""
    return (_table if len(section.columns) > _DRAWN else _chart)(section, voice)


def _chart(section: Section, voice: Voice) -> str:
    lines = draw(section, voice)
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
}
