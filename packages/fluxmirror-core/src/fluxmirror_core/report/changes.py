"""How much a figure changed, and between which times, as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxmirror_core.messages import message
from fluxmirror_core.report.rounding import difference, exact_share, points
from fluxmirror_core.report.sections import CHANGE, DECIMAL, SHARE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.report.sections import Cell, Figure, Section
    from fluxmirror_core.report.voice import Voice


def times(section: Section) -> Sequence[Sayable]:
    """Say what the time of figures is called, and the one before it."""
    return section.times or (message("card.now"), message("card.before"))


def is_compared(section: Section) -> bool:
    """Tell whether figures stand beside those of another time."""
    return any(one.before is not None or one.change is not None for one in section.figures)


def written_value(figure: Figure, cell: Cell, voice: Voice) -> str:
    """Write a figure, now or before; a share whose change is told in points, with a decimal."""
    if figure.kind == SHARE and _has_both(figure):
        return exact_share(cell)
    return voice.write(figure.kind, cell)


def written_change(figure: Figure, voice: Voice) -> str:
    """Write the change of a figure that is compared; what has none says so.

    It is in percent of what was before; of a share, in points; of a rate, how much more it is.
    """
    if figure.change is not None:
        return voice.write(CHANGE, figure.change)
    if figure.kind == SHARE and _has_both(figure):
        return voice.say(message("card.points", number=points(figure.value, figure.before)))
    if figure.kind == DECIMAL and _has_both(figure):
        return difference(figure.value, figure.before)
    return voice.say(message("unit.not_comparable"))


def _has_both(figure: Figure) -> bool:
    return figure.value is not None and figure.before is not None
