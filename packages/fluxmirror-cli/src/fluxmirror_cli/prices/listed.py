"""Rows of genai-prices → offers of ours.

A price there is a rate per million tokens or per thousand requests, with tiers of its own; here
all kinds of token share the tiers, so each tier tells the rates of all.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Final

from fluxmirror_core.pricing import Price, Rates, Tier
from genai_prices import types

from fluxmirror_cli.prices.matching import is_same_model
from fluxmirror_cli.prices.offer import Offer, day_start

if TYPE_CHECKING:
    from datetime import time

    from genai_prices.data_snapshot import DataSnapshot

    from fluxmirror_cli.prices.naming import Listing
    from fluxmirror_cli.prices.offer import Offers

    Rate = Decimal | types.TieredPrices | None

_PICO_PER_MILLION: Final = 10**6
"""From units per million tokens to pico-units per token."""
_PICO_PER_THOUSAND: Final = 10**9
"""From units per thousand requests to pico-units per request."""
_CURRENCY: Final = "USD"
"""All of genai-prices is in dollars."""


def find_offers(snapshot: DataSnapshot, listing: Listing, source: str) -> Offers:
    """Give what a model costs by a price list; nothing when it is not in there, or has no price.

    Args:
        snapshot: the list.
        listing: whose model, and its name.
        source: what to call the list.
    """
    try:
        _, model = snapshot.find_provider_model(listing.name, None, listing.provider, None)
    except LookupError:
        return ()
    if not is_same_model(model.match, listing.name):
        return ()
    return build_offers(model, listing.provider, source)


def build_offers(model: types.ModelInfo, provider: str, source: str) -> Offers:
    """Give all prices of a model; none when any of them has no price for tokens.

    A model without a price for tokens is paid by the hour, or free of charge, or merely listed.
    """
    conditional = (
        [types.ConditionalPrice(prices=model.prices)]
        if isinstance(model.prices, types.ModelPrice)
        else model.prices
    )
    offers = tuple(_offer(one, model.id, provider, source) for one in conditional)
    if not offers or not all(_has_rates(one.prices) for one in conditional):
        return ()
    # The first is the price of any time that no other is for, whatever its own condition.
    return (Offer(offers[0].price._replace(since=None)), *offers[1:])


def _has_rates(prices: types.ModelPrice) -> bool:
    return prices.input_mtok is not None or prices.output_mtok is not None


def _offer(one: types.ConditionalPrice, model: str, provider: str, source: str) -> Offer:
    since = hours = None
    if isinstance(one.constraint, types.StartDateConstraint):
        since = one.constraint.start_date
    elif isinstance(one.constraint, types.TimeOfDateConstraint):
        hours = (_ms_of_day(one.constraint.start_time), _ms_of_day(one.constraint.end_time))
    starts = sorted({start for rate in _all_rates(one.prices) for start in _starts(rate)})
    price = Price(
        provider,
        model,
        _CURRENCY,
        source,
        since.isoformat() if since else None,
        _rates(one.prices, 0),
        tuple(Tier(start, _rates(one.prices, start + 1)) for start in starts),
        _pico(_at(one.prices.requests_kcount, 0), _PICO_PER_THOUSAND),
    )
    return Offer(price, day_start(since) if since else None, hours)


def _all_rates(prices: types.ModelPrice) -> tuple[Rate, ...]:
    """Give the rates of the kinds of token that agents tell us; None where there is none."""
    return (
        prices.input_mtok,
        prices.output_mtok,
        prices.cache_read_mtok,
        prices.cache_write_mtok,
        prices.cache_write_5m_mtok,
        prices.cache_write_1h_mtok,
    )


def _rates(prices: types.ModelPrice, prompt: int) -> Rates:
    """Give the rates for prompts of so many tokens.

    A kind without a price is charged as the kind it is a part of, as genai-prices does.
    """
    fresh, output, read, write, write_5m, write_1h = (
        _at(rate, prompt) for rate in _all_rates(prices)
    )
    read = fresh if read is None else read
    write = fresh if write is None else write
    write_5m = write if write_5m is None else write_5m
    write_1h = write if write_1h is None else write_1h
    kinds = (fresh, output, read, write_5m, write_1h)
    return Rates(*(_pico(kind, _PICO_PER_MILLION) for kind in kinds))


def _at(rate: Rate, prompt: int) -> Decimal | None:
    if not isinstance(rate, types.TieredPrices):
        return rate
    return next((tier.price for tier in reversed(rate.tiers) if prompt > tier.start), rate.base)


def _starts(rate: Rate) -> tuple[int, ...]:
    return tuple(tier.start for tier in rate.tiers) if isinstance(rate, types.TieredPrices) else ()


def _pico(amount: Decimal | None, factor: int) -> int:
    """Give whole pico-units; a third of a cent per million tokens has no exact number of them."""
    return int(((amount or Decimal(0)) * factor).to_integral_value(ROUND_HALF_EVEN))


def _ms_of_day(moment: time) -> int:
    """Give a time of day as milliseconds of the UTC day; one without a zone is in UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    utc = datetime.combine(date(1970, 1, 1), aware).astimezone(UTC)
    return ((utc.hour * 60 + utc.minute) * 60 + utc.second) * 1_000
