"""Prices as they are found: to the pico what genai-prices says, and never another model's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import pytest
from fluxmirror_cli.prices.book import open_book
from fluxmirror_cli.prices.listed import build_offers
from fluxmirror_cli.prices.offer import DAY_MS, from_plain, to_plain
from fluxmirror_core.paths import here
from fluxmirror_core.pricing import UNIT, cost
from fluxmirror_core.transcripts.response import Tokens
from genai_prices import Usage, calc_price, types
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fluxmirror_cli.prices.book import PriceBook

AGENTS: Final = {
    "anthropic": "claude-code",
    "openai": "codex-cli",
    "google": "gemini-cli",
    "deepseek": "opencode",
}
"""The lists that are compared model by model → an agent that asks in them."""

NOW = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp()) * 1_000
DAYS = [
    datetime(*day, tzinfo=UTC)
    for day in ((2024, 1, 1), (2026, 3, 12), (2026, 3, 13), (2026, 9, 10), (2027, 6, 1))
]
MINUTES = [0, 30, 59, 60, 239, 240, 360, 600, 989, 990, 1_439]
TIMES = [int(day.timestamp()) * 1_000 + minute * 60_000 for day in DAYS for minute in MINUTES]


def priced_models() -> Iterator[tuple[str, types.ModelInfo]]:
    """Give all models of the compared lists that cost something by the token."""
    for provider in get_snapshot().providers:
        if provider.id in AGENTS:
            for model in provider.models:
                if build_offers(model, provider.id, "") and not is_others(provider.id, model.id):
                    yield provider.id, model


def is_others(provider: str, model: str) -> bool:
    """Tell a model that is sold for its maker, or tuned for its owner and named by him."""
    return model.startswith("ft:") or (provider == "google" and model.startswith("claude-"))


MODELS: Final = list(priced_models())


def thresholds(model: types.ModelInfo) -> set[int]:
    """Give where the tiers of a model begin, by genai-prices' own objects."""
    prices = [model.prices] if isinstance(model.prices, types.ModelPrice) else []
    if not isinstance(model.prices, types.ModelPrice):
        prices = [one.prices for one in model.prices]
    values = [value for price in prices for value in price.__dict__.values()]
    return {tier.start for v in values if isinstance(v, types.TieredPrices) for tier in v.tiers}


def theirs(provider: str, model: str, tokens: Tokens, ts_ms: int) -> Decimal:
    """Give what genai-prices says a response costs, in dollars."""
    usage = Usage(
        input_tokens=sum((tokens.input, *tokens[2:5], tokens.tool_use)),
        output_tokens=tokens.output,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write_5m + tokens.cache_write_1h,
        cache_write_1h_tokens=tokens.cache_write_1h,
    )
    time = datetime.fromtimestamp(ts_ms / 1_000, UTC)
    price = calc_price(usage, model, provider_id=provider, genai_request_timestamp=time)
    return price.total_price


def ours(book: PriceBook, provider: str, model: str, tokens: Tokens, ts_ms: int) -> Decimal:
    """Give what we say it costs, in dollars."""
    price = book.find(AGENTS[provider], model, ts_ms)
    assert price is not None, (provider, model)
    return Decimal(cost(price, tokens)) / UNIT


@pytest.fixture
def book(flux_home: Path) -> PriceBook:
    """The prices of a machine where nothing was set up."""
    return open_book(here())


def test_all_lists_are_compared() -> None:
    """The models are there: a comparison of nothing would agree."""
    assert {provider for provider, _ in MODELS} == set(AGENTS)
    assert len(MODELS) > 150
    assert any(thresholds(model) for _, model in MODELS)


def test_every_model_costs_what_genai_prices_says_at_every_edge(book: PriceBook) -> None:
    """All models, on both sides of each tier, before and after each date and time of day."""
    for provider, model in MODELS:
        edges = {0, *thresholds(model), *(edge + 1 for edge in thresholds(model))}
        for prompt in edges:
            tokens = Tokens(prompt // 5, 77, prompt // 5, prompt // 5, prompt // 5, 7, prompt // 5)
            tokens = tokens._replace(input=tokens.input + prompt % 5)
            for ts_ms in TIMES if isinstance(model.prices, list) else TIMES[:1]:
                expected = theirs(provider, model.id, tokens, ts_ms)
                assert ours(book, provider, model.id, tokens, ts_ms) == expected, model.id


COUNTS = st.one_of(st.integers(0, 2_000), st.integers(0, 300_000), st.integers(0, 10**12))
USES = st.builds(Tokens, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, st.just(0), COUNTS)
ANY_TIME = st.integers(TIMES[0] - 30 * DAY_MS, TIMES[-1] + 30 * DAY_MS) | st.sampled_from(TIMES)


@pytest.fixture(scope="module")
def one_book(tmp_path_factory: pytest.TempPathFactory) -> PriceBook:
    """One for all examples."""
    from fluxmirror_core.paths import places

    folder = str(tmp_path_factory.mktemp("flux"))
    return open_book(places({"FLUXMIRROR_HOME": folder}, "linux"))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(MODELS), USES, ANY_TIME)
def test_every_response_costs_what_genai_prices_says(
    one_book: PriceBook, listed: tuple[str, types.ModelInfo], tokens: Tokens, ts_ms: int
) -> None:
    """Exactly: any model, any counts, any time."""
    provider, model = listed
    expected = theirs(provider, model.id, tokens, ts_ms)
    assert ours(one_book, provider, model.id, tokens, ts_ms) == expected


@pytest.mark.parametrize(
    ("agent", "logged", "provider", "listed"),
    [
        ("claude-code", "claude-sonnet-4-5-20250929", "anthropic", "claude-sonnet-4-5"),
        ("claude-code", "claude-opus-5-5[1m]", "anthropic", "claude-opus-5-5"),
        ("claude-code", "Claude-Opus-5-5", "anthropic", "claude-opus-5-5"),
        ("claude-code", "claude-sonnet-4@20250514", "anthropic", "claude-sonnet-4-0"),
        ("claude-code", "claude-opus-4-6@default", "anthropic", "claude-opus-4-6"),
        ("claude-code", "deepseek-v4-pro", "deepseek", "deepseek-v4-pro"),
        ("claude-code", "glm-4.6", "zai", "GLM-4.6"),
        ("opencode", "anthropic/claude-sonnet-4.5", "anthropic", "claude-sonnet-4-5"),
        ("opencode", "claude-3-7-sonnet-thinking", "anthropic", "claude-3-7-sonnet-latest"),
        ("opencode", "x-ai/grok-code-fast-1", "x-ai", "grok-code-fast-1"),
        ("codex-cli", "openai/gpt-5.5", "openai", "gpt-5.5"),
        ("codex-cli", "gpt-5.2-20251211", "openai", "gpt-5.2"),
        ("codex-cli", "codex-mini-latest", "openai", "codex-mini"),
        ("gemini-cli", "models/gemini-3.8-flash", "google", "gemini-3.8-flash"),
        ("gemini-cli", "gemini-2.5-pro-preview-06-05", "google", "gemini-2.5-pro"),
        (
            "gemini-cli",
            "gemini-3.1-pro-preview-customtools",
            "google",
            "gemini-3.1-pro-preview",
        ),
        (
            "claude-code",
            "us.anthropic.claude-opus-4-5-20251101-v1:0",
            "aws",
            "regional.anthropic.claude-opus-4-5-v1:0",
        ),
        (
            "claude-code",
            "arn:aws:bedrock:us-east-1:1:inference-profile/global.anthropic.claude-opus-5-5",
            "aws",
            "global.anthropic.claude-opus-5-5",
        ),
        (
            "opencode",
            "openrouter/anthropic/claude-sonnet-4.5",
            "openrouter",
            "anthropic/claude-sonnet-4.5",
        ),
    ],
)
def test_names_are_understood_as_people_have_them(
    book: PriceBook, agent: str, logged: str, provider: str, listed: str
) -> None:
    """Sellers' prefixes, dates and marks lead to the model, in the list of who sells it."""
    price = book.find(agent, logged, NOW)
    assert price is not None
    assert (price.provider, price.model, price.currency) == (provider, listed, "USD")


@pytest.mark.parametrize(
    "model",
    [
        None,
        "",
        " ",
        "/",
        "<synthetic>",
        "claude-",
        "claude-nova-9",
        "claude-nova-1-preview",
        "claude-opus-99",
        "claude-opus-4-10",
        "claude-sonnet-4-20990101",
        "anthropic/claude-nova-9",
        "us.anthropic.claude-nova-9-v1:0",
        "gpt-nova",
        "gpt-5-nova",
        "openai/claude-opus-5-5",
        "o99",
        "gemini-nova",
        "gemini-2.5-pro-nova",
        "gemini-1.5-flash-8b",
        "deepseek-nova",
        "qwen3-coder-plus",
        "ollama/gpt-5",
        "groq/deepseek-v4-pro",
        "gpt-oss:20b",
        "whisper-1",
        "gemma-3-27b-it",
        "claude-opus-4-1" + "-2024-12-12" * 50_000 + "x",
    ],
)
def test_an_unknown_model_has_no_price(book: PriceBook, model: str | None) -> None:
    """A guess would be a wrong sum; that it is unknown can be said."""
    assert [book.find(agent, model, NOW) for agent in (*AGENTS.values(), "")] == [None] * 5


def test_the_source_tells_the_version_of_the_list(book: PriceBook) -> None:
    """A stored price can be told from a later one."""
    from genai_prices import __version__

    price = book.find("claude-code", "claude-opus-4-6", NOW)
    assert price is not None
    assert (price.source, price.since) == (f"genai-prices {__version__}", "2026-03-13")


def test_any_time_has_a_price(book: PriceBook) -> None:
    """Clocks jump: before the first date, and after the last year there is."""
    for ts_ms in (-(10**15), 0, 10**18):
        assert book.find("opencode", "deepseek-v4-pro", ts_ms) is not None


def test_offers_survive_being_kept() -> None:
    """What is remembered is what was looked up, for all models."""
    for provider, model in MODELS:
        offers = build_offers(model, provider, "a list")
        assert from_plain(json.loads(json.dumps(to_plain(offers)))) == offers


FINDING = """
import sys
from fluxmirror_cli.prices.book import open_book
from fluxmirror_core.paths import here
book = open_book(here())
found = [book.find("claude-code", model, 1_790_000_000_000) for model in sys.argv[1:]]
print(int("genai_prices" in sys.modules), *(price and price.model for price in found))
"""


def find_in_a_process(*models: str) -> str:
    """Look models up where nothing is loaded yet; tell first whether genai-prices was, at last."""
    done = subprocess.run(
        [sys.executable, "-c", FINDING, *models], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_model_is_looked_up_once_per_machine(flux_home: Path) -> None:
    """Loading all prices takes longer than most reports: known and unknown models are kept."""
    asked, told = ("claude-opus-5-5", "claude-nova-9"), "claude-opus-5-5 None"
    assert find_in_a_process(*asked) == f"1 {told}"
    assert find_in_a_process(*asked) == f"0 {told}"
    assert find_in_a_process("claude-sonnet-4-5") == "1 claude-sonnet-4-5"
    assert find_in_a_process(*asked, "claude-sonnet-4-5") == f"0 {told} claude-sonnet-4-5"


@pytest.mark.parametrize(
    "damaged", [b"", b"[]", b"\xff", b'{"edition": 1}', b'{"edition": "x", "models": {}}']
)
def test_a_damaged_memory_is_no_memory(flux_home: Path, damaged: bytes) -> None:
    """It saves time, and must never cost a price."""
    find_in_a_process("claude-opus-5-5")
    memory = flux_home / "cache" / "prices.json"
    kept = memory.read_bytes()
    memory.write_bytes(damaged)
    assert find_in_a_process("claude-opus-5-5") == "1 claude-opus-5-5"
    assert memory.read_bytes() == kept


def test_rows_of_a_damaged_memory_are_looked_up_again(flux_home: Path) -> None:
    """As above, where the file is sound but for what it says."""
    find_in_a_process("claude-opus-5-5")
    memory = flux_home / "cache" / "prices.json"
    kept = json.loads(memory.read_text("utf-8"))
    kept["models"] = {name: [[{"provider": "x"}, None, None]] for name in kept["models"]}
    memory.write_text(json.dumps(kept), encoding="utf-8")
    assert find_in_a_process("claude-opus-5-5") == "1 claude-opus-5-5"


def test_prices_are_found_where_nothing_can_be_kept(flux_home: Path) -> None:
    """A cache directory that cannot be made is no reason to know no price."""
    flux_home.mkdir()
    (flux_home / "cache").write_text("in the way", encoding="utf-8")
    assert find_in_a_process("claude-opus-5-5") == "1 claude-opus-5-5"
    assert os.listdir(flux_home) == ["cache"]
