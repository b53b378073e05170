"""How doctor words what is odd in session files; loads what reads them."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.cutting import shown_of
from fluxmirror_core.messages import counted, message
from fluxmirror_core.transcripts.problem import (
    BAD_LINE,
    FAILED,
    LONG_LINE,
    NO_CALL,
    NO_TIME,
    REWRITTEN,
    SLOW_PATTERN,
    TORN_END,
    UNKNOWN_RECORD,
)

from fluxmirror_cli.health.clauses import about, in_brackets, named

if TYPE_CHECKING:
    from fluxmirror_core.messages import Sayable
    from fluxmirror_core.transcripts.problem import Problem

    Problems = Counter[tuple[str, Problem]]
    """By agent."""

_WORDS: Final = {
    UNKNOWN_RECORD: "oddity.unknown_records",
    FAILED: "oddity.failures",
    BAD_LINE: "oddity.bad_lines",
    TORN_END: "oddity.torn_ends",
    REWRITTEN: "oddity.rewritten_files",
    LONG_LINE: "oddity.long_lines",
    NO_CALL: "oddity.results_without_call",
    NO_TIME: "oddity.records_without_time",
    SLOW_PATTERN: "oddity.slow_patterns",
}
_FAULTS: Final = (UNKNOWN_RECORD, FAILED)
"""What a newer version may read; the rest is how files are that were killed or edited."""
_MOST: Final = 3
"""Kinds, and names within one, that are told of."""


def has_faults(problems: Problems) -> bool:
    """Tell whether there is anything that this program does not understand."""
    return any(problem.kind in _FAULTS for _, problem in problems)


def told(problems: Problems) -> Sayable:
    """Word the kinds: faults first, then those of which there are most."""
    kinds: Counter[str] = Counter()
    for (_, problem), times in problems.items():
        kinds[problem.kind] += times
    order = sorted(kinds, key=lambda kind: (kind not in _FAULTS, -kinds[kind], kind))
    shown = shown_of(len(order), _MOST)
    words = [_told_of(kind, kinds[kind], problems) for kind in order[:shown]]
    if others := sum(kinds[kind] for kind in order[shown:]):
        words.append(message("oddity.others", count=f"{others:,}"))
    return named(words)


def _told_of(kind: str, times: int, problems: Problems) -> Sayable:
    """Count one kind; of a fault say whose it is, and what it is about."""
    number = counted(_WORDS[kind], times) if kind in _WORDS else f"{times:,} {kind}"
    if kind not in _FAULTS:
        return number
    own = Counter({key: times for key, times in problems.items() if key[1].kind == kind})
    names = [_name(agent, problem) for (agent, problem), _ in own.most_common(_MOST)]
    if len(own) > _MOST:
        names.append("…")
    return in_brackets(number, reduce(_and, names))


def _name(agent: str, problem: Problem) -> Sayable:
    name = BY_ID[agent].name if agent in BY_ID else agent
    what = problem.name or message("oddity.without_name")
    return about(f"{name} {problem.version}".rstrip(), what)


def _and(told: Sayable, more: Sayable) -> Sayable:
    return message("oddity.and", told=told, more=more)
