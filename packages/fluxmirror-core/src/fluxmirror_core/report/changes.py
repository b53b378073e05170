"""How much a figure changed, and between which times, as people read it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import message
from fluxmirror_core.report.sections import CHANGE, SHARE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.report.sections import Figure, Section
    from fluxmirror_core.report.voice import Voice

_PARTS: Final = 1000
"""Of a whole, in tenths of a percentage point."""
_EXACT: Final = 9
"""Decimals that a float of our figures has right."""
_HALF: Final = 0.5


def times(section: Section) -> Sequence[Sayable]:
    """Say what the time of figures is called, and the one before it."""
    return section.times or (message("card.now"), message("card.before"))


def written_change(figure: Figure, voice: Voice) -> str:
    """Write a change in percent of what was before; of a share, in points; nothing without any."""
    if figure.change is not None:
        return voice.write(CHANGE, figure.change)
    if figure.kind == SHARE and figure.value is not None and figure.before is not None:
        return voice.say(message("card.points", number=_points(figure.value - figure.before)))
    return ""


def _points(of: float) -> str:
    """Write a part of a whole in percentage points, rounded half up: `+0.4`, `-12`, `0`."""
    tenths = math.floor(round(abs(of) * _PARTS, _EXACT) + _HALF)
    if not tenths:
        return "0"
    whole, rest = divmod(tenths, 10)
    sign = "+" if of > 0 else "-"
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"
