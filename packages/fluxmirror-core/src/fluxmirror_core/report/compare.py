"""Two periods → the report that sets them against each other."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from fluxmirror_core.analysis.rates import percent_change
from fluxmirror_core.messages import counted, message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import local_date
from fluxmirror_core.report.dates import date_range
from fluxmirror_core.report.figures import (
    build_figures,
    is_nothing,
    unpriced_note,
)
from fluxmirror_core.report.joining import sentences
from fluxmirror_core.report.largest_changes import largest_changes
from fluxmirror_core.report.nothing import build_empty_report
from fluxmirror_core.report.sections import AGENT, CLOCK, NUMBER, Report, Section, Shown
from fluxmirror_core.report.titles import (
    narrowed,
    period_facts,
    period_names,
    scope_facts,
    work_facts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.analysis.compare import Comparison
    from fluxmirror_core.analysis.work import Summary
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


def build_compare_report(compared: Comparison) -> Report:
    """Set two periods against each other, of which at least one has something."""
    one, other = compared.one, compared.other
    now, before = _times(compared)
    names, only = period_names(now.period, before.period), _only(one, other)
    head = _head(one, other, sentences((_nothing(now, before, only), _notes(now, before))))
    sections = (
        head._replace(times=names, only=only),
        _others(one, other)._replace(times=names, only=only),
        _insights(compared, now, before),
    )
    return Report(
        message("work.title.compare"),
        tuple(section for section in sections if not section.is_empty),
        narrowed(_subtitle(now, before), one.scope),
        "compare",
        {**scope_facts(one.scope), "before": period_facts(other.scope.period)},
    )


def build_empty_comparison(compared: Comparison, following: Message) -> Report:
    """Give the report of two periods in which nothing happened.

    Args:
        compared: the two.
        following: says what to do next.
    """
    scope = compared.one.scope
    report = build_empty_report(
        message("work.title.compare"), compared.one, (_neither(scope.agent), following)
    )
    return report._replace(
        subtitle=narrowed(_subtitle(*_times(compared)), scope),
        facts={**work_facts(compared.one), "before": period_facts(compared.other.scope.period)},
    )


def _times(compared: Comparison) -> tuple[_Time, _Time]:
    return (
        _counted(compared.one.scope.period, compared.until_ms),
        _counted(compared.other.scope.period, compared.other_until_ms),
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
    return Section(
        message("work.section.compared"),
        "changes",
        note=_pauses(one, other),
        key="compared",
        figures=figures,
    )


def _pauses(one: Summary, other: Summary) -> Sayable:
    """Say why focus time may be longer than active time, where it is."""
    has_pauses = any(
        each.patterns.focus.minutes > each.totals.active_minutes for each in (one, other)
    )
    return message("work.pauses") if has_pauses else ""


def _subtitle(one: _Time, other: _Time) -> Message:
    values = {"zone": one.period.zone}
    if _is_one_clock(one, other):
        clock = Shown(CLOCK, other.until_ms)
        dates, others = _dates(one), _dates(other)
        return message("work.subtitle.both", dates=dates, others=others, clock=clock, **values)
    dates, others = _dates_until(one), _dates_until(other)
    return message("work.subtitle.compared", dates=dates, others=others, **values)


def _is_one_clock(one: _Time, other: _Time) -> bool:
    """Tell whether both have come to one time of the day; clocks may have been changed between."""
    if one.until_ms is None or other.until_ms is None:
        return False
    zone = ZoneInfo(one.period.zone)
    ends_ms = (one.until_ms, other.until_ms)
    first, second = (datetime.fromtimestamp(end_ms // 1000, zone) for end_ms in ends_ms)
    return (first.hour, first.minute) == (second.hour, second.minute)


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


def _insights(compared: Comparison, one: _Time, other: _Time) -> Section:
    """Say what stands out; of times of unlike lengths no change, as their lengths make most of it.

    It may be empty.
    """
    rows = tuple((point,) for point in _points(compared, one, other))
    return Section(message("work.section.insights"), "points", rows=rows, key="insights")


def _points(compared: Comparison, one: _Time, other: _Time) -> Iterator[Message]:
    now, before = compared.one.totals.calls, compared.other.totals.calls
    if not now and not before:
        yield message("insight.both_quiet")
    elif not now or not before:
        yield counted("insight.only", now or before, dates=_dates(one if now else other))
    elif _are_alike(one, other):
        yield _calls(now, before)
        yield from largest_changes(compared.one, compared.other)


def _calls(now: int, before: int) -> Message:
    """Say how the number of calls changed, where both periods have some."""
    values = {"now": Shown(NUMBER, now), "before": Shown(NUMBER, before)}
    if now == before:
        return message("insight.as_many", now=values["now"])
    percent = percent_change(now, before) or 0
    if not percent:
        return message("insight.about_as_many", **values)
    text = "insight.rose" if percent > 0 else "insight.fell"
    return message(text, **values, percent=f"{abs(percent):,}")


def _neither(agent: str | None) -> Message:
    if agent is None:
        return message("day.none.neither")
    return message("day.none.neither_of_agent", agent=Shown(AGENT, agent))
