"""Whether agents are kept apart, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.cells import NAME_COLUMNS, agent_name, head
from fluxmirror_core.report.sections import Column, Report, Section

from fluxmirror_cli.wording import counted

if TYPE_CHECKING:
    from fluxmirror_core.analysis.isolation import AgentRows, Isolation, Layer

_TOOLS: Final = 3
"""Of an agent's tools so many are named."""


def isolation_facts(found: Isolation) -> dict[str, Any]:
    """Give everything that was found."""
    return {
        "date": str(found.period.first),
        "timezone": found.period.zone,
        "checked": found.rows > 0,
        "clean": not found.leaks,
        "layers": [_layer_facts(layer) for layer in found.layers],
        "leaks": [
            {
                "session": leak.session,
                "agents": list(leak.agents),
                "layers": list(leak.layers),
            }
            for leak in found.leaks
        ],
    }


def isolation_text(found: Isolation) -> str:
    """Write a table for each layer, the leaks, and what it comes to."""
    sections = [_section(layer) for layer in found.layers]
    if found.leaks:
        columns = (Column("Session"), Column("Agents"), Column("Seen in"))
        rows = tuple(
            (
                head(leak.session, NAME_COLUMNS),
                ", ".join(map(agent_name, leak.agents)),
                ", ".join(leak.layers),
            )
            for leak in found.leaks
        )
        sections.append(Section("Sessions of several agents", "table", columns, rows))
    title = f"Are agents kept apart? ({found.period.first}, {found.period.zone})"
    return f"{render_text(Report(title, tuple(sections)))}\n{_sum(found)}\n"


def _sum(found: Isolation) -> str:
    if not found.leaks:
        return "Clean: every session belongs to one agent."
    leaks = counted(len(found.leaks), "session is", "sessions are")
    return f"{leaks} recorded under several agents."


def _section(layer: Layer) -> Section:
    columns = (
        Column("Agent"),
        Column("Events", is_number=True),
        Column("Sessions", is_number=True),
        Column("Tools"),
    )
    rows = tuple(
        (agent_name(one.agent), one.rows, len(one.sessions), _tools(one)) for one in layer.agents
    )
    note = "" if rows else "Nothing of that day."
    if layer.unreadable:
        lines = counted(layer.unreadable, "line")
        note = f"{note} {lines} could not be understood.".strip()
    return Section(layer.name.capitalize(), "table", columns, rows, note)


def _tools(one: AgentRows) -> str:
    named = ", ".join(f"{head(tool, NAME_COLUMNS)} {times:,}" for tool, times in one.tools[:_TOOLS])
    return f"{named}, …" if len(one.tools) > _TOOLS else named


def _layer_facts(layer: Layer) -> dict[str, Any]:
    return {
        "layer": layer.name,
        "events": layer.rows,
        "unreadable_lines": layer.unreadable,
        "agents": [
            {
                "agent": one.agent,
                "events": one.rows,
                "sessions": list(one.sessions),
                "tools": dict(one.tools),
            }
            for one in layer.agents
        ],
    }
