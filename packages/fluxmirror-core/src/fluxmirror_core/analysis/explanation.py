"""Why something cost what it did: responses, each with its counts, its rates and its place."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from fluxmirror_core.named_tuple import NamedTuple
from fluxmirror_core.pricing import Price, tier_of

if TYPE_CHECKING:
    from fluxmirror_core.analysis.usage import UsageRow
    from fluxmirror_core.pricing import Rates
    from fluxmirror_core.transcripts.response import Tokens


class Named(StrEnum):
    """What a name may be of, beside a time."""

    SESSION = "session"
    SUBAGENT = "subagent"
    RESPONSE = "response"
    CALL = "call"
    AGENT = "agent"
    MODEL = "model"
    PROJECT = "project"
    FILE = "file"
    TOOL = "tool"
    """A set of tools that responses asked for, as `cost --by tool` writes it."""


class Subject(NamedTuple):
    """What is explained."""

    kind: str
    """A `Named`, or `day`, `week`, `month`."""
    name: str


class ToldResponse(NamedTuple):
    """A response, and where it is told of."""

    ts_ms: int
    """UTC milliseconds."""
    agent: str
    key: str
    session: str | None
    subagent: str | None
    model: str | None
    project: str | None
    tokens: Tokens
    pico: int | None
    """Its cost in pico-units of the price's currency; None when nobody knows."""
    price_json: str | None
    path: str
    """The file of the record with the largest counts."""
    offset: int
    """Where that record's line begins, in bytes; its row's number in a database."""
    raw_json: str
    """The counts as the agent wrote them."""


class Charge(NamedTuple):
    """Tokens of one kind, and what they cost."""

    kind: str
    """A field of `Tokens`."""
    tokens: int
    rate: int
    """Pico-units per token."""

    @property
    def pico(self) -> int:
        """Give what they cost, in pico-units."""
        return self.tokens * self.rate


class Arithmetic(NamedTuple):
    """How the cost of a response comes about: its charges, and so much for the request."""

    price: Price
    above: int | None
    """The prompt has more tokens than this, and its tier's rates hold; None for the usual ones."""
    rates: Rates
    charges: tuple[Charge, ...]

    @property
    def pico(self) -> int:
        """Give the cost in pico-units."""
        return self.price.request + sum(one.pico for one in self.charges)


class Explanation(NamedTuple):
    """Everything that is recorded under a name, or of some days."""

    total: UsageRow
    """All of it, added up."""
    responses: tuple[ToldResponse, ...]
    """The oldest first; the newest of all when there are too many."""


def build_arithmetic(response: ToldResponse) -> Arithmetic | None:
    """Say how the cost of a response comes about; None when it has no price."""
    if response.price_json is None:
        return None
    price = _price(response.price_json)
    tokens = response.tokens
    tier = tier_of(price, tokens)
    rates = price.rates if tier is None else tier.rates
    charges = (
        Charge("input", tokens.input, rates.input),
        Charge("tool_use", tokens.tool_use, rates.input),
        Charge("cache_read", tokens.cache_read, rates.cache_read),
        Charge("cache_write_5m", tokens.cache_write_5m, rates.cache_write_5m),
        Charge("cache_write_1h", tokens.cache_write_1h, rates.cache_write_1h),
        Charge("output", tokens.output, rates.output),
    )
    return Arithmetic(price, tier and tier.above, rates, charges)


@cache
def _price(text: str) -> Price:
    """Read a price; there are few, however many responses."""
    return Price.from_json(text)
