"""What a response costs, from genai-prices as it is installed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from decimal import Decimal

    from transcripts.plan import Usage

PROVIDERS: Final = {
    "claude-": "anthropic",
    "deepseek-": "deepseek",
    "gemini-": "google",
    "gpt-": "openai",
}
"""Who makes a model, by how its name begins; nobody sells the others at a price we know."""


def price_usage(usage: Usage, model: str, at_ms: int) -> Decimal | None:
    """Price one response in dollars by the list of its time; None when the model is not in it.

    Raises:
        ImportError: genai-prices is not installed.
    """
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    provider = next((name for begin, name in PROVIDERS.items() if model.startswith(begin)), None)
    if provider is None:
        return None
    priced = Priced(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_5m_tokens + usage.cache_write_1h_tokens,
        cache_write_1h_tokens=usage.cache_write_1h_tokens,
    )
    time = datetime.fromtimestamp(at_ms / 1_000, UTC)
    try:
        price = calc_price(priced, model, provider_id=provider, genai_request_timestamp=time)
    except LookupError:
        return None
    return price.total_price
