"""Price: what a model's tokens cost, and what a response cost by it.

All sums are integers of pico-units, 1e-12 of the currency's unit: a price of 0.0375 dollars per
million tokens is 37,500 pico-dollars per token. So a cost is exact, and adding costs up keeps it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.response import Tokens

UNIT: Final = 10**12
"""Pico-units in one unit of a currency."""
OWN: Final = "own"
"""As a price's provider: the user's own price."""
_CENTS: Final = 2
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Rates(NamedTuple):
    """Pico-units per token.

    Every kind of token has its rate: one that a price list leaves out is charged as the kind it is
    a part of (a cache write for an hour as a cache write, that as input), and that is decided where
    the list is read. Reasoning is a part of the output.
    """

    input: int
    output: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int


class Tier(NamedTuple):
    """Rates for *all* tokens of a response whose prompt is long, its output included."""

    above: int
    """The prompt has more tokens than this: read anew, read from a cache, written to one."""
    rates: Rates


class Price(NamedTuple):
    """A row of a price list, as it is at some time."""

    provider: str
    """Whose list: the provider's id in genai-prices, or `OWN`."""
    model: str
    """The model as the list names it."""
    currency: str
    """ISO 4217 code."""
    source: str
    """Where the row comes from, such as `genai-prices 0.2.3` or `prices.toml`."""
    since: str | None
    """ISO date, UTC, from which the row holds; None when it always did."""
    rates: Rates
    """For prompts that are in no tier."""
    tiers: tuple[Tier, ...] = ()
    """Lowest first."""
    request: int = 0
    """Pico-units for every response, whatever its tokens."""

    def to_json(self) -> str:
        """Write it in one line that is the same for equal prices."""
        return _ENCODER.encode(self._asdict())

    @classmethod
    def from_json(cls, text: str) -> Price:
        """Read what `to_json` wrote.

        Raises:
            ValueError: it did not write this.
        """
        try:
            return cls.from_plain(json.loads(text))
        except (TypeError, RecursionError) as error:
            raise ValueError("this is no price") from error

    @classmethod
    def from_plain(cls, row: dict[str, Any]) -> Price:
        """Build a price from what JSON makes of one.

        Raises:
            TypeError: it is none.
            ValueError: it is none.
        """
        plain = cls(**row)
        tiers = tuple(Tier(_whole(above), _rates(rates)) for above, rates in plain.tiers)
        return plain._replace(rates=_rates(plain.rates), tiers=tiers, request=_whole(plain.request))


def cost(price: Price, tokens: Tokens) -> int:
    """Say what a response cost, in pico-units of the price's currency.

    The prompt's length decides the tier, and its rates are for all tokens of the response. What
    tools gave back is read anew, like any input.
    """
    fresh = tokens.input + tokens.tool_use
    tier = tier_of(price, tokens)
    rates = price.rates if tier is None else tier.rates
    return (
        price.request
        + fresh * rates.input
        + tokens.output * rates.output
        + tokens.cache_read * rates.cache_read
        + tokens.cache_write_5m * rates.cache_write_5m
        + tokens.cache_write_1h * rates.cache_write_1h
    )


def tier_of(price: Price, tokens: Tokens) -> Tier | None:
    """Give the tier whose rates hold for a response; None where the usual ones do."""
    prompt = (
        tokens.input
        + tokens.tool_use
        + tokens.cache_read
        + tokens.cache_write_5m
        + tokens.cache_write_1h
    )
    return next((tier for tier in reversed(price.tiers) if prompt > tier.above), None)


def amount(pico: int) -> str:
    """Write pico-units as an exact decimal with two places or more: `0.01`, `12.3456`."""
    whole, fraction = divmod(abs(pico), UNIT)
    digits = f"{fraction:012d}".rstrip("0").ljust(_CENTS, "0")
    return f"{'-' if pico < 0 else ''}{whole}.{digits}"


def _rates(row: Any) -> Rates:  # noqa: ANN401 - whatever the JSON held
    return Rates(*map(_whole, row))


def _whole(number: Any) -> int:  # noqa: ANN401 - whatever the JSON held
    if type(number) is not int:
        raise ValueError(f"{number!r} is no whole number")
    return number
