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
_TENTHS: Final = 10
"""Of a percent."""
_HALF: Final = 0.5
_ARROW_FROM: Final = 50


def share(part: float) -> str:
    """Write a part of a whole in whole percent: `20%`; what is not quite none is `<1%`."""
    percent = round(part * _WHOLE, _EXACT)
    if 0 < percent < _HALF:
        return "<1%"
    if _WHOLE - _HALF <= percent < _WHOLE:
        return ">99%"
    return f"{_half_up(percent):,}%"


def exact_share(part: float) -> str:
    """Write a part of a whole in percent with a decimal: `3.6%`; not quite none is `<0.1%`.

    None and all of it are `0%` and `100%`.
    """
    if part in {0, 1}:
        return f"{part * _WHOLE:.0f}%"
    tenths = _share_tenths(part)
    if not tenths:
        return "<0.1%"
    if tenths == _WHOLE * _TENTHS:
        return ">99.9%"
    whole, rest = divmod(tenths, _TENTHS)
    return f"{whole:,}.{rest}%"


def points(now: float, before: float) -> str:
    """Write how a part of a whole changed, in percentage points: `+0.4`, `-12.0`.

    It is the difference of the two as `exact_share` writes them: whoever subtracts gets the same.
    """
    return _signed(_share_tenths(now) - _share_tenths(before), _TENTHS)


def decimal(number: float) -> str:
    """Write a number with two decimals: `12.00`, `2.50`, `1,234.57`."""
    return _signed(_hundredths(number), _WHOLE).removeprefix("+")


def difference(now: float, before: float) -> str:
    """Write how much more or less a number is, of the two as `decimal` writes them: `+0.25`."""
    return _signed(_hundredths(now) - _hundredths(before), _WHOLE)


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


def _share_tenths(part: float) -> int:
    return _half_up(round(part * _WHOLE * _TENTHS, _EXACT))


def _hundredths(number: float) -> int:
    size = _half_up(round(abs(number) * _WHOLE, _EXACT))
    return -size if number < 0 else size


def _signed(number: int, parts: int) -> str:
    """Write so many parts of one with their sign, and always as many decimals: `+0.4`, `-12.0`."""
    whole, rest = divmod(abs(number), parts)
    fraction = f"{rest:0{len(str(parts)) - 1}}"
    sign = "" if not number else "+" if number > 0 else "-"
    return f"{sign}{whole:,}.{fraction}"


def _half_up(number: float) -> int:
    return math.floor(number + _HALF)
