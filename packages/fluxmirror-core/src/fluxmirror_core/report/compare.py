"""Two periods → the report that sets them against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.rates import percent_change
from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.dates import date_range
from fluxmirror_core.report.figures import build_figures, unpriced_note
from fluxmirror_core.report.sections import CLOCK, Report, Section, Shown
from fluxmirror_core.report.titles import period_facts, scope_facts

if TYPE_CHECKING:
    from fluxmirror_core.analysis.compare import Comparison
    from fluxmirror_core.messages import Message

_COMPARED: Final = (
    "calls", "writes", "reads", "shells", "mcp_calls", "failed", "failure_rate", "stopped",
    "files_written", "new_files", "edited_files", "files_only_read", "directories", "projects",
    "sessions", "active_days", "active_minutes", "focus_minutes", "switch_rate", "overlap_share",
    "bursts", "rework_loops", "cost",
)  # fmt: skip


def build_compare_report(compared: Comparison) -> Report:
    """Set two periods against each other.

    Args:
        compared: the two.
    """
    one, other = compared.one, compared.other
    figures = build_figures(_COMPARED, one, other)
    points = ((_insight(one.totals.calls, other.totals.calls),),)
    return Report(
        message("work.title.compare"),
        (
            Section(
                message("work.section.compared"),
                "figures",
                note=unpriced_note(figures),
                key="compared",
                figures=figures,
            ),
            Section(message("work.section.insights"), "points", rows=points, key="insights"),
        ),
        _subtitle(compared),
        "compare",
        {**scope_facts(one.scope), "before": period_facts(other.scope.period)},
    )


def _subtitle(compared: Comparison) -> Message:
    one, other = compared.one.scope.period, compared.other.scope.period
    values = {
        "dates": date_range(one.first, one.last),
        "others": date_range(other.first, other.last),
        "zone": one.zone,
    }
    if not compared.is_part:
        return message("work.subtitle.compared", **values)
    return message("work.subtitle.compared_part", **values, clock=Shown(CLOCK, other.end_ms))


def _insight(now: int, before: int) -> Message:
    if not now and not before:
        return message("insight.both_quiet")
    if not before:
        return counted("insight.only_now", now)
    if not now:
        return counted("insight.only_before", before)
    change = percent_change(now, before) or 0
    if not change:
        return message("insight.as_many")
    return message("insight.rose" if change > 0 else "insight.fell", percent=f"{abs(change):,}")
