"""The figures of a period, each declared once: its name, its kind, where a `Summary` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import Message, counted, message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.report.sections import (
    DECIMAL,
    MINUTES,
    MONEY,
    NUMBER,
    SHARE,
    Change,
    Figure,
    Kind,
    Money,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fluxmirror_core.analysis.usage import UsageRow
    from fluxmirror_core.analysis.work import Summary
    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.report.sections import Cell

_COMPARABLE: Final = (NUMBER, MINUTES)
"""Kinds whose change says something in percent."""


class _Told(NamedTuple):
    """How a figure is told."""

    title: Message
    kind: Kind
    of: Callable[[Summary], Cell]


def paid(row: UsageRow | None) -> Money | None:
    """Give what some responses cost; None where there are none."""
    return Money(row.costs, row.unpriced) if row is not None and row.responses else None


def _longest_focus(work: Summary) -> int:
    longest = work.patterns.focus.longest
    return longest.minutes if longest else 0


_FIGURES: Final = {
    "calls": _Told(message("work.figure.calls"), NUMBER, lambda one: one.totals.calls),
    "writes": _Told(message("work.figure.writes"), NUMBER, lambda one: one.totals.writes),
    "reads": _Told(message("work.figure.reads"), NUMBER, lambda one: one.totals.reads),
    "shells": _Told(message("work.figure.shells"), NUMBER, lambda one: one.totals.shells),
    "mcp_calls": _Told(message("work.figure.mcp_calls"), NUMBER, lambda one: one.totals.mcp_calls),
    "failed": _Told(message("work.figure.failed"), NUMBER, lambda one: one.totals.failed),
    "failure_rate": _Told(
        message("work.figure.failure_rate"), SHARE, lambda one: one.totals.failure_rate
    ),
    "stopped": _Told(message("work.figure.stopped"), NUMBER, lambda one: one.totals.stopped),
    "unknown": _Told(message("work.figure.unknown"), NUMBER, lambda one: one.totals.unknown),
    "files_written": _Told(
        message("work.figure.files_written"), NUMBER, lambda one: one.totals.files.written
    ),
    "new_files": _Told(message("work.figure.new_files"), NUMBER, lambda one: one.totals.files.new),
    "edited_files": _Told(
        message("work.figure.edited_files"), NUMBER, lambda one: one.totals.files.edited
    ),
    "files_only_read": _Told(
        message("work.figure.files_only_read"), NUMBER, lambda one: one.totals.files.only_read
    ),
    "directories": _Told(
        message("work.figure.directories"), NUMBER, lambda one: one.totals.directories
    ),
    "projects": _Told(message("work.figure.projects"), NUMBER, lambda one: one.totals.projects),
    "sessions": _Told(message("work.figure.sessions"), NUMBER, lambda one: one.totals.sessions),
    "active_days": _Told(
        message("work.figure.active_days"), NUMBER, lambda one: one.totals.active_days
    ),
    "active_minutes": _Told(
        message("work.figure.active_minutes"), MINUTES, lambda one: one.totals.active_minutes
    ),
    "cost": _Told(message("work.figure.cost"), MONEY, lambda one: paid(one.used)),
    "focus_blocks": _Told(
        message("work.figure.focus_blocks"), NUMBER, lambda one: len(one.patterns.focus.blocks)
    ),
    "focus_minutes": _Told(
        message("work.figure.focus_minutes"), MINUTES, lambda one: one.patterns.focus.minutes
    ),
    "longest_focus": _Told(message("work.figure.longest_focus"), MINUTES, _longest_focus),
    "switches": _Told(
        message("work.figure.switches"), NUMBER, lambda one: one.patterns.switches.number
    ),
    "switch_rate": _Told(
        message("work.figure.switch_rate"), DECIMAL, lambda one: one.patterns.switches.rate
    ),
    "overlap_share": _Told(
        message("work.figure.overlap_share"), SHARE, lambda one: one.patterns.overlap.share
    ),
    "bursts": _Told(
        message("work.figure.bursts"), NUMBER, lambda one: len(one.patterns.bursts.all)
    ),
    "rework_loops": _Told(
        message("work.figure.rework_loops"), NUMBER, lambda one: one.rework.loops
    ),
}


def rate_note(now: Summary) -> Sayable:
    """Say how few calls a failure rate is of; nothing where the end of every call is known."""
    totals = now.totals
    if totals.failure_rate is None or not totals.unknown:
        return ""
    return counted("work.rate_of", totals.calls - totals.stopped - totals.unknown)


def is_nothing(one: Summary) -> bool:
    """Tell whether nothing at all was recorded of a period."""
    return not (one.totals.calls or one.used.responses)


def unpriced_note(figures: Iterable[Figure]) -> Sayable:
    """Say what is missing from a cost among figures; nothing where nothing is."""
    return missing_prices(
        cell for one in figures if one.kind == MONEY for cell in (one.value, one.before)
    )


def missing_prices(costs: Iterable[Money | None]) -> Sayable:
    """Explain the marks of costs without a price, those that are shown; nothing without any."""
    marks = {bool(one.costs) for one in costs if one and one.unpriced}
    if not marks:
        return ""
    if len(marks) > 1:
        return message("work.unpriced_or_unknown")
    return message("work.unpriced" if marks.pop() else "work.unknown_cost")


def build_figures(keys: Iterable[str], now: Summary, earlier: Summary | None) -> tuple[Figure, ...]:
    """Tell figures of a period, beside those of an earlier one.

    Args:
        keys: which figures.
        now: the period.
        earlier: what it is compared with; None for nothing.
    """
    return tuple(_figure(key, now, earlier) for key in keys)


def _figure(key: str, now: Summary, earlier: Summary | None) -> Figure:
    told = _FIGURES[key]
    value = told.of(now)
    if earlier is None:
        return Figure(key, told.title, told.kind, value)
    before = told.of(earlier)
    return Figure(key, told.title, told.kind, value, before, _change(told.kind, value, before))


def _change(kind: Kind, now: Cell, before: Cell) -> Change | None:
    if kind in _COMPARABLE:
        return Change(now, before)
    if kind == MONEY and now and before and _is_known(now) and _is_known(before):
        (one,), (other,) = now.costs, before.costs
        return Change(one.pico, other.pico) if one.currency == other.currency else None
    return None


def _is_known(paid: Money) -> bool:
    """Tell whether a cost is one amount, with nothing missing from it."""
    return len(paid.costs) == 1 and not paid.unpriced
