"""Rates, shares and changes: two figures set against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.event import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

_OK, _FAILED, _UNKNOWN = str(Outcome.OK), str(Outcome.FAILED), str(Outcome.UNKNOWN)
_STOPPED: Final = (str(Outcome.DENIED), str(Outcome.REJECTED), str(Outcome.INTERRUPTED))
_PERCENT: Final = 100


def failed(outcomes: Mapping[str, int]) -> int:
    """Count the calls that failed."""
    return outcomes.get(_FAILED, 0)


def stopped(outcomes: Mapping[str, int]) -> int:
    """Count the calls that somebody stopped: denied, rejected or interrupted."""
    return sum(outcomes.get(name, 0) for name in _STOPPED)


def unknown(outcomes: Mapping[str, int]) -> int:
    """Count the calls of which nothing tells how they ended."""
    return outcomes.get(_UNKNOWN, 0)


def failure_rate(outcomes: Mapping[str, int]) -> float | None:
    """Give the part that failed of the calls known to be either fine or failed; None without any.

    Calls that somebody stopped, and those of which nothing tells how they ended, count nowhere.
    """
    return share(failed(outcomes), outcomes.get(_OK, 0) + failed(outcomes))


def share(part: int, whole: int) -> float | None:
    """Give a part of a whole, 0 to 1; None where there is no whole."""
    return part / whole if whole else None


def whole_percent(part: int, whole: int) -> int:
    """Give a part of a whole in percent, rounded half up.

    Args:
        part: not negative.
        whole: more than nothing.
    """
    return (2 * _PERCENT * part + whole) // (2 * whole)


def percent_change(now: int, before: int) -> int | None:
    """Say by how many percent a figure rose or, negative, fell; half a percent goes away from 0.

    None where it was nothing before, and is something now.
    """
    if now == before:
        return 0
    if not before:
        return None
    size = whole_percent(abs(now - before), before)
    return size if now > before else -size
