"""A day as JSON tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_cli.results.coverage_facts import figures
from fluxmirror_cli.results.period_facts import utc_time
from fluxmirror_cli.results.usage_facts import iso_time, row_facts

if TYPE_CHECKING:
    from fluxmirror_core.analysis.coverage import Coverage
    from fluxmirror_core.analysis.day import Day
    from fluxmirror_core.analysis.usage import Usage

    from fluxmirror_cli.results.usage_facts import Facts


def day_facts(day: Day, usage: Usage, coverage: Coverage) -> Facts:
    """Give everything that the report of a day is made of, uncut.

    Args:
        day: its calls.
        usage: what the models used in it, by agent.
        coverage: who saw its calls.
    """
    period = day.period
    return {
        "date": str(period.first),
        "timezone": period.zone,
        "start": utc_time(period.start_ms),
        "end": utc_time(period.end_ms),
        "agent": day.agent,
        "calls": day.calls,
        "failed": day.failed,
        "unknown": day.unknown,
        "agents": [one._asdict() for one in day.agents],
        "cost": {
            "rows": [row_facts(row, usage.by) for row in usage.rows],
            "total": row_facts(usage.total),
        },
        "edited": [one._asdict() for one in day.edited],
        "read": [{"path": name, "times": times} for name, times in day.read],
        "commands": [
            {"time": iso_time(one.ts_ms), "command": one.command, "outcome": one.outcome}
            for one in day.commands
        ],
        "directories": [{"path": name, "times": times} for name, times in day.directories],
        "tools": [one._asdict() for one in day.tools],
        "hours": list(day.hours),
        "coverage": figures(coverage.total),
    }
