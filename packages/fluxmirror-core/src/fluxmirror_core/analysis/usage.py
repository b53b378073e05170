"""What models used, and what it cost: the figures of `cost`."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.transcripts.response import Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAIN: Final = "main"
"""The key of what sessions used themselves, beside their subagents."""
NO_TOOL: Final = "none"
"""The key of responses that asked for no tool."""
UNKNOWN: Final = "unknown"
"""Stands for a key that nothing told, where a person writes one."""


class By(StrEnum):
    """What responses are added up by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    AGENT = "agent"
    MODEL = "model"
    PROJECT = "project"
    SESSION = "session"
    SUBAGENT = "subagent"
    TOOL = "tool"


_Named: TypeAlias = tuple[tuple[bool, str], ...]

TIMES: Final = (By.DAY, By.WEEK, By.MONTH)


class UsageSum(NamedTuple):
    """Responses added up that have a key in common, and a currency."""

    key: str | None
    """A date for the times; None where nothing tells it."""
    currency: str | None
    """ISO 4217 code; None for responses without a price."""
    responses: int
    tokens: Tokens
    pico: int
    """What they cost, in pico-units of the currency."""
    first_ms: int
    """When the first of them was, in UTC milliseconds."""
    last_ms: int
    agent: str | None = None
    """Whose session or subagent it is."""
    session: str | None = None
    """Whose subagent it is."""
    project: str | None = None
    """Where the session worked."""


class Cost(NamedTuple):
    """An amount of money."""

    currency: str
    pico: int


class UsageRow(NamedTuple):
    """Responses added up that have a key in common; `UsageSum` tells what the fields mean."""

    key: str | None
    responses: int
    tokens: Tokens
    costs: tuple[Cost, ...]
    """One for each currency, the largest first, ties by currency; none without any price."""
    unpriced: int
    """Responses without a price."""
    first_ms: int | None
    last_ms: int | None
    agent: str | None
    session: str | None
    project: str | None

    @property
    def cost(self) -> Cost | None:
        """Give what they cost; None when nobody knows, or when several currencies do."""
        return self.costs[0] if len(self.costs) == 1 else None


class ModelCount(NamedTuple):
    """How many responses a model gave to an agent."""

    agent: str
    model: str | None
    responses: int


class Usage(NamedTuple):
    """What was used, by one thing."""

    by: By
    rows: tuple[UsageRow, ...]
    total: UsageRow
    unpriced: tuple[ModelCount, ...]
    """Models without a price."""


def build_usage(by: By, sums: Sequence[UsageSum], unpriced: Sequence[ModelCount] = ()) -> Usage:
    """Put together what was added up.

    Args:
        by: what it was added up by; weeks and months are made of the sums of days.
        sums: in any order.
        unpriced: models without a price.

    Returns:
        Times in their order; everything else by cost, most first, then by tokens, then by key,
        agent and session: in the same order whatever that of the sums.
    """
    rows = [_folded(some) for some in _alike(by, sums).values()]
    rows.sort(key=_when if by in TIMES else _rank)
    return Usage(by, tuple(rows), build_total(sums), tuple(unpriced))


def build_total(sums: Sequence[UsageSum]) -> UsageRow:
    """Add everything up."""
    return _folded(sums)._replace(key=None, agent=None, session=None, project=None)


def billed(tokens: Tokens) -> int:
    """Count all tokens, each once: reasoning is a part of the output."""
    return sum(tokens) - tokens.reasoning


def _alike(by: By, sums: Iterable[UsageSum]) -> dict[tuple[str | None, ...], list[UsageSum]]:
    alike: dict[tuple[str | None, ...], list[UsageSum]] = {}
    for one in sums:
        placed = one._replace(key=_time_key(by, one.key)) if by in TIMES and one.key else one
        alike.setdefault((placed.key, placed.agent, placed.session), []).append(placed)
    return alike


def _time_key(by: By, day: str) -> str:
    if by is By.MONTH:
        return day[:7]
    if by is By.WEEK:
        year, week, _ = date.fromisoformat(day).isocalendar()
        return f"{year:04}-W{week:02}"
    return day


def _folded(sums: Sequence[UsageSum]) -> UsageRow:
    """Add up; the first of them tells what they have in common."""
    first = sums[0] if sums else None
    costs: dict[str, int] = {}
    for one in sums:
        if one.currency is not None:
            costs[one.currency] = costs.get(one.currency, 0) + one.pico
    return UsageRow(
        key=first and first.key,
        responses=sum(one.responses for one in sums),
        tokens=Tokens(*map(sum, zip(*(one.tokens for one in sums), strict=True))),
        costs=tuple(Cost(*one) for one in sorted(costs.items(), key=_most_first)),
        unpriced=sum(one.responses for one in sums if one.currency is None),
        first_ms=min((one.first_ms for one in sums), default=None),
        last_ms=max((one.last_ms for one in sums), default=None),
        agent=first and first.agent,
        session=first and first.session,
        project=max((one.project for one in sums if one.project), default=None),
    )


def _most_first(cost: tuple[str, int]) -> tuple[int, str]:
    currency, pico = cost
    return -pico, currency


def _when(row: UsageRow) -> tuple[int, int, _Named]:
    return 0, 0, _named(row)


def _rank(row: UsageRow) -> tuple[int, int, _Named]:
    # What has no price comes after what is free.
    known = sum(one.pico for one in row.costs) if row.costs else -1
    return -known, -billed(row.tokens), _named(row)


def _named(row: UsageRow) -> _Named:
    """Give what no other row has, so that it can be put in order; what nothing tells is first."""
    return tuple((name is not None, name or "") for name in (row.key, row.agent, row.session))
