"""How many of several things to show: none is left out only to say that there is one more."""

from __future__ import annotations


def shown_of(number: int, most: int) -> int:
    """Give how many of so many things to show: `most`, or all where just one would be left."""
    return most if number > most + 1 else number
