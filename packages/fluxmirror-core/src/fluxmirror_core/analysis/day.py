"""What happened in a day: the figures of `today`, `yesterday` and of any other day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from fluxmirror_core.analysis.earlier import Earlier
    from fluxmirror_core.analysis.work import Summary, Work


class ShellCommand(NamedTuple):
    """One shell command."""

    ts_ms: int
    command: str
    outcome: str
    """As `fluxmirror_core.event.Outcome` has it; `unknown` where nothing tells."""


class Elsewhen(NamedTuple):
    """What is recorded outside a period that has nothing, of the agent and project asked for."""

    latest: date | None
    """The last day before with any activity."""
    earliest: date | None
    """The first day after with any."""
    any_recorded: bool
    """Whether there is any call at all, also one that no report counts."""
    kept_since: date | None = None
    """The day before which nothing is kept; None where nothing was ever deleted."""
    in_other_projects: bool = False
    """Whether the agent that is asked for has calls in other projects than the one asked for."""


class Day(NamedTuple):
    """One local day."""

    work: Work
    commands: tuple[ShellCommand, ...]
    """The last of its shell commands, the oldest first."""
    earlier: Earlier | None
    """What it is compared with."""
    before: Summary | None
    """The figures of that."""
