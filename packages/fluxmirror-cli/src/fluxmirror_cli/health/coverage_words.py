"""How doctor words how much is covered; `coverage_line` says the same below a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fluxmirror_core.messages import counted, message
from fluxmirror_core.report.cells import agent_name
from fluxmirror_core.report.coverage import percent

from fluxmirror_cli.health.clauses import dotted, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fluxmirror_core.analysis.coverage import AgentCoverage, Coverage
    from fluxmirror_core.messages import Sayable

_ALL: Final = 1_000
"""In tenths of a percent."""


def told_of(coverage: Coverage) -> Sayable:
    """Say in a line how much is covered; empty where only one source could see anything at all.

    Agents whose hooks were never heard are named, and not counted as losses.
    """
    seen = [one for one in coverage.agents if one.is_filed]
    hooked = [one for one in seen if one.is_hooked]
    names = [agent_name(one.agent) for one in seen if not one.is_hooked]
    unheard = named(names) if names else ""
    if not sum(one.calls - one.explained for one in hooked):
        return message("doctor_agents.files_only", agents=unheard) if unheard else ""
    parts = list(_figures(hooked))
    if unheard:
        parts.append(message("coverage.line.also_files_only", agents=unheard))
    return dotted(parts)


def _figures(hooked: Sequence[AgentCoverage]) -> Iterator[Sayable]:
    expected = sum(one.calls - one.explained for one in hooked)
    tenths = _ALL * sum(one.both for one in hooked) // expected
    yield message("coverage.line.whole", percent=percent(tenths))
    if one_source := sum(one.unexplained for one in hooked):
        yield counted("coverage.line.one_source", one_source)
    if in_part := sum(one.in_part for one in hooked):
        yield counted("coverage.line.in_part", in_part)
