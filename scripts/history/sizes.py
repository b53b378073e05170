"""How long calls take and how much goes in and comes out: log-normal, as it is in life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from history.draw import Draw


class Size(NamedTuple):
    """Medians of one kind of call, each with the spread of its logarithm."""

    bulk: tuple[float, float]
    """Bytes of text that go in beside the file, command or question itself."""
    output: tuple[float, float]
    """Bytes."""
    duration: tuple[float, float]
    """Milliseconds."""


_NONE: Final = (0.0, 0.0)
SIZES: Final = {
    "read": Size(_NONE, (5_200, 1.0), (14, 0.8)),
    "edit": Size((750, 0.9), (320, 0.7), (35, 0.8)),
    "write": Size((3_200, 0.9), (140, 0.3), (28, 0.8)),
    "shell": Size(_NONE, (650, 1.5), (320, 1.5)),
    "test": Size(_NONE, (2_400, 1.0), (8_500, 1.0)),
    "search": Size(_NONE, (1_300, 1.2), (90, 0.9)),
    "find": Size(_NONE, (700, 1.0), (60, 0.9)),
    "task": Size((900, 0.6), (3_000, 0.6), _NONE),
    "todo": Size((650, 0.5), (160, 0.2), (4, 0.5)),
    "fetch": Size(_NONE, (8_500, 0.9), (1_700, 0.8)),
    "web": Size(_NONE, (3_800, 0.6), (2_400, 0.6)),
    "mcp": Size((60, 0.8), (2_200, 1.3), (420, 1.0)),
}
"""Kind of call → its sizes. A payload that is kept holds what goes in: about 0.4 KB on average."""


def drawn(draw: Draw, size: tuple[float, float]) -> int:
    """Give a number of this size."""
    return draw.around(*size) if size[0] else 0
