"""What each agent did in some days: the figures of `agents`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.rates import whole_percent
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fluxmirror_core.analysis.work import AgentWork, Work

WRITE_HEAVY: Final = 70
"""Percent of an agent's calls; with more writes it does little else."""


class Agents(NamedTuple):
    """All agents of a period, beside each other."""

    work: Work
    write_heavy: tuple[tuple[str, int], ...]
    """Agents that hardly do anything but write, with the percentage of their writes."""
    single_session: tuple[str, ...]
    """Agents with one session."""


def build_agents_overview(work: Work) -> Agents:
    """Set agents beside each other."""
    return Agents(
        work,
        tuple(
            (one.agent, percent) for one in work.agents if (percent := _writes(one)) > WRITE_HEAVY
        ),
        tuple(one.agent for one in work.agents if one.sessions == 1),
    )


def _writes(one: AgentWork) -> int:
    return whole_percent(one.writes, one.calls)
