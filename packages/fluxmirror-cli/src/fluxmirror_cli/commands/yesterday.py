"""`fluxmirror yesterday`: what the agents did yesterday."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.days import YESTERDAY

from fluxmirror_cli.asked_period import asked_period
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.reports.command import ReportCommand
from fluxmirror_cli.reports.period_report import Wanted, report_period

if TYPE_CHECKING:
    from fluxmirror_cli.reports.wish import ReportWish


def run(asked: ReportWish) -> None:
    """What the agents did yesterday: the same as `today`, of the day before."""
    zone = chosen_zone(asked.zone_name)
    wish = asked.wish._replace(day=YESTERDAY) if asked.wish.says_nothing() else asked.wish
    report_period(Wanted(asked_period(wish, zone), zone, "yesterday"), asked)


REPORT: Final = ReportCommand(
    "yesterday",
    run,
    examples=("fluxmirror yesterday", "fluxmirror yesterday --format html --out yesterday.html"),
)
