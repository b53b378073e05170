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
    assert beginning({"a": "123456", "b": "7"}, 5) == ({"a": "1234"}, True)
    assert beginning(["123", "456", "789"], 5) == (["123", "45"], True)


def test_numbers_and_names_count_as_well() -> None:
    """A million of them is no small value."""
    taken, is_cut = beginning({"rows": [{"id": number} for number in range(1_000_000)]}, 1000)
    assert is_cut
    assert len(json.dumps(taken)) < 2500
