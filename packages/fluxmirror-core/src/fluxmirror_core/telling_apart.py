"""How much of a path or an address tells it from others: its last part, or as many as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def shortest_ends(parts: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Tell for each key how many of its last parts no other key ends with, at least one.

    Small and capital letters are the same. Where all parts of one are the end of another, it has
    all of them.

    Args:
        parts: of each key, at least one.
    """
    ends: dict[str, int] = {}
    waiting, length = set(parts), 1
    while waiting:
        shown = {key: "/".join(parts[key][-length:]).casefold() for key in waiting}
        times: dict[str, int] = {}
        for end in shown.values():
            times[end] = times.get(end, 0) + 1
        ends |= {
            key: min(length, len(parts[key]))
            for key, end in shown.items()
            if times[end] == 1 or length >= len(parts[key])
        }
        waiting -= ends.keys()
        length += 1
    return ends
