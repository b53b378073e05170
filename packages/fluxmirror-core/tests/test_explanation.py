"""Why a response cost what it did, to the last digit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from fluxmirror_core.analysis.explanation import (
    Explanation,
    Named,
    Subject,
    ToldResponse,
    build_arithmetic,
)
from fluxmirror_core.analysis.usage import UsageSum, build_total
from fluxmirror_core.messages import languages, load_catalog
from fluxmirror_core.pricing import Price, Rates, Tier, cost
from fluxmirror_core.report.as_text import render_text
from fluxmirror_core.report.explanation import build_explanation_report
from fluxmirror_core.report.voice import Voice
from fluxmirror_core.transcripts.response import Tokens
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
PRICE = Price(
    "anthropic",
    "claude-sonnet-4-5",
    "USD",
    "genai-prices 0.2.3",
    "2026-01-01",
    Rates(3_000_000, 15_000_000, 300_000, 3_750_000, 6_000_000),
    (
        Tier(1_000, Rates(6_000_000, 22_500_000, 600_000, 7_500_000, 12_000_000)),
        Tier(5_000, Rates(7_000_000, 23_000_000, 700_000, 8_000_000, 13_000_000)),
    ),
    17,
)
TOKENS = Tokens(100, 340, 560, 70, 8, 9, 12)
RESPONSE = ToldResponse(
    NOON, "claude-code", "msg_1", "s-1", "a-2", "claude-sonnet-4-5", "/home/mira/app", TOKENS,
    cost(PRICE, TOKENS), PRICE.to_json(), "/home/mira/.claude/projects/p/s-1.jsonl", 4_711,
    '{"input_tokens":100}',
)  # fmt: skip
UNKNOWN = RESPONSE._replace(
    key="msg\x1b[2J|2", model=None, session=None, subagent=None, project=None, pico=None,
    price_json=None, path="/home/mira/.local/share/opencode/opencode.db", offset=3,
)  # fmt: skip


def rendered(of: Subject, *responses: ToldResponse, older: int = 0, language: str = "en") -> str:
    """Write the report of responses, and of so many that are not shown."""
    sums = [
        UsageSum(None, "USD" if one.pico else None, 1, one.tokens, one.pico or 0, NOON, NOON)
        for one in (*responses, *[RESPONSE] * older)
    ]
    explanation = Explanation(build_total(sums), responses)
    report = build_explanation_report(
        explanation, load_catalog(language), of=of, zone="Asia/Seoul", gone={UNKNOWN.path}
    )
    return render_text(report, Voice(load_catalog(language), ZoneInfo("Asia/Seoul"), "/home/mira"))


@given(st.builds(Tokens, *[st.integers(0, 4_000)] * len(Tokens._fields)))
def test_the_arithmetic_gives_what_was_charged(tokens: Tokens) -> None:
    """By the same tier, whatever the counts: the explanation is of the cost that is stored."""
    arithmetic = build_arithmetic(RESPONSE._replace(tokens=tokens))
    assert arithmetic is not None
    assert arithmetic.pico == cost(PRICE, tokens)


def test_the_tier_that_holds_is_told() -> None:
    """That of the longest prompt which this one exceeds."""
    told = [
        build_arithmetic(RESPONSE._replace(tokens=Tokens(input=n))) for n in (1_000, 1_001, 5_001)
    ]
    assert [one and one.above for one in told] == [None, 1_000, 5_000]


def test_no_price_has_no_arithmetic() -> None:
    """Nobody knows."""
    assert build_arithmetic(UNKNOWN) is None


@pytest.mark.parametrize("language", languages())
def test_an_explanation_reads_as_it_should(
    language: str, same_as_golden: Callable[[str, str], None]
) -> None:
    """A list, each response with all that its cost comes from, and the total."""
    of = Subject("day", "2026-03-02")
    text = rendered(of, RESPONSE, UNKNOWN, older=1_234, language=language)
    same_as_golden(f"explanation.{language}.md", text)


def test_a_single_response_needs_no_list() -> None:
    """It is called by what was asked for."""
    text = rendered(Subject(Named.CALL, "toolu_1"), RESPONSE)
    assert text.startswith(
        "# What the response that asked for toolu_1 cost\n\n## 2026-03-02 21:00:00"
    )


def test_a_price_of_ones_own_is_called_so() -> None:
    """Not by a provider that nobody knows."""
    own = PRICE._replace(
        provider="own", model="claude-*", source="prices.toml", tiers=(), since=None
    )
    text = rendered(Subject(Named.MODEL, "m"), RESPONSE._replace(price_json=own.to_json()))
    assert "- your own price for `claude-*`, from prices.toml\n" in text


def test_what_has_no_name_is_called_in_words() -> None:
    """The responses of sessions themselves are no subagent's."""
    text = rendered(Subject(Named.SUBAGENT, "main"), RESPONSE)
    assert text.startswith("# What sessions cost without their subagents\n")
