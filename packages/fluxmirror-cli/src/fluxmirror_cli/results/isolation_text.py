"""Whether agents are kept apart, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from fluxmirror_core.cutting import shown_of
from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.cells import NAME_COLUMNS, agent_name, head
from fluxmirror_core.report.sections import NAME, NUMBER, Column, Report, Section
from fluxmirror_store.isolation_queries import DATABASE, MIRROR

from fluxmirror_cli.output import terminal_room
from fluxmirror_cli.speech import say
from fluxmirror_cli.voice import own_voice

if TYPE_CHECKING:
    from fluxmirror_core.analysis.isolation import AgentRows, Isolation, Layer
    from fluxmirror_core.messages import Message

_TOOLS: Final = 3
"""Of an agent's tools so many are named."""
_LAYERS: Final = {DATABASE: "verify.layer.database", MIRROR: "verify.layer.mirror"}
_TITLES: Final = {DATABASE: "verify.title.database", MIRROR: "verify.title.mirror"}


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
        sections.append(_leaks(found))
    title = say(message("verify.title.all", date=found.period.first, zone=found.period.zone))
    voice = own_voice(None, ZoneInfo(found.period.zone))
    text = render_text(Report(title, tuple(sections)), voice, terminal_room())
    return f"{text}\n{say(_sum(found))}\n"


def _leaks(found: Isolation) -> Section:
    columns = (
        Column(say(message("verify.column.session")), NAME),
        _column("verify.column.agents"),
        _column("verify.column.seen_in"),
    )
    comma = say(message("join.names"))
    rows = tuple(
        (
            leak.session,
            comma.join(map(agent_name, leak.agents)),
            comma.join(say(message(_LAYERS[layer])) for layer in leak.layers),
        )
        for leak in found.leaks
    )
    return Section(say(message("verify.title.leaks")), "table", columns, rows)


def _sum(found: Isolation) -> Message:
    if not found.leaks:
        return message("verify.clean")
    return counted("verify.leaks", len(found.leaks))


def _section(layer: Layer) -> Section:
    columns = (
        _column("column.agent"),
        Column(say(message("verify.column.events")), NUMBER),
        Column(say(message("column.sessions")), NUMBER),
        _column("verify.column.tools"),
    )
    rows = tuple(
        (agent_name(one.agent), one.rows, len(one.sessions), _tools(one)) for one in layer.agents
    )
    return Section(say(message(_TITLES[layer.name])), "table", columns, rows, _note(layer))


def _note(layer: Layer) -> str:
    notes = []
    if not layer.agents:
        notes.append(say(message("verify.empty")))
    if layer.unreadable:
        notes.append(say(counted("verify.unreadable", layer.unreadable)))
    return say(message("join.sentences")).join(notes)


def _column(title: str) -> Column:
    return Column(say(message(title)))


def _tools(one: AgentRows) -> str:
    shown = shown_of(len(one.tools), _TOOLS)
    named = [f"{head(tool, NAME_COLUMNS)} {times:,}" for tool, times in one.tools[:shown]]
    if shown < len(one.tools):
        named.append("…")
    return say(message("join.names")).join(named)


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
