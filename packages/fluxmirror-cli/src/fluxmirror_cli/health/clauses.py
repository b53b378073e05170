"""Clauses: what a row tells in parts, put together as each language does."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from fluxmirror_core.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxmirror_core.messages import Message, Sayable


def about(what: Sayable, told: Sayable) -> Message:
    """Say something of what is named first, as of a path."""
    return message("clause.about", what=what, told=told)


def besides(told: Sayable, more: Sayable) -> Message:
    """Say one more thing, in a clause of its own."""
    return message("clause.besides", told=told, more=more)


def in_brackets(told: Sayable, more: Sayable) -> Message:
    """Say something more exactly."""
    return message("clause.in_brackets", told=told, more=more)


def joined(parts: Iterable[Sayable]) -> Sayable:
    """Say clauses one after the other; at least one."""
    return reduce(lambda told, more: message("clause.joined", told=told, more=more), parts)


def named(names: Iterable[Sayable]) -> Sayable:
    """Say names and words one after the other; at least one."""
    return reduce(lambda told, more: message("clause.named", told=told, more=more), names)


def dotted(figures: Iterable[Sayable]) -> Sayable:
    """Say figures one after the other, with a dot between; at least one."""
    return reduce(lambda told, more: message("clause.dotted", told=told, more=more), figures)
