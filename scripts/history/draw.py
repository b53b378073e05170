"""Chance that is the same every time: what a history is drawn from."""

from __future__ import annotations

import math
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from history.words import DEEDS, THINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_FILLER_WORDS: Final = 40_000


class Weighted(Generic[T]):
    """Things, some of which are drawn more often than others."""

    def __init__(self, things: Sequence[T], weights: Sequence[float]) -> None:
        self.things = things
        self._sums = list(accumulate(weights))

    def draw(self, draw: Draw) -> T:
        """Give one of them."""
        return draw.random.choices(self.things, cum_weights=self._sums)[0]


class Draw:
    """A source of chance with a name; the same seed and name give the same again."""

    def __init__(self, seed: int, name: str) -> None:
        self.random = Random(f"{seed}:{name}")  # noqa: S311 - the same every time, no secret

    def chance(self, share: float) -> bool:
        """Say yes in so many of all cases: 0.25 is a quarter."""
        return self.random.random() < share

    def below(self, end: int) -> int:
        """Give a whole number from 0 up to but without `end`."""
        return int(self.random.random() * end)

    def between(self, low: int, high: int) -> int:
        """Give a whole number from `low` to `high`, both possible."""
        return low + int(self.random.random() * (high - low + 1))

    def pick(self, things: Sequence[T]) -> T:
        """Give one of them, each as often as any other."""
        return things[int(self.random.random() * len(things))]

    def around(self, median: float, spread: float) -> int:
        """Give a whole number of a log-normal distribution.

        Args:
            median: half of the numbers are smaller.
            spread: of their logarithm; with 1, one of six is above 2.7 times the median.
        """
        return int(median * math.exp(self.random.gauss(0.0, spread)))

    def hex(self, digits: int) -> str:
        """Give lower-case hexadecimal digits."""
        return f"{self.random.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """Give a random UUID."""
        digits = self.hex(32)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def worded(self, template: str) -> str:
        """Fill a template: `{thing}`, `{other}`, `{deed}`, `{Deed}`, `{number}`."""
        deed = self.pick(DEEDS)
        return template.format(
            thing=self.pick(THINGS),
            other=self.pick(THINGS),
            deed=deed,
            Deed=deed.capitalize(),
            number=self.between(2, 99),
        )

    def text(self, size: int) -> str:
        """Give prose of so many characters, at most all there is."""
        return _FILLER[(start := self.below(len(_FILLER) // 2)) : start + size]


def _filler() -> str:
    random = Random(0)  # noqa: S311 - filler
    words = (random.choice(THINGS + DEEDS) for _ in range(_FILLER_WORDS))
    return "".join(word + random.choice((" ", " ", " ", "_", ".", "\n    ")) for word in words)


_FILLER: Final = _filler()
