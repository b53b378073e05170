"""A report as one HTML file: no script, nothing from elsewhere, light and dark, on paper too.

Whatever was recorded passes the templates' escaping as text or as a quoted attribute; it is never
part of a style, an address or a script, and the page's own policy lets none of these run.
"""

from __future__ import annotations

import os
import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fluxmirror_core.messages import message
from fluxmirror_core.report import markdown
from fluxmirror_core.report.as_text import one_line
from fluxmirror_core.report.changes import is_compared, times, written_change, written_value
from fluxmirror_core.report.drawing import drawn_rows, first_number, left_out
from fluxmirror_core.report.html_charts import bar_lengths, change_bar, columns_chart, heat_chart
from fluxmirror_core.report.html_layout import (
    BELOW,
    BESIDE,
    cell_width,
    chart_size,
    joined,
    pair,
    pair_on_paper,
    paper_place,
    paper_rows,
    screen_place,
)
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
    from fluxmirror_core.report.voice import Span, Voice

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
_SEPARATOR: Final = " \u00b7 "
_BEFORE_KATAKANA: Final = "(?<=[\u3040-\u309f\u4e00-\u9fff])(?=[\u30a0-\u30ff])"
"""Behind a sign of another Japanese script."""
_NO_BREAK: Final = "\u00a0"
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
_LANGUAGE_TAGS: Final = {"zh": "zh-Hans"}
"""Of the catalogs whose name does not say how they are written."""
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
    if views and views[0]["kind"] == "figures":
        views[0]["place"] = "first"
    pair(views)
    pair_on_paper(views)
    _say_once_on_paper(views)
    page = {
        "language": _LANGUAGE_TAGS.get(voice.catalog.language, voice.catalog.language),
        "name": _SEPARATOR.join(
            one_line(voice.say(one)) for one in (report.title, report.subtitle) if one
        ),
        "title": _spans(report.title, voice),
        "subtitle": _spans(report.subtitle, voice) if report.subtitle else (),
        "sections": [{**view, "classes": joined(view["place"], view["paper"])} for view in views],
        "footer": [_spans(line, voice) for line in report.footer],
        "made": made,
        "style_hash": _style_hash(),
    }
    return _environment().get_template("report.html").render(page=page)


def _say_once_on_paper(views: Sequence[_View]) -> None:
    """Leave away on paper what stands on the same sheet already, word for word.

    How many rows are left out is of each table its own, also where two are alike.
    """
    said: list[list[tuple[str, str]]] = []
    for note in (note for view in views for note in view["notes"] if note["explains"]):
        if note["spans"] in said:
            note["look"] = "on-screen"
        else:
            said.append(note["spans"])


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
    view: _View = {
        "kind": section.kind,
        "place": "",
        "paper": "",
        "template": _TEMPLATES[section.kind],
        "title": _spans(section.title, voice),
        "name": one_line(voice.say(section.title)),
        "facts": [_spans(fact, voice) for fact in section.facts],
        "notes": [*_left_out(section, voice), *_notes(section, voice)],
        "as_table": _spans(message("card.table"), voice),
    }
    if section.kind == "figures":
        return view | {"figures": [_figure(one, section, voice) for one in section.figures]}
    if section.kind == "changes":
        return view | _changes(section, voice)
    if section.kind in {"points", "paragraph"}:
        return view | {"points": [_spans(row[0], voice) for row in section.rows[: section.shown]]}
    return view | _drawn(section, voice)


def _notes(section: Section, voice: Voice) -> list[_View]:
    if not section.note:
        return []
    return [{"look": "", "spans": _spans(section.note, voice), "explains": True}]


def _left_out(section: Section, voice: Voice) -> list[_View]:
    """Say how many rows are left out: on paper there may be more of them."""
    on_screen = left_out(section)
    on_paper = on_screen + len(section.rows[: section.shown]) - paper_rows(section)
    if on_screen == on_paper:
        lefts = [("", on_screen)]
    else:
        lefts = [("on-screen", on_screen), ("on-paper", on_paper)]
    return [
        {
            "look": look,
            "spans": _spans(message("card.more", count=f"{left:,}"), voice),
            "explains": False,
        }
        for look, left in lefts
        if left
    ]


def _drawn(section: Section, voice: Voice) -> _View:
    """Give a table, the chart of it, and how much room they take."""
    if section.kind in {"table", "heat"}:
        table = _table(section.columns, section.rows[: section.shown], voice)
        chart = heat_chart(section, voice) if section.kind == "heat" else {}
    else:
        rows = drawn_rows(section)
        table = _table(_columns(section), [row for row, _ in rows], voice)
        sizes = [size for _, size in rows]
        drawn = first_number(_columns(section)) if any(sizes) else None
        chart = {"bars": bar_lengths(sizes), "drawn": drawn}
    place = screen_place(section, table)
    if section.kind in {"strip", "trend"}:
        size = chart_size(section, table)
        chart = columns_chart(section, voice, size, is_tall=place == BESIDE)
    return {
        "table": table,
        "place": place,
        "paper": paper_place(section, table),
        "is_open": place in {BESIDE, BELOW},
        **chart,
    }


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
    heads = [{"look": _look(one), "spans": _head(one, voice)} for one in columns]
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
    if look == _PROSE and max(map(cell_width, views)) <= _WORD_WIDTH:
        # A word or two are not broken, though some languages could be broken anywhere.
        return [{**view, "look": _WHOLE} for view in views]
    return views


def _head(column: Column, voice: Voice) -> list[tuple[str, str]]:
    """Give a column's title; a Japanese one may be broken where its script changes."""
    pieces: list[tuple[str, str]] = []
    for role, text in _spans(column.title, voice):
        if role != "prose":
            pieces.append((role, text))
            continue
        for piece in re.split(_BEFORE_KATAKANA, text):
            pieces += [("break", "")] * bool(pieces) + [("prose", piece)]
    return pieces


def _look(column: Column) -> str:
    """Give the class of a column's cells: numbers, which are most of them, have none."""
    return "" if column.is_number else _LOOKS.get(column.kind, _PROSE)


def _spans(what: Sayable, voice: Voice) -> list[tuple[str, str]]:
    return _isolated(_as_in_text(voice.spans(what)))


def _as_in_text(spans: Sequence[Span]) -> list[Span]:
    """Mark as code what was recorded and is code in the text of the same report, too."""
    markup = markdown.shown if len(spans) == 1 else markdown.shown_among
    return [
        ("code", text) if role in RECORDED and markup(text) != text else (role, text)
        for role, text in spans
    ]


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
    before, compared = "", is_compared(section)
    if compared:
        # A line may end behind the time, and not within the value.
        told = written_value(figure, figure.before, voice).replace(" ", _NO_BREAK)
        _, earlier = times(section)
        before = voice.say(message("clause.about", what=earlier, told=told))
    return {
        "title": _spans(figure.title, voice),
        "value": one_line(written_value(figure, figure.value, voice)),
        "look": "" if Column("", figure.kind).is_number else _PROSE,
        "before": one_line(before),
        "change": written_change(figure, voice) if compared else "",
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
    values = (written_value(figure, cell, voice) for cell in (figure.before, figure.value))
    spans = (
        *(_isolated([("recorded", value)]) for value in values),
        [("prose", written_change(figure, voice))],
    )
    cells = [{"look": "", "spans": one} for one in spans]
    return [{"look": _PROSE, "spans": _spans(figure.title, voice)}, *cells]
