"""The report of a period: of a day by its hours, of several by their days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.day import Day
from fluxmirror_core.analysis.span import Span
from fluxmirror_core.cutting import shown_of
from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message
from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.period import days_period
from fluxmirror_core.report.coverage import coverage_line
from fluxmirror_core.report.day import build_day_report
from fluxmirror_core.report.span import build_span_report
from fluxmirror_core.report.titles import day_title, title
from fluxmirror_store.activity_queries import latest_commands
from fluxmirror_store.queries import snapshot, window

from fluxmirror_cli.asked_period import today_in
from fluxmirror_cli.covered import seen
from fluxmirror_cli.drained import drained_database, is_usual_database
from fluxmirror_cli.reports.commits import GitWish, commit_sections
from fluxmirror_cli.reports.counted import count_beside
from fluxmirror_cli.reports.delivery import deliver
from fluxmirror_cli.reports.scope import asked_scope
from fluxmirror_cli.results.coverage_facts import figures
from fluxmirror_cli.voice import masked_voice

if TYPE_CHECKING:
    import sqlite3
    from zoneinfo import ZoneInfo

    from fluxmirror_core.analysis.coverage import Seen
    from fluxmirror_core.period import Period
    from fluxmirror_core.report.sections import Report
    from fluxmirror_core.report.voice import Voice

    from fluxmirror_cli.reports.scope import Asked
    from fluxmirror_cli.reports.wish import ReportWish

_MOST_DAYS: Final = 3_700
"""Ten years: nobody reads more, and every day of them costs memory."""
COMMANDS_SHOWN: Final = 20
"""Of a day's shell commands, the last ones; all of them where that is just one more."""


class Wanted(NamedTuple):
    """A period to report, and what to call it."""

    period: Period
    zone: ZoneInfo
    name: str
    """Of the command."""
    called: str = "days"
    """As `fluxmirror_core.report.titles.title` has it; a single day has names of its own."""
    git: GitWish = GitWish()
    """Whether to ask git what was committed."""


def report_period(asked_for: Wanted, asked: ReportWish) -> None:
    """Report a period as far as it has begun, in whatever format, to wherever it is wanted.

    Raises:
        FluxMirrorError: as the database, the options or the place say.
    """
    wanted = asked_for._replace(period=_begun(asked_for))
    voice = masked_voice(asked.language, wanted.zone)
    with drained_database(asked.database) as db, snapshot(db):
        about = asked_scope(db, asked)
        report = _build(db, about, wanted)
        if about.project is None:
            is_usual = is_usual_database(asked.database)
            told = seen(db, wanted.period, about.agent, is_usual=is_usual)
            report = _with_coverage(report, told, voice)
    deliver(report, voice, asked, wanted.name)


def _begun(wanted: Wanted) -> Period:
    """Leave out the days to come of a period that goes on: nobody was idle on them yet.

    Raises:
        UsageError: the period is longer than any report.
    """
    period, today = wanted.period, today_in(wanted.zone)
    if (period.last - period.first).days >= _MOST_DAYS:
        raise UsageError(message("delivery.too_long"), hint=message("period.fewer_days"))
    if not period.first <= today < period.last:
        return period
    return days_period(period.first, today, wanted.zone)


def _build(db: sqlite3.Connection, about: Asked, wanted: Wanted) -> Report:
    beside = count_beside(db, about, wanted.period, wanted.zone)
    work, scope = beside.work, beside.work.summary.scope
    today = today_in(wanted.zone)
    is_day = wanted.period.first == wanted.period.last
    if not (work.summary.totals.calls or work.summary.used.responses):
        from fluxmirror_cli.reports.nothing import report_nothing

        called = day_title(scope, today) if is_day else title(scope, wanted.called)
        return report_nothing(db, about, work.summary, wanted.zone, called)
    commits = commit_sections(wanted.git, about, beside)
    if is_day:
        commands = latest_commands(
            db,
            window(db, wanted.period, about.agent),
            shown_of(work.summary.totals.shells, COMMANDS_SHOWN),
            about.projects.roots,
        )
        day = Day(work, commands, *beside[1:])
        return build_day_report(day, today=today, commits=commits)
    return build_span_report(Span(*beside), called=wanted.called, commits=commits)


def _with_coverage(report: Report, told: Seen, voice: Voice) -> Report:
    """Say at the end who saw the calls; of one project alone nobody can tell what is missing."""
    line = coverage_line(told.agents, voice.catalog)
    facts = {**(report.facts or {}), "coverage": figures(told.total)}
    return report._replace(footer=(*report.footer, line) if line else report.footer, facts=facts)
