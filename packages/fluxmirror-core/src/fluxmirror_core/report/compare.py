"""Two periods → the report that sets them against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.rates import percent_change
from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.dates import date_range
from fluxmirror_core.report.figures import build_figures, unpriced_note
from fluxmirror_core.report.joining import sentences
from fluxmirror_core.report.sections import CLOCK, Report, Section, Shown
from fluxmirror_core.report.titles import period_facts, period_names, scope_facts

if TYPE_CHECKING:
    from datetime import date

    from fluxmirror_core.analysis.compare import Comparison
    from fluxmirror_core.analysis.work import Summary
    from fluxmirror_core.messages import Message

_HEAD: Final = ("calls", "files_written", "sessions", "failure_rate", "cost")
"""What sums both periods up."""
_OTHERS: Final = (
    "writes", "reads", "shells", "mcp_calls", "failed", "stopped",
    "new_files", "edited_files", "files_only_read", "directories", "projects",
    "active_days", "active_minutes", "focus_minutes", "switch_rate", "overlap_share",
    "bursts", "rework_loops",
)  # fmt: skip


def build_compare_report(compared: Comparison, *, today: date) -> Report:
    """Set two periods against each other.

    Args:
        compared: the two.
        today: which date is today: that day and the one before have names.
    """
    one, other = compared.one, compared.other
    times = period_names(one.scope.period, other.scope.period, today)
    points = ((_insight(one, other),),)
    return Report(
        message("work.title.compare"),
        (
            _head(one, other)._replace(times=times),
            _others(one, other)._replace(times=times),
            Section(message("work.section.insights"), "points", rows=points, key="insights"),
        ),
        _subtitle(compared),
        "compare",
        {**scope_facts(one.scope), "before": period_facts(other.scope.period)},
    )


def _head(one: Summary, other: Summary) -> Section:
    figures = build_figures(_HEAD, one, other)
    rate = message("work.rate") if one.totals.unknown or other.totals.unknown else ""
    return Section(
        message("work.section.figures"),
        "figures",
        note=sentences((rate, unpriced_note(figures))),
        key="figures",
        figures=figures,
    )


def _others(one: Summary, other: Summary) -> Section:
    figures = build_figures(_OTHERS, one, other)
    return Section(message("work.section.compared"), "changes", key="compared", figures=figures)


def _subtitle(compared: Comparison) -> Message:
    one, other = compared.one.scope.period, compared.other.scope.period
    others = date_range(other.first, other.last)
    if compared.is_part:
        clock = Shown(CLOCK, other.end_ms)
        others = message("work.subtitle.part", dates=others, clock=clock)
    dates = date_range(one.first, one.last)
    return message("work.subtitle.compared", dates=dates, others=others, zone=one.zone)


def _insight(one: Summary, other: Summary) -> Message:
    now, before = one.totals.calls, other.totals.calls
    if not now and not before:
        return message("insight.both_quiet")
    if not now or not before:
        period = (one if now else other).scope.period
        return counted("insight.only", now or before, dates=date_range(period.first, period.last))
    change = percent_change(now, before) or 0
    if not change:
        return message("insight.as_many")
    return message("insight.rose" if change > 0 else "insight.fell", percent=f"{abs(change):,}")
