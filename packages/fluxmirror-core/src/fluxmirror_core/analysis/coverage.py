"""Who saw which calls: hooks, session files, both; what of the rest is explained, and what lost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from fluxmirror_core.analysis.losses import (
    HALF_HOOKS,
    HOOKED_LATER,
    NEVER_HOOKED,
    NO_END,
    OLDER_PROGRAM,
    Judge,
    without_file,
)
from fluxmirror_core.analysis.session_names import SessionFiles
from fluxmirror_core.analysis.spans import build_spans
from fluxmirror_core.analysis.told_calls import FILES, HOOKS
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxmirror_core.analysis.losses import Loss, Moment
    from fluxmirror_core.analysis.spans import IsTold, Span
    from fluxmirror_core.analysis.told_calls import PhaseCount, ToldCalls
    from fluxmirror_core.period import Period

_IN_PART: Final = (HALF_HOOKS, NO_END)
_TENTHS: Final = 1000
"""Of a percent in a whole."""


class AgentCoverage(NamedTuple):
    """How much of one agent's work, or of all agents', was seen by hooks and session files."""

    agent: str
    """Empty for all."""
    calls: int
    both: int
    """Seen by hooks and by session files."""
    hooks_only: int
    files_only: int
    explained: int
    """Of those seen by one source only."""
    in_part: int
    """Calls of which one of the hooks, or the end in the session file, is lost."""
    is_hooked: bool
    """Whether any hook of it was ever heard."""
    is_filed: bool
    """Whether there is any session file of it."""

    @property
    def unexplained(self) -> int:
        """Count the calls that one source lost."""
        return self.calls - self.both - self.explained

    @property
    def tenths(self) -> int | None:
        """Give what part both saw of what both should have seen, in tenths of a percent.

        Rounded down, so that only everything is 1000; None where there is nothing to see.
        """
        expected = self.calls - self.explained
        return _TENTHS * self.both // expected if expected else None


class Explained(NamedTuple):
    """Calls that one source alone could see, and why."""

    agent: str
    reason: str
    calls: int


class Finding(NamedTuple):
    """A loss that nothing explains: of one call, or of all in a stretch of time."""

    agent: str
    kind: str
    events: tuple[str, ...]
    """The hook events that are missing."""
    calls: int
    first_ms: int
    last_ms: int
    """When the first and the last of its calls began."""
    is_lasting: bool
    """Whether nothing of the sort was told up to the period's end."""
    sessions: tuple[str, ...]
    call_id: str | None
    tool: str | None
    detail: str
    """Of the first call."""


class Seen(NamedTuple):
    """How much of all work was seen."""

    total: AgentCoverage
    agents: tuple[AgentCoverage, ...]
    """Most calls first."""


class Coverage(NamedTuple):
    """What is covered in a period."""

    period: Period
    total: AgentCoverage
    agents: tuple[AgentCoverage, ...]
    """Most calls first."""
    findings: tuple[Finding, ...]
    """By time."""
    explained: tuple[Explained, ...]
    """By agent, most calls first."""


def count_seen(told: ToldCalls, moment: Moment) -> Seen:
    """Count who saw what, without a word on what is missing.

    Args:
        told: what was told in a period.
        moment: when and where this is asked.
    """
    judge = Judge(told, SessionFiles(told.files), moment)
    return _seen(told, _reasons(told, judge, moment), _losses(told, judge))


def build_coverage(period: Period, told: ToldCalls, moment: Moment, is_told: IsTold) -> Coverage:
    """Work out coverage.

    Args:
        period: the days.
        told: what was told in them.
        moment: when and where this is asked.
        is_told: says whether in a stretch of time anybody told of a call what others lack.
    """
    judge = Judge(told, SessionFiles(told.files), moment)
    reasons, losses = _reasons(told, judge, moment), _losses(told, judge)
    findings = tuple(_finding(span) for span in build_spans(losses, period.end_ms - 1, is_told))
    return Coverage(period, *_seen(told, reasons, losses), findings, _explained(reasons))


def _losses(told: ToldCalls, judge: Judge) -> list[Loss]:
    return [loss for call in told.odd for loss in judge.losses(call)]


def _seen(told: ToldCalls, reasons: Counter[tuple[str, str]], losses: Iterable[Loss]) -> Seen:
    in_part = Counter(
        call.agent for call in {loss.call for loss in losses if loss.kind in _IN_PART}
    )
    agents = [_agent(name, told, reasons, in_part[name]) for name in _names(told.counts)]
    agents.sort(key=lambda one: (-one.calls, one.agent))
    return Seen(_total(agents), tuple(agents))


def _names(counts: Iterable[PhaseCount]) -> list[str]:
    return sorted({count.agent for count in counts})


def _reasons(told: ToldCalls, judge: Judge, moment: Moment) -> Counter[tuple[str, str]]:
    """Count explained calls by agent and reason."""
    reasons: Counter[tuple[str, str]] = Counter()
    for count in told.counts:
        if not count.phases:
            reasons[count.agent, OLDER_PROGRAM] += count.calls
        elif not count.phases & FILES and not told.agents[count.agent].has_files:
            reasons[count.agent, without_file(moment)] += count.calls
    for agent, signs in told.agents.items():
        early = NEVER_HOOKED if signs.hooked_ms is None else HOOKED_LATER
        reasons[agent, early] += signs.early
    for call in told.odd:
        if reason := judge.reason(call):
            reasons[call.agent, reason] += 1
    return reasons


def _agent(
    agent: str, told: ToldCalls, reasons: Counter[tuple[str, str]], in_part: int
) -> AgentCoverage:
    own = [count for count in told.counts if count.agent == agent]
    signs = told.agents[agent]
    filed = sum(count.calls for count in own if count.phases & FILES)
    hooked = sum(count.calls for count in own if not count.phases or count.phases & HOOKS)
    both = sum(count.calls for count in own if count.phases & HOOKS and count.phases & FILES)
    return AgentCoverage(
        agent=agent,
        calls=sum(count.calls for count in own),
        both=both,
        hooks_only=hooked - both,
        files_only=filed - both,
        explained=sum(calls for (name, _), calls in reasons.items() if name == agent),
        in_part=in_part,
        is_hooked=signs.hooked_ms is not None,
        is_filed=signs.has_files or filed > 0,
    )


def _total(agents: Sequence[AgentCoverage]) -> AgentCoverage:
    return AgentCoverage(
        agent="",
        calls=sum(one.calls for one in agents),
        both=sum(one.both for one in agents),
        hooks_only=sum(one.hooks_only for one in agents),
        files_only=sum(one.files_only for one in agents),
        explained=sum(one.explained for one in agents),
        in_part=sum(one.in_part for one in agents),
        is_hooked=any(one.is_hooked for one in agents),
        is_filed=any(one.is_filed for one in agents),
    )


def _explained(reasons: Counter[tuple[str, str]]) -> tuple[Explained, ...]:
    rows = [Explained(agent, reason, calls) for (agent, reason), calls in reasons.items() if calls]
    return tuple(sorted(rows, key=lambda one: (one.agent, -one.calls, one.reason)))


def _finding(span: Span) -> Finding:
    first: Loss = span.losses[0]
    return Finding(
        agent=first.call.agent,
        kind=first.kind,
        events=first.events,
        calls=len(span.losses),
        first_ms=first.call.ts_ms,
        last_ms=span.losses[-1].call.ts_ms,
        is_lasting=span.is_lasting,
        sessions=tuple(sorted({loss.call.session or "" for loss in span.losses})),
        call_id=first.call.call_id,
        tool=first.call.tool,
        detail=first.call.detail,
    )
