"""Coverage as JSON tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from fluxmirror_core.report.coverage import missing, remedy

if TYPE_CHECKING:
    from fluxmirror_core.analysis.coverage import AgentCoverage, Coverage, Finding
    from fluxmirror_core.messages import Catalog

Facts = dict[str, Any]


def coverage_facts(coverage: Coverage, catalog: Catalog) -> Facts:
    """Give the figures, the losses and the reasons; times are UTC milliseconds."""
    period = coverage.period
    zone = ZoneInfo(period.zone)
    return {
        "first": str(period.first),
        "last": str(period.last),
        "timezone": period.zone,
        "total": figures(coverage.total),
        "agents": [{"agent": one.agent, **figures(one)} for one in coverage.agents],
        "findings": [_finding(one, zone, catalog) for one in coverage.findings],
        "explained": [
            {**one._asdict(), "why": catalog.text(f"coverage.reason.{one.reason}")}
            for one in coverage.explained
        ],
    }


def figures(one: AgentCoverage) -> Facts:
    """Give how many calls were seen by whom."""
    return {
        "calls": one.calls,
        "both": one.both,
        "hooks_only": one.hooks_only,
        "files_only": one.files_only,
        "explained": one.explained,
        "unexplained": one.unexplained,
        "in_part": one.in_part,
        "coverage_percent": None if one.tenths is None else one.tenths / 10,
    }


def _finding(one: Finding, zone: ZoneInfo, catalog: Catalog) -> Facts:
    return {
        **one._asdict(),
        "missing": missing(one, zone, catalog),
        "remedy": remedy(one.kind, one.agent, catalog),
    }
