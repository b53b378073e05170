"""`fluxmirror month`: what the agents did in a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_cli.asked_period import asked_date, asked_period, today_in
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.option_rows import GIT
from fluxmirror_cli.reports.command import ReportCommand
from fluxmirror_cli.reports.commits import GitWish
from fluxmirror_cli.reports.period_report import Wanted, report_period

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from fluxmirror_cli.asked_period import PeriodWish
    from fluxmirror_cli.reports.wish import ReportWish


def run(asked: ReportWish, *, with_git: bool | None, authors: str | None) -> None:
    """What the agents did this month, or in the month of --date."""
    zone = chosen_zone(asked.zone_name)
    wish = _of_month(asked.wish, zone)
    called = "days" if wish.month is None else "month"
    wanted = Wanted(asked_period(wish, zone), zone, "month", called, GitWish(with_git, authors))
    report_period(wanted, asked)


REPORT: Final = ReportCommand(
    "month",
    run,
    examples=(
        "fluxmirror month",
        "fluxmirror month --month 2026-10",
        "fluxmirror month --format html --out october.html --month 2026-10",
    ),
    behind=GIT,
)


def _of_month(wish: PeriodWish, zone: ZoneInfo) -> PeriodWish:
    """Let nothing at all mean this month, and a date alone the month that it is in."""
    if not (wish.says_nothing() or wish.says_only_a_date()):
        return wish
    today = today_in(zone)
    day = today if wish.day is None else asked_date(wish.day, today)
    return wish._replace(day=None, month=f"{day:%Y-%m}")
