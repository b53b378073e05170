"""A report as plain values for programs: the same in every language, and all of its rows."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.messages import Message, load_catalog
from fluxmirror_core.pricing import amount
from fluxmirror_core.report.sections import (
    CHANGE,
    CLOCK,
    DATE,
    DECIMAL,
    MONEY,
    SHARE,
    SUBJECT,
    WORD,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxmirror_core.report.sections import Cell, Change, Figure, Kind, Money, Report, Section
    from fluxmirror_core.report.voice import Voice

Facts = dict[str, Any]
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_DECIMALS: Final = 4


def render_json(report: Report, voice: Voice) -> Facts:
    """Give a report as values that JSON has.

    Sentences are English. Dates are ISO dates and instants ISO 8601 in UTC, shares are rounded to
    four decimals, money is `{"costs": {currency: exact decimal}, "unpriced_responses": count}`,
    and a change is a share of what was before: null where that was nothing.

    Args:
        report: whose sections with a key are given.
        voice: takes secrets out of what was recorded.

    Returns:
        The report's facts; below `figures` each figure by its key; and the rows of every other
        section by the section's key, each with its cells by their columns' keys.
    """
    english = voice.in_language(load_catalog())
    facts: Facts = {"report": report.key, **_masked(dict(report.facts or {}), english)}
    for section in report.sections:
        if section.kind in {"figures", "changes"}:
            facts.setdefault("figures", {}).update(_figures(section, english))
        elif section.key:
            facts[section.key] = _rows(section, english)
    return facts


def _figures(section: Section, voice: Voice) -> Facts:
    return {figure.key: _figure(figure, voice) for figure in section.figures}


def _figure(figure: Figure, voice: Voice) -> Facts:
    return {
        "value": _value(figure.kind, figure.value, voice),
        "before": _value(figure.kind, figure.before, voice),
        "change": _value(CHANGE, figure.change, voice),
    }


def _rows(section: Section, voice: Voice) -> list[Any]:
    if section.kind in {"points", "paragraph"}:
        return [voice.say(row[0]) for row in section.rows]
    # A column without a key is for people alone.
    columns = [(place, one) for place, one in enumerate(section.columns) if one.key]
    return [
        {column.key: _value(column.kind, row[place], voice) for place, column in columns}
        for row in section.rows
    ]


def _value(kind: Kind, cell: Cell, voice: Voice) -> Any:  # noqa: ANN401 - whatever JSON has
    if cell is None:
        return None
    if kind in _PLAIN:
        return _PLAIN[kind](cell)
    if kind == WORD and isinstance(cell, Message):
        return cell.message_id.rpartition(".")[2]
    if isinstance(cell, Message):
        return voice.say(cell)
    if kind == SUBJECT:
        # What says nothing has a sign for people.
        return cell and voice.write(kind, cell)
    return voice.masked(cell) if isinstance(cell, str) else cell


def _masked(value: Any, voice: Voice) -> Any:  # noqa: ANN401 - whatever JSON has
    """Give facts with secrets taken out of their texts; names of members are our own."""
    if isinstance(value, str):
        return voice.masked(value)
    if isinstance(value, dict):
        return {name: _masked(one, voice) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one, voice) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _rounded(number: float) -> float | None:
    return round(number, _DECIMALS) if math.isfinite(number) else None


def _money(paid: Money) -> Facts:
    costs = {one.currency: amount(one.pico) for one in paid.costs}
    return {"costs": costs, "unpriced_responses": paid.unpriced}


def _change(figures: Change) -> float | None:
    if not figures.before:
        return None if figures.now else 0.0
    return _rounded((figures.now - figures.before) / abs(figures.before))


def _iso_time(ts_ms: int) -> str:
    moment = _EPOCH + timedelta(milliseconds=ts_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_PLAIN: Final[dict[str, Callable[[Any], Any]]] = {
    SHARE: _rounded,
    DECIMAL: _rounded,
    MONEY: _money,
    CHANGE: _change,
    CLOCK: _iso_time,
    DATE: date.isoformat,
}
