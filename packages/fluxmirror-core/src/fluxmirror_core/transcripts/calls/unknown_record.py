"""Records of a kind this program does not know: counted, as the agent's format has moved on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.transcripts.problem import UNKNOWN_RECORD, Problem
from fluxmirror_core.wire.observation import text

if TYPE_CHECKING:
    from fluxmirror_core.transcripts.part import Part

_LONGEST: Final = 4096
"""Of a kind's or version's name, in characters; who stores it makes it shorter and scrubs it."""


def count_unknown(part: Part, kind: object, version: object) -> None:
    """Count a record by its kind and the agent's version, each as the file has it."""
    part.problems[Problem(UNKNOWN_RECORD, _name(kind), _name(version))] += 1


def _name(value: object) -> str:
    return (text(value) or "")[:_LONGEST]
