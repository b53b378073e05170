"""Losses of one sort that follow each other without a call in between that lacks nothing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fluxmirror_core.analysis.told_calls import Gap
from fluxmirror_core.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from fluxmirror_core.analysis.losses import Loss

    IsTold = Callable[[Gap], bool]


class Span(NamedTuple):
    """One loss, or all of a stretch of time in which nothing of its sort was told."""

    losses: tuple[Loss, ...]
    """By time."""
    is_lasting: bool
    """Whether it goes on to the end of the period; never so for a single loss."""


def build_spans(losses: Iterable[Loss], end_ms: int, is_told: IsTold) -> list[Span]:
    """Put losses together: of an agent first, then what is left of a session.

    Args:
        losses: any.
        end_ms: when the period ends.
        is_told: says whether in a stretch of time any call does not lack what these do.

    Returns:
        By time.
    """
    spans: list[Span] = []
    single: list[Loss] = []
    for same in _grouped(losses, _sort_of).values():
        for run in _runs(same, is_told, of_session=False):
            if len(run) > 1:
                spans.append(_span(run, end_ms, is_told, of_session=False))
            else:
                single += run
    for same in _grouped(single, _sort_in_session).values():
        spans += (
            _span(run, end_ms, is_told, of_session=True)
            for run in _runs(same, is_told, of_session=True)
        )
    return sorted(spans, key=lambda span: (span.losses[0].call.ts_ms, _sort_of(span.losses[0])))


def _sort_of(loss: Loss) -> tuple[str, str, tuple[str, ...]]:
    return loss.call.agent, loss.kind, loss.events


def _sort_in_session(loss: Loss) -> tuple[object, ...]:
    return *_sort_of(loss), loss.call.session


def _grouped(losses: Iterable[Loss], key: Callable[[Loss], Hashable]) -> dict[Hashable, list[Loss]]:
    groups: dict[Hashable, list[Loss]] = defaultdict(list)
    for loss in sorted(losses, key=lambda loss: loss.call.ts_ms):
        groups[key(loss)].append(loss)
    return groups


def _runs(losses: Sequence[Loss], is_told: IsTold, *, of_session: bool) -> Iterator[list[Loss]]:
    """Cut losses of one sort where a call stands between two that lacks nothing of it."""
    run = [losses[0]]
    for loss in losses[1:]:
        if is_told(_gap(run[-1], loss.call.ts_ms, of_session=of_session)):
            yield run
            run = []
        run.append(loss)
    yield run


def _span(run: list[Loss], end_ms: int, is_told: IsTold, *, of_session: bool) -> Span:
    lasting = len(run) > 1 and not is_told(_gap(run[-1], end_ms, of_session=of_session))
    return Span(tuple(run), lasting)


def _gap(loss: Loss, last_ms: int, *, of_session: bool) -> Gap:
    call = loss.call
    session = call.session if of_session else None
    return Gap(call.agent, session, call.ts_ms, last_ms, loss.phases, loss.failed)
