"""Numbers as people read them: rounded half up, and never to a nought or a whole that they are not.

What is rounded is the number a person would write: 29 of 200 is 14.5 percent and so 15, though the
float 0.145 is a little less.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fluxmirror_core.report.sections import Change

_EXACT: Final = 9
"""Decimals that a float of our figures has right."""
_WHOLE: Final = 100
_HALF: Final = 0.5
_ARROW_FROM: Final = 50
_DECIMALS: Final = 2


def share(part: float) -> str:
    """Write a part of a whole in whole percent: `20%`; what is not quite none is `<1%`."""
    percent = round(part * _WHOLE, _EXACT)
    if 0 < percent < _HALF:
        return "<1%"
    if _WHOLE - _HALF <= percent < _WHOLE:
        return ">99%"
    return f"{_half_up(percent):,}%"


def decimal(number: float) -> str:
    """Write a number with up to two decimals: `12`, `2.5`, `1,234.57`."""
    hundredths = _half_up(round(abs(number) * _WHOLE, _EXACT))
    whole, rest = divmod(hundredths, _WHOLE)
    fraction = f"{rest:02}".rstrip("0")
    sign = "-" if number < 0 and hundredths else ""
    return f"{sign}{whole:,}.{fraction}" if fraction else f"{sign}{whole:,}"


def change(figures: Change) -> str | None:
    """Write how a figure changed in whole percent: `+20%`, `-60% ↓`; None where it began at none.

    Its size is rounded half up, so that as much more and as much less read alike. An arrow stands
    behind a change of a half and more.
    """
    if not figures.before:
        return None if figures.now else "0%"
    part = round((figures.now - figures.before) * _WHOLE / abs(figures.before), _EXACT)
    percent = _half_up(abs(part))
    if not percent:
        return "0%"
    sign, arrow = ("+", " ↑") if part > 0 else ("-", " ↓")
    return f"{sign}{percent:,}%{arrow if percent >= _ARROW_FROM else ''}"


def _half_up(number: float) -> int:
    return math.floor(number + _HALF)
