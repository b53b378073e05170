"""`fluxmirror agents`: the agents beside each other, and which are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.agents import build_agents_overview
from fluxmirror_core.messages import message
from fluxmirror_core.report.agents import build_agents_report
from fluxmirror_store.queries import snapshot

from fluxmirror_cli.asked_period import asked_period
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.drained import drained_database
from fluxmirror_cli.reports.command import ReportCommand
from fluxmirror_cli.reports.counted import count_work
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

_DAYS: Final = 7


def run(asked: ReportWish) -> None:
    """The agents beside each other: what each did in the last seven days, and what it cost."""
    zone = chosen_zone(asked.zone_name)
    period = asked_period(asked.wish, zone, _DAYS)
    with drained_database(asked.database) as db:
        report = _build(db, asked_scope(db, asked), period, zone)
        deliver(report, masked_voice(asked.language, zone), asked, "agents")


REPORT: Final = ReportCommand(
    "agents",
    run,
    examples=(
        "fluxmirror agents",
        "fluxmirror agents --last 30d --format html --open",
        "fluxmirror agents list",
    ),
    below={"list": "fluxmirror_cli.commands.agents_list"},
)


def _build(db: sqlite3.Connection, about: Asked, period: Period, zone: ZoneInfo) -> Report:
    scope = about.scope(period)
    with snapshot(db):
        work = count_work(db, scope, about.projects, zone)
    if not (work.agents or work.summary.used.responses):
        from fluxmirror_cli.reports.nothing import report_nothing

        return report_nothing(db, about, work.summary, zone, message("work.title.agents"))
    return build_agents_report(build_agents_overview(work))
