"""`fluxmirror compare`: two periods set against each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.compare import Comparison
from fluxmirror_core.analysis.earlier import earlier_period, same_part
from fluxmirror_core.days import SPANS, TODAY, parse_month, parse_span
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.period import days_period
from fluxmirror_core.report.compare import build_compare_report, build_empty_comparison
from fluxmirror_store.queries import snapshot

from fluxmirror_cli.asked_period import day_meant, today_in
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.drained import drained_database
from fluxmirror_cli.reports.command import ReportCommand, Word
from fluxmirror_cli.reports.counted import count_summary, now_ms
from fluxmirror_cli.reports.delivery import deliver
from fluxmirror_cli.reports.scope import asked_scope
from fluxmirror_cli.voice import masked_voice

if TYPE_CHECKING:
    import sqlite3
    from zoneinfo import ZoneInfo

    from fluxmirror_core.period import Period
    from fluxmirror_core.report.sections import Report

    from fluxmirror_cli.reports.scope import Asked
    from fluxmirror_cli.reports.wish import ReportWish

_DAY: Final = timedelta(days=1)


def run(asked: ReportWish, *, one: str, other: str | None) -> None:
    """Today beside yesterday up to the same time, or any other two periods.

    A PERIOD is today, yesterday, week, last-week, month, last-month, a date (2026-11-20), a week
    (2026-W47), a month (2026-11) or so many days (14d). The later of the two is compared with the
    earlier; one that is not over yet, up to the same time of the other. Alone, a period is compared
    with the time before it.
    """
    zone = chosen_zone(asked.zone_name)
    period = _named(one, zone)
    if other is None:
        beside = _before(period, zone)
    else:
        # What changed is told from the earlier one on, whichever of them is named first.
        beside, period = sorted((period, _named(other, zone)), key=_first_day)
        _refuse_the_same(beside, period, today_in(zone))
        beside = _cut_alike(beside, period, zone)
    with drained_database(asked.database) as db:
        about = asked_scope(db, asked)
        report = _build(db, about, period, beside, zone)
        deliver(report, masked_voice(asked.language, zone), asked, "compare")


REPORT: Final = ReportCommand(
    "compare",
    run,
    examples=(
        "fluxmirror compare",
        "fluxmirror compare week last-week",
        "fluxmirror compare 2026-11 2026-10 --project .",
        "fluxmirror compare 2026-11-20 2026-11-13 --agent codex --json",
    ),
    words=(Word("one", "[PERIOD", TODAY), Word("other", "PERIOD]")),
    names_days=True,
)


def _build(
    db: sqlite3.Connection, about: Asked, one: Period, other: Period, zone: ZoneInfo
) -> Report:
    with snapshot(db):
        now, before = (
            count_summary(db, about.scope(each), about.projects, zone) for each in (one, other)
        )
    compared = Comparison(now, before, _until(one, zone), _until(other, zone))
    if any(each.totals.calls or each.used.responses for each in (now, before)):
        return build_compare_report(compared)
    from fluxmirror_cli.reports.nothing import say_what_next

    following = say_what_next(db, about, now.scope, zone, "fluxmirror compare")
    return build_empty_comparison(compared, following)


def _until(period: Period, zone: ZoneInfo) -> int | None:
    """Tell where a period is cut off, or has come to by now; None where all of it is over."""
    if period.end_ms < days_period(period.first, period.last, zone).end_ms:
        return period.end_ms
    moment = now_ms()
    return moment if moment < period.end_ms else None


def _refuse_the_same(one: Period, other: Period, today: date) -> None:
    """Refuse two times of the same days, so far.

    Raises:
        UsageError: they are.
    """
    if one.first == other.first and min(one.last, today) == min(other.last, today):
        raise UsageError(message("delivery.same_period"), hint=message("delivery.name_two"))


def _named(text: str, zone: ZoneInfo) -> Period:
    """Give the period that a word names.

    Raises:
        UsageError: it names none, or one that has not begun.
    """
    span = parse_span(text, today_in(zone))
    if span is None:
        hint = day_meant(text, SPANS) or message("delivery.write_period")
        raise UsageError(message("delivery.no_period", text=repr(text)), hint=hint)
    period = days_period(span.first, span.last, zone)
    if period.start_ms > now_ms():
        raise UsageError(
            message("delivery.not_begun", period=text), hint=message("delivery.name_begun")
        )
    return period


def _first_day(period: Period) -> tuple[date, date]:
    return period.first, period.last


def _cut_alike(earlier: Period, period: Period, zone: ZoneInfo) -> Period:
    """Cut the earlier period where the other one has come to, if the two are of one length.

    One that goes on as well, such as the last seven days, is as long as it is.
    """
    if earlier.end_ms > now_ms():
        return earlier
    are_months = _is_month(earlier) and _is_month(period)
    if are_months or earlier.last - earlier.first == period.last - period.first:
        return same_part(earlier, period, now_ms(), zone)
    return earlier


def _is_month(period: Period) -> bool:
    return parse_month(period.first.isoformat()[:7]) == (period.first, period.last)


def _before(period: Period, zone: ZoneInfo) -> Period:
    """Give what a period is compared with where nothing else is named: a month with a month."""
    if _is_month(period) and period.first > date.min:
        month = parse_month((period.first - _DAY).isoformat()[:7])
        if month is not None:
            return same_part(days_period(*month, zone), period, now_ms(), zone)
    found = earlier_period(period, now_ms(), zone, is_days=True)
    if found is None:
        raise UsageError(message("delivery.none_before"), hint=message("delivery.name_periods"))
    return found.period
