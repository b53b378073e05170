"""Text of bounded length that any database and terminal can take."""

from __future__ import annotations

import pytest
from fluxmirror_core import bounds
from hypothesis import given, settings
from hypothesis import strategies as st

ANY_TEXT = st.text(st.characters(exclude_categories=()))
LIMITS = st.integers(min_value=0, max_value=40)
CUTS = [
    ("", 200, ""),
    ("x" * 500, 200, "x" * 200),
    ("x" * 200, 200, "x" * 200),
    ("漢" * 100, 200, "漢" * 66),
    ("é" * 200, 200, "é" * 100),
    ("😀" * 60, 200, "😀" * 50),
    ("a" + "漢" * 100, 200, "a" + "漢" * 66),
    ("ab\udcffcd", 200, "ab?cd"),
    ("\ud83d" * 300, 200, "?" * 200),
    ("a\nb\x00c\x1b[31m", 200, "a\nb\x00c\x1b[31m"),
]


@pytest.mark.parametrize(("text", "limit", "expected"), CUTS)
def test_text_is_cut_back_to_a_whole_code_point(text: str, limit: int, expected: str) -> None:
    """The limit is in bytes; newlines and control characters stay, as storage keeps them."""
    assert bounds.cut(text, limit) == expected


@given(ANY_TEXT, LIMITS)
def test_cut_text_is_a_storable_beginning_within_its_limit(text: str, limit: int) -> None:
    """Whatever comes in, UTF-8 takes what comes out, and no whole code point is given away."""
    short = bounds.cut(text, limit)
    whole = bounds.storable(text)
    size = len(short.encode())
    assert whole.startswith(short)
    assert size <= limit
    assert short == whole or size + len(whole[len(short)].encode()) > limit


@given(ANY_TEXT)
def test_storable_text_is_itself_but_for_lone_surrogates(text: str) -> None:
    """JSON can spell half of a pair; no file and no database takes one."""
    storable = bounds.storable(text)
    assert storable == "".join("?" if "\ud800" <= char <= "\udfff" else char for char in text)
    assert bounds.storable(storable) == storable


@given(ANY_TEXT, LIMITS)
@settings(max_examples=30)
def test_missing_text_stays_missing(text: str, limit: int) -> None:
    """None is no text; everything else is cut alike."""
    assert bounds.cut_or_none(None, limit) is None
    assert bounds.cut_or_none(text, limit) == bounds.cut(text, limit)


def test_a_megabyte_is_cut_without_being_encoded() -> None:
    """Only as much of a long text is looked at as can be kept."""
    assert bounds.cut("漢" * 1_000_000, bounds.NAME_BYTES) == "漢" * 133
