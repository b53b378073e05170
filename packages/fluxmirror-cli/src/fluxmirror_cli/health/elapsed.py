"""Elapsed: how long something lasts, and how long ago it was, as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import counted
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from fluxmirror_core.messages import Message


class _Unit(NamedTuple):
    """A unit of time, and the texts for so many of it."""

    length_s: int
    lasts: str
    ago: str
    over_ago: str


_UNITS: Final = (
    _Unit(86_400, "elapsed.days", "elapsed.days_ago", "elapsed.over_days_ago"),
    _Unit(3_600, "elapsed.hours", "elapsed.hours_ago", "elapsed.over_hours_ago"),
    _Unit(60, "elapsed.minutes", "elapsed.minutes_ago", "elapsed.over_minutes_ago"),
    _Unit(1, "elapsed.seconds", "elapsed.seconds_ago", "elapsed.over_seconds_ago"),
)


def duration(seconds: float) -> Message:
    """Say how long something lasts, in the largest unit of which there are two."""
    unit = _unit(seconds)
    return counted(unit.lasts, _number(seconds, unit))


def ago(then_ms: int, now_ms: int) -> Message:
    """Say how long ago something was."""
    seconds = max(now_ms - then_ms, 0) / 1000
    unit = _unit(seconds)
    return counted(unit.ago, _number(seconds, unit))


def over_ago(then_ms: int, now_ms: int) -> Message:
    """Say that something was longer ago than a moment."""
    seconds = max(now_ms - then_ms, 0) / 1000
    unit = _unit(seconds)
    return counted(unit.over_ago, _number(seconds, unit))


def _unit(seconds: float) -> _Unit:
    return next((unit for unit in _UNITS if seconds >= 2 * unit.length_s), _UNITS[-1])


def _number(seconds: float, unit: _Unit) -> int:
    return round(seconds / unit.length_s)
