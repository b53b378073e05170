"""What happened in a day: the figures of `today`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fluxmirror_core.period import Period

HOURS: Final = 24
SLOT_MS: Final = 900_000
"""A quarter of an hour: every zone's clock shows one hour, not two, throughout it."""


class AgentActivity(NamedTuple):
    """What one agent did."""

    agent: str
    calls: int
    sessions: int
    """Distinct sessions as the agent named them."""
    failed: int
    """Calls that are known to have failed."""
    unknown: int
    """Calls of which nothing told how they ended."""


class FileCount(NamedTuple):
    """How often a tool touched a file."""

    path: str
    """Absolute where it is known, else as the agent wrote it."""
    tool: str
    """As the agent called it."""
    times: int


class NameCount(NamedTuple):
    """How often something with a name was counted."""

    name: str
    times: int


class ShellCommand(NamedTuple):
    """One shell command."""

    ts_ms: int
    command: str
    outcome: str
    """As `fluxmirror_core.event.Outcome` has it; `unknown` where nothing tells."""


class SlotCount(NamedTuple):
    """How many calls began in one slot of `SLOT_MS`."""

    slot: int
    """Slots since the epoch."""
    times: int


class Counted(NamedTuple):
    """The rows a day is built from, each list in its canonical order."""

    agents: Sequence[AgentActivity]
    edited: Sequence[FileCount]
    read: Sequence[NameCount]
    """Files that were read and not edited."""
    commands: Sequence[ShellCommand]
    """The oldest first."""
    directories: Sequence[NameCount]
    tools: Sequence[NameCount]
    """An MCP tool is `server/tool`, any other as the agent called it."""
    slots: Sequence[SlotCount]


class Elsewhen(NamedTuple):
    """What is recorded outside a day that has nothing."""

    latest: date | None
    """The last day before with any activity."""
    earliest: date | None
    """The first day after with any."""
    any_recorded: bool
    """Whether there is any call at all, also one that no report counts."""
    kept_since: date | None = None
    """The day before which nothing is kept; None where nothing was ever deleted."""


class Day(NamedTuple):
    """One local day; `agent` is set when only that agent's calls are counted."""

    period: Period
    agent: str | None
    calls: int
    failed: int
    unknown: int
    agents: tuple[AgentActivity, ...]
    edited: tuple[FileCount, ...]
    read: tuple[NameCount, ...]
    commands: tuple[ShellCommand, ...]
    directories: tuple[NameCount, ...]
    tools: tuple[NameCount, ...]
    hours: tuple[int, ...]
    """Calls per local hour, 24 of them; an hour that a clock shows twice holds both."""


def build_day(period: Period, agent: str | None, counted: Counted) -> Day:
    """Put together what was counted in a day."""
    return Day(
        period=period,
        agent=agent,
        calls=sum(one.calls for one in counted.agents),
        failed=sum(one.failed for one in counted.agents),
        unknown=sum(one.unknown for one in counted.agents),
        agents=tuple(counted.agents),
        edited=tuple(counted.edited),
        read=tuple(counted.read),
        commands=tuple(counted.commands),
        directories=tuple(counted.directories),
        tools=tuple(counted.tools),
        hours=by_hour(counted.slots, ZoneInfo(period.zone)),
    )


def by_hour(slots: Sequence[SlotCount], zone: ZoneInfo) -> tuple[int, ...]:
    """Add up calls per local hour, 24 of them; one that a clock shows twice holds both."""
    hours = [0] * HOURS
    for slot, times in slots:
        hours[datetime.fromtimestamp(slot * SLOT_MS // 1000, zone).hour] += times
    return tuple(hours)
