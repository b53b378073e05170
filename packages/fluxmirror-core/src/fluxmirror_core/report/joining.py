"""Several things to say → one message."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from fluxmirror_core.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxmirror_core.messages import Message, Sayable
    from fluxmirror_core.report.sections import Shown

    Value = Message | Shown


def sentences(parts: Iterable[Sayable]) -> Sayable:
    """Put sentences behind each other; empty ones are left out, and none are an empty text."""
    said = [part for part in parts if part]
    if not said:
        return ""
    return reduce(lambda first, second: message("card.sentences", first=first, second=second), said)


def clauses(parts: Iterable[Sayable]) -> Sayable:
    """Put the clauses of one sentence behind each other, as `sentences` does."""
    said = [part for part in parts if part]
    if not said:
        return ""
    return reduce(lambda told, more: message("clause.joined", told=told, more=more), said)


def several(values: Sequence[Value]) -> Value:
    """Put one or more values into one placeholder, as a list behind a colon."""
    return reduce(lambda one, more: message("phrase.list", first=one, second=more), values)


def together(values: Sequence[Value]) -> Value:
    """Put one or more values into one placeholder, as a sentence names them: `a, b and c`."""
    *others, last = values
    return message("phrase.both", first=several(others), second=last) if others else last
