"""`fluxmirror agent`: what one agent did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.errors import UsageError
from fluxmirror_core.messages import message

from fluxmirror_cli.asked_period import asked_period
from fluxmirror_cli.configured import chosen_zone
from fluxmirror_cli.option_rows import PERIOD
from fluxmirror_cli.reports.command import ReportCommand, Word
from fluxmirror_cli.reports.period_report import Wanted, report_period

if TYPE_CHECKING:
    from fluxmirror_cli.reports.wish import ReportWish

_WEEK_DAYS: Final = 7


def run(asked: ReportWish, *, name: str) -> None:
    """What one agent did: the report of today, or of another time, of that agent alone."""
    if asked.agent is not None:
        raise UsageError(message("delivery.two_agents"), hint=message("usage_error.leave_one_out"))
    zone = chosen_zone(asked.zone_name)
    period = asked_period(asked.wish, zone)
    days = (period.last - period.first).days + 1
    called = "week" if days == _WEEK_DAYS else "days"
    report_period(Wanted(period, zone, "agent", called), asked._replace(agent=name))


REPORT: Final = ReportCommand(
    "agent",
    run,
    examples=(
        "fluxmirror agent claude-code",
        "fluxmirror agent codex --period week",
        "fluxmirror agent gemini --last 14d --format html --open",
    ),
    words=(Word("name", is_needed=True),),
    before=(PERIOD,),
)
