"""Several days' figures → the report of them: of a week, a month, any stretch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.report.day import compared_line, earlier_facts
from fluxmirror_core.report.insights import highlights, span_insights
from fluxmirror_core.report.narrative import span_narrative
from fluxmirror_core.report.sections import Report
from fluxmirror_core.report.titles import subtitle, title, work_facts
from fluxmirror_core.report.work_sections import (
    agents_section,
    cost_section,
    days_section,
    directories_section,
    head_figures,
    heat_section,
    pattern_figures,
    programs_section,
    projects_section,
    read_section,
    rework_section,
    servers_section,
    tools_section,
    written_section,
)

if TYPE_CHECKING:
    from fluxmirror_core.analysis.span import Span
    from fluxmirror_core.report.sections import Section

_WRITTEN_SHOWN = 8
_READ_SHOWN = 6
_NAMES_SHOWN = 8
_REWORKED_SHOWN = 3
"""Rows: with these the report of a week prints on one page."""


def build_span_report(
    span: Span,
    *,
    called: str,
    commits: tuple[Section, ...] = (),
) -> Report:
    """Put several days into sections.

    Args:
        span: with at least one call, or with some cost.
        called: `week`, `month`, or `days` for any others.
        commits: what was committed meanwhile, where that was asked for.
    """
    work = span.work
    return Report(
        title(work.summary.scope, called),
        _sections(span, commits) if work.summary.totals.calls else (cost_section(work),),
        subtitle(work.summary.scope),
        "days",
        {**work_facts(work.summary), **earlier_facts(span.earlier)},
    )


def _sections(span: Span, commits: tuple[Section, ...]) -> tuple[Section, ...]:
    work, before = span.work, span.before
    is_part = span.earlier is not None and span.earlier.until_ms is not None
    sections = (
        span_narrative(work, before, is_part=is_part),
        head_figures(work, before, compared_line(span.earlier, before)),
        days_section(work),
        heat_section(work),
        highlights(work),
        agents_section(work),
        projects_section(work),
        cost_section(work),
        *commits,
        written_section(work, _WRITTEN_SHOWN),
        read_section(work, _READ_SHOWN),
        programs_section(work)._replace(shown=_NAMES_SHOWN),
        tools_section(work)._replace(shown=_NAMES_SHOWN),
        servers_section(work)._replace(shown=_NAMES_SHOWN),
        directories_section(work)._replace(shown=_READ_SHOWN),
        pattern_figures(work, before),
        rework_section(work)._replace(shown=_REWORKED_SHOWN),
        span_insights(work),
    )
    return tuple(one for one in sections if not one.is_empty)
