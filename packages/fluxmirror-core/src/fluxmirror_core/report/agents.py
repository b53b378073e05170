"""Agents beside each other → the report of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.day import earlier_facts
from fluxmirror_core.report.figures import paid
from fluxmirror_core.report.sections import (
    AGENT,
    MINUTES,
    MONEY,
    NAME,
    NUMBER,
    SHARE,
    Column,
    Report,
    Section,
    Shown,
)
from fluxmirror_core.report.titles import subtitle_with_agent, work_facts
from fluxmirror_core.report.work_sections import cost_section, head_figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fluxmirror_core.analysis.agents import Agents
    from fluxmirror_core.messages import Message


def build_agents_report(agents: Agents) -> Report:
    """Put agents beside each other.

    Args:
        agents: with at least one call, or with some cost.
    """
    work = agents.work
    return Report(
        message("work.title.agents"),
        _sections(agents) if work.agents else (cost_section(work),),
        subtitle_with_agent(work.summary.scope),
        "agents",
        {**work_facts(work.summary), **earlier_facts(None)},
    )


def _sections(agents: Agents) -> tuple[Section, ...]:
    points = tuple((point,) for point in _insights(agents))
    sections = (
        head_figures(agents.work, None),
        _table(agents),
        cost_section(agents.work),
        Section(message("work.section.insights"), "points", rows=points, key="insights"),
    )
    return tuple(one for one in sections if not one.is_empty)


def _table(agents: Agents) -> Section:
    costs = {row.key: row for row in agents.work.usage.by_agent.rows}
    return Section(
        message("work.section.agents"),
        "bars",
        (
            Column(message("column.agent"), AGENT, "agent"),
            Column(message("column.calls"), NUMBER, "calls"),
            Column(message("work.column.share"), SHARE, "share"),
            Column(message("column.sessions"), NUMBER, "sessions"),
            Column(message("work.column.active_days"), NUMBER, "active_days"),
            Column(message("work.column.active"), MINUTES, "active_minutes"),
            Column(message("work.column.top_tool"), NAME, "top_tool"),
            Column(message("work.column.writes"), NUMBER, "writes"),
            Column(message("work.column.reads"), NUMBER, "reads"),
            Column(message("work.column.shells"), NUMBER, "shells"),
            Column(message("work.column.failure_rate"), SHARE, "failure_rate"),
            Column(message("work.column.cost"), MONEY, "cost"),
        ),
        tuple(
            (
                *(one.agent, one.calls, one.share, one.sessions, one.active_days),
                *(one.active_minutes, one.top_tool, one.writes, one.reads, one.shells),
                *(one.failure_rate, paid(costs.get(one.agent))),
            )
            for one in agents.work.agents
        ),
        key="agents",
    )


def _insights(agents: Agents) -> Iterator[Message]:
    busiest, *others = agents.work.agents
    if others:
        yield counted("insight.busiest_agent", busiest.calls, agent=Shown(AGENT, busiest.agent))
    for agent in agents.single_session:
        yield message("insight.single_session", agent=Shown(AGENT, agent))
    for agent, percent in agents.write_heavy:
        yield message("insight.write_heavy", agent=Shown(AGENT, agent), percent=percent)
