"""Two periods → the report that sets them against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from fluxmirror_core.analysis.rates import percent_change
from fluxmirror_core.messages import counted, message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import local_date
from fluxmirror_core.report.dates import date_range
from fluxmirror_core.report.figures import build_figures, is_nothing, unpriced_note
from fluxmirror_core.report.joining import sentences
from fluxmirror_core.report.largest_changes import largest_changes
from fluxmirror_core.report.sections import AGENT, CLOCK, Report, Section, Shown
from fluxmirror_core.report.titles import (
    period_facts,
    period_names,
    project_name,
    scope_facts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from fluxmirror_core.analysis.compare import Comparison
    from fluxmirror_core.analysis.work import Scope, Summary
    from fluxmirror_core.messages import Message, Sayable
    from fluxmirror_core.period import Period

_HEAD: Final = ("calls", "sessions", "files_written", "failure_rate", "cost")
"""What sums both periods up, in the order of other reports."""
_OTHERS: Final = (
    "writes", "reads", "shells", "mcp_calls", "failed", "stopped",
    "new_files", "edited_files", "files_only_read", "directories", "projects",
    "active_days", "active_minutes", "focus_minutes", "switch_rate", "overlap_share",
    "bursts", "rework_loops",
)  # fmt: skip
_ALIKE: Final = 10
"""Times are about as long where they differ by a tenth of the longer at most, as months do."""


class _Time(NamedTuple):
    """A period as far as it is counted."""

    period: Period
    """Without days to come."""
    until_ms: int | None
    """Where its last day is not counted whole."""


def build_compare_report(compared: Comparison, *, today: date) -> Report:
    """Set two periods against each other.

    Args:
        compared: the two.
        today: which date is today: that day and the one before have names.
    """
    one, other = compared.one, compared.other
    now = _counted(one.scope.period, compared.until_ms)
    before = _counted(other.scope.period, compared.other_until_ms)
    times, only = period_names(now.period, before.period, today), _only(one, other)
    head = _head(one, other, sentences((_nothing(now, before, only), _notes(now, before))))
    rules = (_calls(compared, now, before), *_largest(compared, now, before))
    points = tuple((point,) for point in rules)
    return Report(
        message("work.title.compare"),
        (
            head._replace(times=times, only=only),
            _others(one, other)._replace(times=times, only=only),
            Section(message("work.section.insights"), "points", rows=points, key="insights"),
        ),
        _of(one.scope, _subtitle(now, before)),
        "compare",
        {**scope_facts(one.scope), "before": period_facts(other.scope.period)},
    )


def _counted(period: Period, until_ms: int | None) -> _Time:
    if until_ms is None:
        return _Time(period, None)
    # What is counted up to midnight ends with the day before.
    last = local_date(until_ms - 1, ZoneInfo(period.zone))
    return _Time(period._replace(last=max(last, period.first)), until_ms)


def _only(one: Summary, other: Summary) -> Literal["", "now", "before"]:
    """Say which of two alone has anything."""
    if is_nothing(other):
        return "now"
    return "before" if is_nothing(one) else ""


def _head(one: Summary, other: Summary, told: Sayable) -> Section:
    figures = build_figures(_HEAD, one, other)
    rate = message("work.rate") if one.totals.unknown or other.totals.unknown else ""
    return Section(
        message("work.section.figures"),
        "figures",
        note=sentences((told, rate, unpriced_note(figures))),
        key="figures",
        figures=figures,
    )


def _others(one: Summary, other: Summary) -> Section:
    figures = build_figures(_OTHERS, one, other)
    return Section(message("work.section.compared"), "changes", key="compared", figures=figures)


def _subtitle(one: _Time, other: _Time) -> Message:
    values = {"zone": one.period.zone}
    if one.until_ms is not None and other.until_ms is not None:
        # Both have come to one time of the day.
        clock = Shown(CLOCK, other.until_ms)
        dates, others = _dates(one), _dates(other)
        return message("work.subtitle.both", dates=dates, others=others, clock=clock, **values)
    dates, others = _dates_until(one), _dates_until(other)
    return message("work.subtitle.compared", dates=dates, others=others, **values)


def _of(scope: Scope, subtitle: Message) -> Message:
    """Say what alone two periods are compared of."""
    if scope.agent is not None:
        subtitle = message("clause.dotted", told=subtitle, more=Shown(AGENT, scope.agent))
    if scope.project is not None:
        project = message("work.subtitle.of_project", project=project_name(scope.project))
        subtitle = message("clause.dotted", told=subtitle, more=project)
    return subtitle


def _dates(time: _Time) -> Message:
    return date_range(time.period.first, time.period.last)


def _dates_until(time: _Time) -> Message:
    if time.until_ms is None:
        return _dates(time)
    clock = Shown(CLOCK, time.until_ms)
    return message("work.subtitle.part", dates=_dates(time), clock=clock)


def _nothing(one: _Time, other: _Time, only: str) -> Sayable:
    """Say which of two has nothing to be compared with."""
    if not only:
        return ""
    return message("work.compared.nothing", dates=_dates_until(other if only == "now" else one))


def _notes(one: _Time, other: _Time) -> Sayable:
    """Say what a reader of the figures must know of two times: unlike lengths, days of both."""
    days, others = _days(one), _days(other)
    told: list[Sayable] = []
    if days != others:
        lengths = {"one": counted("unit.days", days), "other": counted("unit.days", others)}
        told.append(message("work.compared.lengths", **lengths))
    first = max(one.period.first, other.period.first)
    last = min(one.period.last, other.period.last)
    if first <= last:
        told.append(message("work.compared.overlap", dates=date_range(first, last)))
    return sentences(told)


def _days(time: _Time) -> int:
    """Count the days, also the last where it is not whole."""
    return (time.period.last - time.period.first).days + 1


def _are_alike(one: _Time, other: _Time) -> bool:
    shorter, longer = sorted((_days(one), _days(other)))
    return (longer - shorter) * _ALIKE <= longer


def _largest(compared: Comparison, one: _Time, other: _Time) -> Iterator[Message]:
    both = compared.one.totals.calls and compared.other.totals.calls
    if both and _are_alike(one, other):
        yield from largest_changes(compared.one, compared.other)


def _calls(compared: Comparison, one: _Time, other: _Time) -> Message:
    now, before = compared.one.totals.calls, compared.other.totals.calls
    if not now and not before:
        return message("insight.both_quiet")
    if not now or not before:
        return counted("insight.only", now or before, dates=_dates(one if now else other))
    change = percent_change(now, before) or 0
    if not change:
        return message("insight.as_many")
    return message("insight.rose" if change > 0 else "insight.fell", percent=f"{abs(change):,}")
