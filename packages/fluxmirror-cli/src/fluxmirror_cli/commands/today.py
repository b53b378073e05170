"""`fluxmirror today`: what the agents did today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_cli.asked_period import asked_period
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.reports.command import ReportCommand
from fluxmirror_cli.reports.period_report import Wanted, report_period

if TYPE_CHECKING:
    from fluxmirror_cli.reports.wish import ReportWish


def run(asked: ReportWish) -> None:
    """What the agents did today: calls, cost, projects, files, commands, tools and hours."""
    zone = chosen_zone(asked.zone_name)
    report_period(Wanted(asked_period(asked.wish, zone), zone, "today"), asked)


REPORT: Final = ReportCommand(
    "today",
    run,
    examples=(
        "fluxmirror today",
        "fluxmirror today --agent claude-code --lang ko",
        "fluxmirror today --date 2026-03-02 --tz Asia/Seoul --json",
        "fluxmirror today --format html --open",
    ),
)
