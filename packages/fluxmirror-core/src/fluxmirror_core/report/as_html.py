"""A report as one HTML file: no script, nothing from elsewhere, light and dark, on paper too.

Whatever was recorded passes the templates' escaping as text or as a quoted attribute; it is never
part of a style, an address or a script, and the page's own policy lets none of these run.
"""

from __future__ import annotations

import os
from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fluxmirror_core.messages import message
from fluxmirror_core.report.as_text import one_line, width
from fluxmirror_core.report.changes import times, written_change
from fluxmirror_core.report.drawing import drawn_rows, left_out
from fluxmirror_core.report.html_charts import bar_lengths, change_bar, columns_chart, heat_chart
from fluxmirror_core.report.sections import (
    AGENT,
    CHANGE,
    CLOCK,
    COMMAND,
    DATE,
    HOUR,
    NAME,
    NUMBER,
    PATH,
    TEXT,
    WEEKDAY,
    WORD,
    Column,
)
from fluxmirror_core.report.voice import RECORDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.report.sections import Cell, Figure, Kind, Report, Section
    from fluxmirror_core.report.voice import Voice

_View = dict[str, Any]
"""What a template is given."""
_FOLDER: Final = os.path.join(os.path.dirname(__file__), "templates")
_STYLE: Final = "report.css"
_FIRST_RIGHT_TO_LEFT: Final = "\u0590"
"""Hebrew, Arabic and their neighbours begin here."""
_PROSE: Final = "x"
_WHOLE: Final = "t"
"""What is not broken into lines."""
_WORD_WIDTH: Final = 14
_LOOKS: Final[dict[Kind, str]] = {
    NAME: "w",
    PATH: "p",
    COMMAND: "c",
    AGENT: _WHOLE,
    CLOCK: _WHOLE,
    DATE: _WHOLE,
    WEEKDAY: _WHOLE,
    HOUR: _WHOLE,
}
_HALF: Final = "half"
"""What takes a half of the width, beside another such section."""
_BESIDE: Final = "beside"
"""A chart that has its table beside it."""
_BELOW: Final = "below"
"""A chart that has its table below it, for all to see: it tells much more."""
_LONE: Final = "lone"
"""What takes a half of the width, and stands alone."""
_NARROW: Final = 56
"""Letters that a half of the width has room for."""
_BESIDE_CHART: Final = 66
"""Letters that a table has room for beside its chart."""
_BETWEEN: Final = 2
_BAR_WIDTH: Final = 10
"""Letters that a bar takes at least."""
_BROKEN_AT: Final = {"p": 34, "c": 34, "w": 20}
"""Letters of a line, of what may be broken anywhere."""
_PLAIN_COLUMNS: Final = 2
"""Of a table that tells no more than its chart."""
_NARROW_DAYS: Final = 10
"""Days of a chart that takes a half."""
_TEMPLATES: Final = {
    "table": "_table.html",
    "bars": "_bars.html",
    "strip": "_columns.html",
    "trend": "_columns.html",
    "heat": "_heat.html",
    "points": "_points.html",
    "paragraph": "_paragraph.html",
    "figures": "_figures.html",
    "changes": "_changes.html",
}


def render_html(report: Report, voice: Voice, made: str) -> str:
    """Write a report as a page of its own; empty sections are left out.

    Args:
        report: what to show.
        voice: how to say it.
        made: what made the page and when, for its very end.
    """
    views = [_section(one, voice) for one in report.sections if _has_something(one)]
    _pair(views)
    if views and views[0]["kind"] == "figures":
        views[0]["classes"] = "first"
    page = {
        "language": voice.catalog.language,
        "name": one_line(voice.say(report.title)),
        "title": _spans(report.title, voice),
        "subtitle": _spans(report.subtitle, voice) if report.subtitle else (),
        "sections": views,
        "footer": [_spans(line, voice) for line in report.footer],
        "made": made,
        "style_hash": _style_hash(),
    }
    return _environment().get_template("report.html").render(page=page)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style_hash() -> str:
    """Give what the page's policy knows its style by."""
    style = _environment().get_template(_STYLE).render()
    return b64encode(sha256(style.encode()).digest()).decode()


def _has_something(section: Section) -> bool:
    if section.facts or section.figures:
        return True
    return bool(drawn_rows(section) if section.kind in {"bars", "strip"} else section.rows)


def _section(section: Section, voice: Voice) -> _View:
    left = left_out(section)
    notes = [message("card.more", count=f"{left:,}")] if left else []
    view: _View = {
        "kind": section.kind,
        "classes": "",
        "template": _TEMPLATES[section.kind],
        "title": _spans(section.title, voice),
        "name": one_line(voice.say(section.title)),
        "facts": [_spans(fact, voice) for fact in section.facts],
        "notes": [_spans(note, voice) for note in (*notes, section.note) if note],
        "as_table": _spans(message("card.table"), voice),
    }
    if section.kind == "figures":
        return view | {"figures": [_figure(one, section, voice) for one in section.figures]}
    if section.kind == "changes":
        return view | _changes(section, voice)
    if section.kind in {"points", "paragraph"}:
        return view | {"points": [_spans(row[0], voice) for row in section.rows[: section.shown]]}
    return view | _drawn(section, voice)


def _drawn(section: Section, voice: Voice) -> _View:
    """Give a table, the chart of it, and how much room they take."""
    if section.kind in {"table", "heat"}:
        table = _table(section.columns, section.rows[: section.shown], voice)
        chart = heat_chart(section, voice) if section.kind == "heat" else {}
    else:
        rows = drawn_rows(section)
        table = _table(_columns(section), [row for row, _ in rows], voice)
        chart = {"bars": bar_lengths([size for _, size in rows])}
    classes = _layout(section, table)
    if section.kind in {"strip", "trend"}:
        chart = columns_chart(section, voice, is_narrow=classes in {_HALF, _BESIDE})
    return {"table": table, "classes": classes, "is_open": classes in {_BESIDE, _BELOW}, **chart}


def _columns(section: Section) -> Sequence[Column]:
    """Give a section's columns; bars may do without: a label, and a number in one form or two."""
    if section.columns:
        return section.columns
    numbers = len(section.rows[0]) - 1
    return (Column(""), *[Column("", NUMBER)] * numbers)


def _table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], voice: Voice) -> _View:
    if not rows:
        return {"columns": (), "rows": ()}
    cells = [
        _cells(column, texts, voice)
        for column, texts in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    heads = [{"look": _look(one), "spans": _spans(one.title, voice)} for one in columns]
    return {"columns": heads, "rows": list(zip(*cells, strict=True))}


def _cells(column: Column, cells: Sequence[Cell], voice: Voice) -> list[_View]:
    look = _look(column)
    if column.kind in {TEXT, WORD}:
        spans = [
            [("prose", f"{cell:,}")] if isinstance(cell, int) else _spans(cell or "", voice)
            for cell in cells
        ]
    else:
        texts = voice.write_column(column.kind, cells)
        spans = [_isolated([("recorded", text)]) for text in texts]
    views = [{"look": look, "spans": one} for one in spans]
    if look == _PROSE and max(map(_cell_width, views)) <= _WORD_WIDTH:
        # A word or two are not broken, though some languages could be broken anywhere.
        return [{**view, "look": _WHOLE} for view in views]
    return views


def _look(column: Column) -> str:
    """Give the class of a column's cells: numbers, which are most of them, have none."""
    return "" if column.is_number else _LOOKS.get(column.kind, _PROSE)


def _spans(what: Sayable, voice: Voice) -> list[tuple[str, str]]:
    return _isolated(voice.spans(what))


def _isolated(spans: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Make pieces of text harmless; one that may run to the left does not turn its neighbours."""
    safe = [(role, one_line(text)) for role, text in spans]
    return [
        (
            "isolated"
            if role in RECORDED and max(text, default="") >= _FIRST_RIGHT_TO_LEFT
            else role,
            text,
        )
        for role, text in safe
    ]


def _figure(figure: Figure, section: Section, voice: Voice) -> _View:
    before = ""
    if figure.before is not None:
        told = voice.write(figure.kind, figure.before)
        _, earlier = times(section)
        before = voice.say(message("clause.about", what=earlier, told=told))
    return {
        "title": _spans(figure.title, voice),
        "value": one_line(voice.write(figure.kind, figure.value)),
        "look": "" if Column("", figure.kind).is_number else _PROSE,
        "before": one_line(before),
        "change": written_change(figure, voice),
    }


def _changes(section: Section, voice: Voice) -> _View:
    """Give figures as rows: what each was before, what it is, and its change, drawn as well."""
    now, before = times(section)
    heads = (
        Column(message("card.figure")),
        *(Column(time, NUMBER) for time in (before, now)),
        Column(message("card.change"), CHANGE),
    )
    return {
        "table": {
            "columns": [{"look": _look(one), "spans": _spans(one.title, voice)} for one in heads],
            "rows": [_change_row(one, voice) for one in section.figures],
        },
        "bars": [change_bar(one) for one in section.figures],
    }


def _change_row(figure: Figure, voice: Voice) -> list[_View]:
    values = (voice.write(figure.kind, cell) for cell in (figure.before, figure.value))
    spans = (
        *(_isolated([("recorded", value)]) for value in values),
        [("prose", written_change(figure, voice))],
    )
    cells = [{"look": "", "spans": one} for one in spans]
    return [{"look": _PROSE, "spans": _spans(figure.title, voice)}, *cells]


def _layout(section: Section, table: _View) -> str:
    """Say how much room a section takes: the whole width, a half, or a half and its table beside.

    Args:
        section: which one.
        table: as it is shown; empty for what is none.
    """
    if section.kind == "trend":
        if len(section.rows) > _NARROW_DAYS:
            return ""
        if len(section.columns) <= _PLAIN_COLUMNS:
            return _HALF
        return _BESIDE if _width(table) <= _BESIDE_CHART else _BELOW
    if section.kind == "strip":
        return _HALF
    if section.kind not in {"table", "bars"}:
        return ""
    bar = _BAR_WIDTH if section.kind == "bars" else 0
    return _HALF if _width(table) + bar <= _NARROW else ""


def _width(table: _View) -> int:
    """Guess how wide a table wants to be, in letters; long cells of some looks are broken."""
    widest = [
        max(_longest_word(head), min(max(map(_cell_width, cells)), _broken_at(head["look"])))
        for head, *cells in zip(table["columns"], *table["rows"], strict=True)
    ]
    return sum(one + _BETWEEN for one in widest)


def _broken_at(look: str) -> int:
    return _BROKEN_AT.get(look, _NARROW)


def _longest_word(head: _View) -> int:
    """Measure what cannot be broken of a title."""
    return max((width(word) for _, text in head["spans"] for word in text.split()), default=0)


def _cell_width(cell: _View) -> int:
    return sum(width(text) for _, text in cell["spans"])


def _pair(views: Sequence[_View]) -> None:
    """Let a narrow section without a neighbour take the whole width."""
    waiting: _View | None = None
    for view in views:
        if view["classes"] != _HALF:
            _widen(waiting)
            waiting = None
        else:
            waiting = view if waiting is None else None
    _widen(waiting)


def _widen(view: _View | None) -> None:
    if view is not None:
        view["classes"] = _LONE
