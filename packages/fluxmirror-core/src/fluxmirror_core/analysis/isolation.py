"""Whether agents are kept apart: a session that is told of by two of them is a leak."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fluxmirror_core.period import Period

NAMELESS: Final = "unknown"
"""What programs wrote in the place of a session's id that nobody told."""


class SeenRows(NamedTuple):
    """Rows of one agent that are alike."""

    agent: str
    session: str | None
    tool: str | None
    """None for what is no tool call."""
    times: int = 1


class AgentRows(NamedTuple):
    """What a layer tells of one agent."""

    agent: str
    rows: int
    sessions: tuple[str, ...]
    """By name."""
    tools: tuple[tuple[str, int], ...]
    """Each with its calls, most first, ties by name."""


class Layer(NamedTuple):
    """One of the places where events are kept."""

    name: str
    agents: tuple[AgentRows, ...]
    """By name."""
    owners: Mapping[str, frozenset[str]]
    """Session → agents that it was seen under."""
    unreadable: int = 0
    """Lines that cannot be understood."""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(one.rows for one in self.agents)


class Leak(NamedTuple):
    """A session that several agents have."""

    session: str
    agents: tuple[str, ...]
    """By name."""
    layers: tuple[str, ...]
    """Where it is seen under several."""


class Isolation(NamedTuple):
    """What was found on a day."""

    period: Period
    """A local day."""
    layers: tuple[Layer, ...]
    leaks: tuple[Leak, ...]
    """Each session once, by name."""

    @property
    def rows(self) -> int:
        """How many rows there are in all layers."""
        return sum(layer.rows for layer in self.layers)


def build_layer(name: str, seen: Iterable[SeenRows], unreadable: int = 0) -> Layer:
    """Count what a layer tells, agent by agent. Ids of sessions are compared exactly."""
    rows: Counter[str] = Counter()
    tools: dict[str, Counter[str]] = {}
    owners: dict[str, set[str]] = {}
    for one in seen:
        rows[one.agent] += one.times
        if one.tool:
            tools.setdefault(one.agent, Counter())[one.tool] += one.times
        if one.session and one.session != NAMELESS:
            owners.setdefault(one.session, set()).add(one.agent)
    agents = tuple(
        AgentRows(agent, rows[agent], _sessions(owners, agent), _ranked(tools.get(agent, {})))
        for agent in sorted(rows)
    )
    return Layer(name, agents, {key: frozenset(of) for key, of in owners.items()}, unreadable)


def build_isolation(period: Period, layers: Iterable[Layer]) -> Isolation:
    """Find the sessions that a layer shows under two agents or more."""
    looked_at = tuple(layers)
    agents: dict[str, set[str]] = {}
    where: dict[str, list[str]] = {}
    for layer in looked_at:
        for session, of in layer.owners.items():
            if len(of) > 1:
                agents.setdefault(session, set()).update(of)
                where.setdefault(session, []).append(layer.name)
    leaks = tuple(
        Leak(session, tuple(sorted(agents[session])), tuple(where[session]))
        for session in sorted(agents)
    )
    return Isolation(period, looked_at, leaks)


def _sessions(owners: Mapping[str, set[str]], agent: str) -> tuple[str, ...]:
    return tuple(sorted(session for session, of in owners.items() if agent in of))


def _ranked(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
