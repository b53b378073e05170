"""What a response costs by a price, to the last pico-dollar."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from fluxmirror_core.pricing import UNIT, Price, Rates, Tier, amount, cost
from fluxmirror_core.transcripts.response import Tokens
from hypothesis import given
from hypothesis import strategies as st

SHORT = Rates(
    input=3_000_000,
    output=15_000_000,
    cache_read=300_000,
    cache_write_5m=3_750_000,
    cache_write_1h=6_000_000,
)
LONG = Rates(*(2 * rate for rate in SHORT))
PRICE = Price("anthropic", "claude-sonnet-4-5", "USD", "a list", None, SHORT)
TIERED = PRICE._replace(since="2026-03-13", tiers=(Tier(200_000, LONG),), request=5_000_000)
WHOLE = st.integers(min_value=0, max_value=10**18)
RATES = st.builds(Rates, *(WHOLE for _ in Rates._fields))
PRICES = st.builds(
    Price,
    provider=st.text(),
    model=st.text(),
    currency=st.just("USD"),
    source=st.text(),
    since=st.none() | st.just("2026-03-13"),
    rates=RATES,
    tiers=st.lists(st.builds(Tier, WHOLE, RATES), max_size=3).map(tuple),
    request=WHOLE,
)


@pytest.mark.parametrize(
    ("tokens", "dollars"),
    [
        (Tokens(), "0"),
        (Tokens(input=1_000_000), "3"),
        (Tokens(output=1_000), "0.015"),
        (Tokens(output=1_000, reasoning=900), "0.015"),
        (Tokens(cache_read=1), "0.0000003"),
        (Tokens(cache_write_5m=1_000_000, cache_write_1h=1_000_000), "9.75"),
        (Tokens(input=10, tool_use=990), "0.003"),
    ],
)
def test_each_kind_of_token_has_its_rate(tokens: Tokens, dollars: str) -> None:
    """Reasoning is paid as the output it is part of, what tools gave back as input."""
    assert Decimal(cost(PRICE, tokens)) / UNIT == Decimal(dollars)


def test_a_long_prompt_changes_the_rate_of_every_token() -> None:
    """At the threshold the rates are those of short prompts; one token more, and all is dearer."""
    at, above = Tokens(cache_read=200_000, output=10), Tokens(cache_read=200_001, output=10)
    assert cost(TIERED, at) == TIERED.request + 200_000 * 300_000 + 10 * 15_000_000
    assert cost(TIERED, above) == TIERED.request + 200_001 * 600_000 + 10 * 30_000_000


def test_all_that_is_read_makes_a_prompt_long() -> None:
    """A prompt out of a cache, or into one, is as long as one read anew; output does not count."""
    fifth = Tokens(
        input=40_000, tool_use=40_000, cache_read=40_000, cache_write_5m=40_000, output=10**6
    )
    dearer = fifth._replace(cache_write_1h=40_001)
    assert cost(TIERED, fifth) == TIERED.request + sum(
        (80_000 * 3_000_000, 40_000 * 300_000, 40_000 * 3_750_000, 10**6 * 15_000_000)
    )
    assert cost(TIERED, dearer) > 2 * (cost(TIERED, fifth) - TIERED.request)


def test_the_highest_tier_that_is_reached_counts() -> None:
    """Models may have several."""
    price = PRICE._replace(tiers=(Tier(32_000, LONG), Tier(128_000, SHORT)))
    costs = [cost(price, Tokens(input=n)) // n for n in (32_000, 128_000, 128_001)]
    assert costs == [3_000_000, 6_000_000, 3_000_000]


@given(PRICES)
def test_a_price_survives_being_stored(price: Price) -> None:
    """The database keeps prices as text, and knows equal ones by it."""
    back = Price.from_json(price.to_json())
    assert (back, hash(back), back.to_json()) == (price, hash(price), price.to_json())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '"price"',
        json.dumps(TIERED._asdict() | {"rates": [1, 2]}),
        json.dumps(TIERED._asdict() | {"rates": [1, 2, 3, 4, 0.5]}),
        json.dumps(TIERED._asdict() | {"tiers": [[1, 2, 3]]}),
        json.dumps(TIERED._asdict() | {"request": "1"}),
        json.dumps(TIERED._asdict() | {"colour": "red"}),
    ],
)
def test_what_is_no_price_is_refused(text: str) -> None:
    """A damaged row of the database is told apart, with the one error."""
    with pytest.raises(ValueError, match=r"."):
        Price.from_json(text)


@pytest.mark.parametrize(
    ("pico", "text"),
    [
        (0, "0.00"),
        (UNIT, "1.00"),
        (UNIT // 100, "0.01"),
        (12_345_600_000_000, "12.3456"),
        (1, "0.000000000001"),
        (1_129_297_258_654_000, "1129.297258654"),
        (-UNIT // 2, "-0.50"),
    ],
)
def test_an_amount_is_written_exactly(pico: int, text: str) -> None:
    """No exponent, nothing rounded, cents at least."""
    assert amount(pico) == text


@given(st.integers(min_value=-(10**24), max_value=10**24))
def test_no_amount_loses_a_pico(pico: int) -> None:
    """What is read back is what was written."""
    assert Decimal(amount(pico)) * UNIT == pico
