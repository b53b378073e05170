"""Chance that is the same every time: numbers, ids, and texts that are ready for JSON."""

from __future__ import annotations

import json
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

STRANGE: Final = "\x00 \x1b[31mrot\x1b[0m \x7f naïve 지도를 다시 그림 🗺 \u2028 “quoted” \\u0041 "
"""What texts hold that trip readers: a NUL, colours, other alphabets, an escape that is none."""

_WORDS: Final = (
    "the plan of this change is small: read the order, price it, keep the sum, and say so",
    "def total(rows): return sum(row.price * row.count for row in rows if row.open)",
    "    assert carts == [], 'a cart that nobody owns has to go'",
    '{"name": "shop", "version": "4.1.0", "private": true}',
    "src/orders/cart.py:118: error: Argument 1 has incompatible type",
    "ok 214 - closes the connection when the other side is gone",
    "C:\\Users\\ada\\shop\\src > type readme.txt",
    "| 2026-09-14 | 12.50 € | naïve café | offen |",
    "\tif err := store.Put(ctx, key, value); err != nil { return err }",
    'a log line: {"type":"assistant","message":{"usage":{"input_tokens":999}}}',
)
_PIECES: Final = 3_000


class Draw:
    """A source of chance with a name; the same seed and name give the same again."""

    def __init__(self, seed: int, name: str) -> None:
        self._random = Random(f"{seed}:{name}")  # noqa: S311 - the same every time, no secret

    def below(self, end: int) -> int:
        """Give a number from 0 up to but without `end`."""
        return self._random.randrange(end)

    def between(self, low: int, high: int) -> int:
        """Give a number from `low` to `high`, both possible."""
        return self._random.randint(low, high)

    def chance(self, percent: int) -> bool:
        """Say yes in so many of a hundred cases."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        """Give one of them."""
        return choices[self.below(len(choices))]

    def hex(self, digits: int) -> str:
        """Give lower-case hexadecimal digits."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def uuid(self) -> str:
        """Give a random UUID."""
        digits = self.hex(32)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def timed_uuid(self, at_ms: int) -> str:
        """Give a UUID that begins with a time, as Codex numbers things."""
        time, digits = f"{at_ms:012x}", self.hex(18)
        return f"{time[:8]}-{time[8:]}-7{digits[:3]}-8{digits[3:6]}-{digits[6:]}"

    def text(self, size: int) -> str:
        """Give filler of about so many characters, escaped for a JSON string.

        It is cut between escapes only, so it can stand between quotes as it is.
        """
        filler, cuts = _filler()
        if 2 * size > len(filler):
            return filler * (size // len(filler) + 1)
        begin = self.below(len(cuts) // 2)
        return filler[cuts[begin] : cuts[bisect_left(cuts, cuts[begin] + size)]]


@lru_cache(maxsize=1)
def _filler() -> tuple[str, list[int]]:
    """Build one long text, and where it may be cut."""
    random = Random(0)  # noqa: S311 - filler
    pieces = [json.dumps(_piece(random), ensure_ascii=False)[1:-1] for _ in range(_PIECES)]
    return "".join(pieces), [0, *accumulate(map(len, pieces))]


def _piece(random: Random) -> str:
    words = random.choice(_WORDS).split(" ")
    random.shuffle(words)
    return " ".join(words) + random.choice((" ", "\n", ". ", "\n\n"))
