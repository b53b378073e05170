"""Phrases: several things said as one, whatever word or mark a language puts between them."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from fluxmirror_core.cutting import shown_of
from fluxmirror_core.messages import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxmirror_core.messages import Message, Sayable


def any_of(things: Sequence[Sayable]) -> Sayable:
    """Say one or more things of which one is meant: `a or b`."""
    return _joined("phrase.either", things)


def all_of(things: Sequence[Sayable]) -> Sayable:
    """Say one or more things that are all meant: `a and b`."""
    return _joined("phrase.both", things)


def listed(things: Sequence[Sayable]) -> Sayable:
    """Say one or more things in a row: `a, b`."""
    return _joined("phrase.list", things)


def some_of(things: Sequence[Sayable], most: int) -> Sayable:
    """Say the first few of one or more things, and how many are left; never that one is."""
    shown = shown_of(len(things), most)
    first, left = listed(things[:shown]), len(things) - shown
    return message("phrase.more", names=first, count=f"{left:,}") if left else first


def did_you_mean(things: Sequence[Sayable]) -> Message:
    """Ask whether one of these was meant."""
    return message("phrase.did_you_mean", names=any_of(things))


def _joined(name: str, things: Sequence[Sayable]) -> Sayable:
    return reduce(lambda first, second: message(name, first=first, second=second), things)
