"""What a mistyped word was meant to be."""

from __future__ import annotations

import pytest
from fluxmirror_cli.nearness import nearest

OPTIONS = ("--json", "--open", "--since", "--format", "--from", "--month", "--db", "-h")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("--josn", "--json"),
        ("--JSON", "--json"),
        ("--jso", "--json"),
        ("--opne", "--open"),
        ("--fromat", "--format"),
        ("--form", "--format"),
        ("--fro", "--from"),
        ("--bd", "--db"),
        ("--sinec", "--since"),
        ("--f", None),
        ("-x", None),
        ("--nothing-like-it", None),
        ("", None),
    ],
)
def test_a_slip_of_the_finger_is_near(word: str, meant: str | None) -> None:
    """Letters swapped, left out, doubled or wrong; what is further away is no guess."""
    assert nearest(word, OPTIONS) == meant


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("todya", "today"),
        ("tody", "today"),
        ("ytoday", "today"),
        ("yesturdai", "yesterday"),
        ("monday", None),
        ("sunday", None),
    ],
)
def test_a_weekday_is_no_slip(word: str, meant: str | None) -> None:
    """It shares letters with today, and means another day."""
    assert nearest(word, ("today", "yesterday")) == meant


def test_without_a_known_word_none_is_near() -> None:
    """There is nothing to guess."""
    assert nearest("today", ()) is None


def test_a_word_of_another_length_is_not_compared() -> None:
    """What somebody pasted by mistake has a million letters."""
    assert nearest("a" * 1_000_000, OPTIONS) is None
