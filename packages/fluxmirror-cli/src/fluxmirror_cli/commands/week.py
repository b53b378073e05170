"""`fluxmirror week`: what the agents did in seven days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_cli.asked_period import asked_period
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.option_rows import GIT
from fluxmirror_cli.reports.command import ReportCommand
from fluxmirror_cli.reports.commits import GitWish
from fluxmirror_cli.reports.period_report import Wanted, report_period

if TYPE_CHECKING:
    from fluxmirror_cli.asked_period import PeriodWish
    from fluxmirror_cli.reports.wish import ReportWish

_DAYS: Final = 7


def run(asked: ReportWish, *, with_git: bool | None, authors: str | None) -> None:
    """What the agents did in the seven days that end today, or that end with --date."""
    zone = chosen_zone(asked.zone_name)
    period = asked_period(_up_to(asked.wish), zone, _DAYS)
    days = (period.last - period.first).days + 1
    called = "week" if days == _DAYS else "days"
    report_period(Wanted(period, zone, "week", called, GitWish(with_git, authors)), asked)


REPORT: Final = ReportCommand(
    "week",
    run,
    examples=(
        "fluxmirror week",
        "fluxmirror week --project . --format html --open",
        "fluxmirror week --week 2026-W47 --git",
        "fluxmirror week --last 14d --lang ja",
    ),
    behind=GIT,
)


def _up_to(wish: PeriodWish) -> PeriodWish:
    """Let a date alone say where the seven days end."""
    return wish._replace(day=None, last=wish.day) if wish.says_only_a_date() else wish
