"""How long, and how long ago, in the words of each language."""

from __future__ import annotations

import pytest
from fluxmirror_cli.health.elapsed import ago, duration, over_ago
from fluxmirror_core.messages import load_catalog

DAY_S = 86_400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (119, "119 s"),
        (120, "2 minutes"),
        (7_199, "120 minutes"),
        (7_200, "2 hours"),
        (2 * DAY_S - 1, "48 hours"),
        (2 * DAY_S, "2 days"),
        (1_234 * DAY_S, "1,234 days"),
    ],
)
def test_the_largest_unit_is_one_of_which_there_are_two(seconds: float, text: str) -> None:
    """So it is never far from the truth."""
    assert str(duration(seconds)) == text


@pytest.mark.parametrize(
    ("language", "lasts", "was", "over"),
    [
        ("en", "3 days", "3 days ago", "more than 3 days ago"),
        ("ko", "3일", "3일 전", "3일 이상 전"),
        ("ja", "3日", "3日前", "3日以上前"),
        ("zh", "3 天", "3 天前", "早于 3 天前"),
    ],
)
def test_each_language_has_its_own_order(language: str, lasts: str, was: str, over: str) -> None:
    """A whole text for each: none is put together."""
    catalog = load_catalog(language)
    now_ms = 5 * DAY_S * 1000
    then_ms = now_ms - 3 * DAY_S * 1000
    assert catalog.say(duration(3 * DAY_S)) == lasts
    assert catalog.say(ago(then_ms, now_ms)) == was
    assert catalog.say(over_ago(then_ms, now_ms)) == over


def test_what_lies_ahead_was_just_now() -> None:
    """Clocks of two machines differ."""
    assert str(ago(2_000, 1_000)) == "0 s ago"
