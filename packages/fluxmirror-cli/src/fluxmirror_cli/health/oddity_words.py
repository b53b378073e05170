"""How doctor words what is odd in session files; loads what reads them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from fluxmirror_core.agents import BY_ID
from fluxmirror_core.transcripts.problem import (
    BAD_LINE,
    FAILED,
    LONG_LINE,
    NO_CALL,
    NO_TIME,
    REWRITTEN,
    TORN_END,
    UNKNOWN_RECORD,
)

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.problem import Problem

    Problems = Counter[tuple[str, Problem]]
    """By agent."""

_WORDS: Final = {
    UNKNOWN_RECORD: ("record of an unknown kind", "records of an unknown kind"),
    FAILED: ("failure of this program", "failures of this program"),
    BAD_LINE: ("bad line", "bad lines"),
    TORN_END: ("torn last line", "torn last lines"),
    REWRITTEN: ("rewritten file", "rewritten files"),
    LONG_LINE: ("line that is too long", "lines that are too long"),
    NO_CALL: ("result without call", "results without call"),
    NO_TIME: ("record without time", "records without time"),
}
_FAULTS: Final = (UNKNOWN_RECORD, FAILED)
"""What a newer version may read; the rest is how files are that were killed or edited."""
_MOST: Final = 3
"""Kinds, and names within one, that are told of."""


def has_faults(problems: Problems) -> bool:
    """Tell whether there is anything that this program does not understand."""
    return any(problem.kind in _FAULTS for _, problem in problems)


def told(problems: Problems) -> str:
    """Word the kinds: faults first, then those of which there are most."""
    kinds: Counter[str] = Counter()
    for (_, problem), times in problems.items():
        kinds[problem.kind] += times
    order = sorted(kinds, key=lambda kind: (kind not in _FAULTS, -kinds[kind], kind))
    words = [_counted(kind, kinds[kind]) + _named(kind, problems) for kind in order[:_MOST]]
    if others := sum(kinds[kind] for kind in order[_MOST:]):
        words.append(f"{others:,} others")
    return ", ".join(words)


def _counted(kind: str, times: int) -> str:
    one, many = _WORDS.get(kind, (kind, kind))
    return f"{times:,} {one if times == 1 else many}"


def _named(kind: str, problems: Problems) -> str:
    """Say whose a fault is, and what it is about."""
    if kind not in _FAULTS:
        return ""
    own = Counter({key: times for key, times in problems.items() if key[1].kind == kind})
    names = [_name(agent, problem) for (agent, problem), _ in own.most_common(_MOST)]
    if len(own) > _MOST:
        names.append("…")
    return f" ({'; '.join(names)})"


def _name(agent: str, problem: Problem) -> str:
    name = BY_ID[agent].name if agent in BY_ID else agent
    return f"{f'{name} {problem.version}'.rstrip()}: {problem.name or 'without a name'}"
