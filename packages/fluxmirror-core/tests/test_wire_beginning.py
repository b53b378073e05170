"""The beginning of a value: enough of it, and never more."""

from __future__ import annotations

import json

import pytest
from fluxmirror_core.wire.beginning import beginning


@pytest.mark.parametrize(
    "value", ["text", {"a": ["b", {"c": "d"}], "n": 1, "t": True}, [], {}, None, 4.5, ""]
)
def test_small_value_is_taken_whole(value: object) -> None:
    """As it is."""
    assert beginning(value, 100) == (value, False)


def test_long_text_is_cut() -> None:
    """To exactly so many characters."""
    assert beginning("x" * 50, 49) == ("x" * 49, True)
    assert beginning("x" * 50, 50) == ("x" * 50, False)


def test_what_comes_behind_the_end_is_left_out() -> None:
    """Members and items in their order; the last string may be cut."""
    assert beginning({"a": "123456", "b": "7"}, 12) == ({"a": "1234"}, True)
    assert beginning(["123", "456", "789"], 12) == (["123", "45"], True)


@pytest.mark.parametrize(
    "value",
    [
        [1] * 10_000,
        [{"id": number} for number in range(10_000)],
        {str(number): number / 7 for number in range(10_000)},
        [[]] * 10_000,
        [[[{}, True, None]]] * 10_000,
        ["x"] * 10_000,
        {"text": "x" * 10_000},
    ],
    ids=["numbers", "rows", "names", "lists", "nested", "strings", "text"],
)
def test_as_much_is_taken_as_was_asked_for(value: object) -> None:
    """Written as it is kept: neither less nor a lot more."""
    taken, is_cut = beginning(value, 1000)
    assert is_cut
    assert 1000 <= len(json.dumps(taken, separators=(",", ":"))) < 1100
    assert beginning(value, len(json.dumps(value))) == (value, False)
