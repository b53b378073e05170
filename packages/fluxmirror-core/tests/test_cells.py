"""Counts and money in few characters, and never a wrong one."""

from __future__ import annotations

import pytest
from fluxmirror_core.messages import load_catalog
from fluxmirror_core.report.as_text import width
from fluxmirror_core.report.cells import (
    below_home,
    exact_decimals,
    exact_money,
    head,
    money,
    money_decimals,
    short_count,
    tail,
)
from hypothesis import given
from hypothesis import strategies as st

CENT = 10**10


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1.00K"),
        (1_234, "1.23K"),
        (12_345, "12.3K"),
        (99_949, "99.9K"),
        (99_950, "100K"),
        (999_499, "999K"),
        (999_500, "1.00M"),
        (1_664_952_074, "1.66B"),
        (2 * 10**15, "2.00P"),
    ],
)
def test_counts_have_three_digits(number: int, shown: str) -> None:
    """Rounded to the nearest, also over the border of a unit."""
    assert short_count(number) == shown


@given(st.integers(0, 10**18 - 1))
def test_a_short_count_is_near_the_number(number: int) -> None:
    """Within half a percent, in six characters at the most."""
    shown = short_count(number)
    value = float(shown.rstrip("KMBTP")) * 1000 ** " KMBTP".index(
        (shown + " ").lstrip("0123456789.")[0]
    )
    assert abs(value - number) <= number / 199
    assert len(shown) <= 6 or number >= 10**18 - 10**15


@pytest.mark.parametrize(
    ("pico", "shown"),
    [
        (0, "$0.00"),
        (CENT, "$0.01"),
        (123_456 * CENT, "$1,234.56"),
        (CENT + CENT // 2, "$0.02"),
        (CENT - 1, "$0.0100"),
        (12_345_600, "<$0.0001"),
        (7, "<$0.0001"),
        (375_000_000, "$0.0004"),
    ],
)
def test_money_has_cents_or_four_decimals(pico: int, shown: str) -> None:
    """What is less than a cent is not shown as nothing."""
    assert money(load_catalog(), "USD", pico) == shown


@pytest.mark.parametrize(
    ("picos", "shown"),
    [
        ((5 * CENT, 61_600 * 10**5, 873_800_000), ["$0.0500", "$0.0062", "$0.0009"]),
        ((5 * CENT, 42 * CENT), ["$0.05", "$0.42"]),
        ((700 * CENT, 61_600 * 10**5, 0), ["$7.00", "<$0.01", "$0.00"]),
        ((CENT // 2, 1, 0), ["$0.0050", "<$0.0001", "$0.0000"]),
        ((0, 0), ["$0.00", "$0.00"]),
    ],
)
def test_a_column_has_one_precision(picos: tuple[int, ...], shown: list[str]) -> None:
    """Four decimals where a part of a cent matters beside what else stands there."""
    decimals = money_decimals(picos)
    assert [money(load_catalog(), "USD", pico, decimals) for pico in picos] == shown


def test_exact_money_has_every_digit() -> None:
    """As an explanation needs it; a currency without a sign goes by its code."""
    assert exact_money(load_catalog(), "USD", 1_129_297_258_654_000) == "$1129.297258654"
    assert exact_money(load_catalog(), "XTS", CENT) == "0.01 XTS"
    assert exact_money(load_catalog(), "USD", CENT, exact_decimals([CENT, 123 * 10**6])) == (
        "$0.010000"
    )
    assert money(load_catalog(), "EUR", CENT) == "€0.01"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/mira/a", "~/a"),
        ("/home/mira", "~"),
        ("/home/miranda/a", "/home/miranda/a"),
        ("/etc/hosts", "/etc/hosts"),
    ],
)
def test_what_is_below_the_home_is_written_short(path: str, shown: str) -> None:
    """Another home that begins alike is not."""
    assert below_home(path, "/home/mira/") == shown


@pytest.mark.parametrize(
    ("text", "limit", "first", "last"),
    [
        ("abcdef", 6, "abcdef", "abcdef"),
        ("abcdef", 5, "abcd…", "…cdef"),
        ("한국어", 6, "한국어", "한국어"),
        ("한국어", 5, "한국…", "…국어"),
        ("한국어", 4, "한…", "…어"),
        ("日本a", 4, "日…", "…本a"),
        ("e\u0301te\u0301", 2, "e\u0301…", "…e\u0301"),
        ("한국e\u0301", 3, "한…", "…e\u0301"),
        ("한\u0301국", 3, "한\u0301…", "…국"),
        ("ab", 1, "…", "…"),
    ],
)
def test_a_cut_counts_columns(text: str, limit: int, first: str, last: str) -> None:
    """A wide character takes two, an accent none, and neither is torn."""
    assert (head(text, limit), tail(text, limit)) == (first, last)


@given(st.text(alphabet="aé한本\u0301…"), st.integers(1, 12))
def test_a_cut_text_is_never_wider_than_asked(text: str, limit: int) -> None:
    """And what fits is not cut."""
    for shown in (head(text, limit), tail(text, limit)):
        assert width(shown) <= limit
        assert (shown == text) == (width(text) <= limit)
